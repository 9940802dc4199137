// An event as notifications see it: what state it is about, and whether it raises or clears that.
// Responsible for the pairs among Nezuban's own events, which have no key. Pure.
import type { EventCode, EventView } from '@nezuban/protocol/events/event';

export type NotifiedEvent = {
  readonly view: EventView;
  /** It ends what earlier events with the same node, monitor and key have raised. */
  readonly clears: boolean;
  /** How often a stored event was just counted up; 0: it is a new one. */
  readonly repeats: number;
  /** Scopes of its node, parents included. Asked only where a rule names scopes. */
  readonly scopes: () => ReadonlySet<string>;
};

/** What ends what, among Nezuban's own events; `same` names the details by which several of a kind are told apart. */
const ownPairs: readonly {
  readonly raises: EventCode;
  readonly clears: EventCode;
  readonly same: readonly string[];
}[] = [
  { raises: 'agent_disconnected', clears: 'agent_connected', same: [] },
  { raises: 'redundancy_lost', clears: 'redundancy_restored', same: [] },
  { raises: 'self_watch_raised', clears: 'self_watch_cleared', same: ['item'] },
  { raises: 'intake_trouble', clears: 'intake_recovered', same: ['host', 'what'] },
];
const raising = new Map(ownPairs.map((pair) => [pair.raises, pair]));
const clearing = new Map(ownPairs.map((pair) => [pair.clears, pair]));
/** Codes whose events end a state without saying so by a key. */
export const clearingCodes: ReadonlySet<EventCode> = new Set(clearing.keys());

export type Standing = 'raises' | 'clears' | 'momentary';

export const standingOf = ({ view, clears }: NotifiedEvent): Standing => {
  if (view.key !== null) return clears ? 'clears' : 'raises';
  if (raising.has(view.code)) return 'raises';
  return clearing.has(view.code) ? 'clears' : 'momentary';
};

/** Text that is the same for all events of one state: node, monitor and key; of momentary ones node, code, net and unit. */
export const subjectOf = ({ view }: NotifiedEvent): string => {
  const { node, monitor, key, code, details } = view;
  if (key !== null) return JSON.stringify([node, monitor, key]);
  const pair = raising.get(code) ?? clearing.get(code);
  if (pair !== undefined)
    return JSON.stringify([node, pair.raises, ...pair.same.map((name) => details[name] ?? null)]);
  return JSON.stringify([node, monitor ?? code, details['net'] ?? null, details['unit'] ?? null]);
};

/** A state as people end it by hand. */
export type EndedState = {
  readonly node: string | null;
  readonly monitor: string | null;
  readonly key: string;
};
export const subjectOfState = ({ node, monitor, key }: EndedState): string =>
  JSON.stringify([node, monitor, key]);

const NO_SCOPES: ReadonlySet<string> = new Set();

export type ScopesOf = (node: string) => ReadonlySet<string>;

export const notifiedEvent = (
  view: EventView,
  said: { readonly clears?: boolean | undefined; readonly repeats?: number | undefined },
  scopesOf: ScopesOf,
): NotifiedEvent => {
  let scopes: ReadonlySet<string> | undefined;
  return {
    view,
    clears: said.clears ?? false,
    repeats: said.repeats ?? 0,
    scopes: () => (scopes ??= view.node === null ? NO_SCOPES : scopesOf(view.node)),
  };
};
