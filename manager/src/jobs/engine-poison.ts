// What becomes of a job that can never be committed: what it says cannot be stored, or breaks the reducer, whenever it is tried.
// Left as it is it would come again for ever, and an agent's would stand before everything else that the agent has to tell. So reports are
// tried one by one, and the one to blame is replaced by what can be said for certain: of an attempt that its result is not known, of a unit's
// work that it failed. Both are states with an event and an operator's way out. Pure. Called by `engine.ts` for jobs that failed alone.
import type { AttemptId, SessionId } from '@nezuban/protocol/ids';
import { isFaultOfContent, sqlState } from '../database/database-errors.ts';
import type { EventDraft } from '../ports.ts';
import { sessionOfAttempt } from './attempt-key.ts';
import type { Batch } from './engine-batch.ts';
import type { EngineJob, QueuedJob } from './engine-jobs.ts';

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

/**
 * The jobs to be tried in its place; they answer its caller together. Null: it fails as it is, and its caller decides.
 * `others`: sessions of somebody else were changed in the same batch, so it need not be to blame, and what replaces it may fail the same way.
 */
export const insteadOf = (
  queued: QueuedJob,
  error: unknown,
  { others }: { readonly others: boolean },
): readonly QueuedJob[] | null => {
  const { job } = queued;
  if (job.type === 'receipts' && job.receipts.length > 1 && isFaultOfContent(error))
    return answerTogether(
      queued,
      job.receipts.map((receipt) => ({ ...job, receipts: [receipt] })),
    );
  if (!isPoison(error)) return null;
  const harmless = harmlessJob(job, quoted(error));
  if (harmless === null) return null;
  // It gives others what the job would have given them: if they are to blame it fails as well, and the caller hears of the first failure.
  return answerTogether(queued, [harmless], others ? { error } : undefined);
};

const harmlessJob = (job: EngineJob, why: string): EngineJob | null => {
  if (job.type === 'receipts') {
    const [receipt] = job.receipts;
    // "Unknown" in our own words, if the agent's cannot be stored.
    return receipt === undefined ? null : unknown(receipt.attemptId, why);
  }
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
        : { type: 'input', sessionId, input: { ...input, answer: { kind: 'failed', reason: why } } };
    default:
      return null;
  }
};

const unknown = (attemptId: AttemptId, why: string): EngineJob => ({
  type: 'input',
  sessionId: sessionOfAttempt(attemptId),
  input: { type: 'attemptUnknown', attemptId, reason: `what its agent reported cannot be taken: ${why}` },
});

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

/** Whether the batch of this job alone has changed sessions that are not its own: places were given to them. */
export const changesOthers = (job: EngineJob, { touched }: Batch): boolean => {
  const own = new Set<number>();
  if (job.type === 'receipts') for (const { attemptId } of job.receipts) own.add(sessionOfAttempt(attemptId));
  else if ('sessionId' in job) own.add(job.sessionId);
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

const quoted = (error: unknown): string => {
  const cause = causeOf(error);
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.slice(0, QUOTED_CHARS_MAX).replaceAll('\0', '\u{fffd}').toWellFormed();
};
