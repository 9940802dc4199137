// What the engine does when something fails: a commit, a session that is read, a report that can never be taken.
// Responsible for throwing memory away that may not be what is stored and reading it back, for finding out which job or session is to blame, and
// for letting all others go on. What takes the place of a job that can never be done is decided in `engine-poison.ts`. Not responsible for the
// loop. Owned by `engine.ts`.
//
// | what fails | what follows |
// | --- | --- |
// | the database is away | the same again; who waits for an answer hears it. What takes too long is tried in smaller parts |
// | a job takes too long alone | it and its session are put off and told by name; the others go on. A report is put aside in the end |
// | a batch, for what it says | each job alone; the one to blame is refused, replaced, or (a report) put aside |
// | what is done for all: places, changed nodes | the session that broke is left out from then on, and told by name |
// | reading a session | it stands and is told by name; the others go on |
import type { AdmissionBook } from '@nezuban/core/jobs/admission/admission-book';
import { summariseSession } from '@nezuban/core/jobs/session-view';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { CancelTimer, Timers } from '@nezuban/platform/timers';
import { CodedError } from '@nezuban/protocol/errors';
import type { SessionId } from '@nezuban/protocol/ids';
import type { Database } from '../database/database.ts';
import { CommitOutcomeUnknownError, mayLieInOne } from '../database/database-errors.ts';
import type { SessionSecrets } from '../ports.ts';
import type { ReportsAside } from './aside/reports-aside.ts';
import type { Batch, Blame } from './engine-batch.ts';
import { SupersededError, waitForLostCommits } from './engine-commit.ts';
import { isImpatient, sessionsOf, type EngineJob, type QueuedJob } from './engine-jobs.ts';
import type { EngineMemory } from './engine-memory.ts';
import type { EngineNotices } from './engine-notices.ts';
import {
  changesOthers,
  droppedInput,
  oneByOne,
  putOffSession,
  quoted,
  remedyOf,
  reportTriesMax,
  type Remedy,
} from './engine-poison.ts';
import type { EngineQueue } from './engine-queue.ts';
import { jobsLimits } from './jobs-limits.ts';
import { loadedLiveSession } from './live-session.ts';
import type { LoadedSession, SessionStore } from './session-store.ts';
import type { StandingSessions } from './standing-sessions.ts';

export type EngineRecoveryPorts = {
  readonly database: Database;
  readonly store: Pick<SessionStore, 'load'>;
  readonly secrets: Pick<SessionSecrets, 'open'>;
  readonly memory: Pick<EngineMemory, 'take' | 'forget' | 'forgetIfAtRest'>;
  readonly book: Pick<AdmissionBook, 'bar'>;
  readonly queue: EngineQueue;
  readonly standing: StandingSessions;
  readonly notices: EngineNotices;
  readonly aside: Pick<ReportsAside, 'put'>;
  /** Puts a job into the queue, and wakes the loop. */
  readonly submit: (job: EngineJob) => Promise<unknown>;
  /** Something may be queued that was not. */
  readonly wake: () => void;
  readonly slowRetryMs: number;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
};

export type EngineRecovery = {
  /** Takes sessions into memory; each that cannot be stands from then on. Throws only while the database is away. */
  readonly takeUp: (ids: readonly SessionId[]) => Promise<void>;
  /** It is thrown away, and read back before anything else happens. */
  readonly lose: (id: SessionId) => void;
  readonly isLost: (id: SessionId) => boolean;
  readonly lost: () => number;
  /** Reads back what was thrown away. False if the database is away. */
  readonly readBack: () => Promise<boolean>;
  /** The batch was not committed, or nobody knows: memory is thrown away, callers are answered or their jobs queued again. */
  readonly undo: (jobs: readonly QueuedJob[], batch: Batch, error: unknown) => boolean;
  /** Answers or queues again what could not be done. False if the database is away. */
  readonly giveBack: (jobs: readonly QueuedJob[], error: unknown, batch: Batch | null) => boolean;
  /** It broke when all looked at changed nodes, and is left out of that. */
  readonly isUnlooked: (id: SessionId) => boolean;
  /** These were stored. */
  readonly stored: (ids: Iterable<SessionId>) => void;
  /** Starts of which nobody knows whether they are stored. */
  readonly rejectAll: (error: unknown) => void;
  readonly stop: () => void;
};

/** A start whose commit may have succeeded; reading back will tell. */
type DoubtfulStart = {
  readonly queued: QueuedJob;
  readonly id: SessionId;
  readonly nonce: string;
  readonly error: unknown;
};

export const createEngineRecovery = (ports: EngineRecoveryPorts): EngineRecovery => {
  const { memory, queue, standing, notices, aside, clock, timers, logger } = ports;
  const lost = new Set<SessionId>();
  const doubtful = new Map<SessionId, DoubtfulStart>();
  const unlooked = new Set<SessionId>();
  /** How often reports failed that nothing is wrong with, as far as anybody can see. */
  const failed = new Map<string, number>();
  /** Sessions, or with null what is about none alone, that were put off, and what ends the pause. */
  const putOff = new Map<SessionId | null, CancelTimer>();
  const slow = new Set<SessionId>();
  /** A commit was lost whose end nobody has seen. */
  let inDoubt = false;

  const load = async (ids: readonly SessionId[]): Promise<readonly LoadedSession[]> => {
    try {
      return await ports.store.load(ids);
    } catch (error) {
      if (isAway(error)) throw error;
      const [only] = ids;
      if (only !== undefined && ids.length === 1) {
        standing.stand(only, quoted(error));
        return [];
      }
    }
    const found: LoadedSession[] = [];
    for (const id of ids) found.push(...(await load([id])));
    return found;
  };
  const takeUp = async (ids: readonly SessionId[]): Promise<void> => {
    const loaded = await load(ids);
    for (const one of loaded) {
      const { id } = one.rows.session;
      try {
        const live = loadedLiveSession(one, ports.secrets);
        memory.take(live);
        standing.goesOn(id);
        answerDoubtful(id, live.session.nonce, () => summariseSession(live.session));
      } catch (error) {
        memory.forget(id);
        standing.stand(id, quoted(error));
      }
    }
  };
  const answerDoubtful = (id: SessionId, nonce: string, answer: () => unknown): void => {
    const start = doubtful.get(id);
    if (start?.nonce !== nonce) return;
    start.queued.resolve(answer());
    doubtful.delete(id);
  };

  const blame = (blamed: Blame, error: unknown): void => {
    const { sessionId, look } = blamed;
    switch (look) {
      case 'admitted':
        ports.book.bar(sessionId, blamed.unit, quoted(error));
        break;
      case 'nodesChanged':
        unlooked.add(sessionId);
        break;
      case 'limits':
        // Whoever is not in the book is not in memory: it would hold places that nobody counts.
        lost.delete(sessionId);
        standing.stand(sessionId, quoted(error));
        return;
    }
    tellDropped({ sessionId, input: look }, error);
  };

  const undo: EngineRecovery['undo'] = (jobs, batch, error) => {
    if (error instanceof SupersededError) throw error;
    inDoubt ||= error instanceof CommitOutcomeUnknownError;
    for (const { session } of batch.touched) {
      memory.forget(session.id);
      lost.add(session.id);
    }
    if (batch.blamed !== null) return undoBlamed(jobs, batch, batch.blamed);
    const rest = jobs.filter((queued) => {
      const started =
        error instanceof CommitOutcomeUnknownError ? batch.started.get(queued)?.session : undefined;
      if (started !== undefined)
        doubtful.set(started.id, { queued, id: started.id, nonce: started.nonce, error });
      return started === undefined;
    });
    return giveBack(rest, error, batch);
  };
  /** The jobs come again without whoever broke; a session that one of them was about to make breaks with its start. */
  const undoBlamed = (jobs: readonly QueuedJob[], batch: Batch, blamed: Blame): boolean => {
    const { failure } = batch;
    logger.error({ err: failure, ...blamed }, 'A session broke in what is done for all');
    const maker = jobs.find((queued) => batch.started.get(queued)?.session.id === blamed.sessionId);
    if (maker === undefined) blame(blamed, failure);
    else maker.reject(failure);
    queue.putBack(jobs.filter((queued) => queued !== maker));
    return true;
  };

  const giveBack: EngineRecovery['giveBack'] = (jobs, error, batch) => {
    logger.warn({ err: error, jobs: jobs.length }, 'A batch of the engine was not committed');
    const [only] = jobs;
    if (isAway(error)) {
      for (const { job, reject } of jobs) if (isImpatient(job)) reject(error);
      const patient = jobs.filter(({ job }) => !isImpatient(job));
      // The same would take as long again.
      const narrowed = mayLieInOne(error);
      if (narrowed) queue.narrow();
      const parts = narrowed && jobs.length === 1 ? patient.flatMap(oneByOne) : patient;
      const [part] = parts;
      if (narrowed && jobs.length === 1 && parts.length === 1 && part !== undefined) putOffJob(part, error);
      else queue.putBack(parts, ...(narrowed && jobs.length === 1 ? [{ alone: true }] : []));
      return false;
    }
    // Not the state of the database: one of the jobs is to blame. Each goes alone, and only that one is refused.
    if (only === undefined || jobs.length > 1) queue.putBack(jobs, { alone: true });
    else {
      const others = batch === null || changesOthers(only.job, batch);
      const remedy = remedyOf({ queued: only, error, others, tries: countTry(only.job) });
      if (remedy === null) {
        only.reject(error);
        if (only.job.type === 'input' && !(error instanceof CodedError))
          tellDropped({ sessionId: only.job.sessionId, input: only.job.input.type }, error);
      } else if ('jobs' in remedy) queue.putBack(remedy.jobs, { alone: true });
      else void putAside(only, remedy);
    }
    return true;
  };
  /** So that nothing waits for it that is not about its session. */
  const putOffJob = (queued: QueuedJob, error: unknown): void => {
    const { job } = queued;
    if (job.type === 'receipts') {
      if (job.again === true) {
        queued.reject(error);
        return;
      }
      const [receipt] = job.receipts;
      if (receipt !== undefined && countTry(job) >= reportTriesMax) {
        // Nothing is wrong with it: its attempt stays open, and it is tried again from where it lies.
        void putAside(queued, { report: { node: job.node, receipt, why: quoted(error) }, close: null });
        return;
      }
    }
    const id = sessionsOf(job)[0] ?? null;
    queue.putOff(id, queued);
    putOff.get(id)?.();
    putOff.set(
      id,
      timers.after(ports.slowRetryMs, () => {
        putOff.delete(id);
        queue.letGo(id);
        ports.wake();
      }),
    );
    if (id === null) return;
    slow.add(id);
    notices.tell(slowKey(id), putOffSession(id, error, new Date(clock.epochMs())));
  };
  const countTry = (job: EngineJob): number => {
    if (job.type !== 'receipts' || job.receipts.length > 1) return 0;
    const key = job.receipts.map(({ attemptId, seq }) => `${attemptId} ${seq}`).join();
    const tries = (failed.get(key) ?? 0) + 1;
    if (failed.size >= jobsLimits.reportsCountedMax) failed.clear();
    failed.set(key, tries);
    return tries;
  };
  /** The copy is what acknowledges it. Beside the loop, which goes on meanwhile. */
  const putAside = async (
    { resolve, reject }: QueuedJob,
    { report, close }: Extract<Remedy, { report: unknown }>,
  ): Promise<void> => {
    try {
      const { markClosed } = await aside.put(report);
      // Its attempt stays open if that fails, and the report is tried again from where it lies.
      if (close !== null)
        await ports
          .submit({ ...close, alsoWrite: markClosed })
          .catch((error: unknown) =>
            logger.warn({ err: error }, 'The attempt of a report that was put aside is still open'),
          );
      resolve(undefined);
    } catch (error) {
      reject(error);
    }
  };

  /** Of what the engine tells itself nobody else hears. */
  const tellDropped = (
    what: { readonly sessionId: SessionId; readonly input: string },
    error: unknown,
  ): void => {
    const { sessionId, input } = what;
    notices.tell(
      `${sessionId} ${input}`,
      droppedInput({ sessionId, input, error, at: new Date(clock.epochMs()) }),
    );
  };

  return {
    takeUp,
    lose(id) {
      memory.forget(id);
      lost.add(id);
    },
    isLost: (id) => lost.has(id),
    lost: () => lost.size,
    async readBack() {
      const ids = [...lost].slice(0, jobsLimits.loadSessionsAtOnce);
      try {
        if (inDoubt) await waitForLostCommits(ports.database);
        inDoubt = false;
        await takeUp(ids);
      } catch (error) {
        queue.rejectImpatient(error);
        return false;
      }
      for (const id of ids) {
        memory.forgetIfAtRest(id);
        doubtful.get(id)?.queued.reject(doubtful.get(id)?.error);
        doubtful.delete(id);
        lost.delete(id);
      }
      logger.info({ sessions: ids.length }, 'Sessions were read back after a failed commit');
      return true;
    },
    undo,
    giveBack,
    isUnlooked: (id) => unlooked.has(id),
    stored(ids) {
      if (slow.size === 0) return;
      for (const id of ids) if (slow.delete(id)) notices.over(slowKey(id));
    },
    rejectAll(error) {
      for (const { queued } of doubtful.values()) queued.reject(error);
      doubtful.clear();
    },
    stop() {
      for (const cancel of putOff.values()) cancel();
      putOff.clear();
    },
  };
};

const slowKey = (id: SessionId): string => `slow ${id}`;

const isAway = (error: unknown): boolean =>
  error instanceof CodedError && error.code === 'database_unavailable';
