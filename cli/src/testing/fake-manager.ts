// A small manager for tests: answers the operations of the protocol's own table over real HTTP, and judges every request and every
// answer by its schemas, so that a command cannot pass here with what a real manager would refuse.
import assert from 'node:assert/strict';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { apiPrefix, type Operation, type OperationOutput } from '@nezuban/protocol/api/operation';
import type { LiveMessage } from '@nezuban/protocol/api/live';
import { operations, type OperationId, type Operations } from '@nezuban/protocol/api/operations';
import { CodedError, errorRegistry } from '@nezuban/protocol/errors';

export const testToken = 'nzt_test-token';

export type Answer<Id extends OperationId> = OperationOutput<Operations[Id]> | Buffer;
/** What a schema gives. */
type Parsed<Schema> = Schema extends { parse(value: unknown): infer Value } ? Value : undefined;
type Request<Id extends OperationId> = {
  readonly params: Parsed<Operations[Id]['params']>;
  readonly query: Parsed<Operations[Id]['query']>;
  readonly body: Parsed<Operations[Id]['body']>;
  readonly headers: http.IncomingHttpHeaders;
  readonly reply: http.ServerResponse;
};
export type FakeHandlers = {
  readonly [Id in OperationId]?: (request: Request<Id>) => Answer<Id> | Promise<Answer<Id>>;
};

export type FakeManager = AsyncDisposable & {
  readonly url: string;
  /** Operation ids in the order of their calls. */
  readonly calls: OperationId[];
  /** Sends a message to every open live stream. */
  publish(message: LiveMessage): void;
  /** How many live streams are open. */
  streams(): number;
  /** Cuts every connection; the next request finds the server again. */
  cutConnections(): void;
};

/** Listens on a free port of 127.0.0.1. */
export const startFakeManager = async (
  handlers: FakeHandlers,
  tls?: { readonly key: string; readonly cert: string },
): Promise<FakeManager> => {
  const calls: OperationId[] = [];
  const streams = new Set<http.ServerResponse>();
  const listener = (request: http.IncomingMessage, reply: http.ServerResponse) => {
    void answer(request, reply).catch((error: unknown) => sendProblem(reply, error));
  };
  const server = tls === undefined ? http.createServer(listener) : https.createServer(tls, listener);

  const answer = async (request: http.IncomingMessage, reply: http.ServerResponse) => {
    const { operation, params, query } = route(request);
    const id = operation.id as OperationId;
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    calls.push(id);
    const byCookie = request.headers.cookie !== undefined && request.headers.origin !== undefined;
    if (
      operation.access !== 'public' &&
      request.headers.authorization !== `Bearer ${testToken}` &&
      !byCookie
    ) {
      throw new CodedError('not_signed_in', 'The API token is unknown, expired or revoked.');
    }
    const body = parseBody(
      operation,
      Buffer.concat(chunks).toString('utf8'),
      request.headers['content-type'],
    );
    if (id === 'openLive' && handlers.openLive === undefined) return openStream(reply);
    const handler = handlers[id] as ((parsed: unknown) => unknown) | undefined;
    if (handler === undefined) throw new CodedError('not_found', `The fake manager does not answer ${id}.`);
    const parsed = {
      params: operation.params.parse(params),
      query: operation.query.parse(query),
      body,
      headers: request.headers,
      reply,
    };
    return sendAnswer(reply, operation, await handler(parsed));
  };

  const openStream = (reply: http.ServerResponse) => {
    reply.writeHead(200, { 'content-type': 'text/event-stream' });
    send(reply, { type: 'hello', startId: 'start-1', version: '0.1.0' });
    streams.add(reply);
    reply.once('close', () => streams.delete(reply));
  };
  const send = (reply: http.ServerResponse, message: LiveMessage) =>
    reply.write(`event: ${message.type}\ndata: ${JSON.stringify(message)}\n\n`);

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    calls,
    publish: (message) => {
      for (const stream of streams) send(stream, message);
    },
    streams: () => streams.size,
    cutConnections: () => server.closeAllConnections(),
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const route = (request: http.IncomingMessage) => {
  const url = new URL(request.url ?? '', 'http://localhost');
  for (const operation of Object.values(operations) as Operation[]) {
    const pattern = new RegExp(`^${apiPrefix}${operation.path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
    const match = request.method === operation.method ? pattern.exec(url.pathname) : null;
    if (match === null) continue;
    const params = Object.fromEntries(
      Object.entries(match.groups ?? {}).map(([key, value]) => [key, decodeURIComponent(value)]),
    );
    const query = Object.fromEntries(
      [...new Set(url.searchParams.keys())].map((key) => {
        const all = url.searchParams.getAll(key);
        return [key, all.length === 1 ? all[0] : all];
      }),
    );
    return { operation, params, query };
  }
  throw new CodedError('not_found', `There is no ${request.method} ${url.pathname}.`);
};

const parseBody = (operation: Operation, text: string, type: string | undefined): unknown => {
  if (operation.body === undefined) {
    assert.equal(text, '', `${operation.id} takes no body`);
    return undefined;
  }
  assert.equal(type, operation.bodyType, `media type of ${operation.id}`);
  return operation.body.parse(operation.bodyType === 'application/json' ? JSON.parse(text) : text);
};

const sendAnswer = (reply: http.ServerResponse, operation: Operation, value: unknown) => {
  // The handler has answered by itself, or has cut the connection.
  if (reply.headersSent || reply.socket?.destroyed !== false) return;
  if (operation.response === undefined) {
    reply.writeHead(operation.status).end();
    return;
  }
  const etag = operation.versioned === 'read' ? { etag: '"7"' } : {};
  if (Buffer.isBuffer(value)) {
    reply.writeHead(operation.status, { 'content-type': operation.responseType, ...etag }).end(value);
    return;
  }
  const judged = operation.response.parse(value);
  const text = operation.responseType === 'application/json' ? JSON.stringify(judged) : String(judged);
  reply
    .writeHead(operation.status, { 'content-type': `${operation.responseType}; charset=utf-8`, ...etag })
    .end(text);
};

const sendProblem = (reply: http.ServerResponse, error: unknown) => {
  const coded =
    error instanceof CodedError
      ? error
      : new CodedError('invalid_request', `The fake manager refuses: ${String(error)}`, { cause: error });
  const entry = errorRegistry[coded.code];
  const problem = {
    type: `https://nezuban.dev/problems/${coded.code}`,
    title: entry.title,
    status: entry.status,
    code: coded.code,
    detail: coded.message,
    ...(coded.said === null ? {} : { detailSaid: coded.said }),
    instance: 'req-1',
    remedy: entry.remedy,
    retryable: entry.retryable,
    issues: coded.issues,
  };
  reply.writeHead(entry.status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem));
};
