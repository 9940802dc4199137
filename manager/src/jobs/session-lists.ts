// Sessions and attempts as lists. Reads only; each filter follows an index. Called by the routes.
import { say } from '@nezuban/protocol/sentences/sentence';
import { numberOfPath } from '@nezuban/core/jobs/unit-numbers';
import { summariseRow, viewAttempt } from '@nezuban/core/jobs/session-view';
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import type {
  AttemptView,
  SessionState,
  SessionSummary,
  SessionTime,
  SessionTrigger,
} from '@nezuban/protocol/jobs/session';
import type { SessionId } from '@nezuban/protocol/ids';
import { CodedError } from '@nezuban/protocol/errors';
import type { Database } from '../database/database.ts';
import { createWhere, isBelow, textIn, type Condition } from '../database/where.ts';
import type { DefinitionCache } from './definition-cache.ts';
import { sessionNotFound } from './removed-sessions.ts';
import { toAttemptRow, toSessionRow, type StoredAttempt, type StoredSession } from './session-statements.ts';

export type SessionsQuery = {
  /** Id of the last session of the page before. */
  readonly before?: number | undefined;
  readonly net?: string | undefined;
  readonly folder?: string | undefined;
  readonly states?: readonly SessionState[] | undefined;
  readonly endStatuses?: readonly EndStatus[] | undefined;
  readonly triggers?: readonly SessionTrigger['type'][] | undefined;
  /** Anywhere in the net's name or title. */
  readonly text?: string | undefined;
  /** Of what `time` says; left out: of their creation. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly time?: SessionTime | undefined;
  /** Milliseconds since 1970: the end of a time that is open. */
  readonly now?: number | undefined;
  /** What the caller may see, on the columns of `s`; undefined: everything. */
  readonly visible?: Condition | undefined;
  readonly limit: number;
};
export type SessionListRow = StoredSession & { readonly title: string | null };

/**
 * Nets up to this many are looked up one by one, each by its own index: whether they ran lately or never, the effort is the same. Of more,
 * some are among the newest sessions, and reading those ends soon.
 */
const NETS_LOOKED_UP_MAX = 400;

/** Newest first. */
export const listSessions = async (database: Database, query: SessionsQuery): Promise<SessionListRow[]> => {
  const nets = await netsOf(database, query);
  if (nets?.length === 0) return [];
  const where = createWhere();
  const each = nets !== null && nets.length <= NETS_LOOKED_UP_MAX;
  if (each) where.add(() => 's.net = n.net');
  else if (nets !== null) where.add((place) => `s.net = ANY (${place(nets)}::text[])`);
  where.addIf(query.before, (id, place) => `s.id < ${place(id)}`);
  addStates(where, query.states);
  where.addIf(query.endStatuses, (statuses, place) => `s.end_status = ANY (${place(statuses)}::text[])`);
  where.addIf(query.triggers, (triggers, place) => `s.trigger->>'type' = ANY (${place(triggers)}::text[])`);
  const parts = timeParts(query);
  const first = parts !== null && !each && isNarrow(query);
  if (parts !== null)
    where.add((place) => {
      const conditions = parts.map((part) => part(place));
      if (!first) return `(${conditions.map((part) => `(${part})`).join(' OR ')})`;
      // As an array: what the planner expects to be in it is little, so that it looks each up.
      return `s.id = ANY (ARRAY (${conditions.map((part) => `SELECT s.id FROM session s WHERE ${part}`).join(' UNION ALL ')}))`;
    });
  where.add(query.visible);
  const limit = where.place(query.limit);
  const page = `SELECT * FROM session s ${where.sql()} ORDER BY s.id DESC LIMIT ${limit}`;
  const found = each
    ? `SELECT s.* FROM unnest(${where.place(nets)}::text[]) n (net) CROSS JOIN LATERAL (${page}) s ORDER BY s.id DESC LIMIT ${limit}`
    : page;
  return await database.query<SessionListRow>({
    text: `SELECT s.*, r.title FROM (${found}) s JOIN net_revision r ON r.net = s.net AND r.revision = s.net_revision ORDER BY s.id DESC`,
    values: where.values,
  });
};

/**
 * Sessions of a time as narrow as this are looked up by it first, so that one long ago costs what lies in it. Of a wider one so many are among the
 * newest that reading those ends soon.
 */
const NARROW_MS = 31 * 86_400_000;

const isNarrow = ({ from, to, now }: SessionsQuery): boolean => {
  const end = to === undefined ? now : Date.parse(to);
  return from !== undefined && end !== undefined && end - Date.parse(from) <= NARROW_MS;
};

/** What each of the sessions fulfils at least one of; null: none is asked for. */
const timeParts = ({ from, to, time }: SessionsQuery): readonly Condition[] | null => {
  if (from === undefined && to === undefined) return null;
  if (time === 'running') return ranIn(from, to);
  return [between(time === 'ended' ? 's.ended_at' : 's.created_at', { from, to })];
};

type Span = { readonly from?: string | undefined; readonly to?: string | undefined };

const between =
  (column: string, { from, to }: Span): Condition =>
  (place) =>
    [
      ...(from === undefined ? [] : [`${column} >= ${place(from)}::timestamptz`]),
      ...(to === undefined ? [] : [`${column} < ${place(to)}::timestamptz`]),
    ].join(' AND ') || 'true';

/**
 * Those that were begun before its end and have not ended before its beginning. In parts, each of which has its index: begun within it, running
 * still, ended within the day after its beginning, or had run for more than a day (migration 0034).
 */
const ranIn = (from: string | undefined, to: string | undefined): readonly Condition[] => {
  const begun = between('s.created_at', { to });
  if (from === undefined) return [begun];
  const day = new Date(Date.parse(from) + 86_400_000).toISOString();
  return [
    between('s.created_at', { from, to }),
    (place) => `s.state IN ('running', 'stopping') AND ${begun(place)}`,
    (place) => `${between('s.ended_at', { from, to: day })(place)} AND ${begun(place)}`,
    (place) =>
      `s.ended_at - s.created_at > interval '1 day' AND ${between('s.ended_at', { from })(place)} AND ${begun(place)}`,
  ];
};

/** One that waits in a queue is stored as `running`; its control says that it waits. */
const addStates = (where: ReturnType<typeof createWhere>, states: SessionsQuery['states']): void => {
  if (states === undefined) return;
  const [queued, running] = [states.includes('queued'), states.includes('running')];
  const stored = new Set(states.map((state) => (state === 'queued' ? 'running' : state)));
  where.add((place) => `s.state = ANY (${place([...stored])}::text[])`);
  if (queued && !running) where.add(() => `(s.state <> 'running' OR s.control ? 'queued')`);
  if (running && !queued)
    where.add(() => `(s.state <> 'running' OR s.control IS NULL OR NOT s.control ? 'queued')`);
};

/** Names of the nets that the query is about, those too that have been deleted; null: of all. */
const netsOf = async (
  database: Database,
  { net, folder, text }: SessionsQuery,
): Promise<readonly string[] | null> => {
  const hasText = text !== undefined && text !== '';
  if (net !== undefined && folder === undefined && !hasText) return [net];
  if (net === undefined && folder === undefined && !hasText) return null;
  const where = createWhere();
  where.addIf(net, (name, place) => `r.net = ${place(name)}`);
  if (folder !== undefined) where.add(isBelow('r.net', folder));
  if (hasText) where.add(textIn(['r.net', 'r.title'], text));
  const rows = await database.query<{ net: string }>({
    text: `SELECT DISTINCT r.net FROM net_revision r ${where.sql()}`,
    values: where.values,
  });
  return rows.map((row) => row.net);
};

export const summariseListed = (row: SessionListRow): SessionSummary =>
  summariseRow(toSessionRow(row), row.title);

export const findSummary = async (database: Database, id: number): Promise<SessionSummary | null> => {
  const [row] = await listSessions(database, { before: id + 1, limit: 1 });
  return row?.id === id ? summariseListed(row) : null;
};

/** Null: there is no such session. */
export const findNetOfSession = async (database: Database, id: number): Promise<string | null> => {
  const [row] = await database.query<{ net: string }>({
    name: 'net_of_session',
    text: 'SELECT net FROM session WHERE id = $1',
    values: [id],
  });
  return row?.net ?? null;
};

/** Null: there is no such session. */
export const findRevisionOfSession = async (database: Database, id: number): Promise<number | null> => {
  const [row] = await database.query<{ net_revision: number }>({
    name: 'revision_of_session',
    text: 'SELECT net_revision FROM session WHERE id = $1',
    values: [id],
  });
  return row?.net_revision ?? null;
};

/** Place of an attempt among those of its unit: newest first. */
export type AttemptPosition = readonly [run: number, tryNumber: number, nodeIndex: number];
export type AttemptsQuery = {
  readonly id: SessionId;
  readonly unit: string;
  readonly before: AttemptPosition | undefined;
  readonly limit: number;
};
export type AttemptListRow = StoredAttempt & { readonly nonce: string };

/** Throws `not_found` for a session or unit that is not there. */
export const listAttempts = async (
  { database, definitions }: { readonly database: Database; readonly definitions: DefinitionCache },
  { id, unit, before, limit }: AttemptsQuery,
): Promise<AttemptListRow[]> => {
  const [session] = await database.query<
    Pick<StoredSession, 'nonce' | 'net' | 'net_revision' | 'net_references' | 'unit_numbers'>
  >({
    name: 'session_of_attempts',
    text: 'SELECT nonce, net, net_revision, net_references, unit_numbers FROM session WHERE id = $1',
    values: [id],
  });
  if (session === undefined) throw await sessionNotFound(database, id);
  const plan = await definitions.loadPlan({
    net: session.net,
    revision: session.net_revision,
    references: session.net_references,
    numbers: session.unit_numbers,
  });
  const number = numberOfPath(plan, unit);
  if (number === undefined)
    throw new CodedError('not_found', say('problem_session_has_no_unit_2', { id, unit }));
  const rows = await database.query<StoredAttempt>({
    name: 'list_attempts',
    text: `SELECT * FROM attempt WHERE session_id = $1 AND unit = $2 AND ($3::integer IS NULL OR (run, try, node_index) < ($3, $4::integer, $5::integer))
           ORDER BY run DESC, try DESC, node_index DESC LIMIT $6`,
    values: [id, number, before?.[0] ?? null, before?.[1] ?? null, before?.[2] ?? null, limit],
  });
  return rows.map((row) => ({ ...row, nonce: session.nonce }));
};

export const viewListed = (row: AttemptListRow): AttemptView => viewAttempt(toAttemptRow(row, row.nonce));
