/**
 * How long nothing was acknowledged, and when the new master's first job started.
 *
 * Pure. Called by the scenarios and the benchmark.
 */
import type { LedgerLine } from './check-jobs.ts';
import type { LoadRecord } from './load-records.ts';

export interface Outage {
  /** From the fault to the first write that another host acknowledged; null: none did. */
  readonly firstWriteMs: number | null;
  /** Longest time without an acknowledgement that ends after the fault. */
  readonly gapMs: number;
  /** From the fault to the first command of a session that another host started; null: none. */
  readonly firstJobMs: number | null;
}

export interface OutageQuestion {
  readonly records: readonly LoadRecord[];
  readonly ledger: readonly LedgerLine[];
  /** Monotonic. */
  readonly faultAt: number;
  readonly until: number;
  /** Master at the fault; null: whoever answers counts. */
  readonly oldMaster: string | null;
  /** Wall clock minus monotonic clock, in milliseconds. */
  readonly wallMinusMonotonicMs: number;
}

export function measureOutage(question: OutageQuestion): Outage {
  const { records, faultAt, until, oldMaster } = question;
  const isNew = (host: string | null) => oldMaster === null || host !== oldMaster;
  const acks = records.filter((one) => one.type === 'write').filter((one) => one.outcome === 'acked');
  const first = Math.min(
    ...acks
      .filter((one) => one.endedAt > faultAt && one.sentAt > faultAt && isNew(one.host))
      .map((one) => one.endedAt),
  );
  const times = acks
    .map((one) => one.endedAt)
    .filter((at) => at <= until)
    .toSorted((a, b) => a - b);
  const gaps = [...times, until].map((at, index, all) =>
    at > faultAt ? at - (all[index - 1] ?? faultAt) : 0,
  );
  const sessions = new Set(
    records
      .filter((one) => one.type === 'session')
      .filter((one) => (one.ackedAt ?? 0) > faultAt && isNew(one.host))
      .map((one) => one.id),
  );
  const job = Math.min(
    ...question.ledger
      .filter(({ id }) => sessions.has(id))
      .map(({ wallMs }) => wallMs - question.wallMinusMonotonicMs)
      .filter((at) => at > faultAt),
  );
  return {
    firstWriteMs: Number.isFinite(first) ? first - faultAt : null,
    gapMs: Math.max(0, ...gaps),
    firstJobMs: Number.isFinite(job) ? job - faultAt : null,
  };
}
