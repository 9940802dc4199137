// The application of API and console.
// Responsible for what every request and answer has in common (ids, limits, headers, errors, log), for refusing all while the duty is handed
// over, and for an orderly stop. Not responsible for the sockets (`console-door.ts`), for operations (`operation-routes.ts`) and files
// (`console-files.ts`). Made by master.ts.
import { say } from '@nezuban/protocol/sentences/sentence';
import { randomBytes } from 'node:crypto';
import http from 'node:http';
import type { Logger } from '@nezuban/platform/logger';
import { apiPrefix } from '@nezuban/protocol/api/operation';
import { CodedError, errorRegistry } from '@nezuban/protocol/errors';
import fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { HttpMetrics } from '../metrics/http-metrics.ts';
import type { Client, ConsoleDoor, RequestHandler } from './console-door.ts';
import { isPageRequest, registerConsole } from './console-files.ts';
import type { ConsoleFiles } from './console-files.ts';
import { registerContentTypes } from './content-types.ts';
import { drainBody } from './drain-body.ts';
import { isHostAllowed } from './host-check.ts';
import { httpLimits } from './http-limits.ts';
import type { AllHandlers, Authenticator } from './http-ports.ts';
import { openApiDocument } from './openapi.ts';
import { registerOperations } from './operation-routes.ts';
import { problemContentType, severityOf, toCodedError, toProblem } from './problem-reply.ts';
import { securityHeaders } from './security-headers.ts';

export type HttpServerPorts = {
  readonly door: ConsoleDoor;
  readonly handlers: AllHandlers;
  readonly authenticator: Authenticator;
  readonly logger: Logger;
  readonly metrics?: HttpMetrics;
  /** Resolves while the database answers; what /readyz asks. */
  readonly checkDatabase: () => Promise<void>;
};

export type HttpServerOptions = {
  readonly consoleDirectory: string | null;
  readonly version: string;
  /** Names beside the loopback ones under which a loopback server may be asked, such as by a proxy on the same host. */
  readonly allowedHosts?: readonly string[];
  readonly validateAllResponses?: boolean;
};

export type HttpServer = {
  /** Makes it ready; gives what it answers by, for the door. */
  prepare(): Promise<RequestHandler>;
  /** While true, everything new is refused: the duty is being handed over. */
  setDraining(draining: boolean): void;
  /** Answers what is under way, refuses what is new. The door is closed with it. Idempotent. */
  stop(): Promise<void>;
};

export const createHttpServer = (ports: HttpServerPorts, options: HttpServerOptions): HttpServer => {
  const { door } = ports;
  const answerError = createErrorAnswer(ports.logger);
  const { app, handler } = createApplication(async (error, request, reply) => {
    setCommonHeaders(door, request, reply);
    return await answerError(error, request, reply);
  });
  let stopping: Promise<void> | undefined;
  let draining = false;
  app.decorateRequest('principal', null);
  // Null only until the first hook has run, before which nothing looks at it.
  app.decorateRequest('client', null as never);
  registerCommonHooks(app, {
    ports,
    options,
    isStopping: () => stopping !== undefined,
    isDraining: () => draining,
  });
  registerContentTypes(app);
  registerHealth(app, ports);
  registerOperations(app, {
    handlers: ports.handlers,
    authenticator: ports.authenticator,
    validateAllResponses: options.validateAllResponses ?? false,
  });
  registerOpenApi(app, options.version);
  registerErrors(app, answerError, registerConsole(app, options.consoleDirectory));

  const close = async (): Promise<void> => {
    await door.stop();
    await app.close();
  };

  return {
    async prepare() {
      await app.ready();
      return handler;
    },
    setDraining(next) {
      draining = next;
    },
    stop() {
      stopping ??= close();
      return stopping;
    },
  };
};

const createApplication = (
  answerError: ErrorAnswer,
): { readonly app: FastifyInstance; readonly handler: RequestHandler } => {
  let handler: RequestHandler | undefined;
  const app = fastify({
    logger: false,
    // What fails before there is a route, such as a path that cannot be decoded, is answered like every other error.
    frameworkErrors: (error, request, reply) => void answerError(error, request, reply),
    genReqId: (request) => givenRequestId(request) ?? `req_${randomBytes(9).toString('base64url')}`,
    bodyLimit: httpLimits.bodyBytesMax,
    routerOptions: { maxParamLength: httpLimits.parameterCharsMax },
    // Handled here, with the reason that the console knows; Fastify's own answer has no problem document.
    return503OnClosing: false,
    serverFactory: (given) => {
      handler = given;
      // Never listens: the door does, before there is an application and after it is gone.
      return http.createServer();
    },
  });
  if (handler === undefined) throw new Error('The framework has made no handler');
  return { app, handler };
};

type HookContext = {
  readonly ports: HttpServerPorts;
  readonly options: HttpServerOptions;
  readonly isStopping: () => boolean;
  readonly isDraining: () => boolean;
};

const registerCommonHooks = (
  app: FastifyInstance,
  { ports, options, isStopping, isDraining }: HookContext,
): void => {
  const { door } = ports;
  const allowed = new Set((options.allowedHosts ?? []).map((name) => name.toLowerCase()));

  app.addHook('onRequest', async (request, reply) => {
    setCommonHeaders(door, request, reply);
    const { host, forwarded } = request.client;
    if (door.onLoopback && !forwarded && !isHostAllowed(host, allowed))
      throw new CodedError(
        'forbidden',
        say('problem_the_host_header_names_which_is_not', { value: String(host).slice(0, 100) }),
      );
    if (isStopping()) {
      reply.header('connection', 'close');
      throw new CodedError('shutting_down', say('problem_the_manager_is_stopping'), { retryAfterSeconds: 5 });
    }
    if (isDraining())
      throw new CodedError('shutting_down', say('problem_the_other_host_of_the_pair_takes'), {
        retryAfterSeconds: 1,
      });
  });
  app.addHook('onResponse', async (request, reply) => {
    const operation = request.routeOptions.config.operation ?? null;
    const line = {
      requestId: request.id,
      operation,
      method: request.method,
      path: request.url.split('?')[0],
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime * 10) / 10,
      actor: request.principal?.user ?? null,
      by: request.principal?.by ?? null,
      address: request.client.address,
    };
    ports.metrics?.answered({ operation, status: reply.statusCode, durationMs: reply.elapsedTime });
    if (request.method === 'GET' || request.method === 'HEAD') ports.logger.debug(line, 'Request answered');
    else ports.logger.info(line, 'Request answered');
  });
};

/** A proxy's own id, so that its log and ours can be read together; anything else that calls itself one could forge lines of the log. */
const GIVEN_REQUEST_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{7,63}$/;

const givenRequestId = ({ headers }: http.IncomingMessage): string | null => {
  const given = headers['x-request-id'];
  return typeof given === 'string' && GIVEN_REQUEST_ID.test(given) ? given : null;
};

const setCommonHeaders = (door: ConsoleDoor, request: FastifyRequest, reply: FastifyReply): void => {
  request.client = door.clientOf(request.raw);
  for (const [name, value] of Object.entries(securityHeaders(request.client.tls))) reply.header(name, value);
  reply.header('x-request-id', request.id);
  if (request.url.startsWith(apiPrefix)) reply.header('cache-control', 'no-store');
};

const registerHealth = (app: FastifyInstance, { checkDatabase }: HttpServerPorts): void => {
  app.get('/readyz', async () => {
    const { promise: tooLate, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error('no answer in time')), httpLimits.readyTimeoutMs);
    try {
      await Promise.race([checkDatabase(), tooLate]);
    } catch (cause) {
      throw new CodedError('database_unavailable', say('problem_the_database_does_not_answer'), {
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

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks, by the connection or by the word of the other host of the pair. */
    client: Client;
  }
}
