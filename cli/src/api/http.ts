// One HTTP request by node:http(s), which starts faster than fetch. Says in one sentence why a manager could not be reached.
// Not responsible for what is sent or what an answer means.
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';

/** Silence after which a request is given up. The manager answers within this even while its database restarts. */
const silenceMsMax = 30_000;
/** Largest answer that is read whole: a session of 20,000 units is about 20 MB. */
const answerBytesMax = 256 * 1024 * 1024;

export type HttpRequest = {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly signal: AbortSignal;
};
export type HttpAnswer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly stream: IncomingMessage;
};
export type HttpClient = { send(request: HttpRequest): Promise<HttpAnswer>; close(): void };

/** Requests over kept connections; `close` frees them. `ca` is PEM text. */
export const createHttpClient = async (protocol: string, ca: string | undefined): Promise<HttpClient> => {
  const http = protocol === 'https:' ? await import('node:https') : await import('node:http');
  const agent = new http.Agent({ keepAlive: true, ...(ca !== undefined && { ca }) });
  const send = (request: HttpRequest): Promise<HttpAnswer> => {
    const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
    const { method, headers, signal } = request;
    const outgoing = http.request(request.url, { method, headers, agent, signal });
    outgoing.setTimeout(silenceMsMax, () =>
      outgoing.destroy(new Error(`no answer within ${silenceMsMax / 1000} s`)),
    );
    outgoing.once('response', (stream) => {
      // A stream that is being followed may be silent for as long as nothing happens.
      if (stream.headers['content-type']?.startsWith('text/event-stream') === true) outgoing.setTimeout(0);
      resolve({ status: stream.statusCode ?? 0, headers: stream.headers, stream });
    });
    outgoing.on('error', (error) => reject(toFailure(error, request)));
    outgoing.end(request.body);
    return promise;
  };
  return { send, close: () => agent.destroy() };
};

/** The whole body as text. */
export const readText = async (answer: HttpAnswer, url: URL): Promise<string> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer.stream as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > answerBytesMax) throw new Error(`the answer is larger than ${answerBytesMax} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    throw unreachable(`The answer of ${url.origin} broke off`, error);
  }
  return Buffer.concat(chunks).toString('utf8');
};

export const unreachable = (message: string, cause: unknown, hints: readonly string[] = []): Failure => {
  const detail = cause instanceof Error ? cause.message : String(cause);
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  return new Failure(`${message}: ${reasons[code ?? ''] ?? detail}.`, {
    exitCode: exitCodes.unreachable,
    code: 'unreachable',
    hints,
    retryable: code === undefined || !code.includes('CERT'),
    cause,
  });
};

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ENOTFOUND: 'that name is not known',
  EAI_AGAIN: 'the name could not be looked up',
  ETIMEDOUT: 'no answer',
  EHOSTUNREACH: 'no way to that host',
  ENETUNREACH: 'no way to that network',
  EPROTO: 'it does not speak TLS there',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not signed by an authority that this computer trusts',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not signed by an authority that this computer trusts',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not signed by an authority that this computer trusts',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'its certificate is not signed by an authority that this computer trusts',
};

const toFailure = (error: unknown, request: HttpRequest): unknown => {
  if (request.signal.aborted) return request.signal.reason;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const { url } = request;
  const isTrust = /SELF_SIGNED|UNABLE_TO/.test(code);
  const isLocal =
    code === 'ECONNREFUSED' &&
    (url.hostname === '127.0.0.1' || url.hostname === 'localhost' || url.hostname === '[::1]');
  const hints = [
    ...(isLocal ? ['Start the manager with: nezuban manager'] : []),
    ...(isTrust ? ["Name the certificate of the manager's authority with: --ca FILE"] : []),
  ];
  return unreachable(`The manager at ${url.origin} cannot be reached`, error, hints);
};
