// What a live message changes in data that has been loaded: pure, so that it can be tested without a browser.
// Called by live-bridge.ts, which applies the results to the query cache.
import type { SessionDetail, SessionSummary, UnitView } from '@nezuban/protocol/jobs/session';
import type { NetSummary } from '@nezuban/protocol/api/jobs-operations';

export type Page<Item> = { readonly items: readonly Item[]; readonly nextCursor: string | null };
export type Pages<Item> = { readonly pages: readonly Page<Item>[]; readonly pageParams: readonly unknown[] };

/** A loaded session. `loadedRevision` is that of the load: older unit messages are stale, whatever the summary has become since. */
export type LoadedSession = { readonly detail: SessionDetail; readonly loadedRevision: number };

/** A newer summary. Operations and parameters are not part of it and stay. */
export const patchSessionSummary = (loaded: LoadedSession, summary: SessionSummary): LoadedSession =>
  summary.id !== loaded.detail.id || summary.revision < loaded.detail.revision
    ? loaded
    : { ...loaded, detail: { ...loaded.detail, ...summary } };

/** Units that changed, whole. Null: they name a unit that is not there, so the session must be loaded anew. */
export const patchSessionUnits = (
  loaded: LoadedSession,
  message: {
    readonly sessionId: number;
    readonly revision: number;
    readonly units: readonly UnitView[];
    readonly whole?: true | undefined;
  },
): LoadedSession | null => {
  if (message.sessionId !== loaded.detail.id || message.revision < loaded.loadedRevision) return loaded;
  // Other units than before: parameters, operations and revision may be others, too.
  if (message.whole === true && !sameUnits(message.units, loaded.detail.units)) return null;
  const changed = new Map(message.units.map((unit) => [unit.path, unit]));
  let found = 0;
  const units = loaded.detail.units.map((unit) => {
    const newer = changed.get(unit.path);
    if (newer === undefined) return unit;
    found += 1;
    return newer;
  });
  return found === changed.size ? { ...loaded, detail: { ...loaded.detail, units } } : null;
};

const sameUnits = (one: readonly UnitView[], other: readonly UnitView[]): boolean =>
  one.length === other.length && one.every(({ path }, index) => path === other[index]?.path);

type ListRules<Item> = {
  readonly key: (item: Item) => string | number;
  /** Whether the list, with its filter, shows this item. */
  readonly shows: (item: Item) => boolean;
  /** Whether `next` is newer than `previous`; without it the next always is. */
  readonly isNewer?: (next: Item, previous: Item) => boolean;
  /** What the list is ordered by, highest first: a new item is put in its place. Without it new items are left to the next load. */
  readonly descendingBy?: (item: Item) => number;
};

/** Puts one item into a paged list: replaces it, removes it (the filter no longer shows it), or inserts it. */
export const patchPages = <Item>(list: Pages<Item>, item: Item, rules: ListRules<Item>): Pages<Item> => {
  const key = rules.key(item);
  const isSame = (other: Item) => rules.key(other) === key;
  const shown = rules.shows(item);
  const present = list.pages.some((page) => page.items.some(isSame));
  if (!present)
    return shown && rules.descendingBy !== undefined ? insertInOrder(list, item, rules.descendingBy) : list;
  const pages = list.pages.map((page) => {
    if (!page.items.some(isSame)) return page;
    const items = page.items.flatMap((other) => {
      if (!isSame(other) || rules.isNewer?.(item, other) === false) return [other];
      return shown ? [item] : [];
    });
    return { ...page, items };
  });
  return { ...list, pages };
};

const insertInOrder = <Item>(list: Pages<Item>, item: Item, by: (item: Item) => number): Pages<Item> => {
  const value = by(item);
  const found = list.pages.findIndex((page) => page.items.some((other) => by(other) < value));
  // Behind everything loaded: it belongs here only if nothing else is to come.
  const index = found >= 0 ? found : list.pages.length - 1;
  const page = list.pages[index];
  if (page === undefined || (found < 0 && page.nextCursor !== null)) return list;
  const at = found < 0 ? page.items.length : page.items.findIndex((other) => by(other) < value);
  return { ...list, pages: list.pages.with(index, { ...page, items: page.items.toSpliced(at, 0, item) }) };
};

export const removeFromPages = <Item>(list: Pages<Item>, matches: (item: Item) => boolean): Pages<Item> => ({
  ...list,
  pages: list.pages.map((page) =>
    page.items.some(matches) ? { ...page, items: page.items.filter((item) => !matches(item)) } : page,
  ),
});

/** The newest session of a net as shown in the list of nets. */
export const patchNetSession = (net: NetSummary, summary: SessionSummary): NetSummary => {
  if (net.name !== summary.net) return net;
  const last = net.lastSession;
  if (last !== null && (last.id > summary.id || (last.id === summary.id && last.revision > summary.revision)))
    return net;
  return { ...net, lastSession: summary };
};

export type SessionFilter = {
  readonly net?: string | undefined;
  readonly state?: readonly string[] | undefined;
  readonly end_status?: readonly string[] | undefined;
};

const holds = (wanted: readonly string[] | undefined, value: string | null) =>
  wanted === undefined || wanted.length === 0 || (value !== null && wanted.includes(value));

export const sessionMatches = (session: SessionSummary, filter: SessionFilter): boolean =>
  (filter.net === undefined || filter.net === session.net) &&
  holds(filter.state, session.state) &&
  holds(filter.end_status, session.endStatus);
