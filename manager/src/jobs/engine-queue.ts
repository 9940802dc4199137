// What waits for the engine's loop, in order.
// Responsible for the bound, for handing out the jobs of one batch, and for those that a failed commit brings back. Callers and agents are
// refused beyond the bound and come again; what the engine tells itself is never refused, since nobody would say it again: inputs are
// bounded by what is in memory, and one look at nodes or places that waits speaks for all that are asked for before it is taken.
// Jobs of sessions that are put off wait beside it, so that nothing else waits for them; what they are put off for says engine-recovery.ts.
// Owned by `engine.ts`.
import { say } from '@nezuban/protocol/sentences/sentence';
import { CodedError } from '@nezuban/protocol/errors';
import type { SessionId } from '@nezuban/protocol/ids';
import { inputCount, isImpatient, sessionsOf, type EngineJob, type QueuedJob } from './engine-jobs.ts';
import { oneByOne } from './engine-poison.ts';
import { jobsLimits } from './jobs-limits.ts';

export type EngineQueue = {
  /** Resolves when the job is done; rejects if it is not taken or fails. */
  readonly add: (job: EngineJob) => Promise<unknown>;
  /** The jobs of the next batch. */
  readonly take: () => readonly QueuedJob[];
  /** They come first again. `alone`: each in a batch of its own, because one of them is to blame. */
  readonly putBack: (jobs: readonly QueuedJob[], how?: { readonly alone: boolean }) => void;
  /** It failed alone and may do so again for long: it and all that is about its session waits until `letGo`. Null: it is about no session alone. */
  readonly putOff: (id: SessionId | null, job: QueuedJob) => void;
  /** They come first, each alone. */
  readonly letGo: (id: SessionId | null) => void;
  /** A batch took too long: the next are half as large. */
  readonly narrow: () => void;
  /** One was committed: they grow again. */
  readonly widen: () => void;
  /** Jobs whose callers had better hear it than wait. */
  readonly rejectImpatient: (error: unknown) => void;
  readonly rejectAll: (error: unknown) => void;
  /** Without what is put off. */
  readonly length: () => number;
};

export const createEngineQueue = ({
  lengthMax,
  batchInputsMax,
}: {
  readonly lengthMax: number;
  readonly batchInputsMax: number;
}): EngineQueue => {
  let queue: QueuedJob[] = [];
  let inputsMax = batchInputsMax;
  /** So many of the next jobs go alone. */
  let alone = 0;
  /** Looks that wait here, with those who have asked for them. */
  const looks = new Map<EngineJob['type'], Promise<unknown>>();

  const putOff = new Map<SessionId | null, QueuedJob[]>();
  /** Who only looks changes nothing. */
  const idPutOff = ({ job }: QueuedJob): SessionId | undefined =>
    job.type === 'inspect' ? undefined : sessionsOf(job).find((each) => putOff.has(each));
  /** False: it waits for nothing that is put off. */
  const keep = (queued: QueuedJob): boolean => {
    const id = idPutOff(queued);
    if (id === undefined) return false;
    if (isImpatient(queued.job)) queued.reject(isPutOff(id));
    else putOff.get(id)?.push(queued);
    return true;
  };
  /** What of it waits for nothing that is put off: reports of others that came with one go on. */
  const without = (queued: QueuedJob): readonly QueuedJob[] =>
    putOff.size === 0 || idPutOff(queued) === undefined
      ? [queued]
      : oneByOne(queued).filter((part) => !keep(part));
  /** Limits that are put off must not come after newer ones, which say all: these take their place, and answer for both. */
  const inPlaceOfOlder = (newer: QueuedJob): QueuedJob => {
    const kept = putOff.get(null) ?? [];
    const older = kept.filter(hasLimits);
    if (older.length === 0 || !hasLimits(newer)) return newer;
    putOff.set(
      null,
      kept.filter((queued) => !hasLimits(queued)),
    );
    const all = [...older, newer];
    return {
      job: newer.job,
      resolve: (result) => all.forEach(({ resolve }) => resolve(result)),
      reject: (error) => all.forEach(({ reject }) => reject(error)),
    };
  };
  const push = (job: EngineJob): Promise<unknown> =>
    new Promise((resolve, reject) => {
      queue.push(...without(inPlaceOfOlder({ job, resolve, reject })));
    });

  return {
    async add(job) {
      if (isLook(job)) {
        const waiting = looks.get(job.type) ?? push(job);
        looks.set(job.type, waiting);
        return await waiting;
      }
      if (queue.length >= lengthMax && isRefusable(job))
        throw new CodedError(
          'database_unavailable',
          say('problem_more_than_changes_wait_for_the_database_2', { max: lengthMax }),
          {
            retryAfterSeconds: 2,
          },
        );
      return await push(job);
    },
    take() {
      let inputs = 0;
      let count = 0;
      for (const { job } of queue) {
        inputs += inputCount(job);
        if (count > 0 && (inputs > inputsMax || alone > 0 || goesAlone(job))) break;
        count += 1;
        if (goesAlone(job)) break;
      }
      if (alone > 0) alone -= 1;
      const taken = queue.slice(0, count);
      queue = queue.slice(count);
      for (const { job } of taken) if (isLook(job)) looks.delete(job.type);
      return taken;
    },
    putBack(jobs, how) {
      if (how?.alone === true) alone += jobs.length;
      queue = [...jobs, ...queue];
    },
    putOff(id, job) {
      const known = putOff.get(id) ?? [];
      putOff.set(id, [job, ...known]);
      queue = queue.map(inPlaceOfOlder).flatMap(without);
      // Of those that were to go alone some wait beside it again.
      alone = Math.min(alone, queue.length);
    },
    letGo(id) {
      const jobs = putOff.get(id) ?? [];
      putOff.delete(id);
      alone += jobs.length;
      queue = [...jobs, ...queue];
    },
    narrow() {
      inputsMax = Math.max(1, Math.floor(inputsMax / 2));
    },
    widen() {
      inputsMax = Math.min(batchInputsMax, inputsMax * 2);
    },
    rejectImpatient(error) {
      for (const { job, reject } of queue) if (isImpatient(job)) reject(error);
      queue = queue.filter(({ job }) => !isImpatient(job));
    },
    rejectAll(error) {
      for (const { reject } of [...queue, ...[...putOff.values()].flat()]) reject(error);
      queue = [];
      putOff.clear();
      looks.clear();
    },
    length: () => queue.length,
  };
};

/** It has failed before, and would take the others of its batch with it. */
const goesAlone = (job: EngineJob): boolean => job.type === 'receipts' && job.again === true;

const isPutOff = (id: SessionId): CodedError =>
  new CodedError('database_unavailable', say('problem_session_put_off', { id }), {
    retryAfterSeconds: jobsLimits.slowRetryMs / 1000,
  });

const hasLimits = ({ job }: QueuedJob): boolean => job.type === 'placesChanged' && job.limits !== undefined;

/** It asks for a look at how things are when it is taken. */
const isLook = (job: EngineJob): boolean =>
  job.type === 'nodesChanged' || (job.type === 'placesChanged' && job.limits === undefined);

/** Somebody outside waits for it, and will ask again. Changed limits are stored already, and their caller answered. */
const isRefusable = (job: EngineJob): boolean => isImpatient(job) || job.type === 'receipts';
