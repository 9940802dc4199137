// The sockets on which console and API are reached.
// Responsible for listening (TCP or TLS for people, a Unix socket for what a standby forwards), for the limits that every connection has,
// for the two health questions, and for who the client of a request is. Whoever answers is exchanged behind it while it listens: that is how
// a standby takes over without a gap. Not responsible for any answer beyond health. Made by `ground.ts`; its handlers come from `standby/`
// and from `http-server.ts`.
import { say } from '@nezuban/protocol/sentences/sentence';
import { rm } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { Logger } from '@nezuban/platform/logger';
import { CodedError } from '@nezuban/protocol/errors';
import type { HostPort } from '@nezuban/protocol/keeper/child-messages';
import { isLoopback } from './host-check.ts';
import { httpLimits } from './http-limits.ts';
import { endWithLastWords } from './last-words.ts';
import { toListenError } from './listen-error.ts';
import { problemContentType, toProblem } from './problem-reply.ts';
import { securityHeaders } from './security-headers.ts';

export type TlsMaterial = { readonly certificate: string; readonly key: string };
export type RequestHandler = (request: http.IncomingMessage, response: http.ServerResponse) => void;

/** Who asks, as far as the connection proves it. */
export type Client = {
  readonly address: string;
  /** The Host header that the client sent. */
  readonly host: string | undefined;
  /** Whether the client came by TLS, here or at the standby that forwarded it. */
  readonly tls: boolean;
  /** Came by the other host of the pair, which has checked the Host header already. */
  readonly forwarded: boolean;
  /** The address that client and server share: who comes from it is this host, on loopback or not. Left out: another host. */
  readonly shared?: string;
};

export type ConsoleDoor = {
  /** Plain HTTP on loopback alone. */
  readonly tls: boolean;
  readonly onLoopback: boolean;
  /** Listens; throws a ListenError that says why it cannot. Repeats give the same answer. */
  start(): Promise<{ readonly url: string; readonly port: number }>;
  /** Who answers from now on; null: nobody yet. Requests that are under way stay with the one before. */
  setHandler(handler: RequestHandler | null): void;
  /** Who answers `GET /metrics`, whatever the duty is; null: nobody. */
  setMetrics(handler: RequestHandler | null): void;
  /** What `GET /health/master` says. */
  setOnDuty(onDuty: boolean): void;
  /** Listens on a Unix socket too: for the other host of the pair, whose word about its clients is believed. */
  openForwarded(socketPath: string): Promise<void>;
  clientOf(request: http.IncomingMessage): Client;
  /** A renewed certificate for new connections. */
  setTls(material: TlsMaterial): void;
  /** Takes no more connections, waits for what is under way, cuts what takes too long. Idempotent. */
  stop(): Promise<void>;
};

export type ConsoleDoorOptions = {
  readonly listen: HostPort;
  /** Null: plain HTTP, allowed on loopback alone. */
  readonly tls: TlsMaterial | null;
};

/** What a standby tells the master of its client. From anybody else these are dropped, or ignored. */
export const forwardedHeaders = {
  address: 'x-forwarded-for',
  proto: 'x-forwarded-proto',
  host: 'x-forwarded-host',
} as const;

const OWNER_ONLY = 0o177;

export const createConsoleDoor = (
  { logger }: { readonly logger: Logger },
  { listen, tls }: ConsoleDoorOptions,
): ConsoleDoor => {
  if (tls === null && !isLoopback(listen.host)) throw new Error(`TLS is needed to listen on ${listen.host}`);
  /** Requests that came by the Unix socket. */
  const forwarded = new WeakSet<http.IncomingMessage>();
  let handler: RequestHandler | null = null;
  let metrics: RequestHandler | null = null;
  let onDuty = false;
  let listening: Promise<{ readonly url: string; readonly port: number }> | undefined;
  let forwardedServer: http.Server | undefined;
  let stopped: Promise<void> | undefined;

  const handle: RequestHandler = (request, response) => {
    const health = healthOf(request.url);
    if (health !== null) answerHealth(response, { health, onDuty, headers: securityHeaders(tls !== null) });
    // Never the other host's: whoever asks this host wants its own.
    else if (metrics !== null && pathOf(request.url) === '/metrics') metrics(request, response);
    else if (handler === null)
      answerProblem(
        response,
        new CodedError('shutting_down', say('problem_the_manager_is_starting'), { retryAfterSeconds: 1 }),
      );
    else handler(request, response);
  };
  const server = withLimits(
    tls === null
      ? http.createServer(serverOptions, handle)
      : https.createServer(
          {
            ...serverOptions,
            cert: tls.certificate,
            key: tls.key,
            minVersion: 'TLSv1.2',
            handshakeTimeout: httpLimits.tlsHandshakeTimeoutMs,
          },
          handle,
        ),
  );

  const begin = async (): Promise<{ readonly url: string; readonly port: number }> => {
    try {
      await listenOn(server, listen);
    } catch (error) {
      throw toListenError(error, listen, 'The address of console and API');
    }
    server.on('error', (error) => logger.error({ err: error }, 'The port of console and API failed'));
    const { port } = server.address() as AddressInfo;
    return { url: `${tls === null ? 'http' : 'https'}://${hostForUrl(listen.host)}:${port}`, port };
  };

  const close = async (): Promise<void> => {
    const servers = [server, ...(forwardedServer === undefined ? [] : [forwardedServer])];
    const cut = setTimeout(() => {
      for (const one of servers) one.closeAllConnections();
    }, httpLimits.stopGraceMs);
    await Promise.all(
      servers.map(async (one) => {
        const closed = new Promise<void>((resolve) => one.close(() => resolve()));
        one.closeIdleConnections();
        await closed;
      }),
    );
    clearTimeout(cut);
  };

  return {
    tls: tls !== null,
    onLoopback: isLoopback(listen.host),
    start() {
      listening ??= begin();
      return listening;
    },
    setHandler(next) {
      handler = next;
    },
    setMetrics(next) {
      metrics = next;
    },
    setOnDuty(next) {
      onDuty = next;
    },
    async openForwarded(socketPath) {
      if (forwardedServer !== undefined) return;
      forwardedServer = withLimits(
        http.createServer(serverOptions, (request, response) => {
          forwarded.add(request);
          handle(request, response);
        }),
      );
      // Left by a manager that was killed; the keeper runs one at a time.
      await rm(socketPath, { force: true });
      // The socket's file is made within the call: nobody else can connect, not even for a moment.
      const before = process.umask(OWNER_ONLY);
      const listened = listenOn(forwardedServer, socketPath);
      process.umask(before);
      await listened;
      forwardedServer.on('error', (error) =>
        logger.error({ err: error }, 'The socket for the other host of the pair failed'),
      );
    },
    clientOf(request) {
      const { socket, headers } = request;
      if (!forwarded.has(request)) {
        const address = plainAddress(socket.remoteAddress);
        return {
          address,
          host: headers.host,
          tls: (socket as Partial<TLSSocket>).encrypted === true,
          forwarded: false,
          ...(address === plainAddress(socket.localAddress) && { shared: address }),
        };
      }
      return {
        address: single(headers[forwardedHeaders.address]) ?? 'unknown',
        host: single(headers[forwardedHeaders.host]) ?? headers.host,
        tls: headers[forwardedHeaders.proto] === 'https',
        forwarded: true,
      };
    },
    setTls({ certificate, key }) {
      if (server instanceof https.Server) server.setSecureContext({ cert: certificate, key });
    },
    stop() {
      stopped ??= close();
      return stopped;
    },
  };
};

const plainAddress = (address: string | undefined): string => (address ?? 'unknown').replace(/^::ffff:/, '');

const serverOptions = { connectionsCheckingInterval: httpLimits.slowCheckIntervalMs } as const;

const withLimits = <Server extends http.Server>(server: Server): Server => {
  server.requestTimeout = httpLimits.requestTimeoutMs;
  server.headersTimeout = httpLimits.headersTimeoutMs;
  server.keepAliveTimeout = httpLimits.keepAliveTimeoutMs;
  server.maxConnections = httpLimits.connectionsMax;
  server.maxRequestsPerSocket = httpLimits.requestsPerSocketMax;
  server.on('clientError', answerMalformed);
  return server;
};

const listenOn = async (server: http.Server, where: HostPort | string): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  if (typeof where === 'string') server.listen(where, resolve);
  else server.listen(where.port, where.host, resolve);
  await promise;
  server.removeListener('error', reject);
};

/** A wild card is no address to go to; on this host `localhost` is, and every certificate of ours names it. */
const hostForUrl = (host: string): string => {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
};

const healthOf = (url: string | undefined): 'live' | 'master' | null => {
  switch (pathOf(url)) {
    case '/healthz':
    case '/health/live':
      return 'live';
    case '/health/master':
      return 'master';
    default:
      return null;
  }
};

const pathOf = (url: string | undefined): string => (url ?? '').split('?')[0] ?? '';

type Health = {
  readonly health: 'live' | 'master';
  readonly onDuty: boolean;
  readonly headers: Readonly<Record<string, string>>;
};

/** For load balancers: no sign-in, never forwarded, nothing about anybody. */
const answerHealth = (response: http.ServerResponse, { health, onDuty, headers }: Health): void => {
  const ok = health === 'live' || onDuty;
  response
    .writeHead(ok ? 200 : 503, {
      ...headers,
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
    })
    .end(JSON.stringify({ status: ok ? 'ok' : 'not on duty' }));
};

/** A problem document where there is no application to make one. */
export const answerProblem = (
  response: http.ServerResponse,
  error: CodedError,
  headers: Readonly<Record<string, string>> = {},
): void => {
  const problem = toProblem(error, 'none');
  response
    .writeHead(problem.status, {
      ...headers,
      'content-type': problemContentType,
      'cache-control': 'no-store',
      ...(error.retryAfterSeconds === undefined
        ? {}
        : { 'retry-after': String(Math.ceil(error.retryAfterSeconds)) }),
    })
    .end(JSON.stringify(problem));
};

/** Bytes that are no HTTP: there is no request to answer by, so the answer is written by hand. */
const answerMalformed = (error: NodeJS.ErrnoException, socket: Duplex): void => {
  if (error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const problem = JSON.stringify(
    toProblem(
      new CodedError(
        'invalid_request',
        `This is not a request that can be read (${error.code ?? 'malformed'}).`,
      ),
      'none',
    ),
  );
  endWithLastWords(
    socket,
    `HTTP/1.1 400 Bad Request\r\ncontent-type: ${problemContentType}\r\ncontent-length: ${Buffer.byteLength(problem)}\r\nconnection: close\r\n\r\n${problem}`,
  );
};

const single = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;
