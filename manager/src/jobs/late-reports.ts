// Sessions that have left the engine's memory and are needed once more: an operator had closed one of their attempts by hand, and now the
// agent tells how it ended. Called by `engine.ts` before each batch; nearly always there is none.
import type { SessionId } from '@nezuban/protocol/ids';
import { sessionOfAttempt } from './attempt-key.ts';
import type { QueuedJob } from './engine-jobs.ts';
import type { SessionStore } from './session-store.ts';

export type LateReports = {
  /** Those that the reports of these jobs are about. */
  readonly find: (jobs: readonly QueuedJob[]) => Promise<readonly SessionId[]>;
  /** What has been found since the last call. */
  readonly taken: () => readonly SessionId[];
};

export const createLateReports = (
  store: Pick<SessionStore, 'findClosedByHand'>,
  isInMemory: (id: SessionId) => boolean,
): LateReports => {
  let found: SessionId[] = [];
  return {
    async find(jobs) {
      const gone = new Set<SessionId>();
      for (const { job } of jobs) {
        if (job.type !== 'receipts') continue;
        for (const { attemptId, state } of job.receipts) {
          if (state === 'accepted' || state === 'running') continue;
          const id = sessionOfAttempt(attemptId);
          if (!isInMemory(id)) gone.add(id);
        }
      }
      if (gone.size === 0) return [];
      const ids = await store.findClosedByHand([...gone]);
      found.push(...ids);
      return ids;
    },
    taken() {
      const ids = found;
      found = [];
      return ids;
    },
  };
};
