// The one decision of notifications: what new events, the passing of time and people's acknowledgements mean. Pure.
// `decide` gives effects and changes; the caller commits both together and then applies the changes to the state. Called by the loop in
// manager/src/notifications, by the trying of a rule on past events, and by tests.
import type { Configuration } from './configuration.ts';
import type { NotificationEffect, Work } from './effects.ts';
import { acknowledge, clearEscalations, escalate } from './escalate.ts';
import { flushGroups } from './gather.ts';
import { noteStanding, releaseKept } from './keep-back.ts';
import {
  notifiedEvent,
  subjectOfState,
  type EndedState,
  standingOf,
  subjectOf,
  type NotifiedEvent,
  type ScopesOf,
} from './notified-event.ts';
import { createDraft, type EntryChange, type NotificationState } from './state.ts';
import { consider, endByHand, remind, sweepTracks, tell } from './tell.ts';

export type NotificationInput = {
  /** In the order in which they came. */
  readonly events: readonly NotifiedEvent[];
  /** States that people have ended by hand: they are over before the events. */
  readonly ended: readonly EndedState[];
  /** Events that somebody has taken up (confirming or confirmed), and who. Of those that `askedEvents` names. */
  readonly acknowledged: ReadonlyMap<number, string>;
  /** For what is remembered: where its nodes lie now. */
  readonly scopesOf: ScopesOf;
  /** Definitions or silences have changed since the last decision, or an hour has passed: everything is looked at once. */
  readonly again: boolean;
};

export type NotificationDecision = {
  readonly effects: readonly NotificationEffect[];
  readonly changes: readonly EntryChange[];
};

export type DecisionBase = {
  readonly state: NotificationState;
  readonly configuration: Configuration;
};

export const decide = (
  { state, configuration }: DecisionBase,
  input: NotificationInput,
  nowMs: number,
): NotificationDecision => {
  const draft = createDraft(state);
  const work: Work = { configuration, draft, nowMs, effects: [] };
  const { events, acknowledged, scopesOf, again } = input;
  if (again) sweepTracks(work);
  if (acknowledged.size > 0) {
    acknowledge(work, acknowledged);
    for (const [key, track] of draft.list('track'))
      if (track.event !== null && acknowledged.has(track.event.id))
        draft.set('track', key, { ...track, acknowledged: true, remindAtMs: null });
  }
  for (const ended of input.ended) endByHand(work, subjectOfState(ended), scopesOf);
  for (const event of events) noteStanding(work, event);
  for (const event of events) {
    for (const compiled of configuration.rulesFor(event)) consider(work, compiled, event);
    if (standingOf(event) === 'clears') clearEscalations(work, subjectOf(event));
  }
  for (const { rule, event } of releaseKept(work, { scopesOf, again })) {
    const compiled = configuration.rules.get(rule);
    if (compiled !== undefined) tell(work, compiled, event);
  }
  const due = [...state.reminders].flatMap(([key, at]) => (at <= nowMs ? [key] : []));
  remind(work, due, (track) => (track.event === null ? null : notifiedEvent(track.event, {}, scopesOf)));
  flushGroups(work, scopesOf);
  escalate(work);
  return { effects: work.effects, changes: draft.changes() };
};

/** When something is due without anything happening; null: never. */
export const nextDueMs = ({ state, configuration }: DecisionBase, nowMs: number): number | null => {
  let next = Number.POSITIVE_INFINITY;
  for (const remindAtMs of state.reminders.values()) if (remindAtMs < next) next = remindAtMs;
  for (const { flushAtMs } of state.group.values())
    if (flushAtMs !== null && flushAtMs < next) next = flushAtMs;
  for (const { nextMs } of state.escalation.values()) if (nextMs < next) next = nextMs;
  if (state.kept.size > 0) {
    for (const { untilMs } of state.stand.values()) if (untilMs < next) next = untilMs;
    for (const { untilMs } of configuration.silences) if (untilMs > nowMs && untilMs < next) next = untilMs;
  }
  return next === Number.POSITIVE_INFINITY ? null : next;
};

/** Events of what is due by then (`running`: and of every chain that runs), of which the database says whether somebody has taken them up. */
export const askedEvents = (
  { state }: DecisionBase,
  nowMs: number,
  { running }: { readonly running: boolean } = { running: false },
): readonly number[] => {
  const ids = new Set<number>();
  for (const [key, remindAtMs] of state.reminders) {
    const event = remindAtMs <= nowMs ? state.track.get(key)?.event : null;
    if (event != null) ids.add(event.id);
  }
  for (const { nextMs, events, acknowledged } of state.escalation.values())
    if (running || nextMs <= nowMs) for (const { id } of events) if (!acknowledged.includes(id)) ids.add(id);
  return [...ids];
};
