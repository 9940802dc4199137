// What is frozen, which maintenance windows are open, and what has to be said about it: decided from what is stored and the clock alone.
// Pure: the manager calls it at its start, after each change and when `nextChangeAt` has come, and commits what it says.
//
// | a freeze is | enters when | leaves by |
// | --- | --- | --- |
// | in force | somebody froze the place, or a window that freezes opens there | resume, its `until`, the end of the window |
// | ended | one of these | it is forgotten after a day |
import { toPlace, type MaintenanceWindow } from '@nezuban/protocol/operations/maintenance-window';
import type { Place } from '@nezuban/protocol/operations/place';
import { openWindowTimes, type OpenTime } from './window-times.ts';

/** A freeze as it is stored. Times are milliseconds since 1970. */
export type StoredFreeze = {
  readonly id: number;
  readonly place: Place;
  readonly reason: string;
  readonly by: string;
  readonly since: number;
  readonly until: number | null;
  readonly endedAt: number | null;
};
/** A window as it is stored. `openSince`: start of the time whose beginning was said and whose end was not. */
export type StoredWindow = {
  readonly window: MaintenanceWindow;
  readonly openSince: number | null;
};

export type Freeze = {
  readonly place: Place;
  readonly reason: string;
  readonly by: string;
  readonly since: number;
  readonly until: number | null;
  /** The maintenance window that froze it; null: a person. */
  readonly window: string | null;
};
export type OpenWindow = OpenTime & { readonly window: MaintenanceWindow; readonly places: readonly Place[] };
/** A time in which a place was frozen and that is over. */
export type EndedFreeze = { readonly place: Place; readonly endedAt: number };

export type OperationsState = {
  /** By hand first, each in the order of its beginning. */
  readonly freezes: readonly Freeze[];
  readonly openWindows: readonly OpenWindow[];
  readonly ended: readonly EndedFreeze[];
  /** Freezes whose `until` has passed, and that are to be ended. */
  readonly expired: readonly StoredFreeze[];
  /** Windows whose beginning or end has not been said. */
  readonly opened: readonly OpenWindow[];
  readonly closed: readonly StoredWindow[];
  /** When this answer may change by itself; null: never. */
  readonly nextChangeAt: number | null;
};

/** Ends longer ago than this are not looked at: whatever was held then has been decided, or counts as missed by its age alone. */
const endedKnownMs = 60 * 60 * 1_000;

export function decideOperations(
  stored: { readonly freezes: readonly StoredFreeze[]; readonly windows: readonly StoredWindow[] },
  now: number,
): OperationsState {
  const inForce = stored.freezes.filter(
    ({ endedAt, until }) => endedAt === null && (until === null || until > now),
  );
  const expired = stored.freezes.filter(
    ({ endedAt, until }) => endedAt === null && until !== null && until <= now,
  );
  const windows = stored.windows.map((entry) => ({ ...entry, times: openWindowTimes(entry.window) }));
  const openWindows = windows.flatMap(({ window, times }): OpenWindow[] => {
    const time = times.at(now);
    return time === null ? [] : [{ window, places: window.places.map(toPlace), ...time }];
  });
  const byWindow = openWindows
    .filter(({ window }) => window.effects.includes('freeze'))
    .flatMap((open) => open.places.map((place) => freezeOfWindow(open, place)));
  return {
    freezes: [
      ...inForce
        .toSorted((a, b) => a.since - b.since || a.id - b.id)
        .map(({ place, reason, by, since, until }) => ({ place, reason, by, since, until, window: null })),
      ...byWindow.toSorted((a, b) => a.since - b.since),
    ],
    openWindows,
    ended: [...stored.freezes.flatMap(endOf), ...windows.flatMap((entry) => endsOfWindow(entry, now))].filter(
      ({ endedAt }) => endedAt > now - endedKnownMs,
    ),
    expired,
    opened: openWindows.filter(({ window, start }) => openSinceOf(stored.windows, window) !== start),
    closed: stored.windows.filter(
      ({ window, openSince }) => openSince !== null && openWindows.every((open) => open.window !== window),
    ),
    nextChangeAt: earliest([
      ...inForce.map(({ until }) => until),
      ...openWindows.map(({ end }) => end),
      ...windows.map(({ times }) => times.next(now)?.start ?? null),
    ]),
  };
}

function freezeOfWindow({ window, start, end }: OpenWindow, place: Place): Freeze {
  return {
    place,
    reason: window.reason ?? window.title ?? 'planned maintenance',
    by: `maintenance window "${window.name}"`,
    since: start,
    until: end,
    window: window.name,
  };
}

function endOf({ place, until, endedAt }: StoredFreeze): EndedFreeze[] {
  // One that ran out while no manager was there ended at its time, whenever that is noticed.
  const at = until === null ? endedAt : Math.min(until, endedAt ?? until);
  return at === null ? [] : [{ place, endedAt: at }];
}

function endsOfWindow(
  {
    window,
    times,
  }: { readonly window: MaintenanceWindow; readonly times: ReturnType<typeof openWindowTimes> },
  now: number,
): EndedFreeze[] {
  if (!window.effects.includes('freeze')) return [];
  const last = times.last(now);
  if (last === null || last.end > now) return [];
  return window.places.map((place) => ({ place: toPlace(place), endedAt: last.end }));
}

function openSinceOf(windows: readonly StoredWindow[], window: MaintenanceWindow): number | null {
  return windows.find((entry) => entry.window === window)?.openSince ?? null;
}

function earliest(times: readonly (number | null)[]): number | null {
  let first: number | null = null;
  for (const time of times) if (time !== null && (first === null || time < first)) first = time;
  return first;
}
