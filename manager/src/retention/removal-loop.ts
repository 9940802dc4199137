// Removes what is older than the policy says: once an hour, one partition after the other.
// Responsible for the order, for giving way to whoever uses the tables, and for telling what was removed and what could not be. A partition
// goes in one transaction together with its event; a manager that takes over goes on with the next look. Made by retention.ts.
import type { StoredKind } from '@nezuban/protocol/api/settings-operations';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import { sqlState } from '../database/database-errors.ts';
import type { Database } from '../database/database.ts';
import type { EventDraft, EventSink, Transaction } from '../ports.ts';
import type { SettingsDomain } from '../settings/settings.ts';
import { ensureMonths, readMonths, type MonthTable } from './months.ts';
import { agedRanges, cutoffMs, dueMonths, judgeClock, type RangeSeen } from './plan-removal.ts';
import {
  dropRange,
  hasEnded,
  partOf,
  rangeParts,
  rangesWithOutput,
  readHighestId,
  readRanges,
  truncateOutput,
  weigh,
} from './range-store.ts';
import { retentionLimits } from './retention-limits.ts';
import {
  assertOnDuty,
  deleteDeliveries,
  dropMonth,
  emptyOther,
  otherIsDue,
  readKinds,
  readState,
  saveFailure,
  saveRemoved,
  saveState,
} from './retention-store.ts';

export type RemovalPorts = {
  readonly database: Database;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly events: EventSink;
  readonly settings: Pick<SettingsDomain, 'of' | 'view'>;
  readonly term: number;
  readonly forgetSessions: (firstId: number, endId: number) => void;
};
export type RemovalLoop = {
  /** Resolves when everything that is due has been removed or given up for now. */
  readonly look: () => Promise<void>;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
};

/** One partition, or what stands for one. `act` gives false if it turns out to be still needed. */
type Removal = {
  readonly kind: StoredKind;
  readonly tables: readonly string[];
  /** Nothing in it is from this moment or later. */
  readonly beforeMs: number;
  readonly act: (transaction: Transaction) => Promise<boolean>;
  /** After the commit. */
  readonly afterwards?: () => void;
};

const LOCK_NOT_FREE = '55P03';
const DAY_MS = 86_400_000;
const keptDaysOf = {
  events: 'events_days',
  traps: 'traps_days',
  sessions: 'sessions_days',
  output: 'output_days',
  audit: 'audit_days',
  deliveries: 'deliveries_days',
} as const satisfies Record<StoredKind, string>;
const monthTableOf = { events: 'event', traps: 'trap', audit: 'audit' } as const satisfies Partial<
  Record<StoredKind, MonthTable>
>;
const wordOf = {
  events: 'Events',
  traps: 'Traps',
  sessions: 'Sessions',
  output: 'Output of commands',
  audit: 'Audit entries',
  deliveries: 'Deliveries of notifications',
} as const satisfies Record<StoredKind, string>;

export const createRemovalLoop = (ports: RemovalPorts): RemovalLoop => {
  const { database, clock, timers, logger, events, settings } = ports;
  const ending = new AbortController();
  let looking: Promise<void> | undefined;
  let cancel: (() => void) | undefined;

  const keptDays = (kind: StoredKind): number => settings.of('retention')[keptDaysOf[kind]];
  const event = (draft: Pick<EventDraft, 'code' | 'priority' | 'message' | 'details'>): EventDraft => ({
    at: new Date(clock.epochMs()),
    node: null,
    ...draft,
  });

  const findMonths = async (
    kind: 'events' | 'traps' | 'audit',
    nowMs: number,
  ): Promise<readonly Removal[]> => {
    const table = monthTableOf[kind];
    const olderThanMs = cutoffMs(nowMs, keptDays(kind));
    const removals = dueMonths(await readMonths(database, table), olderThanMs).map(
      ({ name, toMs }): Removal => ({
        kind,
        tables: [name],
        beforeMs: toMs,
        async act(transaction) {
          await dropMonth(transaction, table, name);
          return true;
        },
      }),
    );
    if (!(await otherIsDue(database, table, olderThanMs))) return removals;
    const other: Removal = {
      kind,
      tables: [`${table}_other`],
      beforeMs: olderThanMs,
      act: async (transaction) => await emptyOther(transaction, table, olderThanMs),
    };
    return [...removals, other];
  };

  const findRanges = async (kind: 'sessions' | 'output', nowMs: number): Promise<readonly Removal[]> => {
    const olderThanMs = cutoffMs(nowMs, keptDays(kind));
    const [ranges, highestId] = await Promise.all([readRanges(database), readHighestId(database)]);
    const aged = agedRanges(ranges, { highestId, olderThanMs });
    const filled =
      kind === 'sessions'
        ? aged.map(({ number }) => number)
        : await rangesWithOutput(
            database,
            aged.map(({ number }) => number),
          );
    const removals: Removal[] = [];
    for (const range of aged.filter(({ number }) => filled.includes(number))) {
      if (await hasEnded(database, range.number, olderThanMs))
        removals.push(removalOfRange(kind, range, { olderThanMs, nowMs }));
    }
    return removals;
  };
  const removalOfRange = (
    kind: 'sessions' | 'output',
    { number, firstId, endId, lastCreatedAtMs }: RangeSeen,
    { olderThanMs, nowMs }: { readonly olderThanMs: number; readonly nowMs: number },
  ): Removal => ({
    kind,
    tables: kind === 'sessions' ? rangeParts(number) : [partOf('attempt_output', number)],
    beforeMs: lastCreatedAtMs ?? olderThanMs,
    act: async (transaction) =>
      await (kind === 'sessions' ? dropRange : truncateOutput)(transaction, {
        number,
        beforeMs: olderThanMs,
        nowMs,
      }),
    afterwards() {
      if (kind === 'sessions' && endId !== null) ports.forgetSessions(firstId, endId);
    },
  });

  const find = async (kind: StoredKind, nowMs: number): Promise<readonly Removal[]> => {
    switch (kind) {
      case 'events':
      case 'traps':
      case 'audit':
        return await findMonths(kind, nowMs);
      case 'sessions':
      case 'output':
        return await findRanges(kind, nowMs);
      case 'deliveries':
        return [];
    }
  };

  /** In one transaction: the partition, what is known of it afterwards, and the event. */
  const remove = async ({ kind, tables, beforeMs, act, afterwards }: Removal): Promise<void> => {
    // Sessions are counted by themselves: their units and attempts belong to them.
    const [all, { rows }] = await Promise.all([weigh(database, tables), weigh(database, tables.slice(0, 1))]);
    const megabytes = Math.round(all.bytes / 1e5) / 10;
    const before = new Date(beforeMs).toISOString();
    const days = keptDays(kind);
    const publish = await database.inTransaction(async (transaction) => {
      await assertOnDuty(transaction, ports.term);
      if (!(await act(transaction))) return null;
      await saveRemoved(transaction, kind, clock.epochMs());
      // An empty partition is nobody's news.
      if (rows === 0) return null;
      return await events.append(transaction, [
        event({
          code: 'data_removed',
          priority: 'info',
          message: `${wordOf[kind]} older than ${days} days were removed: before ${before}, about ${rows} rows, ${megabytes} MB.`,
          details: { kind, before, rows, megabytes, keptDays: days },
        }),
      ]);
    });
    afterwards?.();
    publish?.();
    logger.info({ kind, tables, rows, megabytes }, 'Old data was removed');
  };

  /** Whoever uses the table goes first, a bounded number of times. */
  const givingWay = async (work: () => Promise<void>): Promise<void> => {
    for (let tries = 1; ; tries += 1) {
      try {
        await work();
        return;
      } catch (error) {
        const isLocked = sqlState(error instanceof Error ? error.cause : error) === LOCK_NOT_FREE;
        if (!isLocked || tries >= retentionLimits.lockTriesMax || ending.signal.aborted) throw error;
        await timers.sleep(retentionLimits.lockRetryMs, ending.signal);
      }
    }
  };

  const removeDeliveries = async (nowMs: number): Promise<void> => {
    let total = 0;
    for (let batch = 0; batch < retentionLimits.deliveryBatchesMax && !ending.signal.aborted; batch += 1) {
      const deleted = await deleteDeliveries(database, cutoffMs(nowMs, keptDays('deliveries')));
      if (deleted === 0) break;
      total += deleted;
    }
    if (total === 0) return;
    await database.inTransaction(async (transaction) => await saveRemoved(transaction, 'deliveries', nowMs));
    logger.info({ kind: 'deliveries', rows: total }, 'Old data was removed');
  };

  const lookAt = async (kind: StoredKind, nowMs: number, failed: string | null): Promise<void> => {
    try {
      if (kind === 'deliveries') await removeDeliveries(nowMs);
      for (const removal of await find(kind, nowMs)) {
        if (ending.signal.aborted) return;
        await givingWay(async () => await remove(removal));
      }
      if (failed !== null)
        await database.inTransaction(async (transaction) => await saveFailure(transaction, kind, null));
    } catch (error) {
      if (ending.signal.aborted) return;
      logger.warn({ err: error, kind }, 'Old data could not be removed');
      await tellFailure(kind, { error, isNew: failed === null });
    }
  };
  /** Told when it begins, not every hour. */
  const tellFailure = async (
    kind: StoredKind,
    { error, isNew }: { readonly error: unknown; readonly isNew: boolean },
  ): Promise<void> => {
    const reason = error instanceof Error ? error.message : String(error);
    const publish = await database.inTransaction(async (transaction) => {
      await saveFailure(transaction, kind, reason);
      if (!isNew) return null;
      return await events.append(transaction, [
        event({
          code: 'data_removal_failed',
          priority: 'warning',
          message: `${wordOf[kind]} that are too old could not be removed: ${reason} It is tried again later.`,
          details: { kind, reason },
        }),
      ]);
    });
    publish?.();
  };

  /** Whether the clock is to be believed. */
  const judge = async (nowMs: number): Promise<boolean> => {
    const before = await readState(database);
    const { heldUntilMs, leaptMs } = judgeClock({ nowMs, ...before });
    const publish = await database.inTransaction(async (transaction) => {
      await saveState(transaction, { lookedAtMs: nowMs, heldUntilMs });
      if (leaptMs === null || heldUntilMs === null) return null;
      const aheadDays = Math.round((leaptMs / DAY_MS) * 10) / 10;
      const until = new Date(heldUntilMs).toISOString();
      return await events.append(transaction, [
        event({
          code: 'data_removal_held',
          priority: 'info',
          message: `The clock is ${aheadDays} days ahead of the last look at old data; nothing is removed before ${until}. If the clock is right there is nothing to do.`,
          details: { aheadDays, until },
        }),
      ]);
    });
    publish?.();
    return heldUntilMs === null;
  };

  const policyIsSettled = (nowMs: number): boolean => {
    const { updatedAt } = settings.view('retention');
    return updatedAt === null || nowMs - Date.parse(updatedAt) >= retentionLimits.policyGraceMs;
  };

  const lookNow = async (): Promise<void> => {
    try {
      const nowMs = clock.epochMs();
      await ensureMonths(database, { nowMs, logger });
      if (!(await judge(nowMs)) || !policyIsSettled(nowMs)) return;
      const failures = new Map((await readKinds(database)).map(({ kind, failure }) => [kind, failure]));
      for (const kind of ['output', 'sessions', 'events', 'traps', 'audit', 'deliveries'] as const) {
        if (!ending.signal.aborted) await lookAt(kind, nowMs, failures.get(kind) ?? null);
      }
    } catch (error) {
      if (!ending.signal.aborted) logger.warn({ err: error }, 'Old data could not be looked for');
    }
  };
  const look = async (): Promise<void> => {
    looking ??= lookNow().finally(() => (looking = undefined));
    await looking;
  };

  return {
    look,
    start() {
      cancel ??= timers.after(retentionLimits.firstLookAfterMs, () => {
        void look();
        cancel = timers.every(retentionLimits.lookEveryMs, () => void look());
      });
    },
    async stop() {
      ending.abort();
      cancel?.();
      await looking;
    },
  };
};
