// One change after the other: what is committed first is also in memory first. There is one manager on duty, and all changes go through it.
// Responsible too for a change of which nobody knows whether it was committed: before the next one, and as soon as the database answers,
// memory is read from it again. Made by operations.ts; used by the changes of freezes and windows, and by the loop.
import { CommitOutcomeUnknownError } from '../database/database-errors.ts';

export type ChangeTurns = <Result>(change: () => Promise<Result>) => Promise<Result>;

export type ChangeLedger = {
  readonly inTurn: ChangeTurns;
  /** Reads memory again if it may differ from the database; true if it has done so. Rejects while the database is away. */
  readonly settle: () => Promise<boolean>;
};

export const createChangeTurns = (ports: {
  /** Memory as the database says, once nothing that was sent before can still be committed. */
  readonly reload: () => Promise<void>;
  /** Told when nobody knows what became of a change: `settle` soon. */
  readonly onUnsure: () => void;
}): ChangeLedger => {
  let last: Promise<unknown> = Promise.resolve();
  let unsure = false;

  const settleNow = async (): Promise<boolean> => {
    if (!unsure) return false;
    await ports.reload();
    unsure = false;
    return true;
  };
  const next = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return await turn;
  };

  return {
    inTurn: async (change) =>
      await next(async () => {
        await settleNow();
        try {
          return await change();
        } catch (error) {
          if (error instanceof CommitOutcomeUnknownError) {
            unsure = true;
            ports.onUnsure();
          }
          throw error;
        }
      }),
    settle: async () => await next(settleNow),
  };
};
