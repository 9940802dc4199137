// What a failed statement means for the caller.
// Responsible for telling a lost or silent database (try again) from a wrong statement (a bug or a refusal), and for the one case in
// between: a COMMIT whose answer was lost, or whose wait for the standby was. Pure. Called by `database.ts`; callers look at the thrown CodedError alone.
import { thing } from '@nezuban/protocol/sentences/thing';
import { say } from '@nezuban/protocol/sentences/sentence';
import { CodedError } from '@nezuban/protocol/errors';

/**
 * The answer to COMMIT was lost: the change may have been stored or not. Who gets this must not assume either; it reads what is
 * there, or tells its own caller to look. Never repeat blindly what is not idempotent.
 */
export class CommitOutcomeUnknownError extends CodedError {
  constructor(cause: unknown) {
    super(
      'database_unavailable',
      'The database was lost while it stored the change; whether it is stored is not known. Look before you repeat it.',
      { cause },
    );
    this.name = 'CommitOutcomeUnknownError';
  }
}

/**
 * PostgreSQL's warning that a commit is on its own disk while nobody waited for the standby: somebody cancelled the wait or ended the
 * connection. The commit is answered as a success, and may be gone with the next switch: its outcome is as unknown as that of a lost
 * answer. (`SyncRepWaitForLSN`, src/backend/replication/syncrep.c; SQLSTATE 01000 or 57P01, severity WARNING.)
 */
export const isUnreplicatedCommit = (notice: unknown): boolean => {
  const { severity, message } = fieldsOf(notice);
  return (
    severity === 'WARNING' &&
    typeof message === 'string' &&
    /^canceling (the )?wait for synchronous replication/.test(message)
  );
};

/** SQLSTATEs after which the same thing may succeed later, with what to say. Classes are two characters. */
const RETRYABLE: ReadonlyMap<string, string> = new Map([
  ['08', 'the connection broke'],
  ['57P', 'it is being stopped or started'],
  ['57014', 'a statement took longer than its limit'],
  ['55P03', 'a lock was not free in time'],
  ['40001', 'two changes crossed'],
  ['40P01', 'two changes waited for each other'],
  ['53', 'it lacks memory, connections or disk space'],
  ['58', 'its disk or files do not answer'],
  ['25P03', 'a transaction was idle for too long'],
  ['25P04', 'a transaction took longer than its limit'],
]);

/** Messages of the client library for connections that are gone; it gives them no code. */
const LOST_MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed|Connection ended|timeout expired)/;
const LOST_SYSTEM_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOENT',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EACCES',
]);

type Lost = { readonly code?: unknown; readonly message?: unknown; readonly severity?: unknown };

/** Whether the server's connection is gone or must be given up after this error. */
export const isConnectionLost = (error: unknown): boolean => {
  const { code, message, severity } = fieldsOf(error);
  if (severity === 'FATAL' || severity === 'PANIC') return true;
  if (typeof code === 'string' && LOST_SYSTEM_CODES.has(code)) return true;
  return typeof message === 'string' && LOST_MESSAGES.test(message);
};

/** SQLSTATE of an answer of the server, or null for anything else. */
export const sqlState = (error: unknown): string | null => {
  const { code } = fieldsOf(error);
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !LOST_SYSTEM_CODES.has(code) ? code : null;
};

/** It took longer than a statement or a transaction may; less of it may not. */
export const isTooLong = (error: unknown): boolean => {
  const state = sqlState(error instanceof Error ? (error.cause ?? error) : error);
  return state === '57014' || state === '25P04';
};

/** It took too long, or waited too long for what others hold: one of several changes may be the reason, while all others would do. */
export const mayLieInOne = (error: unknown): boolean =>
  isTooLong(error) || sqlState(error instanceof Error ? (error.cause ?? error) : error) === '55P03';

/** The error to throw for a failed statement: a CodedError where trying again can help, else the error itself. */
export const toDatabaseError = (error: unknown): unknown => {
  if (error instanceof CodedError) return error;
  const state = sqlState(error);
  const known =
    state === null
      ? undefined
      : (RETRYABLE.get(state) ?? RETRYABLE.get(state.slice(0, 3)) ?? RETRYABLE.get(state.slice(0, 2)));
  if (known !== undefined) return unavailable(known, error);
  if (state === null && isConnectionLost(error)) return unavailable('the connection is gone', error);
  return error;
};

const unavailable = (what: string, cause: unknown): CodedError =>
  new CodedError(
    'database_unavailable',
    say('problem_the_database_cannot_do_this_now', { what: thing(what) }),
    {
      cause,
      retryAfterSeconds: 2,
    },
  );

const fieldsOf = (error: unknown): Lost => (typeof error === 'object' && error !== null ? error : {});

/** Classes of SQLSTATE that say nothing about what was to be stored: connections, resources, operators, locks, rights. */
const OTHER_FAULTS: ReadonlySet<string> = new Set([
  '08',
  '25',
  '28',
  '40',
  '42',
  '53',
  '55',
  '57',
  '58',
  'XX',
]);

/** Whether it may be the fault of what was to be stored: then trying the same again does not help, and trying less of it may. */
export const isFaultOfContent = (error: unknown): boolean => {
  if (error instanceof CommitOutcomeUnknownError) return false;
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (error instanceof CodedError && error.code === 'database_unavailable') return false;
  const state = sqlState(cause) ?? sqlState(error);
  return state === null ? !(error instanceof CodedError) : !OTHER_FAULTS.has(state.slice(0, 2));
};
