// When something that the manager watches about itself is told. Pure.
// Responsible for levels with a margin on the way back and a number of looks before each change, so that a value beside its threshold makes
// no noise: it is told once when it gets bad, once when it gets worse, once when it is good again. Not responsible for measuring, for the
// words (`sentences.ts`), or for what has been told before a restart (the caller gives it back). Called by manager/src/self-watch.
//
// | from | to | when | told |
// | --- | --- | --- | --- |
// | ok | warning, critical | beyond the threshold in `raiseAfter` looks in a row | raised |
// | warning | critical | beyond `critical` in `raiseAfter` looks | raised |
// | critical | warning | better than `critical` by the margin in `clearAfter` looks | nothing |
// | warning, critical | ok | better than `warning` by the margin in `clearAfter` looks | cleared |
import type { WatchKind, WatchLevel } from '@nezuban/protocol/self-watch/self-watch';

export type Thresholds = { readonly warning: number | null; readonly critical: number | null };

export type WatchRule = {
  readonly worse: 'low' | 'high';
  /** Looks in a row before it is told. */
  readonly raiseAfter: number;
  readonly clearAfter: number;
};

/** What is remembered of one watched thing. */
export type WatchState = {
  readonly level: WatchLevel;
  /** The level that the last looks in a row would give, and how many they were. */
  readonly leaning: { readonly level: WatchLevel; readonly looks: number } | null;
};

export type WatchStep = {
  readonly state: WatchState;
  readonly change: 'raised' | 'eased' | 'cleared' | null;
};

/** Share by which a value has to be better than the threshold before the level falls. */
const MARGIN = 0.1;

export const quiet: WatchState = { level: 'ok', leaning: null };

/** By kind: what lasts (a disk, a certificate) is told at the second look; what comes in bursts has to stay for some. */
export const watchRules: Readonly<Record<WatchKind, WatchRule>> = {
  disk_free_percent: { worse: 'low', raiseAfter: 2, clearAfter: 2 },
  inodes_free_percent: { worse: 'low', raiseAfter: 2, clearAfter: 2 },
  disk_full_in_hours: { worse: 'low', raiseAfter: 4, clearAfter: 10 },
  database_bytes: { worse: 'high', raiseAfter: 2, clearAfter: 2 },
  queue_percent: { worse: 'high', raiseAfter: 4, clearAfter: 4 },
  event_loop_lag_ms: { worse: 'high', raiseAfter: 4, clearAfter: 4 },
  certificate_days: { worse: 'low', raiseAfter: 1, clearAfter: 1 },
  clock_difference_s: { worse: 'high', raiseAfter: 2, clearAfter: 2 },
  line_stands_minutes: { worse: 'high', raiseAfter: 2, clearAfter: 2 },
};

const severity: Readonly<Record<WatchLevel, number>> = { ok: 0, warning: 1, critical: 2 };

/** One look at a value. `value` null: nothing is known or nothing threatens, as good as can be. */
export const judge = (
  state: WatchState,
  value: number | null,
  { rule, thresholds }: { readonly rule: WatchRule; readonly thresholds: Thresholds },
): WatchStep => {
  const wanted = wantedLevel(state.level, value, { rule, thresholds });
  if (wanted === state.level) return { state: { level: state.level, leaning: null }, change: null };
  const isWorse = severity[wanted] > severity[state.level];
  const looks = isSameWay(state, wanted) ? (state.leaning?.looks ?? 0) + 1 : 1;
  if (looks < (isWorse ? rule.raiseAfter : rule.clearAfter))
    return { state: { level: state.level, leaning: { level: wanted, looks } }, change: null };
  const change = isWorse ? 'raised' : wanted === 'ok' ? 'cleared' : 'eased';
  return { state: { level: wanted, leaning: null }, change };
};

/** Looks that say worse count together, whichever level they say; so do those that say better. */
const isSameWay = ({ level, leaning }: WatchState, wanted: WatchLevel): boolean =>
  leaning !== null && severity[leaning.level] > severity[level] === severity[wanted] > severity[level];

const wantedLevel = (
  level: WatchLevel,
  value: number | null,
  { rule, thresholds }: { readonly rule: WatchRule; readonly thresholds: Thresholds },
): WatchLevel => {
  const { warning, critical } = thresholds;
  if (value === null) return 'ok';
  const isBeyond = (threshold: number | null, margin: number): boolean => {
    if (threshold === null) return false;
    return rule.worse === 'low' ? value < threshold * (1 + margin) : value > threshold * (1 - margin);
  };
  if (isBeyond(critical, level === 'critical' ? MARGIN : 0)) return 'critical';
  return isBeyond(warning, level === 'ok' ? 0 : MARGIN) ? 'warning' : 'ok';
};
