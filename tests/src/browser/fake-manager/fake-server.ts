// A manager for browser tests: serves the built console with the headers of the product, and an API over the fake world whose requests
// and answers are checked against the operation table. Not a model of the manager's behaviour beyond what screens need.
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { liveMessageSchema, type LiveMessage } from '@nezuban/protocol/api/live';
import { apiPrefix } from '@nezuban/protocol/api/operation';
import { operations, type OperationId } from '@nezuban/protocol/api/operations';
import { errorRegistry, type ErrorCode, type Issue } from '@nezuban/protocol/errors';
import { createFakeHandlers } from './fake-handlers.ts';
import { FakeProblem } from './fake-kit.ts';
import { createFakeWorld, type FakeWorld, type WorldOptions } from './fake-world.ts';

export type FakeServer = AsyncDisposable & {
  readonly url: string;
  readonly world: FakeWorld;
  /** What the console asked for, `METHOD /path`, for assertions. */
  readonly requests: readonly string[];
  readonly publish: (message: LiveMessage) => void;
  /** Refuses connections, as if the manager were away, until `comeBack`. */
  readonly goAway: () => void;
  readonly comeBack: () => void;
  readonly stop: () => Promise<void>;
};

export const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

type Route = {
  readonly id: OperationId;
  readonly method: string;
  readonly pattern: RegExp;
  readonly names: readonly string[];
};

const routes: readonly Route[] = (Object.keys(operations) as OperationId[]).map((id) => ({
  id,
  method: operations[id].method,
  pattern: new RegExp(`^${apiPrefix}${operations[id].path.replaceAll(/\{\w+\}/g, '([^/]+)')}$`),
  names: [...operations[id].path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ''),
}));

const mimeTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

export const startFakeServer = async (dist: string, options: WorldOptions = {}): Promise<FakeServer> => {
  const requests: string[] = [];
  const streams = new Set<{ readonly response: http.ServerResponse; readonly session: number | null }>();
  let away = false;
  let startId = 'start-1';
  const publish = (message: LiveMessage): void => {
    const checked = liveMessageSchema.parse(message);
    for (const { response, session } of streams) {
      if ((checked.type === 'units' || checked.type === 'output') && checked.sessionId !== session) continue;
      response.write(`event: ${checked.type}\ndata: ${JSON.stringify(checked)}\n\n`);
    }
  };
  const world = createFakeWorld(options, publish);
  const handlers = createFakeHandlers(world);

  const openLive = (url: URL, response: http.ServerResponse): void => {
    const session = url.searchParams.get('session');
    const stream = { response, session: session === null ? null : Number(session) };
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    streams.add(stream);
    response.on('close', () => streams.delete(stream));
    response.write(`event: hello\ndata: ${JSON.stringify({ type: 'hello', startId, version: '0.1.0' })}\n\n`);
  };

  const answerApi = async (
    request: http.IncomingMessage,
    url: URL,
    response: http.ServerResponse,
  ): Promise<void> => {
    const route = routes.find((each) => each.method === request.method && each.pattern.test(url.pathname));
    if (route === undefined)
      return sendProblem(response, {
        code: 'not_found',
        detail: `no operation ${request.method} ${url.pathname}`,
      });
    const operation = operations[route.id];
    if (operation.access !== 'public' && !world.signedIn)
      return sendProblem(response, { code: 'not_signed_in', detail: 'Nobody is signed in' });
    if (route.id === 'openLive') return openLive(url, response);
    const found = route.pattern.exec(url.pathname) ?? [];
    const text = await readBody(request);
    const params = operation.params.parse(
      Object.fromEntries(
        route.names.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? '')]),
      ),
    );
    const query = operation.query.parse(queryOf(url.searchParams));
    const body = operation.body?.parse(operation.bodyType === 'application/json' ? JSON.parse(text) : text);
    const ifMatch = request.headers['if-match'] ?? null;
    const handler = handlers[route.id];
    if (handler === undefined) throw new Error(`the fake manager has no ${route.id}`);
    const answer = await handler({ params, query, body, ifMatch } as never);
    const headers: http.OutgoingHttpHeaders = {
      'content-type': operation.responseType,
      ...(answer.revision === undefined ? {} : { etag: `"${answer.revision}"` }),
    };
    response.writeHead(operation.status, headers);
    const checked = operation.response?.parse(answer.body);
    response.end(
      typeof checked === 'string' && operation.responseType !== 'application/json'
        ? checked
        : (JSON.stringify(checked) ?? ''),
    );
  };

  const server = http.createServer((request, response) => {
    if (away) return void request.socket.destroy();
    const url = new URL(request.url ?? '/', 'http://fake');
    for (const [name, value] of Object.entries({
      'content-security-policy': contentSecurityPolicy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
    }))
      response.setHeader(name, value);
    if (!url.pathname.startsWith(apiPrefix)) return sendFile(dist, url.pathname, response);
    requests.push(`${request.method} ${url.pathname}`);
    answerApi(request, url, response).catch((error: unknown) => {
      if (error instanceof FakeProblem)
        return sendProblem(response, { code: error.code, detail: error.message, issues: error.issues });
      world.failures.push(error);
      return sendProblem(response, {
        code: 'internal',
        detail: error instanceof Error ? error.message : String(error),
      });
    });
    return undefined;
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const stop = async (): Promise<void> => {
    world.engine.stop();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    world,
    requests,
    publish,
    goAway: () => {
      away = true;
      server.closeAllConnections();
    },
    comeBack: () => {
      away = false;
      startId = 'start-2';
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
};

const queryOf = (search: URLSearchParams): Record<string, string | string[]> =>
  Object.fromEntries(
    [...new Set(search.keys())].map((key) => [
      key,
      search.getAll(key).length > 1 ? search.getAll(key) : (search.get(key) ?? ''),
    ]),
  );

const readBody = async (request: http.IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};

type Refusal = { readonly code: ErrorCode; readonly detail: string; readonly issues?: readonly Issue[] };

const sendProblem = (response: http.ServerResponse, { code, detail, issues = [] }: Refusal): void => {
  const { status, title, remedy, retryable } = errorRegistry[code];
  response.writeHead(status, {
    'content-type': 'application/problem+json',
    ...(code === 'too_many_requests' ? { 'retry-after': '30' } : {}),
  });
  response.end(
    JSON.stringify({
      type: `https://nezuban.dev/problems/${code}`,
      title,
      status,
      code,
      detail,
      instance: 'req-fake-1',
      remedy,
      retryable,
      issues,
    }),
  );
};

/** Files of the built console; every other address is a page of it. */
const sendFile = (dist: string, pathname: string, response: http.ServerResponse): void => {
  const wanted = path.join(dist, path.normalize(decodeURIComponent(pathname)));
  const file =
    wanted.startsWith(dist) && path.extname(wanted) !== '' && fs.existsSync(wanted)
      ? wanted
      : path.join(dist, 'index.html');
  response.writeHead(200, { 'content-type': mimeTypes[path.extname(file)] ?? 'application/octet-stream' });
  fs.createReadStream(file).pipe(response);
};
