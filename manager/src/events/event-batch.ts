// The events of one call, written with all that they change.
// Responsible for the order in the caller's transaction: repeats are counted, states are locked and changed, what they clear is marked, and
// then the rows of new events are written, each in its final form. Decides nothing: see core/src/events. Called by the event sink.
import { planRepeats } from '@nezuban/core/events/plan-repeats';
import { planStates, type Occurrence, type StatePlan } from '@nezuban/core/events/plan-states';
import type { StatusSettings } from '@nezuban/protocol/events/event-settings';
import type { EventView } from '@nezuban/protocol/events/event';
import type { EventDraft, Transaction } from '../ports.ts';
import { plainEvent, toNewView, type NewEvent } from './event-rows.ts';
import { drawIds, writeEvents } from './event-store.ts';
import { countRepeats, endClearRepeats, type Counted } from './repeat-store.ts';
import { clearRaised, forgetStatus, writeStatus } from './status-store.ts';

export type StoredBatch = {
  /** In the order of their drafts. */
  readonly events: readonly { readonly event: EventView; readonly draft: EventDraft }[];
  /** Events that were there already, as they are now. */
  readonly repeats: readonly Counted[];
  /** The status view is another one. */
  readonly changesStatus: boolean;
};

type Stored = { readonly draft: EventDraft; readonly id: number; readonly isRepeat: boolean };

export const storeBatch = async (
  transaction: Transaction,
  drafts: readonly EventDraft[],
  settings: StatusSettings,
): Promise<StoredBatch> => {
  if (drafts.length === 0) return { events: [], repeats: [], changesStatus: false };
  const ids = await drawIds(transaction, drafts.length);
  const { added, repeats, occurrences } = drafts.some(({ collapseS }) => collapseS !== undefined)
    ? await count(transaction, drafts, ids)
    : everyOne(drafts, ids);
  const plan = planStates(
    occurrences.map(({ draft, id, isRepeat }): Occurrence => ({
      id,
      event: draft,
      atMs: draft.at.getTime(),
      isRepeat,
    })),
  );
  const clearedEvents = await changeStates(transaction, { plan, occurrences, settings });
  const events = added.map((event) => finish(event, plan, clearedEvents));
  await writeEvents(transaction, events);
  await forgetStatus(transaction, drafts);
  return {
    events: events.map((event) => ({ event: toNewView(event), draft: event.draft })),
    repeats,
    changesStatus: plan.changes.length > 0,
  };
};

type CountedBatch = {
  readonly added: readonly NewEvent[];
  readonly repeats: readonly Counted[];
  readonly occurrences: readonly Stored[];
};

const everyOne = (drafts: readonly EventDraft[], ids: readonly number[]): CountedBatch => ({
  added: drafts.map((draft, index) => plainEvent(ids[index] ?? 0, draft)),
  repeats: [],
  occurrences: drafts.map((draft, index) => ({ draft, id: ids[index] ?? 0, isRepeat: false })),
});

const count = async (
  transaction: Transaction,
  drafts: readonly EventDraft[],
  ids: readonly number[],
): Promise<CountedBatch> => {
  const plan = planRepeats(drafts.map((draft) => ({ ...draft, atMs: draft.at.getTime() })));
  await endClearRepeats(transaction, plan.raised);
  const claims = plan.groups.map((group) => ({ group, id: ids[group.indexes[0] ?? 0] ?? 0 }));
  const counted = await countRepeats(transaction, claims);
  const groupAt = new Map(
    claims.flatMap((claim) => claim.group.indexes.map((index) => [index, claim] as const)),
  );
  const added: NewEvent[] = [];
  const occurrences: Stored[] = [];
  for (const [index, draft] of drafts.entries()) {
    const id = ids[index] ?? 0;
    const claim = groupAt.get(index);
    const stored = claim === undefined ? undefined : counted.get(claim.id);
    const isFirst = claim === undefined || claim.id === id;
    occurrences.push({
      draft,
      id: stored?.event.id ?? claim?.id ?? id,
      isRepeat: stored !== undefined || !isFirst,
    });
    if (stored !== undefined || !isFirst) continue;
    const times = claim?.group.indexes.length ?? 1;
    added.push({
      ...plainEvent(id, draft),
      count: times,
      lastAt: claim === undefined || times === 1 ? null : new Date(claim.group.lastAtMs),
    });
  }
  return { added, repeats: [...counted.values()], occurrences };
};

/** Gives how many stored events ended, by the hash of their state. */
const changeStates = async (
  transaction: Transaction,
  {
    plan,
    occurrences,
    settings,
  }: { readonly plan: StatePlan; readonly occurrences: readonly Stored[]; readonly settings: StatusSettings },
): Promise<ReadonlyMap<number, number>> => {
  if (plan.changes.length === 0) return new Map();
  const draftOf = new Map<object, EventDraft>(occurrences.map(({ draft }) => [draft, draft]));
  const writes = plan.changes.flatMap((change) => {
    const draft = draftOf.get(change.last.event);
    return draft === undefined ? [] : [{ change, draft }];
  });
  const raisedFrom = await writeStatus(transaction, writes, settings);
  return await clearRaised(
    transaction,
    plan.changes.flatMap(({ hash, state, clearedBy }) => {
      const from = raisedFrom.get(hash);
      return from === undefined || clearedBy === null
        ? []
        : [{ hash, state, at: new Date(clearedBy.atMs), by: clearedBy.id, raisedFrom: from }];
    }),
  );
};

const finish = (event: NewEvent, plan: StatePlan, clearedEvents: ReadonlyMap<number, number>): NewEvent => {
  const cleared = plan.cleared.get(event.id);
  return {
    ...event,
    draft: saysWhatItClears(event, plan, clearedEvents),
    raised: plan.raised.get(event.id) ?? null,
    cleared: cleared === undefined ? null : { at: new Date(cleared.atMs), by: cleared.by },
  };
};

/** An event that was meant to clear something says how many events it ended; none, where nothing was raised. */
const saysWhatItClears = (
  { id, draft }: NewEvent,
  plan: StatePlan,
  clearedEvents: ReadonlyMap<number, number>,
): EventDraft => {
  const clearing = plan.clearing.get(id);
  if (clearing === undefined || draft.clears !== true) return draft;
  const before = clearing.isFirst ? (clearedEvents.get(clearing.hash) ?? 0) : 0;
  return { ...draft, details: { ...draft.details, cleared: before + clearing.within } };
};
