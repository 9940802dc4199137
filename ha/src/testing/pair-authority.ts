/**
 * A throw-away CA for tests and benchmarks of the pair's link: certificates of voters, of agents, and for hosts that join.
 *
 * Responsible for certificates as the manager's CA makes them. Not responsible for checking requests beyond their form.
 */
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import {
  bitString,
  commonNameOf,
  der,
  ecdsaWithSha256,
  objectIdentifier,
  octetString,
  sequence,
  smallInteger,
  tagged,
  toPem,
} from '@nezuban/platform/der';
import { pairCommonName, pairServerName } from '@nezuban/protocol/pair/pair-link';
import type { PairCredentials } from '../drivers/link/pair-tls.ts';

export type CertificateWish = {
  readonly commonName: string;
  /** Null: none, as in an agent's certificate. */
  readonly dnsName: string | null;
  readonly notAfter: Date;
};

export type PairAuthority = {
  readonly ca: string;
  /** SHA-256 of the CA's DER, base64url: the second half of a token. */
  readonly fingerprint: string;
  /** A voter's credentials, or others by `wish`. */
  readonly certify: (id: string, wish?: Partial<CertificateWish>) => PairCredentials;
  /** A voter's certificate for the key of this request. */
  readonly sign: (csr: string, id: string) => string;
};

const DAY_MS = 24 * 3_600_000;

export function createPairAuthority(): PairAuthority {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = 'nezuban test authority';
  const issue = (subject: string, spki: Uint8Array, rest: { notAfter: Date; extensions: Buffer[] }): Buffer =>
    signed(authority.privateKey, [
      tagged(0, smallInteger(2)),
      der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
      ecdsaWithSha256,
      commonNameOf(issuer),
      sequence(generalizedTime(new Date(Date.now() - DAY_MS)), generalizedTime(rest.notAfter)),
      commonNameOf(subject),
      spki,
      tagged(3, sequence(...rest.extensions)),
    ]);
  const later = new Date(Date.now() + 10 * DAY_MS);
  const root = issue(issuer, spkiOf(authority.publicKey), { notAfter: later, extensions: [isAuthority()] });
  const ca = toPem('CERTIFICATE', root);

  const forKey = (spki: Uint8Array, wish: CertificateWish): string =>
    toPem(
      'CERTIFICATE',
      issue(wish.commonName, spki, {
        notAfter: wish.notAfter,
        extensions: [...(wish.dnsName === null ? [] : [hasName(wish.dnsName)]), bothUses()],
      }),
    );
  const voterWish = (id: string): CertificateWish => ({
    commonName: pairCommonName(id),
    dnsName: pairServerName,
    notAfter: later,
  });

  return {
    ca,
    fingerprint: createHash('sha256').update(root).digest('base64url'),
    certify(id, wish = {}) {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      return {
        certificate: forKey(spkiOf(publicKey), { ...voterWish(id), ...wish }),
        privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        ca,
      };
    },
    sign: (csr, id) => forKey(requestedKey(csr), voterWish(id)),
  };
}

function signed(key: KeyObject, parts: readonly Uint8Array[]): Buffer {
  const body = sequence(...parts);
  return sequence(body, ecdsaWithSha256, bitString(sign('sha256', body, key)));
}

function isAuthority(): Buffer {
  const yes = der(0x01, Buffer.from([0xff]));
  return sequence(objectIdentifier('2.5.29.19'), yes, octetString(sequence(yes)));
}

function hasName(name: string): Buffer {
  return sequence(objectIdentifier('2.5.29.17'), octetString(sequence(der(0x82, Buffer.from(name)))));
}

/** Extended key usage: server and client (RFC 5280 4.2.1.12). */
function bothUses(): Buffer {
  const uses = sequence(objectIdentifier('1.3.6.1.5.5.7.3.1'), objectIdentifier('1.3.6.1.5.5.7.3.2'));
  return sequence(objectIdentifier('2.5.29.37'), octetString(uses));
}

/** The public key of a signing request made by `createSigningRequest`, as DER: third element of its first element. */
function requestedKey(csr: string): Buffer {
  const [information = Buffer.alloc(0)] = children(
    Buffer.from(csr.replaceAll(/-----[^-]+-----/g, ''), 'base64'),
  );
  const [, , spki] = children(information);
  if (spki === undefined) throw new Error('not a signing request');
  return spki;
}

/** The elements inside one element. */
function children(element: Buffer): Buffer[] {
  const found: Buffer[] = [];
  const [start, end] = content(element, 0);
  for (let at = start; at < end;) {
    const [, next] = content(element, at);
    found.push(element.subarray(at, next));
    at = next;
  }
  return found;
}

/** Where the content of the element at `at` begins and ends. */
function content(bytes: Buffer, at: number): [number, number] {
  const first = bytes[at + 1] ?? 0;
  if (first < 0x80) return [at + 2, at + 2 + first];
  const start = at + 2 + (first & 0x7f);
  return [start, start + bytes.readUIntBE(at + 2, first & 0x7f)];
}

function generalizedTime(date: Date): Buffer {
  return der(0x18, Buffer.from(`${date.toISOString().slice(0, 19).replaceAll(/[-T:]/g, '')}Z`));
}

function spkiOf(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}
