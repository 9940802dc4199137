// Where manager and keeper talk about the pair.
// Responsible for the newest status, for commands of operators on their way to the keeper and back, and for the names of voters that have
// been seen. Not responsible for what a command does (the keeper), nor for the API (pair-routes.ts). One per process, from standby to duty.
// Made by manager.ts.
import type { Timers } from '@nezuban/platform/timers';
import type { ChildReport } from '@nezuban/platform/keeper-channel';
import type { CommandResult, OperatorCommand } from '@nezuban/protocol/pair/pair-link';
import type { PairStatus } from '@nezuban/protocol/pair/status';

export type PairDesk = {
  readonly status: () => PairStatus | null;
  /** The name of a voter, also of one that is none any more; undefined: never heard of. */
  readonly nameOf: (voterId: string) => string | undefined;
  /** Resolves with the keeper's answer, or with one that says that there was none in time. */
  readonly command: (host: string | null, command: OperatorCommand) => Promise<CommandResult>;
  /** Called with each status from now on; null: no more. */
  readonly setListener: (listener: ((status: PairStatus) => void) | null) => void;
  readonly statusArrived: (status: PairStatus) => void;
  readonly resultArrived: (n: number, result: CommandResult) => void;
};

/** Below what an operation of the API may take. A switch is answered when it has begun. */
const COMMAND_MS = 30_000;
/** Commands that wait for the keeper; people type them. */
const COMMANDS_MAX = 20;
/** Voters whose names are kept; a pair has at most nine at a time. */
const NAMES_MAX = 100;

export const createPairDesk = (
  { timers }: { readonly timers: Timers },
  report: (message: ChildReport) => void,
): PairDesk => {
  const waiting = new Map<number, (result: CommandResult) => void>();
  const names = new Map<string, string>();
  let newest: PairStatus | null = null;
  let listener: ((status: PairStatus) => void) | null = null;
  let commands = 0;

  return {
    status: () => newest,
    nameOf: (voterId) => names.get(voterId),
    async command(host, command) {
      if (waiting.size >= COMMANDS_MAX)
        return { ok: false, says: `${COMMANDS_MAX} commands wait for the keeper already.` };
      const n = (commands += 1);
      const { promise, resolve } = Promise.withResolvers<CommandResult>();
      waiting.set(n, resolve);
      const cancel = timers.after(COMMAND_MS, () =>
        resolve({
          ok: false,
          says: `The keeper has not answered within ${COMMAND_MS / 1000} s; look at the pair's status before you repeat it.`,
        }),
      );
      report({ type: 'command', n, host, command });
      const result = await promise;
      cancel();
      waiting.delete(n);
      return result;
    },
    setListener(next) {
      listener = next;
    },
    statusArrived(status) {
      newest = status;
      for (const { id, name } of status.voters) {
        names.delete(id);
        names.set(id, name);
      }
      for (const id of names.keys()) if (names.size > NAMES_MAX) names.delete(id);
      listener?.(status);
    },
    resultArrived: (n, result) => waiting.get(n)?.(result),
  };
};
