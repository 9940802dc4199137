// What has become too old, and whether the clock that says so is to be believed. Pure.
import { retentionLimits as limits } from './retention-limits.ts';

const DAY_MS = 86_400_000;

/** What is older than this is not kept. */
export const cutoffMs = (nowMs: number, keptDays: number): number => nowMs - keptDays * DAY_MS;

export type ClockSeen = {
  readonly nowMs: number;
  /** Of the look before, whoever was on duty then; null: this is the first. */
  readonly lookedAtMs: number | null;
  readonly heldUntilMs: number | null;
};
export type ClockJudgement = {
  /** Nothing is removed before; null: the clock is believed. */
  readonly heldUntilMs: number | null;
  /** How far the clock has leapt just now; null: it has not. */
  readonly leaptMs: number | null;
};

/**
 * A clock set to next year makes everything too old at once, and what is removed does not come back with the right time. So after a leap
 * nothing is removed for a day; a host that was switched off gives the same picture, and loses nothing by waiting.
 */
export const judgeClock = ({ nowMs, lookedAtMs, heldUntilMs }: ClockSeen): ClockJudgement => {
  // Nothing to measure the clock by, and data of years may lie there from a release that kept everything: people get a day to set the policy.
  if (lookedAtMs === null) return { heldUntilMs: nowMs + limits.holdMs, leaptMs: null };
  if (nowMs - lookedAtMs > limits.leapMs)
    return { heldUntilMs: nowMs + limits.holdMs, leaptMs: nowMs - lookedAtMs };
  if (heldUntilMs === null || nowMs >= heldUntilMs) return { heldUntilMs: null, leaptMs: null };
  // The clock was set right again: a hold that was reckoned by the wrong one must not last for months.
  return { heldUntilMs: Math.min(heldUntilMs, nowMs + limits.holdMs), leaptMs: null };
};

export type Month = { readonly name: string; readonly fromMs: number; readonly toMs: number };

/** The partitions of which every row is too old. */
export const dueMonths = (months: readonly Month[], olderThanMs: number): readonly Month[] =>
  months.filter(({ toMs }) => toMs <= olderThanMs).toSorted((a, b) => a.fromMs - b.fromMs);

export type RangeSeen = {
  readonly number: number;
  readonly firstId: number;
  /** Null: the open one at the end. */
  readonly endId: number | null;
  /** When its last session was made; null: it holds none. */
  readonly lastCreatedAtMs: number | null;
};

/**
 * The ranges that may be too old: no session will come to them any more, and the last one was made long enough ago. Whether all have ended,
 * and when, only their rows say.
 */
export const agedRanges = (
  ranges: readonly RangeSeen[],
  { highestId, olderThanMs }: { readonly highestId: number; readonly olderThanMs: number },
): readonly RangeSeen[] =>
  ranges.filter(
    ({ endId, lastCreatedAtMs }) =>
      endId !== null && endId <= highestId + 1 && (lastCreatedAtMs === null || lastCreatedAtMs < olderThanMs),
  );
