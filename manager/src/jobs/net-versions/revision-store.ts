// Revisions of job nets, read: their list, and single ones. Called by the routes of versions and by releases.
// Not responsible for making them (`net-store.ts`). None is ever removed, whatever becomes of the net.
import type { JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import type { NetRevisionDetail, NetRevisionSummary, RevisionKind } from '@nezuban/protocol/jobs/net-version';
import type { Database } from '../../database/database.ts';

export type RevisionRow = {
  readonly net: string;
  readonly revision: number;
  readonly title: string | null;
  readonly kind: RevisionKind;
  readonly created_at: Date;
  readonly created_by: string;
  readonly reason: string | null;
  readonly from_revision: number | null;
  readonly deleted_at: Date | null;
  readonly deleted_by: string | null;
  readonly delete_reason: string | null;
  readonly in_force: boolean;
};
export type RevisionDetailRow = RevisionRow & { readonly definition: JobNetDefinition };

const COLUMNS = `r.net, r.revision, r.title, r.kind, r.created_at, r.created_by, r.reason, r.from_revision,
  r.deleted_at, r.deleted_by, r.delete_reason, coalesce(n.revision = r.revision, false) AS in_force`;
const FROM = 'FROM net_revision r LEFT JOIN net n ON n.name = r.net';

/** Newest first, those before a revision. */
export const listRevisions = async (
  database: Database,
  {
    net,
    before,
    limit,
  }: { readonly net: string; readonly before: number | undefined; readonly limit: number },
): Promise<RevisionRow[]> =>
  await database.query<RevisionRow>({
    name: 'list_net_revisions',
    text: `SELECT ${COLUMNS} ${FROM} WHERE r.net = $1 AND ($2::integer IS NULL OR r.revision < $2) ORDER BY r.revision DESC LIMIT $3`,
    values: [net, before ?? null, limit],
  });

export const findRevision = async (
  database: Pick<Database, 'query'>,
  net: string,
  revision: number,
): Promise<RevisionDetailRow | null> => {
  const [row] = await database.query<RevisionDetailRow>({
    name: 'find_net_revision',
    text: `SELECT ${COLUMNS}, r.definition ${FROM} WHERE r.net = $1 AND r.revision = $2`,
    values: [net, revision],
  });
  return row ?? null;
};

/** The one in force; of a deleted net the last one that was. Null: there is no net of this name and never was one. */
export const findLastInForce = async (database: Database, net: string): Promise<number | null> => {
  const [row] = await database.query<{ revision: number | null }>({
    name: 'last_net_revision_in_force',
    text: `SELECT coalesce((SELECT revision FROM net WHERE name = $1),
             (SELECT max(revision) FROM net_revision WHERE net = $1 AND deleted_at IS NOT NULL),
             (SELECT max(revision) FROM net_revision WHERE net = $1)) AS revision`,
    values: [net],
  });
  return row?.revision ?? null;
};

/** The one before, of those that have been in force; null: it was the first. */
export const findPrevious = async (
  database: Database,
  net: string,
  revision: number,
): Promise<number | null> => {
  const [row] = await database.query<{ revision: number | null }>({
    name: 'previous_net_revision',
    text: "SELECT max(revision) AS revision FROM net_revision WHERE net = $1 AND revision < $2 AND kind NOT IN ('prepare', 'session')",
    values: [net, revision],
  });
  return row?.revision ?? null;
};

export const viewRevision = (row: RevisionRow): NetRevisionSummary => ({
  net: row.net,
  revision: row.revision,
  title: row.title,
  kind: row.kind,
  createdAt: row.created_at.toISOString(),
  createdBy: row.created_by,
  reason: row.reason,
  fromRevision: row.from_revision,
  inForce: row.in_force,
  deleted:
    row.deleted_at === null
      ? null
      : { at: row.deleted_at.toISOString(), by: row.deleted_by ?? '', reason: row.delete_reason },
});

export const viewRevisionDetail = (row: RevisionDetailRow): NetRevisionDetail => ({
  ...viewRevision(row),
  definition: row.definition,
});
