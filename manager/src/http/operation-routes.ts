// Registers every operation of the API on the server.
// Responsible for the way of a request: authorise, parse, handle within a time limit, answer by the schema of the response.
// Not responsible for what an operation does (the domains' handlers), nor for errors (the server's error handler).
import { say } from '@nezuban/protocol/sentences/sentence';
import { setTimeout as delay } from 'node:timers/promises';
import { apiPrefix } from '@nezuban/protocol/api/operation';
import type { Operation } from '@nezuban/protocol/api/operation';
import { operations } from '@nezuban/protocol/api/operations';
import { CodedError } from '@nezuban/protocol/errors';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { noPermissions } from '../access/actor-permissions.ts';
import type { OperationRequest, RequestActor } from '../ports.ts';
import { authorise } from './authorise.ts';
import { formatEtag, matchesEtag } from './etag.ts';
import { httpLimits } from './http-limits.ts';
import type { AllHandlers, Authenticator, CookieChange, Principal, StreamReply } from './http-ports.ts';
import { bodyErrorCode, parseRequest } from './request-parsing.ts';
import { readSessionCookie, serializeClearedCookie, serializeSessionCookie } from './session-cookie.ts';

export type OperationRoutesOptions = {
  readonly handlers: AllHandlers;
  readonly authenticator: Authenticator;
  /** Judges every answer by its schema, hot reads too. Tests do. */
  readonly validateAllResponses: boolean;
};

type Reply = { readonly body: unknown; readonly revision?: number; readonly cookie?: CookieChange };
type AnyRequest = OperationRequest<never>;
type AnyHandler = (request: AnyRequest, extra: unknown) => Promise<Reply>;
type AnyStreamHandler = (request: AnyRequest, principal: Principal) => Promise<StreamReply>;

/** Large or frequent reads whose rows come from typed queries: judging each answer would cost more than making it. */
const HOT_READS: ReadonlySet<string> = new Set([
  'getSession',
  'listSessions',
  'listEvents',
  'getOutput',
  'listAttempts',
  'getNet',
  'putNet',
  'operateSession',
]);

export const registerOperations = (server: FastifyInstance, options: OperationRoutesOptions): void => {
  for (const operation of Object.values(operations) as Operation[]) {
    server.route({
      method: operation.method,
      url: `${apiPrefix}${operation.path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      bodyLimit: bodyLimitOf(operation),
      config: {
        operation: operation.id,
        bodyErrorCode: bodyErrorCode(operation),
        bodyType: operation.body === undefined ? null : operation.bodyType,
      },
      onRequest: async (request) => {
        // Before the body is read: strangers do not make us read it.
        request.principal = await authorise(operation, credentialsOf(request), options.authenticator);
      },
      handler: async (request, reply) => answer(operation, { request, reply, options }),
    });
  }
};

/** Bodies that hold one definition. */
const DEFINITION_BODIES: ReadonlySet<string> = new Set([
  'putNet',
  'previewSessionDefinition',
  'changeSessionDefinition',
]);

const bodyLimitOf = (operation: Operation): number => {
  if (operation.bodyType === 'application/yaml') return httpLimits.yamlBodyBytesMax;
  if (operation.id === 'applyDefinitionSet' || operation.id === 'compareDefinitions')
    return httpLimits.definitionSetBodyBytesMax;
  if (operation.id === 'uploadMibs') return httpLimits.mibBodyBytesMax;
  return DEFINITION_BODIES.has(operation.id) ? httpLimits.definitionBodyBytesMax : httpLimits.bodyBytesMax;
};

const credentialsOf = (request: FastifyRequest) => ({
  authorization: request.headers.authorization,
  cookie: readSessionCookie(request.headers.cookie, request.client.tls),
  origin: {
    secFetchSite: singleHeader(request.headers['sec-fetch-site']),
    origin: request.headers.origin,
    host: request.client.host,
    tls: request.client.tls,
  },
});

type Exchange = {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly options: OperationRoutesOptions;
};

const answer = async (operation: Operation, exchange: Exchange): Promise<unknown> => {
  const { request, reply, options } = exchange;
  const parsed = parseRequest(operation, {
    params: request.params,
    query: request.query,
    body: request.body,
    headers: request.headers,
  });
  const asked = { ...parsed, actor: actorOf(request), requestId: request.id } as unknown as AnyRequest;
  if (operation.responseType === 'text/event-stream' || operation.responseType === 'application/octet-stream')
    return await answerStream(operation, asked, exchange);

  const result = await withinTime(callHandler(operation, asked, exchange));
  applyCookie(reply, result.cookie, request.client.tls);
  if (operation.versioned !== 'no' && result.revision !== undefined) {
    reply.header('etag', formatEtag(result.revision));
    if (operation.versioned === 'read' && matchesEtag(request.headers['if-none-match'], result.revision))
      return await reply.code(304).send();
  }
  reply.code(operation.status);
  if (operation.response === undefined) return await reply.send();
  const body =
    operation.responseType === 'application/json'
      ? serialise(operation, result.body, options)
      : String(result.body);
  return await reply.type(`${operation.responseType}; charset=utf-8`).send(body);
};

const callHandler = (
  operation: Operation,
  asked: AnyRequest,
  { request, options }: Exchange,
): Promise<Reply> => {
  const { plain, session } = options.handlers;
  if (operation.id in session) {
    const handler = session[operation.id as keyof typeof session] as unknown as AnyHandler;
    return handler(asked, {
      secret: readSessionCookie(request.headers.cookie, request.client.tls) ?? null,
      address: request.client.address,
      userAgent: request.headers['user-agent'] ?? null,
    });
  }
  return (plain[operation.id as keyof typeof plain] as unknown as AnyHandler)(asked, undefined);
};

const answerStream = async (
  operation: Operation,
  asked: AnyRequest,
  { request, reply, options }: Exchange,
): Promise<unknown> => {
  const { stream: handlers } = options.handlers;
  const handler = handlers[operation.id as keyof typeof handlers] as unknown as AnyStreamHandler;
  if (request.principal === null) throw new CodedError('not_signed_in', 'A stream needs a sign-in.');
  const { stream, headers } = await withinTime(handler(asked, request.principal));
  // The client may have gone while the handler worked; then nobody will read and end the stream.
  if (request.raw.destroyed || reply.raw.destroyed) stream.destroy();
  reply.code(operation.status).type(operation.responseType).header('x-accel-buffering', 'no');
  for (const [name, value] of Object.entries(headers ?? {})) reply.header(name, value);
  return await reply.send(stream);
};

/** JSON of an answer. One that does not fit its schema is a bug of ours: the client hears `internal`, the log the places. */
const serialise = (
  operation: Operation,
  body: unknown,
  { validateAllResponses }: OperationRoutesOptions,
): string => {
  if (operation.response === undefined || (HOT_READS.has(operation.id) && !validateAllResponses))
    return JSON.stringify(body);
  const result = operation.response.safeParse(body);
  if (!result.success)
    throw new Error(`The answer of ${operation.id} does not fit its schema`, { cause: result.error });
  return JSON.stringify(result.data);
};

const actorOf = ({ principal, client: { address } }: FastifyRequest): RequestActor =>
  principal === null
    ? {
        name: 'anonymous',
        address,
        by: 'cookie',
        permissions: noPermissions,
        key: null,
        until: null,
        mustChangePassword: false,
      }
    : {
        name: principal.user,
        address,
        by: principal.by,
        permissions: principal.permissions,
        roles: principal.roles,
        ...(principal.ownsHost === true ? { holdsAlways: true } : {}),
        key: principal.key,
        until: principal.expiresAt,
        mustChangePassword: principal.mustChangePassword,
      };

const applyCookie = (reply: FastifyReply, change: CookieChange | undefined, tls: boolean): void => {
  if (change === undefined || change.type === 'keep') return;
  reply.header(
    'set-cookie',
    change.type === 'clear'
      ? serializeClearedCookie(tls)
      : serializeSessionCookie(change.secret, { tls, maxAgeSeconds: change.maxAgeSeconds }),
  );
};

const withinTime = async <Result>(work: Promise<Result>): Promise<Result> => {
  const limit = new AbortController();
  const tooLong = async (): Promise<never> => {
    await delay(httpLimits.handlerTimeoutMs, undefined, { signal: limit.signal });
    throw new CodedError(
      'database_unavailable',
      say('problem_the_answer_took_longer_than_s_look', { value: httpLimits.handlerTimeoutMs / 1000 }),
      { retryAfterSeconds: 5 },
    );
  };
  const timeout = tooLong();
  // Once the work has won, the aborted wait rejects with nobody listening; that is its end, not an error.
  timeout.catch(() => undefined);
  try {
    return await Promise.race([work, timeout]);
  } finally {
    limit.abort();
  }
};

const singleHeader = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; null on public operations. */
    principal: Principal | null;
  }
  interface FastifyContextConfig {
    /** Id of the operation, for the log and the metrics. */
    operation?: string;
    bodyErrorCode?: 'invalid_request' | 'invalid_definition';
    bodyType?: Operation['bodyType'] | null;
  }
}
