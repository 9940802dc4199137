// The manager's own certificate authority.
// Responsible for its key and certificate (HOME/manager/ca, made once; the hosts of a pair have the same) and for what it signs: server
// certificates, agents', and those of the pair's hosts. Not responsible for who may have one (enrolment.ts) and when one is renewed.
import { createHash, createPublicKey, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import path from 'node:path';
import { CodedError } from '@nezuban/protocol/errors';
import { pairCommonName, pairServerName } from '@nezuban/protocol/pair/pair-link';
import type { AgentId } from '@nezuban/protocol/ids';
import { makePrivateFolder, readIfExists, writePrivateFile } from '../../files/private-file.ts';
import { loadX509 } from './x509-library.ts';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
/** Changing it means to enrol every agent anew; a leaked key of it is another matter than its age. */
const CA_LIFE_MS = 20 * 365 * DAY_MS;
/** Longest that browsers take. Renewed by itself. */
const SERVER_LIFE_MS = 397 * DAY_MS;
/** Short, so that what a stolen certificate is good for ends by itself. Agents renew at two thirds. */
const AGENT_LIFE_MS = 90 * DAY_MS;
/** Of a host of the pair, which asks for a new one in time. */
const PAIR_LIFE_MS = 397 * DAY_MS;
/** For hosts whose clock is behind: one that is off by hours or in another zone's time still works. Taken from the life, not added. */
const BACKDATE_MS = DAY_MS;
const SERIAL_BYTES = 16;

export type ServerNames = { readonly dns: readonly string[]; readonly ip: readonly string[] };
export type IssuedCertificate = {
  readonly pem: string;
  readonly serial: string;
  readonly fingerprint: Buffer;
  readonly expiresAt: Date;
};

export type Authority = {
  /** PEM of its certificate. */
  readonly certificate: string;
  /** SHA-256 of its DER form, base64url, as in join tokens. */
  readonly fingerprint: string;
  issueServer(names: ServerNames): Promise<{ readonly certificate: string; readonly key: string }>;
  /** Signs an agent's request. Of the request only the key counts; the name is ours. Throws invalid_request. */
  issueAgent(csr: string, agentId: AgentId): Promise<IssuedCertificate>;
  /** Signs the request of a host of the pair, which is both server and client towards the others. Throws invalid_request. */
  issuePair(csr: string, voterId: string): Promise<string>;
};

type CaFiles = { readonly certificate: string; readonly key: string };

/** Reads the authority of this manager, or makes it. */
export const openAuthority = async (directory: string): Promise<Authority> => {
  await makePrivateFolder(directory);
  return await useCa((await readCa(directory)) ?? (await makeCa(directory)));
};

/** Reads the authority; null if there is none. A standby must not make one: its master's comes. */
export const readAuthority = async (directory: string): Promise<Authority | null> => {
  const files = await readCa(directory);
  return files === null ? null : await useCa(files);
};

const useCa = async (files: CaFiles): Promise<Authority> => {
  const { raw, subject } = new X509Certificate(files.certificate);
  const signingKey = await webcrypto.subtle.importKey('pkcs8', derOf(files.key), ALGORITHM, false, ['sign']);
  const issuer = subject.replaceAll('\n', ', ');

  return {
    certificate: files.certificate,
    fingerprint: createHash('sha256').update(raw).digest('base64url'),

    async issueServer(names) {
      const x509 = await loadX509();
      const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
      const alternatives = [
        ...names.dns.map((value) => ({ type: 'dns' as const, value })),
        ...names.ip.map((value) => ({ type: 'ip' as const, value })),
      ];
      const made = await x509.X509CertificateGenerator.create(
        {
          serialNumber: newSerial(),
          subject: 'CN=nezuban-manager',
          issuer,
          ...lifeOf(SERVER_LIFE_MS),
          publicKey: keys.publicKey,
          signingKey,
          signingAlgorithm: ALGORITHM,
          extensions: [
            new x509.BasicConstraintsExtension(false, undefined, true),
            new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
            new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
            new x509.SubjectAlternativeNameExtension(alternatives),
          ],
        },
        webcrypto,
      );
      const key = pemOf('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
      // The authority goes along: agents that have only its fingerprint find it in the chain.
      return { certificate: `${made.toString('pem')}\n${files.certificate}`, key };
    },

    async issueAgent(csr, agentId) {
      const x509 = await loadX509();
      const request = await parseRequest(x509, csr);
      const made = await x509.X509CertificateGenerator.create(
        {
          serialNumber: newSerial(),
          subject: `CN=${agentId}`,
          issuer,
          ...lifeOf(AGENT_LIFE_MS),
          publicKey: request.publicKey,
          signingKey,
          signingAlgorithm: ALGORITHM,
          extensions: [
            new x509.BasicConstraintsExtension(false, undefined, true),
            new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
            new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
          ],
        },
        webcrypto,
      );
      const fingerprint = createHash('sha256').update(Buffer.from(made.rawData)).digest();
      return { pem: made.toString('pem'), serial: made.serialNumber, fingerprint, expiresAt: made.notAfter };
    },

    async issuePair(csr, voterId) {
      const x509 = await loadX509();
      const request = await parseRequest(x509, csr);
      const made = await x509.X509CertificateGenerator.create(
        {
          serialNumber: newSerial(),
          subject: `CN=${pairCommonName(voterId)}`,
          issuer,
          ...lifeOf(PAIR_LIFE_MS),
          publicKey: request.publicKey,
          signingKey,
          signingAlgorithm: ALGORITHM,
          extensions: [
            new x509.BasicConstraintsExtension(false, undefined, true),
            new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
            new x509.ExtendedKeyUsageExtension([
              x509.ExtendedKeyUsage.clientAuth,
              x509.ExtendedKeyUsage.serverAuth,
            ]),
            new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: pairServerName }]),
          ],
        },
        webcrypto,
      );
      return made.toString('pem');
    },
  };
};

type X509 = Awaited<ReturnType<typeof loadX509>>;

const parseRequest = async (x509: X509, csr: string) => {
  const refuse = (message: string, cause?: unknown): CodedError =>
    new CodedError('invalid_request', `The certificate request ${message}.`, {
      issues: [{ path: 'csr', message }],
      ...(cause === undefined ? {} : { cause }),
    });
  let request;
  try {
    request = new x509.Pkcs10CertificateRequest(csr);
  } catch (error) {
    throw refuse('is not PKCS#10 in PEM form', error);
  }
  const { name, namedCurve } = request.publicKey.algorithm as { name: string; namedCurve?: string };
  if (name !== 'ECDSA' || namedCurve !== 'P-256') throw refuse('must be for a P-256 key');
  const signed = await request.verify(webcrypto).catch(() => false);
  if (!signed) throw refuse('is not signed by its own key');
  return request;
};

const readCa = async (directory: string): Promise<CaFiles | null> => {
  const key = await readIfExists(keyFile(directory));
  const certificate = await readIfExists(certificateFile(directory));
  // The key is written first: a certificate without a key is a loss, a key without a certificate an interrupted first start.
  if (certificate === null) return null;
  if (key === null)
    throw new Error(
      `${keyFile(directory)} is missing while its certificate is there: restore it from a backup, or every agent must be enrolled anew`,
    );
  if (!new X509Certificate(certificate).verify(createPublicKey(key)))
    throw new Error(
      `The certificate authority in ${directory} is damaged: key and certificate do not belong together`,
    );
  return { certificate, key };
};

const makeCa = async (directory: string): Promise<CaFiles> => {
  const x509 = await loadX509();
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const made = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: newSerial(),
      name: `CN=Nezuban CA ${randomBytes(4).toString('hex')}`,
      ...lifeOf(CA_LIFE_MS),
      keys,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  const files = {
    certificate: `${made.toString('pem')}\n`,
    key: pemOf('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)),
  };
  await writePrivateFile(keyFile(directory), files.key);
  await writePrivateFile(certificateFile(directory), files.certificate);
  return files;
};

const keyFile = (directory: string): string => path.join(directory, 'ca.key');
const certificateFile = (directory: string): string => path.join(directory, 'ca.crt');

const lifeOf = (lifeMs: number) => ({
  notBefore: new Date(Date.now() - BACKDATE_MS),
  notAfter: new Date(Date.now() - BACKDATE_MS + lifeMs),
});

/** Positive, as RFC 5280 demands: the first bit is 0, and the first byte is never 0. */
const newSerial = (): string => {
  const bytes = randomBytes(SERIAL_BYTES);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
};

const pemOf = (label: string, der: ArrayBuffer): string => {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
};
const derOf = (pem: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64'));
