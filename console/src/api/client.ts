// The typed client of the manager's API, and the only caller of `fetch`: builds requests from the operation table, turns every failure
// into one of three errors (api-problem.ts), checks each answer against its schema once. Not responsible for caching (queries.ts).
import { buildRequest, type OperationInput, type OperationOutput } from '@nezuban/protocol/api/operation';
import { operations, type OperationId, type Operations } from '@nezuban/protocol/api/operations';
import { problemSchema } from '@nezuban/protocol/problem';
import { ApiMismatch, ApiProblem, ApiUnreachable } from './api-problem.ts';

/** An answer that takes longer than this is taken for none; the manager's own slowest operation is bounded far below. */
export const callTimeoutMs = 30_000;

export type Answer<Id extends OperationId> = {
  readonly body: OperationOutput<Operations[Id]>;
  /** Version of what was read or written, for `ifMatch` of a later change. */
  readonly etag: string | null;
};

export type Api = {
  /** Calls an operation; throws ApiProblem, ApiUnreachable or ApiMismatch, or the signal's reason. */
  call<Id extends OperationId>(
    id: Id,
    input?: OperationInput<Operations[Id]>,
    signal?: AbortSignal,
  ): Promise<OperationOutput<Operations[Id]>>;
  /** The same with the ETag of the answer. */
  callForAnswer<Id extends OperationId>(
    id: Id,
    input?: OperationInput<Operations[Id]>,
    signal?: AbortSignal,
  ): Promise<Answer<Id>>;
};

export type ApiPorts = {
  readonly fetch: (input: string, init: RequestInit) => Promise<Response>;
  /** The sign-in is over: told for every answer that says so, except to signing in itself. */
  readonly onSignedOut: () => void;
  /** The one-time password must be changed first. */
  readonly onPasswordChangeNeeded: () => void;
  /** A call found the manager away. */
  readonly onUnreachable: () => void;
};

/** The ETag of a revision, as the manager forms it. */
export const etagOf = (revision: number): string => `"${revision}"`;

/** Address of an operation that a link points to (downloads). */
export const hrefOf = <Id extends OperationId>(id: Id, input: OperationInput<Operations[Id]>): string =>
  buildRequest(operations[id], input).path;

export const createApi = (ports: ApiPorts): Api => {
  const callForAnswer = async <Id extends OperationId>(
    id: Id,
    input: OperationInput<Operations[Id]> = {},
    signal?: AbortSignal,
  ): Promise<Answer<Id>> => {
    const response = await send(ports, buildRequest(operations[id], input), signal);
    if (!response.ok) {
      const failure = await readProblem(response);
      if (failure instanceof ApiProblem && failure.code === 'not_signed_in') ports.onSignedOut();
      if (failure instanceof ApiProblem && failure.code === 'password_change_needed')
        ports.onPasswordChangeNeeded();
      throw failure;
    }
    return {
      body: (await readBody(id, response)) as OperationOutput<Operations[Id]>,
      etag: response.headers.get('etag'),
    };
  };
  return {
    callForAnswer,
    call: async (id, input, signal) => (await callForAnswer(id, input, signal)).body,
  };
};

const send = async (
  ports: ApiPorts,
  request: ReturnType<typeof buildRequest>,
  signal: AbortSignal | undefined,
): Promise<Response> => {
  const timeout = AbortSignal.timeout(callTimeoutMs);
  try {
    return await ports.fetch(request.path, {
      method: request.method,
      headers: request.headers,
      body: request.body ?? null,
      credentials: 'same-origin',
      cache: 'no-store',
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    ports.onUnreachable();
    throw new ApiUnreachable(error);
  }
};

const readProblem = async (response: Response): Promise<ApiProblem | ApiUnreachable | ApiMismatch> => {
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  try {
    const problem = problemSchema.parse(await response.json());
    return new ApiProblem(problem, Number.isFinite(retryAfter) ? retryAfter : undefined);
  } catch (error) {
    // A gateway that answers for a manager which is away has its own pages.
    if (response.status === 502 || response.status === 503 || response.status === 504)
      return new ApiUnreachable(error);
    return new ApiMismatch(`HTTP status ${response.status} without a problem document`, error);
  }
};

const readBody = async (id: OperationId, response: Response): Promise<unknown> => {
  const { response: schema, responseType } = operations[id];
  if (schema === undefined) return undefined;
  try {
    return schema.parse(responseType === 'application/json' ? await response.json() : await response.text());
  } catch (error) {
    throw new ApiMismatch(`the answer to ${id} does not have the agreed form`, error);
  }
};
