// What events, files and times make of the stored state of start conditions. Pure: the moment is given.
// Called by their loop, which stores it together with the starts.
import {
  fulfil,
  roomOf,
  validUntil,
  watchersOf,
  type Fulfilled,
  type WatchState,
} from '@nezuban/core/jobs/start-conditions/decide-starts';
import type { RunTimes } from '@nezuban/core/schedules/run-times';
import type { FoundFile } from '@nezuban/protocol/agent/tool-inputs';
import type { TimeWatcher } from '@nezuban/protocol/jobs/start-conditions';
import { fulfilledByFile, fulfilledByTime, isFileWatcher } from './fulfilments.ts';
import { say, type Said } from '@nezuban/protocol/sentences/sentence';
import type { NetWatch } from './watch-store.ts';

type Watch = Pick<NetWatch, 'conditions' | 'since' | 'state'>;
export type WatchedTime = { readonly watcher: TimeWatcher; run: RunTimes };
/** A start that was given up. */
export type Dropped = { readonly condition: string; readonly reason: Said };
export type TakenUp = { readonly state: WatchState; readonly dropped: readonly Dropped[] };

const tooMany = say('start_too_many');

/** What comes when their time is over counts no more. */
export const fulfilAll = (
  { conditions, since }: Pick<Watch, 'conditions' | 'since'>,
  before: WatchState,
  all: readonly Fulfilled[],
): TakenUp => {
  const until = validUntil(conditions, since.getTime());
  const dropped: Dropped[] = [];
  const replaced: Fulfilled[] = [];
  let state = before;
  for (const fulfilled of all) {
    if (until !== null && fulfilled.at >= until) continue;
    const earlier = state.met[fulfilled.condition];
    if (earlier?.what !== undefined) replaced.push(earlier);
    const done = fulfil(conditions, state, fulfilled);
    state = done.state;
    if (done.dropped) dropped.push({ condition: fulfilled.condition, reason: tooMany });
  }
  return { state, dropped: [...dropped, ...replacedOf(replaced)] };
};
/** With `all` the newest file counts: one word about all that have come before it, and not one for each. */
const replacedOf = (replaced: readonly Fulfilled[]): Dropped[] => {
  const [first, ...more] = replaced;
  if (first === undefined) return [];
  const path = first.what ?? '';
  return [
    {
      condition: first.condition,
      reason:
        more.length === 0
          ? say('start_replaced', { path })
          : say('start_replaced_more', { path, count: more.length }),
    },
  ];
};

/** As many, from the first on, as may wait for their turn; the others are taken later. */
export const takeUpFiles = (
  watch: Watch,
  {
    condition,
    finds,
    now,
  }: { readonly condition: string; readonly finds: readonly FoundFile[]; readonly now: number },
): TakenUp & { readonly taken: number } => {
  const watcher = watchersOf(watch.conditions).find(({ name }) => name === condition);
  const taken = finds.slice(0, roomOf(watch.state));
  const last = taken.at(-1);
  if (watcher === undefined || !isFileWatcher(watcher) || last === undefined)
    return { state: watch.state, dropped: [], taken: 0 };
  const stored = watch.state.files?.[condition]?.seq ?? 0;
  // What has been stored before its commit could be seen comes again.
  const fresh = taken.filter(({ seq }) => seq > stored);
  const dropped: Dropped[] = [];
  const fulfilled = fresh.flatMap((find) => {
    if (find.notUtf8 === true) {
      dropped.push({ condition, reason: say('start_not_utf8', { path: find.path }) });
      return [];
    }
    try {
      return [fulfilledByFile(watcher, find, now)];
    } catch (error) {
      // Its fault alone: it must not hold up the others for ever.
      dropped.push({ condition, reason: say('start_not_taken', { path: find.path, why: String(error) }) });
      return [];
    }
  });
  const up = fulfilAll(watch, watch.state, fulfilled);
  return {
    dropped: [...dropped, ...up.dropped],
    state: withFile(up.state, { condition, now, seq: Math.max(last.seq, stored) }),
    taken: taken.length,
  };
};

/** A sign of a watch of files, or what of it was taken. */
export const withFile = (
  before: WatchState,
  { condition, now, seq }: { readonly condition: string; readonly now: number; readonly seq?: number },
): WatchState => {
  const file = before.files?.[condition] ?? { seq: 0, begun: now };
  const next = { ...file, seq: seq ?? file.seq, seenAt: now };
  return { ...before, files: { ...before.files, [condition]: next } };
};

/** Of each condition the newest time that has come since it was looked at last, whatever was missed before. */
export const takeUpTimes = (
  watch: Watch,
  {
    times,
    from,
    now,
  }: { readonly times: readonly WatchedTime[]; readonly from: number; readonly now: number },
): TakenUp => {
  const came = times.flatMap(({ watcher, run }) => {
    const seen = Math.max(watch.state.times?.[watcher.name] ?? watch.since.getTime(), from);
    const at = run.last(now);
    return at === null || at <= seen ? [] : [{ watcher, at }];
  });
  if (came.length === 0) return { state: watch.state, dropped: [] };
  const up = fulfilAll(
    watch,
    watch.state,
    came.map(({ watcher, at }) => fulfilledByTime(watcher, at)),
  );
  const seen = Object.fromEntries(came.map(({ watcher, at }) => [watcher.name, at]));
  return { ...up, state: { ...up.state, times: { ...up.state.times, ...seen } } };
};

/** When there is something to be looked at by the clock; null: never. */
export const nextMoment = (
  { conditions, since }: Pick<Watch, 'conditions' | 'since'>,
  times: readonly WatchedTime[],
  now: number,
): number | null => {
  const until = validUntil(conditions, since.getTime());
  const ahead = [...times.map(({ run }) => run.next(now)), until].filter((at) => at !== null);
  return ahead.length === 0 ? null : Math.min(...ahead);
};
