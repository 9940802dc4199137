// Releases of job nets in the database. Called by `releases.ts` and the routes of versions. Decides nothing.
import type { NetRelease } from '@nezuban/protocol/jobs/net-version';
import type { Database } from '../../database/database.ts';
import type { Where } from '../../database/where.ts';
import type { Transaction } from '../../ports.ts';

export type ReleaseRow = {
  /** A bigint: text. */
  readonly id: string;
  readonly net: string;
  readonly revision: number;
  readonly base_revision: number | null;
  readonly at: Date;
  readonly if_changed: NetRelease['ifChanged'];
  readonly reason: string | null;
  readonly planned_at: Date;
  readonly planned_by: string;
  /** Null: nobody is asked. */
  readonly starts_asked_of: string | null;
  readonly state: NetRelease['state'];
  readonly closed_at: Date | null;
  readonly closed_by: string | null;
  readonly outcome: NetRelease['outcome'];
  readonly detail: string | null;
  readonly released_revision: number | null;
  readonly changed_since: boolean;
};

export type ReleaseDraft = {
  readonly net: string;
  readonly revision: number;
  readonly at: Date;
  readonly ifChanged: NetRelease['ifChanged'];
  readonly reason: string | null;
  readonly plannedAt: Date;
  readonly plannedBy: string;
  readonly askedOf: string | null;
};
export type ReleaseEnd = {
  readonly id: string;
  readonly state: Exclude<NetRelease['state'], 'planned'>;
  readonly outcome: NonNullable<NetRelease['outcome']>;
  readonly detail: string | null;
  readonly revision: number | null;
  readonly at: Date;
  readonly by: string;
};

/**
 * Whether somebody has changed the net since the release was planned: a revision was made that is in force or was. Releases that were planned
 * before this one do not count: whoever planned it saw them in the list. A net that was deleted has no planned releases any more.
 */
const CHANGED = `EXISTS (SELECT FROM net_revision v WHERE v.net = r.net AND v.revision > r.planned_head AND v.kind NOT IN ('prepare', 'session')
    AND NOT EXISTS (SELECT FROM net_release o WHERE o.net = r.net AND o.id < r.id AND o.released_revision = v.revision))`;

const SELECT = `SELECT r.*, r.state = 'planned' AND ${CHANGED} AS changed_since FROM net_release r`;

/** Under the lock of definitions, so that the base is what the caller has seen in force. */
export const insertRelease = async (transaction: Transaction, draft: ReleaseDraft): Promise<string> => {
  const { rows } = await transaction.query<{ id: string }>(
    `INSERT INTO net_release (net, revision, base_revision, planned_head, at, if_changed, reason, planned_at, planned_by, starts_asked_of, state)
     VALUES ($1, $2, (SELECT revision FROM net WHERE name = $1), (SELECT max(revision) FROM net_revision WHERE net = $1), $3, $4, $5, $6, $7, $8, 'planned') RETURNING id`,
    [
      draft.net,
      draft.revision,
      draft.at,
      draft.ifChanged,
      draft.reason,
      draft.plannedAt,
      draft.plannedBy,
      draft.askedOf,
    ],
  );
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('An insert gave no row');
  return id;
};

/** A planned release for this transaction alone; null: it is closed, or there is none. */
export const lockPlanned = async (transaction: Transaction, id: string): Promise<ReleaseRow | null> => {
  const { rows } = await transaction.query<ReleaseRow>(
    `${SELECT} WHERE r.id = $1 AND r.state = 'planned' FOR UPDATE OF r`,
    [id],
  );
  return rows[0] ?? null;
};

export const closeRelease = async (transaction: Transaction, end: ReleaseEnd): Promise<void> => {
  const { rowCount } = await transaction.query(
    `UPDATE net_release SET state = $2, outcome = $3, detail = $4, released_revision = $5, closed_at = $6, closed_by = $7
     WHERE id = $1 AND state = 'planned'`,
    [end.id, end.state, end.outcome, end.detail, end.revision, end.at, end.by],
  );
  if (rowCount !== 1) throw new Error(`Release ${end.id} was closed twice`);
};

export const countPlanned = async (transaction: Transaction, net: string): Promise<number> => {
  const { rows } = await transaction.query<{ count: number }>(
    "SELECT count(*)::integer AS count FROM net_release WHERE net = $1 AND state = 'planned'",
    [net],
  );
  return rows[0]?.count ?? 0;
};

export type PlannedRelease = Pick<ReleaseRow, 'id' | 'at' | 'planned_by' | 'starts_asked_of'>;
/** The soonest planned ones, by their time. */
export const loadPlanned = async (database: Database, limit: number): Promise<readonly PlannedRelease[]> =>
  await database.query<PlannedRelease>({
    name: 'planned_net_releases',
    text: "SELECT id, at, planned_by, starts_asked_of FROM net_release WHERE state = 'planned' ORDER BY at, id LIMIT $1",
    values: [limit],
  });

export const findRelease = async (database: Database, id: number | string): Promise<ReleaseRow | null> => {
  const [row] = await database.query<ReleaseRow>({ text: `${SELECT} WHERE r.id = $1`, values: [id] });
  return row ?? null;
};

/** Newest planned first. */
export const listReleases = async (database: Database, where: Where, limit: number): Promise<ReleaseRow[]> =>
  await database.query<ReleaseRow>({
    text: `${SELECT} ${where.sql()} ORDER BY r.id DESC LIMIT ${limit}`,
    values: where.values,
  });

export const viewRelease = (row: ReleaseRow): NetRelease => ({
  id: Number(row.id),
  net: row.net,
  revision: row.revision,
  baseRevision: row.base_revision,
  at: row.at.toISOString(),
  ifChanged: row.if_changed,
  reason: row.reason,
  plannedAt: row.planned_at.toISOString(),
  plannedBy: row.planned_by,
  state: row.state,
  changedSince: row.changed_since,
  closedAt: row.closed_at?.toISOString() ?? null,
  closedBy: row.closed_by,
  outcome: row.outcome,
  detail: row.detail,
  releasedRevision: row.released_revision,
});
