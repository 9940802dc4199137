// What the database holds and when it goes, for the settings page.
// Reads the catalogue and one row of each partition; counts nothing. Called by the routes.
import type { StorageView, StoredKind } from '@nezuban/protocol/api/settings-operations';
import type { Settings } from '@nezuban/protocol/settings/settings';
import type { Database } from '../database/database.ts';
import { readMonths, type MonthTable } from './months.ts';
import { readRanges } from './range-store.ts';
import { readKinds, readState, type KindState } from './retention-store.ts';

const DAY_MS = 86_400_000;

type Part = {
  readonly bytes: number;
  readonly rows: number;
  /** When it goes if nothing in it is still needed then; null: it is still being filled. */
  readonly dueAtMs: number | null;
};
type Figures = { readonly parts: readonly Part[]; readonly oldestMs: number | null };
type PartRow = { readonly name: string; readonly bytes: number; readonly rows: number };

const partRows = async (database: Database, table: string): Promise<ReadonlyMap<string, PartRow>> => {
  const rows = await database.query<PartRow>({
    text: `SELECT c.relname AS name, pg_total_relation_size(c.oid)::float8 AS bytes, greatest(c.reltuples, 0)::float8 AS rows
           FROM pg_partition_tree($1::regclass) t JOIN pg_class c ON c.oid = t.relid WHERE t.isleaf`,
    values: [table],
  });
  return new Map(rows.map((row) => [row.name, row]));
};

const oldestOf = async (database: Database, text: string): Promise<number | null> => {
  const [row] = await database.query<{ at: Date | null }>({ text });
  return row?.at?.getTime() ?? null;
};

const monthFigures = async (database: Database, table: MonthTable, keptMs: number): Promise<Figures> => {
  const [parts, months, oldestMs] = await Promise.all([
    partRows(database, table),
    readMonths(database, table),
    // Ids rise with time.
    oldestOf(
      database,
      `SELECT ${table === 'audit' ? 'at' : 'recorded_at'} AS at FROM ${table} ORDER BY id LIMIT 1`,
    ),
  ]);
  const endOf = new Map(months.map(({ name, toMs }) => [name, toMs]));
  return {
    parts: [...parts.values()].map(({ name, bytes, rows }) => {
      const toMs = endOf.get(name);
      return { bytes, rows, dueAtMs: toMs === undefined ? null : toMs + keptMs };
    }),
    oldestMs,
  };
};

const rangeFigures = async (
  database: Database,
  tables: readonly string[],
  keptMs: number,
): Promise<Figures> => {
  const [ranges, ...byTable] = await Promise.all([
    readRanges(database),
    ...tables.map(async (table) => await partRows(database, table)),
  ]);
  const parts = ranges.map(({ number, endId, lastCreatedAtMs }): Part => {
    const suffix = String(number).padStart(5, '0');
    const own = tables.flatMap((table, index) => byTable[index]?.get(`${table}_${suffix}`) ?? []);
    return {
      bytes: own.reduce((sum, { bytes }) => sum + bytes, 0),
      rows: own[0]?.rows ?? 0,
      dueAtMs: endId === null || lastCreatedAtMs === null ? null : lastCreatedAtMs + keptMs,
    };
  });
  const filled = parts.filter(({ rows }) => rows > 0);
  const oldestMs =
    filled.length === 0 && tables[0] !== 'session'
      ? null
      : await oldestOf(database, 'SELECT created_at AS at FROM session ORDER BY id LIMIT 1');
  return { parts, oldestMs };
};

const deliveryFigures = async (database: Database, keptMs: number): Promise<Figures> => {
  const [rows, oldestMs] = await Promise.all([
    partRows(database, 'delivery'),
    oldestOf(database, 'SELECT created_at AS at FROM delivery ORDER BY id LIMIT 1'),
  ]);
  const parts = [...rows.values()].map(({ bytes, rows: count }) => ({
    bytes,
    rows: count,
    dueAtMs: oldestMs === null ? null : oldestMs + keptMs,
  }));
  return { parts, oldestMs };
};

export const viewStorage = async (
  database: Database,
  { nowMs, policy }: { readonly nowMs: number; readonly policy: Settings['retention'] },
): Promise<StorageView> => {
  const kept: Record<StoredKind, number> = {
    events: policy.events_days,
    traps: policy.traps_days,
    sessions: policy.sessions_days,
    output: policy.output_days,
    audit: policy.audit_days,
    deliveries: policy.deliveries_days,
  };
  const [states, state, size, events, traps, sessions, output, audit, deliveries] = await Promise.all([
    readKinds(database),
    readState(database),
    database.query<{ bytes: number }>({
      text: 'SELECT pg_database_size(current_database())::float8 AS bytes',
    }),
    monthFigures(database, 'event', kept.events * DAY_MS),
    monthFigures(database, 'trap', kept.traps * DAY_MS),
    rangeFigures(database, ['session', 'session_unit', 'attempt'], kept.sessions * DAY_MS),
    rangeFigures(database, ['attempt_output'], kept.output * DAY_MS),
    monthFigures(database, 'audit', kept.audit * DAY_MS),
    deliveryFigures(database, kept.deliveries * DAY_MS),
  ]);
  const stateOf = new Map(states.map((one) => [one.kind, one]));
  const figures = { events, traps, sessions, output, audit, deliveries };
  return {
    databaseBytes: size[0]?.bytes ?? 0,
    kinds: (Object.keys(figures) as StoredKind[]).map((kind) =>
      viewKind(kind, { figures: figures[kind], keptDays: kept[kind], state: stateOf.get(kind), nowMs }),
    ),
    heldUntil: instantOrNull(state.heldUntilMs),
    lastLookAt: instantOrNull(state.lookedAtMs),
    lastFailure: states.find(({ failure }) => failure !== null)?.failure ?? null,
  };
};

/** Pure. */
export const viewKind = (
  kind: StoredKind,
  {
    figures: { parts, oldestMs },
    keptDays,
    state,
    nowMs,
  }: {
    readonly figures: Figures;
    readonly keptDays: number;
    readonly state: Pick<KindState, 'removed_at'> | undefined;
    readonly nowMs: number;
  },
): StorageView['kinds'][number] => {
  const bytes = sum(parts, (part) => part.bytes);
  const [next] = parts
    .flatMap((part) => (part.dueAtMs === null || part.rows === 0 ? [] : [{ ...part, dueAtMs: part.dueAtMs }]))
    .toSorted((a, b) => a.dueAtMs - b.dueAtMs);
  const ageDays = oldestMs === null ? 0 : (nowMs - oldestMs) / DAY_MS;
  const bytesPerDay = ageDays < 1 ? null : Math.round(bytes / ageDays);
  return {
    kind,
    bytes,
    rows: sum(parts, (part) => part.rows),
    keptDays,
    partitions: parts.length,
    oldestAt: instantOrNull(oldestMs),
    nextRemoval:
      next === undefined
        ? null
        : { at: new Date(next.dueAtMs).toISOString(), bytes: next.bytes, rows: next.rows },
    lastRemovedAt: state?.removed_at?.toISOString() ?? null,
    bytesPerDay,
    bytesExpected: bytesPerDay === null ? null : Math.max(bytes, bytesPerDay * keptDays),
  };
};

const sum = (parts: readonly Part[], of: (part: Part) => number): number =>
  parts.reduce((total, part) => total + of(part), 0);
const instantOrNull = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
