// Sessions and attempts as lists. Reads only; each filter follows an index. Called by the routes.
import { summariseRow, viewAttempt } from '@nezuban/core/jobs/session-view';
import type { EndStatus } from '@nezuban/protocol/jobs/definition';
import type { AttemptView, SessionState, SessionSummary } from '@nezuban/protocol/jobs/session';
import type { SessionId } from '@nezuban/protocol/ids';
import { CodedError } from '@nezuban/protocol/errors';
import type { Database } from '../database/database.ts';
import { sqlBuilder } from '../database/sql-builder.ts';
import type { DefinitionCache } from './definition-cache.ts';
import { toAttemptRow, toSessionRow, type StoredAttempt, type StoredSession } from './session-statements.ts';

type Tables = {
  readonly session: StoredSession;
  readonly net_revision: { readonly net: string; readonly revision: number; readonly title: string | null };
  readonly attempt: StoredAttempt;
};
const build = sqlBuilder<Tables>();

export type SessionsQuery = {
  /** Id of the last session of the page before. */
  readonly before: number | undefined;
  readonly net: string | undefined;
  readonly states: readonly SessionState[] | undefined;
  readonly endStatuses: readonly EndStatus[] | undefined;
  readonly limit: number;
};
export type SessionListRow = StoredSession & { readonly title: string | null };

/** Newest first. */
export const listSessions = async (
  database: Database,
  { before, net, states, endStatuses, limit }: SessionsQuery,
): Promise<SessionListRow[]> => {
  let query = build
    .selectFrom('session')
    .innerJoin('net_revision', (join) =>
      join
        .onRef('net_revision.net', '=', 'session.net')
        .onRef('net_revision.revision', '=', 'session.net_revision'),
    )
    .selectAll('session')
    .select('net_revision.title')
    .orderBy('session.id', 'desc')
    .limit(limit);
  if (before !== undefined) query = query.where('session.id', '<', before as SessionId);
  if (net !== undefined) query = query.where('session.net', '=', net);
  if (states !== undefined) query = query.where('session.state', 'in', states);
  if (endStatuses !== undefined) query = query.where('session.end_status', 'in', endStatuses);
  return await database.read(query);
};

export const summariseListed = (row: SessionListRow): SessionSummary =>
  summariseRow(toSessionRow(row), row.title);

export const findSummary = async (database: Database, id: number): Promise<SessionSummary | null> => {
  const [row] = await listSessions(database, {
    before: id + 1,
    net: undefined,
    states: undefined,
    endStatuses: undefined,
    limit: 1,
  });
  return row?.id === id ? summariseListed(row) : null;
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
  const [session] = await database.query<Pick<StoredSession, 'nonce' | 'net' | 'net_revision'>>({
    name: 'session_of_attempts',
    text: 'SELECT nonce, net, net_revision FROM session WHERE id = $1',
    values: [id],
  });
  if (session === undefined) throw new CodedError('not_found', `There is no session ${id}.`);
  const { indexByPath } = await definitions.loadPlan({ net: session.net, revision: session.net_revision });
  const index = indexByPath.get(unit);
  if (index === undefined) throw new CodedError('not_found', `Session ${id} has no unit "${unit}".`);
  const rows = await database.query<StoredAttempt>({
    name: 'list_attempts',
    text: `SELECT * FROM attempt WHERE session_id = $1 AND unit = $2 AND ($3::integer IS NULL OR (run, try, node_index) < ($3, $4::integer, $5::integer))
           ORDER BY run DESC, try DESC, node_index DESC LIMIT $6`,
    values: [id, index, before?.[0] ?? null, before?.[1] ?? null, before?.[2] ?? null, limit],
  });
  return rows.map((row) => ({ ...row, nonce: session.nonce }));
};

export const viewListed = (row: AttemptListRow): AttemptView => viewAttempt(toAttemptRow(row, row.nonce));
