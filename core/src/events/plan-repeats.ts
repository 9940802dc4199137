// Which events of a batch repeat which: pure half of counting.
// Responsible for the groups within one batch, in its order. Whether the first group of an identity continues an event that is stored already
// is asked of the database. Called by the manager in the transaction that stores the events.
import { hashState, stateOf, type EventState, type StatedEvent } from './event-state.ts';

export type CountedEvent = StatedEvent & {
  readonly message: string;
  readonly atMs: number;
  readonly collapseS?: number;
};

/** Events that become one. */
export type RepeatGroup = {
  /** What they have in common: priority, node, monitor, key or message, and whether they clear. */
  readonly identity: string;
  readonly state: number | null;
  readonly clears: boolean;
  /** Places in the batch, rising. */
  readonly indexes: number[];
  readonly firstAtMs: number;
  lastAtMs: number;
  readonly untilMs: number;
  /** What is stored cannot continue: its state has turned round in between, or an earlier group of this batch has begun. */
  readonly fresh: boolean;
};

export type RepeatPlan = {
  readonly groups: readonly RepeatGroup[];
  /** States that something raises: clearing events that are stored are not continued beyond it. What is raised needs no such mark: it is cleared. */
  readonly raised: readonly number[];
};

export const planRepeats = (events: readonly CountedEvent[]): RepeatPlan => {
  const groups: RepeatGroup[] = [];
  const open = new Map<string, RepeatGroup>();
  /** Identities that have been seen or turned: a later group starts anew. */
  const begun = new Set<string>();
  const openOfState = new Map<string, Set<string>>();
  const turned = new Set<string>();
  const raised = new Set<number>();
  for (const [index, event] of events.entries()) {
    const state = stateOf(event);
    const hash = state === null || state.key === '' ? null : hashState(state);
    const clears = state?.turn === 'clears';
    if (hash !== null && state?.turn !== 'tells') {
      const other = `${hash} ${!clears}`;
      turned.add(other);
      if (!clears) raised.add(hash);
      for (const identity of openOfState.get(other) ?? []) open.delete(identity);
    }
    if (event.collapseS === undefined) continue;
    const identity = identityOf(event, state, clears);
    const group = open.get(identity);
    if (group !== undefined && event.atMs < group.untilMs) {
      group.indexes.push(index);
      group.lastAtMs = Math.max(group.lastAtMs, event.atMs);
      continue;
    }
    const started: RepeatGroup = {
      identity,
      state: hash,
      clears,
      indexes: [index],
      firstAtMs: event.atMs,
      lastAtMs: event.atMs,
      untilMs: event.atMs + event.collapseS * 1000,
      fresh: begun.has(identity) || (hash !== null && turned.has(`${hash} ${clears}`)),
    };
    groups.push(started);
    open.set(identity, started);
    begun.add(identity);
    if (hash === null) continue;
    const side = `${hash} ${clears}`;
    const identities = openOfState.get(side) ?? new Set();
    openOfState.set(side, identities.add(identity));
  }
  return { groups, raised: [...raised] };
};

const identityOf = (event: CountedEvent, state: EventState | null, clears: boolean): string => {
  const about = state === null || state.key === '' ? `m${event.message}` : `k${state.key}`;
  return `${clears ? 'c' : 'r'}\0${event.priority}\0${event.node ?? ''}\0${event.monitor ?? ''}\0${about}`;
};
