// What the events of a batch do to the states that they are about: pure half of raising, clearing and the status view.
// Responsible for one change per state, whatever the number of its events, and for what is raised and cleared within the batch itself. Called
// by the manager in the transaction that stores the events.
import type { Priority } from '@nezuban/protocol/priority';
import { hashState, stateOf, type EventState, type StatedEvent } from './event-state.ts';

export type Occurrence = {
  /** Of the event as it is stored: of a repeat, the first one's. */
  readonly id: number;
  readonly event: StatedEvent;
  readonly atMs: number;
  /** It is counted on an event that is stored already. */
  readonly isRepeat: boolean;
};

export type StateChange = {
  readonly state: EventState;
  readonly hash: number;
  /** The last one: it says how things are now. */
  readonly last: Occurrence;
  readonly priority: Priority;
  /** The events at the end that say the same: since when, how many, and whether that is all of the batch. */
  readonly sinceMs: number;
  readonly count: number;
  readonly isOneRun: boolean;
  /** The first event that clears: what was raised before the batch ends with it. */
  readonly clearedBy: Occurrence | null;
  /** Something is raised at the end that this batch has raised. */
  readonly raises: boolean;
};

export type StatePlan = {
  readonly changes: readonly StateChange[];
  /** By id: events of this batch that stay raised. */
  readonly raised: ReadonlyMap<number, number>;
  /** By id: events of this batch that are cleared within it. */
  readonly cleared: ReadonlyMap<number, { readonly atMs: number; readonly by: number }>;
  /** By id: events that clear, with how many of this batch they end; the first of a state ends what was before the batch, too. */
  readonly clearing: ReadonlyMap<
    number,
    { readonly hash: number; readonly isFirst: boolean; readonly within: number }
  >;
};

export const planStates = (occurrences: readonly Occurrence[]): StatePlan => {
  const byState = new Map<string, { state: EventState; list: Item[] }>();
  for (const occurrence of occurrences) {
    const state = stateOf(occurrence.event);
    if (state === null) continue;
    const name = `${state.node}\0${state.monitor}\0${state.key}`;
    const known = byState.get(name);
    const item = { occurrence, turn: state.turn };
    if (known === undefined) byState.set(name, { state, list: [item] });
    else known.list.push(item);
  }
  const raised = new Map<number, number>();
  const cleared = new Map<number, { atMs: number; by: number }>();
  const clearing = new Map<number, { hash: number; isFirst: boolean; within: number }>();
  const changes = [...byState.values()].flatMap(({ state, list }): StateChange[] => {
    const hash = hashState(state);
    let open: number[] = [];
    let clearedBy: Occurrence | null = null;
    for (const { occurrence, turn } of list) {
      if (turn === 'raises' && !occurrence.isRepeat) open.push(occurrence.id);
      if (turn !== 'clears') continue;
      clearing.set(occurrence.id, { hash, isFirst: clearedBy === null, within: open.length });
      clearedBy ??= occurrence;
      for (const id of open) cleared.set(id, { atMs: occurrence.atMs, by: occurrence.id });
      open = [];
    }
    for (const id of open) raised.set(id, hash);
    const end = list.at(-1);
    if (end === undefined) return [];
    let start = list.length - 1;
    while (start > 0 && saysTheSame(list[start - 1], end)) start -= 1;
    return [
      {
        state: { ...state, net: stateOf(end.occurrence.event)?.net ?? state.net, turn: end.turn },
        hash,
        last: end.occurrence,
        priority: end.turn === 'clears' ? 'info' : end.occurrence.event.priority,
        sinceMs: list[start]?.occurrence.atMs ?? end.occurrence.atMs,
        count: list.length - start,
        isOneRun: start === 0,
        clearedBy,
        raises: open.length > 0,
      },
    ];
  });
  return { changes, raised, cleared, clearing };
};

type Item = { readonly occurrence: Occurrence; readonly turn: EventState['turn'] };
const saysTheSame = (one: Item | undefined, other: Item): boolean =>
  one !== undefined &&
  (one.turn === 'clears') === (other.turn === 'clears') &&
  one.occurrence.event.priority === other.occurrence.event.priority;
