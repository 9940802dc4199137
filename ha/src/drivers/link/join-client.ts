/**
 * The joining host's side: a one-time token becomes a place in the pair.
 *
 * Responsible for finding the CA that the token names, on first contact and before anything is sent, and for the exchange with the host that
 * made the token. Not responsible for making the key and its request (the caller keeps both, and may repeat with the same one if the answer
 * got lost), nor for storing what it gets. Called by `nezuban pair join` and by the witness program.
 */
import { createHash } from 'node:crypto';
import dns from 'node:dns';
import net from 'node:net';
import tls from 'node:tls';
import { toPem } from '@nezuban/platform/der';
import {
  joinResponseSchema,
  pairAlpn,
  pairLinkLimits,
  pairServerName,
  pairTokenPattern,
  type JoinRequest,
  type JoinResponse,
} from '@nezuban/protocol/pair/pair-link';
import { createLineReader } from './line-reader.ts';
import { LinkError } from './link-error.ts';
import { describeDialFailure } from './pair-tls.ts';
import { parsePeerAddress, type PeerAddress } from './peer-address.ts';

const CONNECT_MS = 10_000;
/** A little longer than the other side gives itself. */
const ANSWER_MS = 25_000;
/** A chain of the pair has two certificates. */
const CHAIN_MAX = 5;

export type JoinWish = {
  /** `HOST:PORT` of the host that made the token. */
  readonly address: string;
  readonly request: JoinRequest;
};

/** Throws a `LinkError` with one sentence when there is no answer; a refusal is an answer. */
export async function joinPair(wish: JoinWish): Promise<JoinResponse> {
  const fingerprint = pairTokenPattern.exec(wish.request.token)?.[2];
  if (fingerprint === undefined)
    throw new LinkError(
      'wrong-input',
      'This is no token of a pair: it looks like nzp_XXXX.XXXX, copy it whole.',
    );
  const named = parsePeerAddress(wish.address);
  const target: Target = { ...(await resolve(named)), at: wish.address };
  const ca = await findAuthority(target, fingerprint);
  return await exchange(target, { ca, request: wish.request });
}

type Target = PeerAddress & { readonly at: string };

async function resolve(named: PeerAddress): Promise<PeerAddress> {
  if (net.isIP(named.host) !== 0) return named;
  try {
    return { ...named, host: (await dns.promises.lookup(named.host)).address };
  } catch (error) {
    throw new LinkError(
      'not-connected',
      `The name ${named.host} cannot be resolved (${error instanceof Error ? error.message : String(error)}): give the host's IP address instead.`,
      error,
    );
  }
}

/** The certificate, as PEM, whose fingerprint the token holds, out of what the other host shows. Nothing is sent to it here. */
async function findAuthority(target: Target, fingerprint: string): Promise<string> {
  // Unverified on purpose: what it shows is only compared with the token. The connection that sends the token is verified.
  const socket = connect(target, { rejectUnauthorized: false });
  const chain = await settled<readonly Buffer[]>(target, socket, (done) => {
    socket.once('secureConnect', () => done(readChain(socket)));
  });
  const found = chain.find((der) => createHash('sha256').update(der).digest('base64url') === fingerprint);
  if (found !== undefined) return toPem('CERTIFICATE', found);
  throw new LinkError(
    'refused',
    `The host at ${target.at} is of another cluster than the one that made this token: check the address, or make a new token there.`,
  );
}

function readChain(socket: tls.TLSSocket): readonly Buffer[] {
  const chain: Buffer[] = [];
  let certificate: tls.DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (certificate?.raw !== undefined && chain.length < CHAIN_MAX) {
    chain.push(certificate.raw);
    const issuer: tls.DetailedPeerCertificate = certificate.issuerCertificate;
    certificate = issuer === certificate ? undefined : issuer;
  }
  return chain;
}

async function exchange(
  target: Target,
  what: { readonly ca: string; readonly request: JoinRequest },
): Promise<JoinResponse> {
  const socket = connect(target, { ca: what.ca, rejectUnauthorized: true });
  const reader = createLineReader(pairLinkLimits.frameBytesMax);
  const line = await settled<string>(target, socket, (done) => {
    socket.once('secureConnect', () => {
      socket.setTimeout(ANSWER_MS);
      socket.write(`${JSON.stringify(what.request)}\n`);
    });
    socket.on('data', (bytes: Buffer) => {
      const lines = reader.push(bytes) ?? [''];
      if (lines[0] !== undefined) done(lines[0]);
    });
  });
  const response = joinResponseSchema.safeParse(parseJson(line));
  if (response.success) return response.data;
  throw new LinkError(
    'refused',
    `The host at ${target.at} answered in a way that this one does not understand: do both have the same release of Nezuban?`,
  );
}

function connect(target: Target, options: tls.ConnectionOptions): tls.TLSSocket {
  return tls.connect({
    ...options,
    host: target.host,
    port: target.port,
    servername: pairServerName,
    ALPNProtocols: [pairAlpn.join],
    minVersion: 'TLSv1.3',
    timeout: CONNECT_MS,
  });
}

/** Waits for what `begin` is told to wait for, and closes the connection in any case. */
async function settled<T>(
  target: Target,
  socket: tls.TLSSocket,
  begin: (done: (value: T) => void) => void,
): Promise<T> {
  const { promise, resolve: done, reject } = Promise.withResolvers<T>();
  const fail = (error: NodeJS.ErrnoException): void =>
    reject(new LinkError('not-connected', describeDialFailure(target.at, error), error));
  socket.on('timeout', () => fail(failure('ETIMEDOUT')));
  socket.on('error', fail);
  socket.on('close', () => fail(failure('ECONNRESET')));
  begin(done);
  try {
    return await promise;
  } finally {
    socket.destroy();
  }
}

function failure(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code });
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
