// Gathers what arrives while a commit is under way into the next one.
// Responsible for the gathering: at once when idle, together when busy, bounded always. Not responsible for what a commit does.
// Called by stores whose callers wait for durability: output chunks, events of their own.
import { say } from '@nezuban/protocol/sentences/sentence';
import { CodedError } from '@nezuban/protocol/errors';

export type GroupCommitOptions<Job, Result> = {
  /** For the message when the queue is full. */
  readonly name: string;
  /** Stores all jobs in one transaction; one result each, in order. A rejection is the answer to every job of the group. */
  readonly commit: (jobs: readonly Job[]) => Promise<readonly Result[]>;
  /** Jobs of one transaction; more would keep the first waiting for the last. */
  readonly groupMax: number;
  /** Jobs that may wait; beyond it callers are refused, so that memory stays bounded when the database is slow. */
  readonly waitingMax: number;
};

export type GroupCommit<Job, Result> = {
  /** Resolves after the commit. */
  readonly submit: (job: Job) => Promise<Result>;
  /** Takes nothing more and waits for what it has. Idempotent. */
  readonly stop: () => Promise<void>;
};

type Waiting<Job, Result> = {
  readonly job: Job;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
};

export const createGroupCommit = <Job, Result>({
  name,
  commit,
  groupMax,
  waitingMax,
}: GroupCommitOptions<Job, Result>): GroupCommit<Job, Result> => {
  let waiting: Waiting<Job, Result>[] = [];
  let running: Promise<void> | undefined;
  let stopped = false;

  const commitGroup = async (group: readonly Waiting<Job, Result>[]): Promise<void> => {
    try {
      const results = await commit(group.map(({ job }) => job));
      group.forEach(({ resolve }, index) => resolve(results[index] as Result));
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  };
  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const group = waiting.slice(0, groupMax);
      waiting = waiting.slice(groupMax);
      await commitGroup(group);
    }
    running = undefined;
  };

  return {
    submit(job) {
      if (stopped)
        return Promise.reject(new CodedError('shutting_down', say('problem_the_manager_is_stopping')));
      if (waiting.length >= waitingMax) {
        return Promise.reject(
          new CodedError(
            'too_many_requests',
            say('problem_more_than_changes_wait_for_the_database', { max: waitingMax, name }),
            { retryAfterSeconds: 1 },
          ),
        );
      }
      const done = new Promise<Result>((resolve, reject) => waiting.push({ job, resolve, reject }));
      running ??= run();
      return done;
    },
    async stop() {
      stopped = true;
      await running;
    },
  };
};
