/**
 * The decision core, running: the one holder of its state.
 *
 * Responsible for giving it one input after the other, handing its effects on in their order, waking it when it wants to be woken,
 * writing its record, and telling it that the clocks have jumped. Not responsible for what the other effects do. Called by the keeper of
 * a member and by the witness.
 *
 * States: created -> running (`start`) -> stopped (`stop`, or a broken invariant). Nothing is decided in any but the second.
 */
import type { VoterRecord } from '@nezuban/protocol/pair/roster';
import type { Logger } from '@nezuban/platform/logger';
import type { CancelTimer, Timers } from '@nezuban/platform/timers';
import { decide, wakeAt } from '../decision/decide.ts';
import type { Effect } from '../decision/effects.ts';
import type { Input } from '../decision/inputs.ts';
import { createState, type State, type StateOptions } from '../decision/state.ts';
import { createClockWatch } from './clock-watch.ts';
import type { HostClock } from './host-clock.ts';
import type { VoterStore } from './voter-store/voter-store.ts';

/** Every effect but `persist`, which the loop itself carries out. */
export type DutyEffect = Exclude<Effect, { type: 'persist' }>;

export type DutyLoopPorts = {
  /** Loaded; the record it gave is that of the options. It stays its owner's, who closes it. */
  readonly store: Pick<VoterStore, 'save'>;
  readonly clock: HostClock;
  readonly timers: Timers;
  readonly logger: Logger;
  /** May call `give`: what it gives is handled after the effects of the present input. What it throws breaks the loop. */
  readonly onEffect: (effect: DutyEffect) => void;
  /** After each input, when its effects have been handed on. */
  readonly onState?: (state: State) => void;
  /**
   * A broken invariant: nothing is decided from now on, and the state is not to be believed. Whoever acts ends what acts, then itself.
   */
  readonly onBroken: (error: unknown) => void;
};

export type DutyLoopOptions = Omit<StateOptions, 'now'>;

export type DutyLoop = {
  readonly start: () => void;
  /** From anywhere, at any time; inputs are handled in the order of their calls. Before `start` they wait, after `stop` they are dropped. */
  readonly give: (input: Input) => void;
  readonly state: () => State;
  /** Idempotent. A record that is being written is still written by the store. */
  readonly stop: () => void;
};

/** How often the clocks are compared while nothing happens; a heartbeat's interval. */
const CLOCK_CHECK_MS = 250;
/** Inputs handled in one go; effects that give inputs without end would never let go of the event loop. */
export const DRAIN_MAX = 10_000;
/** The runtime's timers count whole milliseconds and take at least one. */
const TIMER_MIN_MS = 1;
/** The longest time that the runtime's timers can wait is 2^31 ms. */
const TIMER_MAX_MS = 86_400_000;

export function createDutyLoop(ports: DutyLoopPorts, options: DutyLoopOptions): DutyLoop {
  const { clock, timers, logger } = ports;
  const watch = createClockWatch(clock);
  let phase: 'created' | 'running' | 'stopped' = 'created';
  let state = createState({ ...options, now: clock.monotonicMs() });
  let waiting: Input[] = [];
  let isDraining = false;
  let alarm: { readonly at: number; readonly cancel: CancelTimer } | null = null;
  let cancelCheck: CancelTimer | null = null;

  function give(input: Input): void {
    if (phase === 'stopped') return;
    waiting.push(input);
    if (phase === 'running' && !isDraining) drain();
  }

  function drain(): void {
    isDraining = true;
    try {
      // A pause is known before anything that came after it is believed.
      if (watch.hasJumped()) waiting.unshift({ type: 'clock-jumped' });
      for (let handled = 0; phase === 'running'; handled += 1) {
        const input = waiting.shift();
        if (input === undefined) break;
        if (handled >= DRAIN_MAX) throw new Error('broken invariant: effects give inputs without end');
        handle(input);
      }
      if (phase === 'running') setAlarm();
    } catch (error) {
      breakDown(error);
    } finally {
      isDraining = false;
    }
  }

  function handle(input: Input): void {
    const decision = decide(state, input, clock.monotonicMs());
    ({ state } = decision);
    for (const effect of decision.effects) {
      if (effect.type === 'persist') save(effect.sequence, effect.record);
      else ports.onEffect(effect);
    }
    ports.onState?.(state);
  }

  /** Returns at once; the store lets the newest record stand for those that wait before it. */
  function save(sequence: number, record: VoterRecord): void {
    ports.store.save(record).then(
      () => give({ type: 'persisted', sequence }),
      (error: unknown) => give({ type: 'persist-failed', why: messageOf(error) }),
    );
  }

  function setAlarm(): void {
    const at = wakeAt(state);
    // One that rings sooner looks again.
    if (at === Infinity || (alarm !== null && alarm.at <= at)) return;
    alarm?.cancel();
    const inMs = Math.min(Math.max(Math.ceil(at - clock.monotonicMs()), TIMER_MIN_MS), TIMER_MAX_MS);
    alarm = { at, cancel: timers.after(inMs, ring) };
  }

  function ring(): void {
    alarm = null;
    if (clock.monotonicMs() >= wakeAt(state)) give({ type: 'tick' });
    else setAlarm();
  }

  function check(): void {
    if (phase === 'running' && !isDraining) drain();
  }

  function breakDown(error: unknown): void {
    stop();
    logger.error(
      { err: error, state: state.name },
      'the decision of who is on duty met something that must not be; nothing is decided any more',
    );
    ports.onBroken(error);
  }

  function stop(): void {
    phase = 'stopped';
    waiting = [];
    alarm?.cancel();
    alarm = null;
    cancelCheck?.();
    cancelCheck = null;
  }

  return {
    start() {
      if (phase !== 'created') return;
      phase = 'running';
      cancelCheck = timers.every(CLOCK_CHECK_MS, check);
      give({ type: 'tick' });
    },
    give,
    state: () => state,
    stop,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
