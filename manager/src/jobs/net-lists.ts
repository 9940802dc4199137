// Job nets as people see them: lists with the next run and the last session of each, and one net with its definition.
// Reads only. Called by the routes.
import { summariseRow } from '@nezuban/core/jobs/session-view';
import type { NetDetail, NetSummary } from '@nezuban/protocol/api/jobs-operations';
import type { JobNetDefinition, ScheduleDefinition } from '@nezuban/protocol/jobs/definition';
import type { Database } from '../database/database.ts';
import type { ScheduleLoop } from './schedule-loop.ts';
import { toSessionRow, type StoredSession } from './session-statements.ts';

export type NetRow = {
  readonly name: string;
  readonly revision: number;
  readonly title: string | null;
  readonly unit_count: number;
  readonly timezone: string;
  readonly schedules: readonly ScheduleDefinition[];
  readonly updated_at: Date;
  readonly updated_by: string;
  readonly last_session: (StoredSession & { readonly title: string | null }) | null;
};
type NetDetailRow = NetRow & { readonly definition: JobNetDefinition };

/** When a schedule starts next; the schedule loop knows. Milliseconds since 1970. */
export type NextRunOf = ScheduleLoop['nextRunAt'];

/** The last session of each net by one probe of an index, not by a query for each. Times come as text in JSON. */
const LAST_SESSION = `LEFT JOIN LATERAL (
    SELECT to_jsonb(s) || jsonb_build_object('title', sr.title) AS last_session FROM session s
    JOIN net_revision sr ON sr.net = s.net AND sr.revision = s.net_revision
    WHERE s.net = n.name ORDER BY s.id DESC LIMIT 1
  ) last ON true`;

export type NetsQuery = {
  readonly after: string | undefined;
  readonly text: string | undefined;
  readonly limit: number;
};

export const listNets = async (database: Database, { after, text, limit }: NetsQuery): Promise<NetRow[]> =>
  await database.query<NetRow>({
    name: 'list_nets',
    text: `SELECT n.*, last.last_session FROM net n ${LAST_SESSION}
           WHERE n.name > $1 AND ($2 = '' OR position(lower($2) IN lower(n.name)) > 0 OR position(lower($2) IN lower(coalesce(n.title, ''))) > 0)
           ORDER BY n.name LIMIT $3`,
    values: [after ?? '', text ?? '', limit],
  });

export const findNet = async (database: Database, name: string): Promise<NetDetailRow | null> => {
  const [row] = await database.query<NetDetailRow>({
    name: 'find_net',
    text: `SELECT n.*, last.last_session, r.definition FROM net n JOIN net_revision r ON r.net = n.name AND r.revision = n.revision ${LAST_SESSION} WHERE n.name = $1`,
    values: [name],
  });
  return row ?? null;
};

export const summariseNet = (row: NetRow, nextRunOf: NextRunOf): NetSummary => {
  const schedules = row.schedules.map((schedule) => ({
    name: schedule.name,
    rule: schedule.cron ?? (schedule.times ?? []).join(', '),
    timezone: schedule.timezone ?? row.timezone,
    enabled: schedule.enabled,
    nextRunAt: instantOrNull(
      nextRunOf({ net: row.name, revision: row.revision, zone: row.timezone, schedule }),
    ),
  }));
  const nextRuns = schedules.flatMap(({ nextRunAt }) => nextRunAt ?? []).toSorted();
  return {
    name: row.name,
    title: row.title,
    unitCount: row.unit_count,
    revision: row.revision,
    updatedAt: row.updated_at.toISOString(),
    updatedBy: row.updated_by,
    nextRunAt: nextRuns[0] ?? null,
    schedules,
    lastSession:
      row.last_session === null
        ? null
        : summariseRow(toSessionRow(withDates(row.last_session)), row.last_session.title),
  };
};

export const detailNet = (row: NetDetailRow, nextRunOf: NextRunOf): NetDetail => ({
  ...summariseNet(row, nextRunOf),
  definition: row.definition,
});

const withDates = (stored: StoredSession): StoredSession => ({
  ...stored,
  created_at: new Date(stored.created_at),
  ended_at: stored.ended_at === null ? null : new Date(stored.ended_at),
});

const instantOrNull = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
