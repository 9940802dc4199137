// `nezuban complete-names`: for completion scripts: names that begin as typed, one a line. Says nothing of what goes wrong, and never
// keeps a person waiting: what has not come within the bound does not come.
import { setTimeout as delay } from 'node:timers/promises';
import { knownNames, namesMax } from '../../api/known-names.ts';
import { completedThings, type CommandRun } from '../command.ts';

/** A person who has pressed the key waits no longer than this. */
const waitMsMax = 1_500;

export const run: CommandRun = async (context) => {
  const { args, out, signal } = context;
  const thing = completedThings.find((each) => each === args.positional('WHAT'));
  if (thing === undefined) return;
  const typed = args.positionals('TYPED')[0] ?? '';
  const ended = new AbortController();
  const tooLate = delay(waitMsMax, [], { signal: AbortSignal.any([ended.signal, signal]) });
  try {
    const names: readonly string[] = await Promise.race([
      context.api().then((api) => knownNames(api, thing, typed)),
      tooLate,
    ]);
    const fitting = names.filter((name) => name.startsWith(typed)).slice(0, namesMax);
    if (fitting.length > 0) await out.write(`${fitting.join('\n')}\n`);
  } catch {
    // No manager, no right, no answer: then there is nothing to complete.
  } finally {
    ended.abort();
    tooLate.catch(() => undefined);
  }
};
