// Job nets as people see them: lists with the next run and the last session of each, and one net with its definition.
// Reads only. Called by the routes.
import { worseStatus } from '@nezuban/core/jobs/end-status';
import { scheduleWords } from '@nezuban/core/schedules/schedule-words';
import { summariseRow } from '@nezuban/core/jobs/session-view';
import type { NetDetail, NetFolder, NetSummary } from '@nezuban/protocol/api/jobs-operations';
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import type { JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import type { ScheduleDefinition } from '@nezuban/protocol/jobs/schedule';
import type { Database } from '../database/database.ts';
import { createWhere, isBelow, textIn, type Condition } from '../database/where.ts';
import type { Calendars } from '../ports.ts';
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
/** What of schedules the database does not say. */
export type ScheduleFacts = {
  readonly nextRunOf: NextRunOf;
  readonly calendars: Pick<Calendars, 'book'>;
};

/** The last session of each net by one probe of an index, not by a query for each. Times come as text in JSON. */
const LAST_SESSION = `LEFT JOIN LATERAL (
    SELECT to_jsonb(s) || jsonb_build_object('title', sr.title) AS last_session FROM session s
    JOIN net_revision sr ON sr.net = s.net AND sr.revision = s.net_revision
    WHERE s.net = n.name ORDER BY s.id DESC LIMIT 1
  ) last ON true`;

export type NetsQuery = {
  readonly after: string | undefined;
  readonly text: string | undefined;
  /** Nets below it; with `direct` those alone that lie in it itself, or in none. */
  readonly folder: string | undefined;
  readonly direct: boolean;
  /** What the caller may see, on the columns of `n`; undefined: everything. */
  readonly visible?: Condition | undefined;
  readonly limit: number;
};

export const listNets = async (
  database: Database,
  { after, text, folder, direct, visible, limit }: NetsQuery,
): Promise<NetRow[]> => {
  const where = createWhere();
  where.addIf(after, (name, place) => `n.name > ${place(name)}`);
  if (folder !== undefined) where.add(isBelow('n.name', folder));
  if (direct)
    where.add((place) => {
      const rest = folder === undefined ? 'n.name' : `substr(n.name, length(${place(folder)}) + 2)`;
      return `strpos(${rest}, '/') = 0`;
    });
  if (text !== undefined && text !== '') where.add(textIn(['n.name', 'n.title'], text));
  where.add(visible);
  // The page is cut before its last sessions are looked up.
  return await database.query<NetRow>({
    text: `SELECT n.*, last.last_session FROM (SELECT * FROM net n ${where.sql()} ORDER BY n.name LIMIT ${where.place(limit)}) n
           ${LAST_SESSION} ORDER BY n.name`,
    values: where.values,
  });
};

/** How each net ended last: one probe of an index each, which passes over the few sessions that have not ended. */
const LAST_END = `LEFT JOIN LATERAL (
    SELECT s.end_status FROM session s WHERE s.net = n.name AND s.end_status IS NOT NULL ORDER BY s.id DESC LIMIT 1
  ) last ON true`;

/** What is known of the nets that lie in one folder itself; the folder is empty for those in none. */
export type FolderRow = {
  readonly folder: string;
  readonly nets: number;
  /** How they ended last, each way once. */
  readonly ends: readonly EndStatus[];
};

/** All folders by name, those too that hold nothing but folders; and how many nets lie in none. */
export const listNetFolders = async (
  database: Database,
  visible?: Condition,
): Promise<{ readonly items: NetFolder[]; readonly netsOutside: number }> => {
  const where = createWhere();
  where.add(visible);
  const rows = await database.query<FolderRow>({
    text: `SELECT regexp_replace(n.name, '/?[^/]*$', '') AS folder, count(*) AS nets,
             coalesce(array_agg(DISTINCT last.end_status) FILTER (WHERE last.end_status IS NOT NULL), '{}') AS ends
           FROM net n ${LAST_END} ${where.sql()} GROUP BY 1`,
    values: where.values,
  });
  return foldersOf(rows);
};

/** Pure. */
export const foldersOf = (
  rows: readonly FolderRow[],
): { readonly items: NetFolder[]; readonly netsOutside: number } => {
  const folders = new Map<string, Omit<NetFolder, 'folder'>>();
  for (const { folder, nets, ends } of rows) {
    const parts = folder === '' ? [] : folder.split('/');
    parts.forEach((_, index) => {
      const name = parts.slice(0, index + 1).join('/');
      const known = folders.get(name) ?? { nets: 0, netsBelow: 0, worstLast: null };
      folders.set(name, {
        nets: known.nets + (name === folder ? nets : 0),
        netsBelow: known.netsBelow + nets,
        worstLast: ends.reduce<EndStatus | null>(worseStatus, known.worstLast),
      });
    });
  }
  const items = [...folders].map(([folder, counts]) => ({ folder, ...counts }));
  return {
    items: items.toSorted((a, b) => (a.folder < b.folder ? -1 : 1)),
    netsOutside: rows.find(({ folder }) => folder === '')?.nets ?? 0,
  };
};

/** Titles of these nets, of those that have one. */
export const loadTitles = async (
  database: Database,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const rows = await database.query<{ name: string; title: string }>({
    name: 'net_titles',
    text: 'SELECT name, title FROM net WHERE name = ANY($1) AND title IS NOT NULL',
    values: [names],
  });
  return new Map(rows.map(({ name, title }) => [name, title]));
};

export const findNet = async (database: Database, name: string): Promise<NetDetailRow | null> => {
  const [row] = await database.query<NetDetailRow>({
    name: 'find_net',
    text: `SELECT n.*, last.last_session, r.definition FROM net n JOIN net_revision r ON r.net = n.name AND r.revision = n.revision ${LAST_SESSION} WHERE n.name = $1`,
    values: [name],
  });
  return row ?? null;
};

const zoneOf = ({ calendar }: ScheduleDefinition, calendars: ScheduleFacts['calendars']): string | null =>
  calendar === undefined ? null : (calendars.book().find(calendar)?.zone ?? null);

export const summariseNet = (row: NetRow, { nextRunOf, calendars }: ScheduleFacts): NetSummary => {
  const schedules = row.schedules.map((schedule) => ({
    name: schedule.name,
    rule: scheduleWords(schedule),
    timezone: zoneOf(schedule, calendars) ?? schedule.timezone ?? row.timezone,
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

export const detailNet = (row: NetDetailRow, facts: ScheduleFacts): NetDetail => ({
  ...summariseNet(row, facts),
  definition: row.definition,
});

const withDates = (stored: StoredSession): StoredSession => ({
  ...stored,
  created_at: new Date(stored.created_at),
  ended_at: stored.ended_at === null ? null : new Date(stored.ended_at),
});

const instantOrNull = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
