// Freezes and windows as the API shows them, with what still runs there. Called by the routes; decides nothing.
import { holdsNet, nodesOfPlace, type ScopeNodes } from '@nezuban/core/operations/frozen-places';
import type { Freeze, OpenWindow } from '@nezuban/core/operations/decide-operations';
import { nextWindowTimes, openWindowTimes, type OpenTime } from '@nezuban/core/operations/window-times';
import {
  openWorkItemsMax,
  type ActiveWindow,
  type FreezeView,
  type Frozen,
  type HeldStart,
  type OpenCounts,
  type OpenWork,
  type WindowTime,
  type WindowView,
} from '@nezuban/protocol/api/operate-operations';
import { toPlace } from '@nezuban/protocol/operations/maintenance-window';
import type { Place } from '@nezuban/protocol/operations/place';
import type { AttemptId, SessionId } from '@nezuban/protocol/ids';
import type { Clock } from '@nezuban/platform/clock';
import type { Database } from '../database/database.ts';
import { operationsLimits } from './operations-limits.ts';
import type { OperationsMemory } from './operations-state.ts';
import { countSuppressed, type StoredWindowRow } from './window-store.ts';

/** What the jobs domain tells of open work. */
export type OpenWorkSource = {
  readonly countSessions: () => Promise<readonly { readonly net: string; readonly sessions: number }[]>;
  readonly listSessions: (place: Place, limit: number) => Promise<OpenWork['sessions']>;
  readonly onNode: (node: string) => {
    readonly attempts: readonly {
      readonly attempt: AttemptId;
      readonly session: SessionId;
      readonly net: string;
      readonly unit: string;
      readonly node: string;
      readonly startedAt: number | null;
    }[];
    readonly waiting: number;
  };
  readonly heldStarts: () => readonly HeldStart[];
};

export type Views = {
  readonly database: Database;
  readonly clock: Clock;
  readonly memory: OperationsMemory;
  readonly scopes: () => ScopeNodes;
  readonly work: OpenWorkSource;
  /** Whether a freeze of the first place keeps the second frozen too. */
  readonly concerns: (frozen: Place, place: Place) => boolean;
};
/** What the person who asks may know. */
export type Viewer = {
  readonly maySee: (place: Place) => boolean;
  /** Whether work of this net counts where the place is shown; nobody learns by counting what he may not see. */
  readonly counts: (place: Place, net: string) => boolean;
};
type MaySee = Viewer['maySee'];

const noWork: OpenCounts = { sessions: 0, attempts: 0, waiting: 0 };
const instant = (ms: number): string => new Date(ms).toISOString();
const toTime = ({ start, end }: OpenTime): WindowTime => ({ start: instant(start), end: instant(end) });

const isOfSessions = ({ kind }: Place): boolean => kind !== 'scope' && kind !== 'node';

export const viewFreezes = async (
  views: Views,
  freezes: readonly Freeze[],
  { counts }: Pick<Viewer, 'counts'>,
): Promise<FreezeView[]> => {
  const counted = freezes.some(({ place }) => isOfSessions(place)) ? await views.work.countSessions() : [];
  return freezes.map(({ place, reason, by, since, until, window }) => {
    const openFor = (isCounted: (net: string) => boolean): OpenCounts =>
      isOfSessions(place)
        ? { ...noWork, sessions: sumOf(counted, place, isCounted) }
        : countOnNodes(views, place, isCounted);
    const all = openFor(() => true);
    return {
      place,
      reason,
      by,
      since: instant(since),
      until: until === null ? null : instant(until),
      window,
      open: openFor((net) => counts(place, net)),
      drained: all.sessions === 0 && all.attempts === 0,
    };
  });
};

const sumOf = (
  counted: readonly { readonly net: string; readonly sessions: number }[],
  place: Place,
  isCounted: (net: string) => boolean,
): number =>
  counted.reduce(
    (sum, { net, sessions }) => sum + (holdsNet(place, net) && isCounted(net) ? sessions : 0),
    0,
  );

const countOnNodes = (
  { scopes, work }: Views,
  place: Place,
  isCounted: (net: string) => boolean,
): OpenCounts => {
  let attempts = 0;
  let waiting = 0;
  for (const node of nodesOfPlace(place, scopes())) {
    const open = work.onNode(node);
    attempts += open.attempts.filter(({ net }) => isCounted(net)).length;
    waiting += open.waiting;
  }
  return { sessions: 0, attempts, waiting };
};

export const loadOpenWork = async (
  views: Views,
  place: Place,
  { counts }: Pick<Viewer, 'counts'>,
): Promise<OpenWork> => {
  const { scopes, work } = views;
  const isCounted = (net: string): boolean => counts(place, net);
  if (isOfSessions(place)) {
    const [counted, sessions] = await Promise.all([
      work.countSessions(),
      work.listSessions(place, openWorkItemsMax),
    ]);
    return { counts: { ...noWork, sessions: sumOf(counted, place, isCounted) }, sessions, attempts: [] };
  }
  const attempts = nodesOfPlace(place, scopes()).flatMap((node) => work.onNode(node).attempts);
  return {
    counts: countOnNodes(views, place, isCounted),
    sessions: [],
    attempts: attempts.slice(0, openWorkItemsMax).map((attempt) => ({
      ...attempt,
      startedAt: attempt.startedAt === null ? null : instant(attempt.startedAt),
    })),
  };
};

export const loadFrozen = async (views: Views, viewer: Viewer): Promise<Frozen> => {
  const { memory, work, database } = views;
  const { maySee } = viewer;
  const { freezes, openWindows } = memory.now();
  const suppressed =
    openWindows.length === 0
      ? new Map<string, { readonly now: number }>()
      : await countSuppressed(
          database,
          new Map(openWindows.map(({ window, start }) => [window.name, start])),
        );
  return {
    frozen: await viewFreezes(
      views,
      freezes.filter(({ place }) => maySee(place)),
      viewer,
    ),
    windows: openWindows
      .filter(({ places }) => places.some(maySee))
      .map((open) => viewOpenWindow(open, suppressed.get(open.window.name)?.now ?? 0, maySee)),
    heldStarts: work
      .heldStarts()
      .filter(({ net }) => maySee({ kind: 'net', name: net }))
      .slice(0, operationsLimits.heldStartsShown),
  };
};

const viewOpenWindow = (open: OpenWindow, suppressed: number, maySee: MaySee): ActiveWindow => ({
  name: open.window.name,
  title: open.window.title ?? null,
  reason: open.window.reason ?? null,
  places: open.places.filter(maySee),
  effects: open.window.effects,
  ...toTime(open),
  suppressed,
});

export const listWindows = async (views: Views, maySee: MaySee): Promise<WindowView[]> => {
  const rows = [...views.memory.windows().values()]
    .filter(({ window }) => window.places.some((place) => maySee(toPlace(place))))
    .toSorted((a, b) => a.window.name.localeCompare(b.window.name));
  const suppressed = await countSuppressed(views.database, new Map());
  return rows.map((row) => toView(row, views.clock.epochMs(), suppressed.get(row.window.name)?.ever ?? 0));
};

export const viewWindow = async (views: Views, row: StoredWindowRow): Promise<WindowView> => {
  const suppressed = await countSuppressed(views.database, new Map());
  return toView(row, views.clock.epochMs(), suppressed.get(row.window.name)?.ever ?? 0);
};

const toView = (row: StoredWindowRow, now: number, suppressed: number): WindowView => {
  const active = openWindowTimes(row.window).at(now);
  return {
    window: row.window,
    revision: row.revision,
    updatedAt: row.updatedAt.toISOString(),
    updatedBy: row.updatedBy,
    active: active === null ? null : toTime(active),
    next: nextWindowTimes(row.window, now, operationsLimits.nextTimes).map(toTime),
    suppressed,
  };
};
