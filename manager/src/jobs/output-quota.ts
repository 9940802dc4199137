// How much output may be written: a net and a node on one day (UTC), and all that is kept.
// Responsible for counting what was stored, for saying whether a quota is full, for telling it once a day, and for the pace of writing. Counts are
// written every few seconds, so a crash forgets as much: quotas are for disks, not for bills. Not responsible for what becomes of output that finds a
// quota full (output-plan.ts). Called by the output store.
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { Settings } from '@nezuban/protocol/settings/settings';
import type { Database } from '../database/database.ts';
import type { EventDraft, EventSink } from '../ports.ts';

export type OutputQuotaPorts = {
  readonly database: Database;
  readonly events: EventSink;
  readonly settings: () => Settings['output'];
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
};
export type OutputOwner = { readonly net: string; readonly node: string };

export type OutputQuota = {
  /** Reads what today has had. Before the first output. */
  readonly start: () => Promise<void>;
  readonly isFull: (owner: OutputOwner) => boolean;
  /** So much was committed. Resolves when the next may be written. */
  readonly noteStored: (stored: readonly (OutputOwner & { readonly bytes: number })[]) => Promise<void>;
  /** Something was left out since a quota is full: told once a day. */
  readonly noteCut: (owner: OutputOwner) => void;
  readonly figures: () => {
    readonly keptBytes: number;
    readonly storedBytes: number;
    readonly heldBack: number;
  };
  readonly stop: () => Promise<void>;
};

type Kind = 'net' | 'node';
type Usage = { bytes: number; told: boolean; changed: boolean };
type UsageRow = {
  readonly kind: Kind;
  readonly name: string;
  readonly stored_bytes: number;
  readonly told: boolean;
};

const MEGABYTE = 1_000_000;
const DAY_MS = 86_400_000;
/** Between two writings of what was counted, and two looks at how much is kept. */
const WRITE_EVERY_MS = 10_000;
const MEASURE_EVERY_MS = 30_000;
/** Rows of days that are over are of no use to anybody after a week. */
const USAGE_KEPT_DAYS = 7;
/** A pause is never longer, whatever the settings say: agents wait for their acknowledgement. */
const PAUSE_MS_MAX = 2_000;
/** What may be written at once after a time without output, in milliseconds of the allowed pace. */
const BURST_MS = 1_000;
const TOTAL_KEY = 'total';

export const createOutputQuota = (ports: OutputQuotaPorts): OutputQuota => {
  const { database, events, settings, clock, timers, logger } = ports;
  let day = '';
  let usage = new Map<string, Usage>();
  let keptBytes = 0;
  let storedBytes = 0;
  let heldBack = 0;
  let totalTold = false;
  /** Until when what was written takes at the allowed pace; monotonic. */
  let paidUntilMs = 0;
  let due: EventDraft[] = [];
  let cancels: (() => void)[] = [];
  let writing: Promise<void> | undefined;

  const today = (): string => new Date(clock.epochMs()).toISOString().slice(0, 10);
  const turnDay = (): void => {
    const now = today();
    if (now === day) return;
    // What the last seconds of yesterday had is of no use any more.
    day = now;
    usage = new Map();
    totalTold = false;
  };
  const usageOf = (kind: Kind, name: string): Usage => {
    turnDay();
    const key = `${kind} ${name}`;
    let entry = usage.get(key);
    if (entry === undefined) usage.set(key, (entry = { bytes: 0, told: false, changed: false }));
    return entry;
  };
  const limitOf = (kind: Kind | typeof TOTAL_KEY): number => {
    const { net_mb_per_day: net, node_mb_per_day: node, total_mb: total } = settings();
    const megabytes = { net, node, total }[kind];
    return megabytes === null ? Infinity : megabytes * MEGABYTE;
  };
  const isFullOf = (kind: Kind, name: string): boolean => usageOf(kind, name).bytes >= limitOf(kind);

  const tell = (kind: Kind, name: string): void => {
    const entry = usageOf(kind, name);
    if (entry.told || !isFullOf(kind, name)) return;
    entry.told = true;
    entry.changed = true;
    due.push(quotaFull({ kind, name, limitBytes: limitOf(kind), nowMs: clock.epochMs() }));
  };
  const tellTotal = (): void => {
    if (totalTold || keptBytes < limitOf(TOTAL_KEY)) return;
    totalTold = true;
    due.push(
      quotaFull({ kind: TOTAL_KEY, name: '', limitBytes: limitOf(TOTAL_KEY), nowMs: clock.epochMs() }),
    );
  };

  const writeNow = async (): Promise<void> => {
    const changed = [...usage].filter(([, entry]) => entry.changed);
    const drafts = due;
    if (changed.length === 0 && drafts.length === 0) return;
    const writtenDay = day;
    due = [];
    for (const [, entry] of changed) entry.changed = false;
    const keys = changed.map(([key]) => key.split(' '));
    try {
      const publish = await database.inTransaction(async (transaction) => {
        await transaction.query(
          `INSERT INTO output_usage (day, kind, name, stored_bytes, told)
           SELECT $1, k, n, b, t FROM unnest($2::text[], $3::text[], $4::bigint[], $5::boolean[]) u (k, n, b, t)
           ON CONFLICT (day, kind, name) DO UPDATE SET stored_bytes = greatest(output_usage.stored_bytes, excluded.stored_bytes), told = output_usage.told OR excluded.told`,
          [
            writtenDay,
            keys.map(([kind]) => kind),
            changed.map(([key]) => key.slice(key.indexOf(' ') + 1)),
            changed.map(([, entry]) => entry.bytes),
            changed.map(([, entry]) => entry.told),
          ],
        );
        await transaction.query('DELETE FROM output_usage WHERE day < $1::date - $2::integer', [
          writtenDay,
          USAGE_KEPT_DAYS,
        ]);
        return await events.append(transaction, drafts);
      });
      publish();
    } catch (error) {
      logger.warn({ err: error }, 'What output has taken today could not be written; it is tried again');
      for (const [, entry] of changed) entry.changed = true;
      due = [...drafts, ...due];
    }
  };
  const write = async (): Promise<void> => {
    writing ??= writeNow().finally(() => (writing = undefined));
    await writing;
  };
  const measure = async (): Promise<void> => {
    try {
      const [row] = await database.query<{ bytes: number }>({
        text: `SELECT coalesce(sum(pg_total_relation_size(inhrelid)), 0)::float8 AS bytes FROM pg_inherits WHERE inhparent = 'attempt_output'::regclass`,
      });
      keptBytes = row?.bytes ?? keptBytes;
      if (keptBytes < limitOf(TOTAL_KEY)) totalTold = false;
    } catch (error) {
      logger.debug({ err: error }, 'How much output is kept could not be measured');
    }
  };

  return {
    async start() {
      day = today();
      const rows = await database.query<UsageRow>({
        text: 'SELECT kind, name, stored_bytes, told FROM output_usage WHERE day = $1',
        values: [day],
      });
      usage = new Map(
        rows.map(({ kind, name, stored_bytes: bytes, told }) => [
          `${kind} ${name}`,
          { bytes, told, changed: false },
        ]),
      );
      await measure();
      cancels = [
        timers.every(WRITE_EVERY_MS, () => void write()),
        timers.every(MEASURE_EVERY_MS, () => void measure()),
      ];
    },
    isFull: ({ net, node }) =>
      isFullOf('net', net) || isFullOf('node', node) || keptBytes >= limitOf(TOTAL_KEY),
    async noteStored(stored) {
      let bytes = 0;
      for (const { net, node, bytes: part } of stored) {
        bytes += part;
        for (const entry of [usageOf('net', net), usageOf('node', node)]) {
          entry.bytes += part;
          entry.changed = true;
        }
      }
      keptBytes += bytes;
      storedBytes += bytes;
      const nowMs = clock.monotonicMs();
      const bytesPerMs = (settings().mb_per_second * MEGABYTE) / 1000;
      paidUntilMs = Math.max(paidUntilMs, nowMs - BURST_MS) + bytes / bytesPerMs;
      const pauseMs = Math.min(paidUntilMs - nowMs, PAUSE_MS_MAX);
      if (pauseMs > 1) await timers.sleep(pauseMs);
    },
    noteCut({ net, node }) {
      heldBack += 1;
      tell('net', net);
      tell('node', node);
      tellTotal();
    },
    figures: () => ({ keptBytes, storedBytes, heldBack }),
    async stop() {
      for (const cancel of cancels.splice(0)) cancel();
      await writing;
      await write();
    },
  };
};

const quotaFull = ({
  kind,
  name,
  limitBytes,
  nowMs,
}: {
  readonly kind: Kind | typeof TOTAL_KEY;
  readonly name: string;
  readonly limitBytes: number;
  readonly nowMs: number;
}): EventDraft => {
  const megabytes = Math.round(limitBytes / MEGABYTE);
  const whose = {
    net: `job net ${name} has written ${megabytes} MB of output today`,
    node: `the node "${name}" has written ${megabytes} MB of output today`,
    total: `${megabytes} MB of output are kept`,
  }[kind];
  return {
    at: new Date(nowMs),
    priority: 'warning',
    code: 'output_quota_full',
    node: kind === 'node' ? name : null,
    message: `The quota of output is full: ${whose}. Of each further output only the beginning and the end are kept; commands go on`,
    details: {
      kind,
      name,
      quotaMb: megabytes,
      untilDay: new Date(nowMs + DAY_MS).toISOString().slice(0, 10),
    },
  };
};
