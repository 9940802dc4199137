// The server of API and console.
// Responsible for the socket, for what every request and answer has in common (ids, limits, headers, errors, log), and for an orderly
// stop. Not responsible for operations (`operation-routes.ts`) and files (`console-files.ts`). Made by manager.ts.
import { randomBytes } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from '@nezuban/platform/logger';
import { apiPrefix } from '@nezuban/protocol/api/operation';
import { CodedError, errorRegistry } from '@nezuban/protocol/errors';
import type { HostPort } from '@nezuban/protocol/keeper/child-messages';
import fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isPageRequest, registerConsole } from './console-files.ts';
import type { ConsoleFiles } from './console-files.ts';
import { registerContentTypes } from './content-types.ts';
import { drainBody } from './drain-body.ts';
import { isHostAllowed, isLoopback } from './host-check.ts';
import { httpLimits } from './http-limits.ts';
import type { AllHandlers, Authenticator } from './http-ports.ts';
import { endWithLastWords } from './last-words.ts';
import { toListenError } from './listen-error.ts';
import { openApiDocument } from './openapi.ts';
import { registerOperations } from './operation-routes.ts';
import { problemContentType, severityOf, toCodedError, toProblem } from './problem-reply.ts';
import { securityHeaders } from './security-headers.ts';

export type TlsMaterial = { readonly certificate: string; readonly key: string };

export type HttpServerPorts = {
  readonly handlers: AllHandlers;
  readonly authenticator: Authenticator;
  readonly logger: Logger;
  /** Resolves while the database answers; what /readyz asks. */
  readonly checkDatabase: () => Promise<void>;
};

export type HttpServerOptions = {
  readonly listen: HostPort;
  /** Null: plain HTTP, allowed on loopback alone. */
  readonly tls: TlsMaterial | null;
  readonly consoleDirectory: string | null;
  readonly version: string;
  /** Names beside the loopback ones under which a loopback server may be asked, such as by a proxy on the same host. */
  readonly allowedHosts?: readonly string[];
  readonly validateAllResponses?: boolean;
};

export type HttpServer = {
  /** Listens; throws a ListenError that says why it cannot. */
  start(): Promise<{ readonly url: string; readonly port: number }>;
  /** A renewed certificate for new connections. */
  setTls(material: TlsMaterial): void;
  /** Answers what is under way, refuses what is new, cuts what takes too long. Idempotent. */
  stop(): Promise<void>;
};

export const createHttpServer = (ports: HttpServerPorts, options: HttpServerOptions): HttpServer => {
  const { listen, tls } = options;
  if (tls === null && !isLoopback(listen.host)) throw new Error(`TLS is needed to listen on ${listen.host}`);
  const answerError = createErrorAnswer(ports.logger);
  const headers = securityHeaders(tls !== null);
  const app = createApplication(tls, async (error, request, reply) => {
    setCommonHeaders(headers, request, reply);
    return await answerError(error, request, reply);
  });
  let stopping: Promise<void> | undefined;
  app.decorateRequest('principal', null);
  registerCommonHooks(app, { ports, options, isStopping: () => stopping !== undefined });
  registerContentTypes(app);
  registerHealth(app, ports);
  registerOperations(app, {
    handlers: ports.handlers,
    authenticator: ports.authenticator,
    tls: tls !== null,
    validateAllResponses: options.validateAllResponses ?? false,
  });
  registerOpenApi(app, options.version);
  registerErrors(app, answerError, registerConsole(app, options.consoleDirectory));

  const close = async (): Promise<void> => {
    const cut = setTimeout(() => app.server.closeAllConnections(), httpLimits.stopGraceMs);
    app.server.closeIdleConnections();
    await app.close();
    clearTimeout(cut);
  };

  return {
    async start() {
      try {
        await app.listen({ host: listen.host, port: listen.port });
      } catch (error) {
        throw toListenError(error, listen, 'The address of console and API');
      }
      const { port } = app.server.address() as AddressInfo;
      const host = hostForUrl(listen.host);
      return { url: `${tls === null ? 'http' : 'https'}://${host}:${port}`, port };
    },
    setTls({ certificate, key }) {
      if (app.server instanceof https.Server) app.server.setSecureContext({ cert: certificate, key });
    },
    stop() {
      stopping ??= close();
      return stopping;
    },
  };
};

/** A wild card is no address to go to; on this host `localhost` is, and every certificate of ours names it. */
const hostForUrl = (host: string): string => {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
};

const createApplication = (tls: TlsMaterial | null, answerError: ErrorAnswer): FastifyInstance =>
  fastify({
    logger: false,
    // What fails before there is a route, such as a path that cannot be decoded, is answered like every other error.
    frameworkErrors: (error, request, reply) => void answerError(error, request, reply),
    genReqId: () => `req_${randomBytes(9).toString('base64url')}`,
    bodyLimit: httpLimits.bodyBytesMax,
    routerOptions: { maxParamLength: httpLimits.parameterCharsMax },
    // Handled here, with the reason that the console knows; Fastify's own answer has no problem document.
    return503OnClosing: false,
    clientErrorHandler,
    serverFactory: (handler) => {
      const connectionsCheckingInterval = httpLimits.slowCheckIntervalMs;
      const server =
        tls === null
          ? http.createServer({ connectionsCheckingInterval }, handler)
          : https.createServer(
              {
                connectionsCheckingInterval,
                cert: tls.certificate,
                key: tls.key,
                minVersion: 'TLSv1.2',
                handshakeTimeout: httpLimits.tlsHandshakeTimeoutMs,
              },
              handler,
            );
      server.requestTimeout = httpLimits.requestTimeoutMs;
      server.headersTimeout = httpLimits.headersTimeoutMs;
      server.keepAliveTimeout = httpLimits.keepAliveTimeoutMs;
      server.maxConnections = httpLimits.connectionsMax;
      server.maxRequestsPerSocket = httpLimits.requestsPerSocketMax;
      return server;
    },
  });

/** Bytes that are no HTTP: there is no request to answer by, so the answer is written by hand. */
const clientErrorHandler = (error: NodeJS.ErrnoException, socket: Duplex): void => {
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

type HookContext = {
  readonly ports: HttpServerPorts;
  readonly options: HttpServerOptions;
  readonly isStopping: () => boolean;
};

const registerCommonHooks = (app: FastifyInstance, { ports, options, isStopping }: HookContext): void => {
  const headers = securityHeaders(options.tls !== null);
  const checksHost = isLoopback(options.listen.host);
  const allowed = new Set((options.allowedHosts ?? []).map((name) => name.toLowerCase()));

  app.addHook('onRequest', async (request, reply) => {
    setCommonHeaders(headers, request, reply);
    if (checksHost && !isHostAllowed(request.headers.host, allowed))
      throw new CodedError(
        'forbidden',
        `The Host header names ${String(request.headers.host).slice(0, 100)}, which is not this server.`,
      );
    if (isStopping()) {
      reply.header('connection', 'close');
      throw new CodedError('shutting_down', 'The manager is stopping.', { retryAfterSeconds: 5 });
    }
  });
  app.addHook('onResponse', async (request, reply) => {
    const line = {
      requestId: request.id,
      method: request.method,
      path: request.url.split('?')[0],
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime * 10) / 10,
      user: request.principal?.user,
    };
    if (request.method === 'GET' || request.method === 'HEAD') ports.logger.debug(line, 'Request answered');
    else ports.logger.info(line, 'Request answered');
  });
};

const setCommonHeaders = (
  headers: Readonly<Record<string, string>>,
  request: FastifyRequest,
  reply: FastifyReply,
): void => {
  for (const [name, value] of Object.entries(headers)) reply.header(name, value);
  reply.header('x-request-id', request.id);
  if (request.url.startsWith(apiPrefix)) reply.header('cache-control', 'no-store');
};

const registerHealth = (app: FastifyInstance, { checkDatabase }: HttpServerPorts): void => {
  app.get('/healthz', async () => ({ status: 'alive' }));
  app.get('/readyz', async () => {
    const { promise: tooLate, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error('no answer in time')), httpLimits.readyTimeoutMs);
    try {
      await Promise.race([checkDatabase(), tooLate]);
    } catch (cause) {
      throw new CodedError('database_unavailable', 'The database does not answer.', {
        cause,
        retryAfterSeconds: 2,
      });
    } finally {
      clearTimeout(timer);
    }
    return { status: 'ready' };
  });
};

const registerOpenApi = (app: FastifyInstance, version: string): void => {
  let text: string | undefined;
  app.get(`${apiPrefix}/openapi.json`, async (_request, reply) => {
    // Made at the first question: it costs some milliseconds that a start does not have to spend.
    text ??= JSON.stringify(openApiDocument(version));
    return await reply.type('application/json; charset=utf-8').send(text);
  });
};

type ErrorAnswer = (thrown: unknown, request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

const createErrorAnswer =
  (logger: Logger): ErrorAnswer =>
  async (thrown, request, reply) => {
    const error = toCodedError(thrown, request.routeOptions.bodyLimit);
    logger[severityOf(error.code)](
      {
        requestId: request.id,
        method: request.method,
        path: request.url.split('?')[0],
        code: error.code,
        err: error,
      },
      error.message,
    );
    if (error.retryAfterSeconds !== undefined)
      reply.header('retry-after', String(Math.ceil(error.retryAfterSeconds)));
    if (error.code === 'not_signed_in') reply.header('www-authenticate', 'Bearer realm="nezuban"');
    if (error.code === 'body_too_large')
      await drainBody(request.raw, {
        bytesMax: httpLimits.refusedBodyDrainBytesMax,
        withinMs: httpLimits.refusedBodyDrainMs,
      });
    const problem = JSON.stringify(toProblem(error, request.id));
    return await reply.code(errorRegistry[error.code].status).type(problemContentType).send(problem);
  };

const registerErrors = (app: FastifyInstance, answer: ErrorAnswer, consoleFiles: ConsoleFiles): void => {
  app.setErrorHandler(answer);
  app.setNotFoundHandler(async (request, reply) => {
    if (isPageRequest(request)) {
      const sent = consoleFiles.sendIndex(reply);
      if (sent !== null) return await sent;
    }
    const what = `There is no ${request.method} ${request.url.split('?')[0]?.slice(0, 200) ?? ''} here.`;
    return await answer(new CodedError('not_found', what), request, reply);
  });
};
