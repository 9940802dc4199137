// Freezes in the database. Responsible for rows alone. Called by freeze-changes.ts and at the start.
import type { StoredFreeze } from '@nezuban/core/operations/decide-operations';
import { placeSchema, type Place } from '@nezuban/protocol/operations/place';
import type { Transaction } from '../ports.ts';

type FreezeRow = {
  readonly id: number;
  readonly place_kind: string;
  readonly place_name: string;
  readonly reason: string;
  readonly frozen_by: string;
  readonly since: Date;
  readonly until: Date | null;
  readonly ended_at: Date | null;
};

const COLUMNS = 'id, place_kind, place_name, reason, frozen_by, since, until, ended_at';

/** Those in force and those that ended a short while ago. */
export const loadFreezes = async (transaction: Transaction): Promise<StoredFreeze[]> =>
  (await transaction.query<FreezeRow>(`SELECT ${COLUMNS} FROM work_freeze ORDER BY id`)).rows.map(toFreeze);

/** Returns when every change that has reached the server before is committed or gone, also one whose client has lost it. */
export const waitForChanges = async (transaction: Transaction): Promise<void> => {
  await transaction.query('LOCK TABLE work_freeze, maintenance_window IN SHARE MODE');
};

export type FreezeWish = {
  readonly place: Place;
  readonly reason: string;
  readonly by: string;
  readonly at: Date;
  readonly until: Date | null;
};

/** A place that is frozen already keeps its beginning; `before` is what it was until now. */
export const saveFreeze = async (
  transaction: Transaction,
  { place, reason, by, at, until }: FreezeWish,
): Promise<{ readonly freeze: StoredFreeze; readonly before: StoredFreeze | null }> => {
  const name = place.name ?? '';
  // One whose time is over, and that nobody has ended yet, is not gone on with.
  await transaction.query(
    `UPDATE work_freeze SET ended_at = until, ended_by = 'manager' WHERE place_kind = $1 AND place_name = $2 AND ended_at IS NULL AND until <= $3`,
    [place.kind, name, at],
  );
  const { rows: found } = await transaction.query<FreezeRow>(
    `SELECT ${COLUMNS} FROM work_freeze WHERE place_kind = $1 AND place_name = $2 AND ended_at IS NULL FOR UPDATE`,
    [place.kind, name],
  );
  const { rows } = await transaction.query<FreezeRow>(
    `INSERT INTO work_freeze (place_kind, place_name, reason, frozen_by, since, until) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (place_kind, place_name) WHERE ended_at IS NULL DO UPDATE SET reason = $3, frozen_by = $4, until = $6
     RETURNING ${COLUMNS}`,
    [place.kind, name, reason, by, at, until],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('an insert gave no row');
  return { freeze: toFreeze(row), before: found[0] === undefined ? null : toFreeze(found[0]) };
};

/** Null if the place is not frozen (any more). */
export const endFreeze = async (
  transaction: Transaction,
  end: {
    readonly place: Place;
    /** That very freeze, not one that came after it; null: whichever there is. */
    readonly id: number | null;
    readonly at: Date;
    readonly by: string;
    readonly keptFrom: Date;
  },
): Promise<StoredFreeze | null> => {
  await transaction.query('DELETE FROM work_freeze WHERE ended_at < $1', [end.keptFrom]);
  const { rows } = await transaction.query<FreezeRow>(
    `UPDATE work_freeze SET ended_at = $3, ended_by = $4 WHERE place_kind = $1 AND place_name = $2 AND ended_at IS NULL AND ($5::bigint IS NULL OR id = $5) RETURNING ${COLUMNS}`,
    [end.place.kind, end.place.name ?? '', end.at, end.by, end.id],
  );
  return rows[0] === undefined ? null : toFreeze(rows[0]);
};

const toFreeze = (row: FreezeRow): StoredFreeze => ({
  id: row.id,
  place: placeSchema.parse({
    kind: row.place_kind,
    name: row.place_kind === 'manager' ? null : row.place_name,
  }),
  reason: row.reason,
  by: row.frozen_by,
  since: row.since.getTime(),
  until: row.until?.getTime() ?? null,
  endedAt: row.ended_at?.getTime() ?? null,
});
