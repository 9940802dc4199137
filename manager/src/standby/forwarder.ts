// Passes requests of people on to the master, through the Unix socket that the link carries there.
// Responsible for one request at a time, both bodies streamed as they come (uploads, live streams), for telling the master who the client
// is, and for saying when the master was not reached. Not responsible for what the client then sees (standby-console.ts).
import http from 'node:http';
import type { Logger } from '@nezuban/platform/logger';
import { forwardedHeaders, type Client } from '../http/console-door.ts';
import { standbyLimits } from './standby-limits.ts';

export type ForwardedRequest = {
  readonly request: http.IncomingMessage;
  readonly response: http.ServerResponse;
  readonly client: Client;
  /** How long the master may take to begin its answer. */
  readonly answerMs: number;
  /** Nothing has been answered yet. `mayBeDone`: the request may have reached the master. */
  readonly onUnreached: (mayBeDone: boolean) => void;
};

export type Forwarder = {
  readonly forward: (forwarded: ForwardedRequest) => void;
  /** Cuts what is under way. Idempotent. */
  readonly stop: () => void;
};

/** Of one connection, not of the request (RFC 9110 7.6.1); and what only we may say. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'forwarded',
  ...Object.values(forwardedHeaders),
]);

export const createForwarder = ({ logger }: { readonly logger: Logger }, socketPath: string): Forwarder => {
  const kept = new http.Agent({
    keepAlive: true,
    maxFreeSockets: standbyLimits.keptConnectionsMax,
    timeout: standbyLimits.keptConnectionIdleMs,
  });
  const under = new Set<http.ClientRequest>();

  const send = (forwarded: ForwardedRequest, again: boolean): void => {
    const { request, response, answerMs, onUnreached } = forwarded;
    const method = request.method ?? 'GET';
    const repeatable = (method === 'GET' || method === 'HEAD') && !hasBody(request);
    const upstream = http.request({
      socketPath,
      method,
      path: request.url,
      headers: headersFor(forwarded),
      // A kept connection may just have been closed at the other end; what must not be sent twice goes by a new one.
      agent: repeatable && !again ? kept : false,
    });
    under.add(upstream);
    let answered = false;
    let cancelled = false;
    const tooLong = setTimeout(
      () => upstream.destroy(new Error('the master does not answer in time')),
      answerMs,
    );
    const cancel = (): void => {
      cancelled = true;
      upstream.destroy();
    };
    response.once('close', cancel);

    upstream.on('response', (answer) => {
      answered = true;
      clearTimeout(tooLong);
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage ?? '', endToEnd(answer.rawHeaders));
      // A live stream has a head long before it has a body.
      response.flushHeaders();
      answer.on('error', () => response.destroy());
      answer.on('close', () => {
        if (!answer.complete) response.destroy();
      });
      answer.pipe(response);
    });
    upstream.on('error', (error: NodeJS.ErrnoException) => {
      if (cancelled) return;
      if (answered) {
        response.destroy();
        return;
      }
      answered = true;
      response.off('close', cancel);
      request.unpipe(upstream);
      logger.debug({ err: error, method, path: request.url?.split('?')[0] }, 'The master was not reached');
      if (repeatable && !again && upstream.reusedSocket) send(forwarded, true);
      else onUnreached(!repeatable && !NEVER_CONNECTED.has(error.code ?? ''));
    });
    upstream.on('close', () => {
      clearTimeout(tooLong);
      under.delete(upstream);
      response.off('close', cancel);
    });
    if (hasBody(request)) request.pipe(upstream);
    else upstream.end();
  };

  return {
    forward: (forwarded) => send(forwarded, false),
    stop() {
      for (const upstream of under) upstream.destroy();
      kept.destroy();
    },
  };
};

const NEVER_CONNECTED: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOENT', 'EACCES']);

/** Whether something follows the head of a request. */
export const hasBody = ({ headers }: http.IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';

const headersFor = ({ request, client }: ForwardedRequest): http.OutgoingHttpHeaders => {
  const headers: http.OutgoingHttpHeaders = {};
  const named = new Set(
    (request.headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase()),
  );
  for (const [name, value] of Object.entries(request.headers))
    if (!OWN_HEADERS.has(name) && !named.has(name) && value !== undefined) headers[name] = value;
  if (request.headers['transfer-encoding'] !== undefined) headers['transfer-encoding'] = 'chunked';
  headers[forwardedHeaders.address] = client.address;
  headers[forwardedHeaders.proto] = client.tls ? 'https' : 'http';
  if (client.host !== undefined) headers[forwardedHeaders.host] = client.host;
  return headers;
};

/** Names and values in turn, several of one name kept apart (Set-Cookie). */
const endToEnd = (raw: readonly string[]): string[] => {
  const kept: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const [name = '', value = ''] = raw.slice(index, index + 2);
    if (!OWN_HEADERS.has(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
};
