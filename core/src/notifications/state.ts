// What notifications remember: plain values, each under a kind and a key, so that every change is one row of the database.
// Responsible for the shapes and for a draft on which one decision works: its changes are applied to the state only when they have been
// committed. Pure.
import type { EventView } from '@nezuban/protocol/events/event';
import type { Priority } from '@nezuban/protocol/priority';

/** Of a rule and a subject (node, monitor, key): what was counted and told. */
export type Track = {
  readonly rule: string;
  readonly subject: string;
  /** Moments that count for `after`, at most as many as it asks for. */
  readonly times: readonly number[];
  readonly priority: Priority;
  readonly toldMs: number | null;
  /** Occurrences since it was told that were not. */
  readonly unchanged: number;
  /** It was told and stands: its end is to be told. */
  readonly open: boolean;
  readonly remindAtMs: number | null;
  /** Somebody takes care: no more reminders. */
  readonly acknowledged: boolean;
  /** The last one told; null: none was. */
  readonly event: EventView | null;
  readonly seenMs: number;
};

export type Listed = { readonly event: EventView; readonly recovered: boolean; readonly subject: string };

/** Events of a rule that wait for one message, or may follow one. */
export type Group = {
  readonly rule: string;
  readonly overflow: boolean;
  readonly listed: readonly Listed[];
  readonly more: number;
  readonly raised: number;
  readonly recovered: number;
  readonly unchanged: number;
  /** Null: nothing waits. */
  readonly flushAtMs: number | null;
  readonly sentMs: number | null;
};

/** Messages of a rule in the minute that began then. */
export type Rate = { readonly minuteMs: number; readonly sent: number };

/** An event that keeps others back. */
export type Stand = {
  readonly inhibition: string;
  readonly subject: string;
  readonly event: EventView;
  readonly scopes: readonly string[];
  readonly untilMs: number;
};

/** An event that a rule would have told and that still stands. */
export type Kept = {
  readonly rule: string;
  readonly subject: string;
  readonly event: EventView;
  readonly cause: string;
};

export type EscalationRun = {
  readonly rule: string;
  readonly chain: string;
  /** The first is what it is known by. */
  readonly events: readonly EventView[];
  readonly subjects: readonly string[];
  readonly acknowledged: readonly number[];
  /** Index of the next step, and the round it belongs to. */
  readonly step: number;
  readonly round: number;
  readonly nextMs: number;
  readonly startedMs: number;
};

export type EntryKinds = {
  readonly track: Track;
  readonly group: Group;
  readonly rate: Rate;
  readonly stand: Stand;
  readonly kept: Kept;
  readonly escalation: EscalationRun;
};
export type EntryKind = keyof EntryKinds;
export const entryKinds = [
  'track',
  'group',
  'rate',
  'stand',
  'kept',
  'escalation',
] as const satisfies readonly EntryKind[];

/** Null: the entry is gone. */
export type EntryChange = {
  readonly kind: EntryKind;
  readonly key: string;
  readonly value: EntryKinds[EntryKind] | null;
};

export type NotificationState = { readonly [Kind in EntryKind]: Map<string, EntryKinds[Kind]> } & {
  /** When tracks are to be reminded of, by key: few have a reminder, and every decision asks. */
  readonly reminders: Map<string, number>;
};

export const emptyState = (): NotificationState => ({
  track: new Map(),
  group: new Map(),
  rate: new Map(),
  stand: new Map(),
  kept: new Map(),
  escalation: new Map(),
  reminders: new Map(),
});

/** The one place where the state changes: what has been committed, or read at the start. */
export const applyChanges = (state: NotificationState, changes: readonly EntryChange[]): void => {
  for (const { kind, key, value } of changes) {
    const entries = state[kind] as Map<string, EntryKinds[EntryKind]>;
    if (value === null) entries.delete(key);
    else entries.set(key, value);
    if (kind !== 'track') continue;
    const remindAtMs = value === null ? null : (value as Track).remindAtMs;
    if (remindAtMs === null) state.reminders.delete(key);
    else state.reminders.set(key, remindAtMs);
  }
};

export type Draft = {
  readonly get: <Kind extends EntryKind>(kind: Kind, key: string) => EntryKinds[Kind] | undefined;
  readonly set: <Kind extends EntryKind>(kind: Kind, key: string, value: EntryKinds[Kind]) => void;
  readonly remove: (kind: EntryKind, key: string) => void;
  /** To be read only: whoever changes what he walks through takes `list`. */
  readonly entries: <Kind extends EntryKind>(kind: Kind) => Iterable<readonly [string, EntryKinds[Kind]]>;
  readonly list: <Kind extends EntryKind>(kind: Kind) => readonly (readonly [string, EntryKinds[Kind]])[];
  readonly hasChanged: (kind: EntryKind) => boolean;
  readonly size: (kind: EntryKind) => number;
  readonly changes: () => readonly EntryChange[];
};

export const createDraft = (state: NotificationState): Draft => {
  const changed = new Map<EntryKind, Map<string, EntryKinds[EntryKind] | null>>();
  const sizes = new Map<EntryKind, number>();
  const baseOf = (kind: EntryKind): ReadonlyMap<string, EntryKinds[EntryKind]> => state[kind];
  const at = (kind: EntryKind, key: string): EntryKinds[EntryKind] | undefined => {
    const own = changed.get(kind)?.get(key);
    return own === undefined ? baseOf(kind).get(key) : (own ?? undefined);
  };
  const sizeOf = (kind: EntryKind): number => sizes.get(kind) ?? baseOf(kind).size;
  const put = (kind: EntryKind, key: string, value: EntryKinds[EntryKind] | null): void => {
    const was = at(kind, key) !== undefined;
    const is = value !== null;
    if (was !== is) sizes.set(kind, sizeOf(kind) + (is ? 1 : -1));
    let own = changed.get(kind);
    if (own === undefined) changed.set(kind, (own = new Map()));
    // What was never there and is gone again leaves no trace.
    if (value === null && !baseOf(kind).has(key)) own.delete(key);
    else own.set(key, value);
  };
  function* entries<Kind extends EntryKind>(kind: Kind): Generator<readonly [string, EntryKinds[Kind]]> {
    const own = changed.get(kind);
    for (const [key, value] of baseOf(kind))
      if (own?.has(key) !== true) yield [key, value as EntryKinds[Kind]];
    for (const [key, value] of own ?? []) if (value !== null) yield [key, value as EntryKinds[Kind]];
  }
  return {
    get: <Kind extends EntryKind>(kind: Kind, key: string) => at(kind, key) as EntryKinds[Kind] | undefined,
    set: put,
    remove(kind, key) {
      if (at(kind, key) !== undefined) put(kind, key, null);
    },
    entries,
    list: (kind) => [...entries(kind)],
    hasChanged: (kind) => (changed.get(kind)?.size ?? 0) > 0,
    size: sizeOf,
    changes: () =>
      [...changed].flatMap(([kind, own]) => [...own].map(([key, value]) => ({ kind, key, value }))),
  };
};
