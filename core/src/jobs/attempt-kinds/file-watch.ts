// The order of a file watch. It changes nothing on the node, so it is begun again where its result is unknown.
import type { FileWatchInput } from '@nezuban/protocol/agent/tool-inputs';
import type { FileWatchUnit } from '@nezuban/protocol/jobs/units/file-watch';
import type { AttemptKind, AttemptPlace } from './attempt-kind.ts';
import { capturesOf } from './captures.ts';
import { ownVariables } from './own-variables.ts';
import { textsAt } from './tool-texts.ts';

/** The tool ends by itself at its timeout; this much later it hangs in a file system, and the waiter ends it. */
const hangReserveMs = 30_000;
/** What is left for a watch that is begun again at the end of its time: one look. */
const leftMsMin = 1_000;

export const fileWatchKind: AttemptKind<FileWatchUnit> = {
  orderOf(definition, place) {
    const timeoutMs = leftMs(definition, place);
    const { fill } = textsAt(place);
    const input: FileWatchInput = {
      paths: definition.path.map((path) => fill(path, 'a path')),
      watch: definition.watch,
      match: definition.match,
      already: definition.already_there ?? 'counts',
      sizeMin: definition.size_min ?? 0,
      settleMs: definition.settle_s * 1000,
      intervalMs: definition.interval_s * 1000,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(place.firstStart === null || !place.afterUnknown ? {} : { sinceMs: place.firstStart }),
    };
    return {
      tool: { name: 'file_watch', input },
      environment: ownVariables(place),
      ...capturesOf(definition),
      ...(timeoutMs === undefined ? {} : { timeoutMs: timeoutMs + hangReserveMs }),
    };
  },
  problemOf(definition, place) {
    const texts = textsAt(place);
    for (const path of definition.path) texts.fill(path, 'a path');
    return texts.tooLong();
  },
};

/** A watch that was cut off and is begun again has the rest of its time. */
function leftMs(
  { timeout_s: seconds }: FileWatchUnit,
  { attempt, firstStart, afterUnknown }: AttemptPlace,
): number | undefined {
  if (seconds === undefined) return undefined;
  const gone = firstStart === null || !afterUnknown ? 0 : attempt.createdAt - firstStart;
  return Math.max(seconds * 1000 - gone, leftMsMin);
}
