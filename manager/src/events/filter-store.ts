// Saved filters of events in the database. Called by the filter routes.
import {
  eventFilterSchema,
  type EventFilterQuery,
  type SavedFilter,
} from '@nezuban/protocol/events/event-filter';
import type { Database } from '../database/database.ts';
import type { Transaction } from '../ports.ts';

type FilterRow = {
  readonly name: string;
  readonly owner: string;
  readonly shared: boolean;
  readonly filter: unknown;
  readonly updated_at: Date;
};
const COLUMNS = 'name, owner, shared, filter, updated_at';

/** Of one user; more could not be chosen from. */
export const FILTERS_PER_USER_MAX = 100;
const LISTED_MAX = 1_000;

/** Those of the user and those for everybody, by name. */
export const loadFilters = async (database: Database, owner: string): Promise<SavedFilter[]> => {
  const rows = await database.query<FilterRow>({
    text: `SELECT ${COLUMNS} FROM event_filter WHERE owner = $1 OR shared ORDER BY name, owner LIMIT ${LISTED_MAX}`,
    values: [owner],
  });
  return rows.map(toView);
};

/** Null: somebody else has one for everybody under this name. */
export const saveFilter = async (
  transaction: Transaction,
  item: {
    readonly name: string;
    readonly owner: string;
    readonly shared: boolean;
    readonly filter: EventFilterQuery;
  },
): Promise<SavedFilter | null> => {
  const values = [item.name, item.owner, item.shared, JSON.stringify(item.filter)];
  const { rows } = await transaction.query<FilterRow>(
    `INSERT INTO event_filter (name, owner, shared, filter)
     SELECT $1, $2, $3, $4::jsonb
     WHERE NOT ($3 AND EXISTS (SELECT FROM event_filter WHERE name = $1 AND shared AND owner <> $2))
     ON CONFLICT (owner, name) DO UPDATE SET shared = excluded.shared, filter = excluded.filter, updated_at = now()
     RETURNING ${COLUMNS}`,
    values,
  );
  const [row] = rows;
  return row === undefined ? null : toView(row);
};

export const countFilters = async (transaction: Transaction, owner: string): Promise<number> => {
  const { rows } = await transaction.query<{ count: number }>(
    'SELECT count(*) FROM event_filter WHERE owner = $1',
    [owner],
  );
  return rows[0]?.count ?? 0;
};

/** The user's own, else one for everybody. Null: neither. */
export const findFilter = async (
  transaction: Transaction,
  name: string,
  owner: string,
): Promise<{ readonly owner: string; readonly shared: boolean } | null> => {
  const { rows } = await transaction.query<FilterRow>(
    `SELECT ${COLUMNS} FROM event_filter WHERE name = $1 AND (owner = $2 OR shared) ORDER BY owner <> $2 LIMIT 1 FOR UPDATE`,
    [name, owner],
  );
  return rows[0] ?? null;
};

export const deleteFilter = async (transaction: Transaction, name: string, owner: string): Promise<void> => {
  await transaction.query('DELETE FROM event_filter WHERE name = $1 AND owner = $2', [name, owner]);
};

/** What another release wrote and this one does not know is left out of the filter, not of the list. */
const toView = (row: FilterRow): SavedFilter => {
  const parsed = eventFilterSchema.safeParse(row.filter);
  return {
    name: row.name,
    owner: row.owner,
    shared: row.shared,
    filter: parsed.success ? parsed.data : {},
    updatedAt: row.updated_at.toISOString(),
  };
};
