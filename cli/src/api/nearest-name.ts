// "Did you mean" for names that the manager does not know: asks it for those that it does, within a bound, and says nothing if that fails.
import { setTimeout as delay } from 'node:timers/promises';
import { suggest } from '../arguments/suggest.ts';
import type { CommandContext } from '../commands/command.ts';
import { knownNames } from './known-names.ts';

/** Who has mistyped waits no longer for the advice than this. */
const waitMsMax = 1_500;

/** The known name nearest to one that was typed and stands in the sentence; undefined: none is near. */
export const nearestName = async (sentence: string, context: CommandContext): Promise<string | undefined> => {
  const { command, args, signal } = context;
  const typed = [
    ...command.positionals.flatMap(({ name, completes }) =>
      completes === undefined ? [] : args.positionals(name).map((value) => ({ value, completes })),
    ),
    ...Object.entries(command.options).flatMap(([name, { type, completes }]) =>
      completes === undefined || type !== 'text'
        ? []
        : args.texts(name).map((value) => ({ value, completes })),
    ),
  ].find(({ value }) => sentence.includes(`"${value}"`));
  if (typed === undefined) return undefined;
  const ended = new AbortController();
  const tooLate = delay(waitMsMax, [], { signal: AbortSignal.any([ended.signal, signal]) });
  try {
    const api = await context.api();
    const names: readonly string[] = await Promise.race([knownNames(api, typed.completes, ''), tooLate]);
    return suggest(typed.value, names);
  } catch {
    // Advice only: the refusal itself is told in any case.
    return undefined;
  } finally {
    ended.abort();
    tooLate.catch(() => undefined);
  }
};
