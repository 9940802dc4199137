// What rules would have told of events that have happened: the same decision, with the time of the events. Pure.
// Called by the trying of a rule (manager/src/notifications) and by tests.
import type { Configuration } from './configuration.ts';
import { decide, nextDueMs, type DecisionBase } from './decide.ts';
import type { NotificationEffect } from './effects.ts';
import type { NotifiedEvent, ScopesOf } from './notified-event.ts';
import { applyChanges, emptyState } from './state.ts';

export type SimulatedEffect = { readonly atMs: number; readonly effect: NotificationEffect };

export type Simulation = {
  readonly configuration: Configuration;
  /** By time. */
  readonly events: readonly NotifiedEvent[];
  /** Who took an event up, and when. */
  readonly acknowledged: readonly { readonly id: number; readonly by: string; readonly atMs: number }[];
  readonly scopesOf: ScopesOf;
  /** What would be due later is not told. */
  readonly untilMs: number;
  /** At most so many effects. */
  readonly effectsMax: number;
};

const NOBODY: ReadonlyMap<number, string> = new Map();

/**
 * Puts everything into `done`, in the order in which it would have gone out. Stops after each event, so that whoever drives it can do
 * something else in between, or give up.
 */
export function* simulate(simulation: Simulation, done: SimulatedEffect[]): Generator<void, void> {
  const { configuration, events, scopesOf, untilMs, effectsMax } = simulation;
  const base: DecisionBase = { state: emptyState(), configuration };
  const acknowledged = simulation.acknowledged.toSorted((a, b) => a.atMs - b.atMs);
  let position = 0;
  const step = (nowMs: number, given: readonly NotifiedEvent[]): void => {
    const by = new Map<number, string>();
    for (
      let next = acknowledged[position];
      next !== undefined && next.atMs <= nowMs;
      next = acknowledged[position]
    ) {
      by.set(next.id, next.by);
      position += 1;
    }
    const { effects, changes } = decide(
      base,
      { events: given, ended: [], acknowledged: by.size === 0 ? NOBODY : by, scopesOf, again: false },
      nowMs,
    );
    applyChanges(base.state, changes);
    for (const effect of effects) if (done.length < effectsMax) done.push({ atMs: nowMs, effect });
  };
  let nowMs = Number.NEGATIVE_INFINITY;
  const passUntil = (atMs: number): void => {
    for (let due = nextDueMs(base, nowMs); due !== null && due <= atMs; due = nextDueMs(base, nowMs)) {
      // Time goes on even where something is due that does nothing.
      nowMs = Math.max(due, nowMs + 1);
      if (nowMs > atMs) return;
      step(nowMs, []);
      if (done.length >= effectsMax) return;
    }
  };
  for (const event of events) {
    const atMs = Math.max(nowMs, Date.parse(event.view.at));
    if (atMs > untilMs || done.length >= effectsMax) break;
    passUntil(atMs);
    nowMs = atMs;
    step(nowMs, [event]);
    yield;
  }
  passUntil(untilMs);
}
