// Enrolment: a join token becomes an identity.
// Responsible for finding the CA that the token names, on first contact and before anything is sent, and for the exchange with one manager.
// Not responsible for storing the identity, nor for trying again (`enrol` throws an EnrolmentError that says whether it helps; enrol-until-done.ts
// and commands.ts do).
import { createHash } from 'node:crypto';
import https from 'node:https';
import os from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import tls from 'node:tls';
import { agentEnrolPath, enrolResponseSchema, joinTokenPattern } from '@nezuban/protocol/agent/link';
import { toPem } from '@nezuban/platform/der';
import { createSigningRequest } from '@nezuban/platform/signing-request';
import { agentLimits } from '../limits.ts';
import type { Identity } from './identity.ts';
import { managerServerName, parseManagerAddress, type ManagerAddress } from './manager-address.ts';

export type EnrolmentWish = {
  readonly managers: readonly string[];
  readonly token: string;
  readonly nodeName: string | null;
  readonly version: string;
};

export class EnrolmentError extends Error {
  /** The same try may succeed later: nobody was there. */
  readonly retryable: boolean;
  /** A manager was there that is not on duty: so the pair is, and somebody will be on duty soon. */
  readonly notMaster: boolean;

  constructor(
    message: string,
    options: { readonly retryable: boolean; readonly notMaster?: boolean; readonly cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.retryable = options.retryable;
    this.notMaster = options.notMaster ?? false;
  }
}

const timeoutMs = 10_000;
const responseBytesMax = 256 * 1024;

/** Tries the managers in turn; the first that is on duty and answers decides. */
export async function enrol(wish: EnrolmentWish): Promise<Identity> {
  const fingerprint = joinTokenPattern.exec(wish.token)?.[2];
  if (fingerprint === undefined)
    throw new EnrolmentError('this is not a join token: it looks like nzj_XXXX.XXXX, copy it whole', {
      retryable: false,
    });
  const addresses = wish.managers.map(parseAddress);
  let last: EnrolmentError | null = null;
  for (const address of addresses) {
    try {
      return await enrolAt(address, { ...wish, fingerprint });
    } catch (error) {
      if (!(error instanceof EnrolmentError) || !error.retryable) throw error;
      // That one is there says more than that another one is not.
      if (!last?.notMaster) last = error;
    }
  }
  throw last ?? new EnrolmentError('no address of a manager was given', { retryable: false });
}

/** Like `enrol`, and waits for a pair that is just changing its master; a manager that is not there at all is not waited for. */
export async function enrolPatiently(wish: EnrolmentWish): Promise<Identity> {
  const deadline = performance.now() + agentLimits.enrolPatienceMs;
  for (;;) {
    try {
      return await enrol(wish);
    } catch (error) {
      if (!(error instanceof EnrolmentError) || !error.notMaster || performance.now() > deadline) throw error;
      await delay(agentLimits.enrolRetryMs);
    }
  }
}

function parseAddress(text: string): ManagerAddress {
  try {
    return parseManagerAddress(text);
  } catch (cause) {
    throw new EnrolmentError(cause instanceof Error ? cause.message : text, { retryable: false, cause });
  }
}

async function enrolAt(
  address: ManagerAddress,
  wish: EnrolmentWish & { readonly fingerprint: string },
): Promise<Identity> {
  const ca = await findAuthority(address, wish.fingerprint);
  const hostname = os.hostname();
  const { csr, privateKey } = createSigningRequest(wish.nodeName ?? hostname);
  const body = {
    token: wish.token,
    csr,
    nodeName: wish.nodeName ?? hostname,
    hostname,
    platform: platformName(),
    version: wish.version,
  };
  const answer = await post(address, ca, JSON.stringify(body));
  if (answer.status !== 200) throw refused(address, answer);
  const response = enrolResponseSchema.safeParse(parseJson(answer.text));
  if (!response.success)
    throw new EnrolmentError(
      `${name(address)} answered the enrolment in a way that this agent does not understand: is it a manager of this release?`,
      { retryable: false },
    );
  const { agentId, nodeName, certificate } = response.data;
  return {
    agentId,
    nodeName,
    managers: [...wish.managers],
    managersTold: false,
    certificate,
    privateKey,
    ca: response.data.ca,
  };
}

/** The certificate, as PEM, whose fingerprint the token holds, out of what the server shows. Nothing is sent to the server here. */
async function findAuthority(address: ManagerAddress, fingerprint: string): Promise<string> {
  const chain = await fetchChain(address);
  const found = chain.find((der) => createHash('sha256').update(der).digest('base64url') === fingerprint);
  if (!found) {
    throw new EnrolmentError(
      `${name(address)} is not the manager that made this token: its certificates do not match the token. Check the address, or make a new token there`,
      { retryable: false },
    );
  }
  return toPem('CERTIFICATE', found);
}

function fetchChain(address: ManagerAddress): Promise<Buffer[]> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer[]>();
  // Unverified on purpose: only what it shows is looked at, and compared with the token. The connection that sends the token is verified.
  const socket = tls.connect(
    { ...address, servername: managerServerName, rejectUnauthorized: false, timeout: timeoutMs },
    () => {
      const chain: Buffer[] = [];
      let certificate: tls.DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
      while (certificate?.raw && !chain.some((seen) => seen.equals(certificate?.raw ?? seen))) {
        chain.push(certificate.raw);
        certificate = certificate.issuerCertificate;
      }
      socket.destroy();
      resolve(chain);
    },
  );
  socket.on('timeout', () => socket.destroy(new Error('no answer in time')));
  socket.on('error', (cause) => reject(unreachable(address, cause)));
  socket.on('close', () => reject(unreachable(address, new Error('the connection was closed'))));
  return promise;
}

function post(
  address: ManagerAddress,
  ca: string,
  body: string,
): Promise<{ readonly status: number; readonly text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const request = https.request({
    ...address,
    method: 'POST',
    path: agentEnrolPath,
    agent: false,
    ca,
    servername: managerServerName,
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    timeout: timeoutMs,
  });
  request.on('timeout', () => request.destroy(new Error('no answer in time')));
  request.on('error', (cause: NodeJS.ErrnoException) =>
    reject(isTrustFault(cause) ? untrusted(address, cause) : unreachable(address, cause)),
  );
  request.on('response', (response) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (part: string) => {
      text += part;
      if (text.length > responseBytesMax) response.destroy(new Error('the answer is too long'));
    });
    response.on('error', (cause) => reject(unreachable(address, cause)));
    response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
  });
  request.end(body);
  return promise;
}

function refused(
  address: ManagerAddress,
  answer: { readonly status: number; readonly text: string },
): EnrolmentError {
  const problem = parseJson(answer.text);
  const detail =
    typeof problem === 'object' &&
    problem !== null &&
    'detail' in problem &&
    typeof problem.detail === 'string'
      ? // It goes on inside a sentence of ours.
        problem.detail.replace(/\.$/, '')
      : null;
  if (answer.status === 503 && isNotMaster(problem))
    return new EnrolmentError(
      `${name(address)} is not the master now, and no other address answers as the master: "nezuban pair status" on a server says who is`,
      { retryable: true, notMaster: true },
    );
  if (answer.status === 401)
    return new EnrolmentError(
      `${name(address)} refuses this token: ${detail ?? 'it is unknown, used or expired'}. Make a new one with "nezuban join-token"`,
      { retryable: false },
    );
  return new EnrolmentError(
    `${name(address)} refuses the enrolment (HTTP ${answer.status})${detail === null ? '' : `: ${detail}`}`,
    { retryable: answer.status >= 500 || answer.status === 429 },
  );
}

function isNotMaster(problem: unknown): boolean {
  return (
    typeof problem === 'object' && problem !== null && 'code' in problem && problem.code === 'not_master'
  );
}

function unreachable(address: ManagerAddress, cause: NodeJS.ErrnoException): EnrolmentError {
  return new EnrolmentError(
    `no manager answers at ${name(address)} (${cause.code ?? cause.message}): check the address, the port and the firewall`,
    { retryable: true, cause },
  );
}

function untrusted(address: ManagerAddress, cause: Error): EnrolmentError {
  return new EnrolmentError(
    `${name(address)} shows the right CA and a certificate that this CA has not given to a manager (${cause.message})`,
    { retryable: false, cause },
  );
}

/** Codes of OpenSSL's verification and of `tls.checkServerIdentity`. */
function isTrustFault(error: NodeJS.ErrnoException): boolean {
  return /CERT|SELF_SIGNED|ISSUER|SIGNATURE/.test(error.code ?? '');
}

function name(address: ManagerAddress): string {
  return `${address.host}:${address.port}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What the inventory shows of the host, such as `linux 6.1.0 x64`. */
export function platformName(): string {
  return `${os.platform()} ${os.release()} ${os.arch()}`;
}
