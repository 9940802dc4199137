// The manager's own certificate authority.
// Responsible for its key and certificate (HOME/manager/ca, made once; the hosts of a pair have the same) and for what it signs: server
// certificates, agents', and those of the pair's hosts. Not responsible for who may have one (enrolment.ts) and when one is renewed.
import { createHash, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import path from 'node:path';
import { CodedError } from '@nezuban/protocol/errors';
import { pairCommonName, pairServerName } from '@nezuban/protocol/pair/pair-link';
import {
  EXCHANGE_FILE,
  exchangeSchema,
  isOfKey,
  planAuthority,
  type AuthorityFiles as CaFiles,
  type AuthorityPlan,
  type Exchange,
} from '@nezuban/platform/authority-exchange';
import type { AgentId } from '@nezuban/protocol/ids';
import { makePrivateFolder, readIfExists, writePrivateFile } from '../../files/private-file.ts';
import { loadX509 } from './x509-library.ts';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
/** `nezuban admin renew-ca` exchanges it, for its age or a key that may have been seen. */
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
const MARK_BYTES = 4;
/** Of an authority's own certificate, which nobody looks up. */
const FIRST_MARK = '40000000';

export type ServerNames = { readonly dns: readonly string[]; readonly ip: readonly string[] };
export type IssuedCertificate = {
  readonly pem: string;
  readonly serial: string;
  readonly fingerprint: Buffer;
  readonly expiresAt: Date;
  /** What its owner is told to trust: of the same moment as who has signed it. */
  readonly told: string;
};

export type Authority = {
  /** PEM of what agents and hosts of the pair are told to trust: its certificate; during an exchange those of both. */
  readonly certificate: string;
  /** PEM of all whose certificates are let in. */
  readonly letIn: string;
  /** PEM of the one that signs for managers. */
  readonly serverIssuer: string;
  /** SHA-256 of its DER form, base64url, as in join tokens. */
  readonly fingerprint: string;
  /** Looks at the files again: an exchange goes on there. True: something has changed. */
  refresh(): Promise<boolean>;
  issueServer(names: ServerNames): Promise<{ readonly certificate: string; readonly key: string }>;
  /** Signs an agent's request. Of the request only the key counts; the name is ours. Throws invalid_request. */
  issueAgent(csr: string, agentId: AgentId): Promise<IssuedCertificate>;
  /** Signs the request of a host of the pair, which is both server and client towards the others. Throws invalid_request. */
  issuePair(csr: string, voterId: string): Promise<{ readonly certificate: string; readonly ca: string }>;
};

/** Reads the authority of this manager, or makes it. */
export const openAuthority = async (directory: string): Promise<Authority> => {
  await makePrivateFolder(directory);
  const files = await readCa(directory);
  if (files === null) {
    const made = await makeCa();
    await writePrivateFile(keyFile(directory), made.key);
    await writePrivateFile(certificateFile(directory), made.certificate);
  }
  const opened = await readAuthority(directory);
  if (opened === null) throw new Error('An authority that was just made is not there');
  return opened;
};

/** Reads the authority; null if there is none. A standby must not make one: its master's comes. */
export const readAuthority = async (directory: string): Promise<Authority | null> => {
  const read = await readFiles(directory);
  return read === null ? null : await useCa(directory, read);
};

type ReadFiles = { readonly plan: AuthorityPlan; readonly text: string };

const readFiles = async (directory: string): Promise<ReadFiles | null> => {
  const text = await readIfExists(path.join(directory, EXCHANGE_FILE));
  const exchange = text === null ? null : exchangeSchema.parse(JSON.parse(text));
  const files = await readCa(directory, exchange);
  if (files === null) return null;
  return { plan: planAuthority(files, exchange), text: `${files.certificate}${files.key}${text ?? ''}` };
};

type Signer = { readonly issuer: string; readonly signingKey: CryptoKey; readonly mark: string };

const openSigner = async ({ certificate, key }: CaFiles): Promise<Signer> => ({
  issuer: new X509Certificate(certificate).subject.replaceAll('\n', ', '),
  signingKey: await webcrypto.subtle.importKey('pkcs8', derOf(key), ALGORITHM, false, ['sign']),
  mark: serialMark(certificate),
});

type Opened = ReadFiles & { readonly agents: Signer; readonly servers: Signer };

const openAll = async (read: ReadFiles): Promise<Opened> => ({
  ...read,
  agents: await openSigner(read.plan.agents),
  servers: await openSigner(read.plan.servers),
});

const useCa = async (directory: string, read: ReadFiles): Promise<Authority> => {
  let current = await openAll(read);

  return {
    get certificate() {
      return current.plan.told;
    },
    get letIn() {
      return current.plan.letIn;
    },
    get serverIssuer() {
      return current.plan.servers.certificate;
    },
    get fingerprint() {
      const { raw } = new X509Certificate(current.plan.servers.certificate);
      return createHash('sha256').update(raw).digest('base64url');
    },
    async refresh() {
      const next = await readFiles(directory);
      if (next === null || next.text === current.text) return false;
      current = await openAll(next);
      return true;
    },

    async issueServer(names) {
      const { issuer, signingKey, mark } = current.servers;
      const x509 = await loadX509();
      const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
      const alternatives = [
        ...names.dns.map((value) => ({ type: 'dns' as const, value })),
        ...names.ip.map((value) => ({ type: 'ip' as const, value })),
      ];
      const made = await x509.X509CertificateGenerator.create(
        {
          serialNumber: newSerial(mark),
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
      return { certificate: `${made.toString('pem')}\n${current.plan.servers.certificate}`, key };
    },

    async issueAgent(csr, agentId) {
      const { agents, plan } = current;
      const { issuer, signingKey, mark } = agents;
      const x509 = await loadX509();
      const request = await parseRequest(x509, csr);
      const made = await x509.X509CertificateGenerator.create(
        {
          serialNumber: newSerial(mark),
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
      return {
        pem: made.toString('pem'),
        serial: made.serialNumber,
        fingerprint,
        expiresAt: made.notAfter,
        told: plan.told,
      };
    },

    async issuePair(csr, voterId) {
      const { servers, plan } = current;
      const { issuer, signingKey, mark } = servers;
      const x509 = await loadX509();
      const request = await parseRequest(x509, csr);
      const made = await x509.X509CertificateGenerator.create(
        {
          serialNumber: newSerial(mark),
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
      return { certificate: made.toString('pem'), ca: plan.told };
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

const readCa = async (directory: string, exchange: Exchange | null = null): Promise<CaFiles | null> => {
  const key = await readIfExists(keyFile(directory));
  const certificate = await readIfExists(certificateFile(directory));
  // The key is written first: a certificate without a key is a loss, a key without a certificate an interrupted first start.
  if (certificate === null) return null;
  if (key === null)
    throw new Error(
      `${keyFile(directory)} is missing while its certificate is there: restore it from a backup, or every agent must be enrolled anew`,
    );
  const isNext = exchange !== null && isOfKey(exchange.next.certificate, key);
  if (!isNext && !isOfKey(certificate, key))
    throw new Error(
      `The certificate authority in ${directory} is damaged: key and certificate do not belong together`,
    );
  return { certificate, key };
};

/** Makes another authority; nothing is written. */
export const makeCa = async (): Promise<CaFiles> => {
  const x509 = await loadX509();
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const made = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: newSerial(FIRST_MARK),
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
  return {
    certificate: `${made.toString('pem')}\n`,
    key: pemOf('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)),
  };
};

export const keyFile = (directory: string): string => path.join(directory, 'ca.key');
export const certificateFile = (directory: string): string => path.join(directory, 'ca.crt');

const lifeOf = (lifeMs: number) => ({
  notBefore: new Date(Date.now() - BACKDATE_MS),
  notAfter: new Date(Date.now() - BACKDATE_MS + lifeMs),
});

/**
 * Serial numbers begin with this mark of who has signed, so that `node_certificate` tells who has moved in an exchange of the authority. Twelve
 * bytes of chance remain, half as many again as the rules of public authorities demand.
 */
export const serialMark = (certificate: string): string => {
  const bytes = createHash('sha256')
    .update(new X509Certificate(certificate).raw)
    .digest()
    .subarray(0, MARK_BYTES);
  // Positive, as RFC 5280 demands: the first bit is 0, and the first byte is never 0.
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
};

const newSerial = (mark: string): string =>
  `${mark}${randomBytes(SERIAL_BYTES - MARK_BYTES).toString('hex')}`;

const pemOf = (label: string, der: ArrayBuffer): string => {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
};
const derOf = (pem: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64'));
