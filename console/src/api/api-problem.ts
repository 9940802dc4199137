// What can go wrong with a call, as three kinds of error that screens show differently.
// Called by api/client.ts, which throws them, and by components that show them.
import type { Issue } from '@nezuban/protocol/errors';
import type { Problem } from '@nezuban/protocol/problem';

/** The manager answered with a problem document: a stable code, what it means here, and what to do next. */
export class ApiProblem extends Error {
  readonly problem: Problem;
  /** From Retry-After; undefined where the manager named none. */
  readonly retryAfterSeconds: number | undefined;

  constructor(problem: Problem, retryAfterSeconds: number | undefined) {
    super(problem.detail);
    this.name = 'ApiProblem';
    this.problem = problem;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  get code(): Problem['code'] {
    return this.problem.code;
  }

  get issues(): readonly Issue[] {
    return this.problem.issues;
  }
}

/** No answer came: the manager is away, or the network between. */
export class ApiUnreachable extends Error {
  constructor(cause: unknown) {
    super('the manager does not answer', { cause });
    this.name = 'ApiUnreachable';
  }
}

/** An answer came that does not have the agreed form: console and manager are of different releases, or a proxy answered. */
export class ApiMismatch extends Error {
  constructor(what: string, cause?: unknown) {
    super(what, { cause });
    this.name = 'ApiMismatch';
  }
}

/** Whether the same call may succeed a little later without anybody changing anything. */
export const isRetryable = (error: unknown): boolean =>
  error instanceof ApiUnreachable || (error instanceof ApiProblem && error.problem.retryable);

export const hasCode = (error: unknown, code: Problem['code']): error is ApiProblem =>
  error instanceof ApiProblem && error.code === code;
