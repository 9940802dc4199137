// When the next range of session ids is made, how wide it is, and when the current one is left early.
//
// Sessions, their units, attempts and output lie in partitions by ranges of session ids. The upper end of a range must be known before it
// is filled: to close a filled one, PostgreSQL would have to read all of it. So ranges are made ahead, as wide as a week has sessions, with an
// open one at the end that stays empty; and where fewer sessions come than was thought, the ids that are left are skipped. Pure.
import { retentionLimits as limits } from './retention-limits.ts';

export type RangesSeen = {
  readonly nowMs: number;
  readonly highestId: number;
  /** The first id of the open range at the end. */
  readonly openFirstId: number;
  /** The closed range that the next session would lie in, and when its first one was made; null: there is none. */
  readonly current: { readonly endId: number; readonly startedAtMs: number | null } | null;
  /** Ids of the last seven days, and since the look before. */
  readonly idsOfWeek: number;
  readonly idsSinceLook: number;
};

export type RangesPlan = {
  /** The open range gets this end, and a new one follows it; null: enough lies ready. */
  readonly closeOpenAt: number | null;
  /** The next session shall have at least this id; null: as it comes. */
  readonly skipTo: number | null;
};

export const planRanges = (seen: RangesSeen): RangesPlan => {
  const burst = seen.idsSinceLook * limits.aheadLooks;
  const width = Math.min(Math.max(limits.rangeIdsMin, seen.idsOfWeek, burst), limits.rangeIdsMax);
  const wanted = Math.max(Math.ceil(width / 4), burst);
  const ready = seen.openFirstId - 1 - seen.highestId;
  const startedAtMs = seen.current?.startedAtMs ?? null;
  const isOverdue = startedAtMs !== null && seen.nowMs - startedAtMs > limits.rangeMsMax;
  const skipTo = isOverdue ? (seen.current?.endId ?? null) : null;
  // An open range that sessions have reached already is closed behind them.
  const closeOpenAt =
    ready < wanted || (skipTo !== null && skipTo >= seen.openFirstId)
      ? Math.max(seen.openFirstId, seen.highestId + 1) + width
      : null;
  return { closeOpenAt, skipTo };
};
