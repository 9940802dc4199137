// How fast each receiver may be sent to: messages a minute where its channel says so, a pause where it has asked for one (429, 503 with
// Retry-After), and one at a time where it lets messages run into the time limit. In memory: after a restart a receiver is asked anew.
// Called by the outbox loop, which owns the timer.
import type { Clock } from '@nezuban/platform/clock';
import { notificationLimits } from './notification-limits.ts';

const MINUTE_MS = 60_000;

type Pace = {
  sending: number;
  slow: boolean;
  pausedUntilMs: number;
  /** Of the last minute, oldest first; only where there is a limit. */
  sentMs: number[];
  limitPerMin: number | null;
};

export type SendPace = {
  /** Receivers that are not to be sent to now. */
  readonly busy: () => readonly string[];
  /** When the first of them may be again without one of its messages ending; null: none waits for time. */
  readonly nextFreeMs: () => number | null;
  readonly begin: (target: string, limitPerMin: number | null) => void;
  readonly end: (target: string, outcome: { readonly timedOut: boolean; readonly accepted: boolean }) => void;
  readonly pause: (target: string, ms: number) => void;
};

export const createSendPace = ({ clock }: { readonly clock: Pick<Clock, 'epochMs'> }): SendPace => {
  /** In the order of their last use. */
  const paces = new Map<string, Pace>();
  const paceOf = (target: string): Pace => {
    const pace: Pace = paces.get(target) ?? {
      sending: 0,
      slow: false,
      pausedUntilMs: 0,
      sentMs: [],
      limitPerMin: null,
    };
    paces.delete(target);
    paces.set(target, pace);
    for (const [oldest, { sending }] of paces) {
      if (paces.size <= notificationLimits.targetsMax) break;
      if (sending === 0) paces.delete(oldest);
    }
    return pace;
  };
  const freeAtMs = ({ pausedUntilMs, sentMs, limitPerMin }: Pace): number => {
    if (limitPerMin === null || sentMs.length < limitPerMin) return pausedUntilMs;
    return Math.max(pausedUntilMs, (sentMs.at(-limitPerMin) ?? 0) + MINUTE_MS);
  };
  const isFull = ({ sending, slow }: Pace): boolean =>
    sending >= (slow ? notificationLimits.sendingToSlowMax : notificationLimits.sendingPerTargetMax);
  return {
    busy() {
      const nowMs = clock.epochMs();
      return [...paces]
        .filter(([, pace]) => isFull(pace) || freeAtMs(pace) > nowMs)
        .map(([target]) => target);
    },
    nextFreeMs() {
      const nowMs = clock.epochMs();
      const times = [...paces.values()].map(freeAtMs).filter((at) => at > nowMs);
      return times.length === 0 ? null : Math.min(...times);
    },
    begin(target, limitPerMin) {
      const pace = paceOf(target);
      const nowMs = clock.epochMs();
      pace.sending += 1;
      pace.limitPerMin = limitPerMin;
      pace.sentMs =
        limitPerMin === null ? [] : [...pace.sentMs.filter((at) => at > nowMs - MINUTE_MS), nowMs];
    },
    end(target, { timedOut, accepted }) {
      const pace = paceOf(target);
      pace.sending = Math.max(0, pace.sending - 1);
      if (timedOut) pace.slow = true;
      if (accepted) pace.slow = false;
    },
    pause(target, ms) {
      const pace = paceOf(target);
      pace.pausedUntilMs = Math.max(
        pace.pausedUntilMs,
        clock.epochMs() + Math.min(ms, notificationLimits.retryAfterMaxMs),
      );
    },
  };
};
