// Maintenance windows in the database. Responsible for rows alone. Called by window-changes.ts, the loop, and at the start.
import {
  maintenanceWindowSchema,
  type MaintenanceWindow,
} from '@nezuban/protocol/operations/maintenance-window';
import type { Logger } from '@nezuban/platform/logger';
import type { Database } from '../database/database.ts';
import type { Transaction } from '../ports.ts';

export type StoredWindowRow = {
  readonly window: MaintenanceWindow;
  readonly revision: number;
  readonly updatedAt: Date;
  readonly updatedBy: string;
  /** Milliseconds since 1970. */
  readonly openSince: number | null;
};

type WindowRow = {
  readonly name: string;
  readonly revision: number;
  readonly definition: unknown;
  readonly updated_at: Date;
  readonly updated_by: string;
  readonly open_since: Date | null;
};

const COLUMNS = 'name, revision, definition, updated_at, updated_by, open_since';

export const loadWindows = async (transaction: Transaction, logger: Logger): Promise<StoredWindowRow[]> => {
  const { rows } = await transaction.query<WindowRow>(
    `SELECT ${COLUMNS} FROM maintenance_window ORDER BY name`,
  );
  return rows.flatMap((row) => {
    const stored = toStored(row);
    // What a newer release wrote must not keep this one from starting.
    if (stored === null)
      logger.error({ window: row.name }, 'A maintenance window cannot be read; it is left out');
    return stored ?? [];
  });
};

/** The window as it is, held against other changes until the end of the transaction. */
export const lockWindow = async (transaction: Transaction, name: string): Promise<StoredWindowRow | null> => {
  const { rows } = await transaction.query<WindowRow>(
    `SELECT ${COLUMNS} FROM maintenance_window WHERE name = $1 FOR UPDATE`,
    [name],
  );
  return rows[0] === undefined ? null : toStored(rows[0]);
};

export const countWindows = async (transaction: Transaction): Promise<number> => {
  const { rows } = await transaction.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM maintenance_window',
  );
  return rows[0]?.count ?? 0;
};

export const saveWindow = async (
  transaction: Transaction,
  { window, by, at }: { readonly window: MaintenanceWindow; readonly by: string; readonly at: Date },
): Promise<StoredWindowRow> => {
  const { rows } = await transaction.query<WindowRow>(
    `INSERT INTO maintenance_window (name, revision, definition, updated_at, updated_by) VALUES ($1, 1, $2, $3, $4)
     ON CONFLICT (name) DO UPDATE SET revision = maintenance_window.revision + 1, definition = $2, updated_at = $3, updated_by = $4
     RETURNING ${COLUMNS}`,
    [window.name, JSON.stringify(window), at, by],
  );
  const stored = rows[0] === undefined ? null : toStored(rows[0]);
  if (stored === null) throw new Error(`maintenance window ${window.name} cannot be read back`);
  return stored;
};

export const removeWindow = async (transaction: Transaction, name: string): Promise<void> => {
  await transaction.query('DELETE FROM maintenance_window WHERE name = $1', [name]);
};

/** False if somebody has said it already, or the window is gone. */
export const saveOpenSince = async (
  transaction: Transaction,
  change: { readonly name: string; readonly before: number | null; readonly after: number | null },
): Promise<boolean> => {
  const { rowCount } = await transaction.query(
    'UPDATE maintenance_window SET open_since = $3 WHERE name = $1 AND open_since IS NOT DISTINCT FROM $2',
    [change.name, toDate(change.before), toDate(change.after)],
  );
  return rowCount === 1;
};

/** Notifications that windows have kept back: ever, and of each since its time began. */
export const countSuppressed = async (
  database: Database,
  openFrom: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, { readonly ever: number; readonly now: number }>> => {
  const rows = await database.query<{ name: string; ever: number; now: number }>({
    text: `SELECT d.suppressed_by AS name, sum(d.event_count)::int AS ever,
             coalesce(sum(d.event_count) FILTER (WHERE d.created_at >= opened.since), 0)::int AS now
           FROM delivery d LEFT JOIN unnest($1::text[], $2::timestamptz[]) AS opened (name, since) ON opened.name = d.suppressed_by
           WHERE d.suppressed_by IS NOT NULL AND coalesce(d.suppressed_kind, 'maintenance') = 'maintenance' GROUP BY d.suppressed_by`,
    values: [[...openFrom.keys()], [...openFrom.values()].map((since) => new Date(since))],
  });
  return new Map(rows.map(({ name, ever, now }) => [name, { ever, now }]));
};

const toDate = (instant: number | null): Date | null => (instant === null ? null : new Date(instant));

const toStored = (row: WindowRow): StoredWindowRow | null => {
  const parsed = maintenanceWindowSchema.safeParse(row.definition);
  if (!parsed.success) return null;
  return {
    window: parsed.data,
    revision: row.revision,
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
    openSince: row.open_since?.getTime() ?? null,
  };
};
