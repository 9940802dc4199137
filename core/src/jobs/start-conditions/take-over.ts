// What becomes of the state of start conditions when their definition changes: what is watched as before goes on from where it was. Pure.
// Called by the manager when a definition is saved.
import type { StartConditions, StartWatcher } from '@nezuban/protocol/jobs/start-conditions';
import { say, type Said } from '@nezuban/protocol/sentences/sentence';
import { newWatchState, watchersOf, type Fulfilled, type WatchState } from './decide-starts.ts';

export type Takeover = {
  readonly state: WatchState;
  /** Starts, and halves of starts, that nobody will make any more. */
  readonly dropped: readonly { readonly condition: string; readonly reason: Said }[];
  /** Events are looked at from where they were: none of the conditions on them is new. */
  readonly keepsPosition: boolean;
};
export type TakeoverPorts = { readonly isEqual: (one: unknown, other: unknown) => boolean };
type Before = { readonly conditions: StartConditions; readonly state: WatchState; readonly since: number };

export const takeOver = (
  { isEqual }: TakeoverPorts,
  { conditions: before, state, since }: Before,
  after: StartConditions,
): Takeover => {
  const watchers = watchersOf(after);
  const earlier = new Map(watchersOf(before).map((watcher) => [watcher.name, watcher]));
  const kept = watchers.filter((watcher) => {
    const old = earlier.get(watcher.name);
    return old !== undefined && isEqual(sourceOf(old), sourceOf(watcher));
  });
  const names = new Set(kept.map(({ name }) => name));
  const mode = (conditions: StartConditions): string => (conditions.any === undefined ? 'all' : 'any');
  const isSameMode = mode(before) === mode(after);
  const isSameWhole = names.size === watchers.length && names.size === earlier.size;

  const isDue = (start: readonly Fulfilled[]): boolean =>
    isSameMode &&
    (after.any === undefined ? isSameWhole : start.every(({ condition }) => names.has(condition)));
  const isMet = ({ condition }: Fulfilled): boolean => isSameMode && names.has(condition);
  const met = Object.values(state.met);
  const files = kept.filter((watcher) => 'files' in watcher).map(({ name }) => name);
  const times = kept.filter((watcher) => 'time' in watcher).map(({ name }) => name);
  return {
    state: {
      ...newWatchState,
      due: state.due.filter(isDue),
      met: Object.fromEntries(met.filter(isMet).map((one) => [one.condition, one])),
      sessions: state.sessions,
      lastStartAt: state.lastStartAt,
      released: state.released,
      files: pick(state.files ?? {}, files),
      times: Object.fromEntries(times.map((name) => [name, state.times?.[name] ?? since])),
      origins: Object.fromEntries(files.map((name) => [name, state.origins?.[name] ?? since])),
    },
    dropped: droppedOf([
      ...state.due.filter((start) => !isDue(start)),
      ...met.filter((one) => one.what !== undefined && !isMet(one)).map((one) => [one]),
    ]),
    keepsPosition: watchers.every((watcher) => isOfTheNode(watcher) || names.has(watcher.name)),
  };
};

/** Its values for the session may change: what is watched is the same. */
const sourceOf = ({ parameters: _parameters, ...source }: StartWatcher): object => source;

const isOfTheNode = (watcher: StartWatcher): boolean => 'files' in watcher || 'time' in watcher;

/** One word about all of them. */
const droppedOf = (starts: readonly (readonly Fulfilled[])[]): Takeover['dropped'] => {
  const [first] = starts;
  if (first === undefined) return [];
  const what = first.flatMap(({ what: path }) => path ?? []).join(', ');
  const reason = what === '' ? say('start_changed') : say('start_changed_of', { what });
  const more = starts.length - 1;
  return [
    {
      condition: first.map(({ condition }) => condition).join(', '),
      reason: more === 0 ? reason : say('start_and_more', { reason, count: more }),
    },
  ];
};

const pick = <Value>(
  from: Readonly<Record<string, Value>>,
  names: readonly string[],
): Record<string, Value> => Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)));
