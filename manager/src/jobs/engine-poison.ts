// What becomes of a job that can never be committed: what it says cannot be stored, or breaks the reducer, whenever it is tried.
// Left as it is it would come again for ever, and an agent's would stand before everything else that the agent has to tell. So reports are
// tried one by one, the one to blame is put aside as it came (`aside/`), which acknowledges it, and what can be said for certain takes its place:
// of an attempt that its result is not known. Of a unit's work, that it failed. Both are states with an event and an operator's way out.
// Pure. Called by `engine-recovery.ts` for jobs that failed alone.
import type { Receipt } from '@nezuban/protocol/agent/link';
// tried one by one, and the one to blame is replaced by what can be said for certain: of an attempt that its result is not known, of a unit's
// work that it failed. Both are states with an event and an operator's way out. Pure. Called by `engine.ts` for jobs that failed alone.
import type { AttemptId, SessionId } from '@nezuban/protocol/ids';
import { say } from '@nezuban/protocol/sentences/sentence';
import { isFaultOfContent, sqlState } from '../database/database-errors.ts';
import type { EventDraft } from '../ports.ts';
import { sessionOfAttempt } from './attempt-key.ts';
import type { Batch } from './engine-batch.ts';
import { sessionsOf, type EngineJob, type InputJob, type QueuedJob } from './engine-jobs.ts';
import { SessionStandsError } from './standing-sessions.ts';

/** The reducer, or what belongs to it, has thrown: a broken invariant of one session, not of the engine. */
export class BrokenJobError extends Error {
  override readonly name = 'BrokenJobError';
}

/** Of an error that is quoted in a reason: it may hold the very text that cannot be stored. */
const QUOTED_CHARS_MAX = 300;

/**
 * The same will fail the same way: what cannot be stored as it is (class 22), or cannot even be made a statement of. Of other classes an
 * operator may mend the database, and then it is taken.
 */
const isPoison = (error: unknown): boolean => {
  if (error instanceof BrokenJobError) return true;
  const state = sqlState(causeOf(error)) ?? sqlState(error);
  return isFaultOfContent(error) && (state === null || state.startsWith('22'));
};

/** So often a report comes again that nothing is wrong with but that it cannot be stored; then it counts as one that never can. */
export const reportTriesMax = 5;

/** A report that stands before everything else that its agent has to tell. */
export type StuckReport = { readonly node: string; readonly receipt: Receipt; readonly why: string };

/**
 * What becomes of a job that has failed alone. `jobs`: they are tried in its place, and answer its caller together. `report`: it is to be put
 * aside, then its attempt closed by `close`, if that can be. Null: the job fails as it is, and its caller decides.
 */
export type Remedy =
  | { readonly jobs: readonly QueuedJob[] }
  | { readonly report: StuckReport; readonly close: InputJob | null }
  | null;

export type FailedJob = {
  readonly queued: QueuedJob;
  readonly error: unknown;
  /** Sessions of somebody else were changed in the same batch, so it need not be to blame, and what replaces it may fail the same way. */
  readonly others: boolean;
  /** How often this report has failed so far. */
  readonly tries: number;
};

export const remedyOf = ({ queued, error, others, tries }: FailedJob): Remedy => {
  const { job } = queued;
  const stands = error instanceof SessionStandsError;
  if (job.type === 'receipts') {
    const [receipt] = job.receipts;
    if (receipt === undefined || job.again === true) return null;
    if (job.receipts.length > 1) return { jobs: oneByOne(queued) };
    if (!stands && !isPoison(error) && tries < reportTriesMax) return null;
    const why = quoted(error);
    // Of a session that cannot be read nothing can be closed.
    return {
      report: { node: job.node, receipt, why },
      close: stands ? null : unknown(receipt.attemptId, why),
    };
  }
  if (!isPoison(error)) return null;
  const harmless = harmlessJob(job, quoted(error));
  if (harmless === null) return null;
  // It gives others what the job would have given them: if they are to blame it fails as well, and the caller hears of the first failure.
  return { jobs: answerTogether(queued, [harmless], others ? { error } : undefined) };
};

/** The reports of a job, each as a job of its own; any other job as it is. */
export const oneByOne = (queued: QueuedJob): readonly QueuedJob[] => {
  const { job } = queued;
  if (job.type !== 'receipts' || job.receipts.length < 2) return [queued];
  return answerTogether(
    queued,
    job.receipts.map((receipt) => ({ ...job, receipts: [receipt] })),
  );
};

const harmlessJob = (job: EngineJob, why: string): EngineJob | null => {
  if (job.type !== 'input') return null;
  const { sessionId, input } = job;
  switch (input.type) {
    case 'attemptAccepted':
    case 'attemptStarted':
    case 'attemptEnded':
    case 'attemptRefused':
      return unknown(input.attemptId, why);
    case 'workAnswered':
      return input.answer.kind === 'failed'
        ? null
        : {
            type: 'input',
            sessionId,
            input: { ...input, answer: { kind: 'failed', reason: say('as_told', { text: why }) } },
          };
    default:
      return null;
  }
};

/** "Unknown" in our own words, if the agent's cannot be stored. */
const unknown = (attemptId: AttemptId, why: string): InputJob => {
  const said = say('report_not_taken', { why });
  return {
    type: 'input',
    sessionId: sessionOfAttempt(attemptId),
    input: { type: 'attemptUnknown', attemptId, reason: said.message, said },
  };
};

/** `instead`: what the caller hears if one fails; left out: its own error. */
const answerTogether = (
  queued: QueuedJob,
  jobs: readonly EngineJob[],
  instead?: { readonly error: unknown },
): readonly QueuedJob[] => {
  const done = jobs.map((job) => {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    return { part: { job, resolve, reject }, promise };
  });
  void Promise.allSettled(done.map(({ promise }) => promise)).then((outcomes) => {
    const failed = outcomes.find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') queued.reject(instead === undefined ? failed.reason : instead.error);
    else queued.resolve(undefined);
  });
  return done.map(({ part }) => part);
};

/** Changes of a session take longer than the database allows, though they go alone. */
export const putOffSession = (id: SessionId, error: unknown, at: Date): EventDraft => {
  const reason = quoted(error);
  return {
    at,
    code: 'session_put_off',
    priority: 'critical',
    node: null,
    message: `Changes of session ${id} cannot be stored in time and are put off, all others go on: ${reason}. They are tried again by themselves; see whether somebody holds a lock in the database`,
    details: { session: id, reason },
  };
};

/** Whether the batch of this job alone has changed sessions that are not its own: places were given to them. */
export const changesOthers = (job: EngineJob, { touched }: Batch): boolean => {
  const own = new Set<number>(sessionsOf(job));
  return [...touched].some(({ session }) => !own.has(session.id));
};

/** An input of the engine's own was thrown away, because it could not be taken. */
export const droppedInput = ({
  sessionId,
  input,
  error,
  at,
}: {
  readonly sessionId: SessionId;
  readonly input: string;
  readonly error: unknown;
  readonly at: Date;
}): EventDraft => {
  const reason = quoted(error);
  return {
    at,
    code: 'input_refused',
    priority: 'critical',
    node: null,
    message: `The job engine cannot take "${input}" for session ${sessionId}, which may not go on by itself: ${reason}. Stop or kill the session, and report this`,
    details: { session: sessionId, input, reason },
  };
};

const causeOf = (error: unknown): unknown => (error instanceof Error ? (error.cause ?? error) : error);

export const quoted = (error: unknown): string => {
  const cause = causeOf(error);
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.slice(0, QUOTED_CHARS_MAX).replaceAll('\0', '\u{fffd}').toWellFormed();
};
