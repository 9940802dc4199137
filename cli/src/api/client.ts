// The typed client of the API: one call per operation, answers by type, problems as Failures.
// Not responsible for choosing the manager (connection.ts) or for following changes (live-watch.ts).
import { buildRequest } from '@nezuban/protocol/api/operation';
import type { OperationInput, OperationOutput } from '@nezuban/protocol/api/operation';
import type { Operations } from '@nezuban/protocol/api/operations';
import type { Problem } from '@nezuban/protocol/problem';
import { readCa } from '../connection/connection-files.ts';
import type { Connection } from '../connection/connection.ts';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { createHttpClient, readText, type HttpAnswer } from './http.ts';
import { routes, type RoutedId } from './routes.ts';

export type Call<Id extends RoutedId> = OperationInput<Operations[Id]> & {
  /** Beyond those of the operation, such as a cookie while signing in. */
  readonly headers?: Readonly<Record<string, string>>;
};
export type Reply<Id extends RoutedId> = {
  readonly body: OperationOutput<Operations[Id]>;
  readonly etag: string | undefined;
  readonly cookies: readonly string[];
};

export type ApiClient = {
  readonly url: URL;
  /** The parsed answer. Throws a Failure for everything else. */
  call<Id extends RoutedId>(id: Id, input?: Call<Id>): Promise<OperationOutput<Operations[Id]>>;
  reply<Id extends RoutedId>(id: Id, input?: Call<Id>): Promise<Reply<Id>>;
  /** The answer's body as it comes, for raw output and the live stream. */
  open<Id extends RoutedId>(id: Id, input: Call<Id>, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /** The same with its headers. */
  openAnswer<Id extends RoutedId>(
    id: Id,
    input: Call<Id>,
    signal: AbortSignal,
  ): Promise<Pick<HttpAnswer, 'headers' | 'stream'>>;
  close(): void;
};

/** A client of the manager at `connection`; `signal` ends every call. `retell`: what commands are given instead of an answer, in another language. */
export const createApiClient = async (
  connection: Connection,
  signal: AbortSignal,
  retell: (answer: unknown) => unknown = (answer) => answer,
): Promise<ApiClient> => {
  const ca = connection.ca === undefined ? undefined : await readCa(connection.ca);
  const http = await createHttpClient(connection.url.protocol, ca);
  let token = connection.token;

  /** Whether the token's file holds another one than was refused: the manager may have made it anew while this command ran. */
  const hasNewToken = async (refused: string | undefined): Promise<boolean> => {
    if (token !== refused) return true;
    try {
      token = (await connection.rereadToken?.()) ?? token;
    } catch {
      // The file is gone or half told: the refusal says enough.
    }
    return token !== refused;
  };

  const send = async <Id extends RoutedId>(
    id: Id,
    input: Call<Id>,
    within: AbortSignal,
  ): Promise<HttpAnswer> => {
    const sent = token;
    let answer = await sendOnce(id, input, within);
    if (answer.status === 401 && (await hasNewToken(sent))) {
      answer.stream.resume();
      answer = await sendOnce(id, input, within);
    }
    if (answer.status < 200 || answer.status > 299) throw await toFailure(answer, connection);
    return answer;
  };

  const sendOnce = async <Id extends RoutedId>(
    id: Id,
    input: Call<Id>,
    within: AbortSignal,
  ): Promise<HttpAnswer> => {
    const route = routes[id];
    // buildRequest reads only what a route has; the schemas stay unloaded.
    const operation = { ...route, body: route.hasBody ? {} : undefined } as unknown as Operations[Id];
    const parts = buildRequest(operation, input);
    return await http.send({
      method: parts.method,
      url: new URL(connection.url.pathname.replace(/\/+$/, '') + parts.path, connection.url),
      headers: {
        ...parts.headers,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(parts.body !== undefined && { 'content-length': String(Buffer.byteLength(parts.body)) }),
        ...input.headers,
      },
      body: parts.body,
      signal: within,
    });
  };

  const reply = async <Id extends RoutedId>(id: Id, input: Call<Id> = {}): Promise<Reply<Id>> => {
    const answer = await send(id, input, signal);
    const text = await readText(answer, connection.url);
    return {
      body: retell(parseAnswer(text, answer, connection)) as OperationOutput<Operations[Id]>,
      etag: answer.headers.etag,
      cookies: answer.headers['set-cookie'] ?? [],
    };
  };

  return {
    url: connection.url,
    call: async (id, input) => (await reply(id, input)).body,
    reply,
    open: async (id, input, within) => (await send(id, input, within)).stream,
    openAnswer: send,
    close: http.close,
  };
};

const parseAnswer = (text: string, answer: HttpAnswer, connection: Connection): unknown => {
  if (answer.status === 204) return undefined;
  const type = answer.headers['content-type'] ?? '';
  if (type.startsWith('application/yaml')) return text;
  if (!type.startsWith('application/json')) throw notAManager(answer, connection);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw notAManager(answer, connection);
  }
};

const notAManager = (answer: HttpAnswer, connection: Connection): Failure =>
  new Failure(`${connection.url.href} answered ${answer.status}, but not as a Nezuban manager does.`, {
    exitCode: exitCodes.unreachable,
    code: 'unreachable',
    hints: [`Check the address (${connection.source}).`],
    retryable: answer.status >= 502 && answer.status <= 504,
  });

const toFailure = async (answer: HttpAnswer, connection: Connection): Promise<Failure> => {
  const text = await readText(answer, connection.url);
  const problem = parseProblem(text, answer);
  if (problem === undefined) return notAManager(answer, connection);
  const isWho = problem.code === 'not_signed_in' || problem.code === 'sign_in_refused';
  const retryAfter = answer.headers['retry-after'];
  return new Failure(problem.detail, {
    exitCode: isWho ? exitCodes.notSignedIn : exitCodes.refused,
    code: problem.code,
    issues: problem.issues ?? [],
    said: problem.detailSaid,
    retryable: problem.retryable,
    hints:
      problem.code === 'not_signed_in'
        ? signInHints(connection)
        : [
            problem.remedy,
            ...(retryAfter === undefined ? [] : [`Retry-After: ${retryAfter} s`]),
            ...(problem.code === 'internal' ? [`Request id: ${problem.instance}`] : []),
          ],
  });
};

const signInHints = (connection: Connection): readonly string[] => [
  connection.token === undefined
    ? 'No token was sent.'
    : `The token (for ${connection.url.origin}) is not valid any more, or belongs to another manager.`,
  `Sign in with: nezuban login ${connection.url.origin}`,
];

const parseProblem = (text: string, answer: HttpAnswer): Problem | undefined => {
  if (answer.headers['content-type']?.startsWith('application/problem+json') !== true) return undefined;
  try {
    const value = JSON.parse(text) as Problem;
    return typeof value.detail === 'string' && typeof value.code === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
};
