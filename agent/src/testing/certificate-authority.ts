// A throw-away CA for tests: the manager's server certificate, and certificates for agents that enrol.
import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
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

export type TestAuthority = {
  readonly caPem: string;
  /** SHA-256 of the CA's DER, base64url: the second half of a join token. */
  readonly fingerprint: string;
  readonly server: { readonly cert: string; readonly key: string };
  /** Signs an agent's request, after checking that its own key has signed it. */
  readonly sign: (
    csr: string,
    subject: { readonly agentId: string; readonly notBefore: Date; readonly lifeMs: number },
  ) => string;
};

const dayMs = 24 * 3_600_000;

export function createTestAuthority(serverNames: readonly string[] = ['nezuban-manager']): TestAuthority {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const server = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const span = { notBefore: new Date(Date.now() - dayMs), notAfter: new Date(Date.now() + 10 * dayMs) };
  const issuer = 'test authority';
  const issue = (
    subject: string,
    spki: Uint8Array,
    parts: { notBefore: Date; notAfter: Date; extension?: Buffer },
  ): Buffer =>
    signed(authority.privateKey, [
      tagged(0, smallInteger(2)),
      der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
      ecdsaWithSha256,
      commonNameOf(issuer),
      sequence(generalizedTime(parts.notBefore), generalizedTime(parts.notAfter)),
      commonNameOf(subject),
      spki,
      ...(parts.extension ? [tagged(3, sequence(parts.extension))] : []),
    ]);

  const isAuthority = sequence(
    objectIdentifier('2.5.29.19'),
    der(0x01, Buffer.from([0xff])),
    octetString(sequence(der(0x01, Buffer.from([0xff])))),
  );
  const names = serverNames.map((name) => der(0x82, Buffer.from(name)));
  const hasNames = sequence(objectIdentifier('2.5.29.17'), octetString(sequence(...names)));
  const ca = issue(issuer, spkiOf(authority.publicKey), { ...span, extension: isAuthority });
  const caPem = toPem('CERTIFICATE', ca);
  const serverPem = toPem(
    'CERTIFICATE',
    issue('manager', spkiOf(server.publicKey), { ...span, extension: hasNames }),
  );
  return {
    caPem,
    fingerprint: createHash('sha256').update(ca).digest('base64url'),
    server: {
      cert: serverPem + caPem,
      key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    },
    sign(csr, subject) {
      const notAfter = new Date(subject.notBefore.getTime() + subject.lifeMs);
      return toPem(
        'CERTIFICATE',
        issue(subject.agentId, requestedKey(csr), { notBefore: subject.notBefore, notAfter }),
      );
    },
  };
}

function signed(key: KeyObject, parts: readonly Uint8Array[]): Buffer {
  const body = sequence(...parts);
  return sequence(body, ecdsaWithSha256, bitString(sign('sha256', body, key)));
}

/** The public key of a signing request, as DER. */
function requestedKey(csr: string): Buffer {
  const request = Buffer.from(csr.replace(/-----[^-]+-----/g, ''), 'base64');
  const [information, , signature] = children(request);
  const [, , spki] = children(information ?? Buffer.alloc(0));
  if (!information || !signature || !spki) throw new Error('not a signing request');
  const key = createPublicKey({ key: spki, type: 'spki', format: 'der' });
  // The content of the bit string begins after its tag, its length and the count of unused bits.
  const [contentStart] = header(signature, 0);
  if (!verify('sha256', information, key, signature.subarray(contentStart + 1)))
    throw new Error('the signing request is not signed by its own key');
  return spki;
}

/** The elements inside one element. */
function children(element: Buffer): Buffer[] {
  const [start, end] = header(element, 0);
  const found: Buffer[] = [];
  for (let at = start; at < end;) {
    const [, next] = header(element, at);
    found.push(element.subarray(at, next));
    at = next;
  }
  return found;
}

/** Where the content of the element at `at` begins and ends. */
function header(bytes: Buffer, at: number): [number, number] {
  const first = bytes[at + 1] ?? 0;
  if (first < 0x80) return [at + 2, at + 2 + first];
  const count = first & 0x7f;
  const start = at + 2 + count;
  return [start, start + bytes.readUIntBE(at + 2, count)];
}

function generalizedTime(date: Date): Buffer {
  return der(0x18, Buffer.from(`${date.toISOString().slice(0, 19).replace(/[-T:]/g, '')}Z`));
}

function spkiOf(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}
