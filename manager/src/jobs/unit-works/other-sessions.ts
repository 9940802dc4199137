// Sessions and units of other nets as units see them that wait for them. Responsible for reading alone. Called by the hands of such units.
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import type { NetWaitTarget } from '@nezuban/protocol/jobs/units/net-wait';
import type { Database } from '../../database/database.ts';
import type { DefinitionCache } from '../definition-cache.ts';

export type TargetLook =
  | { readonly type: 'met'; readonly session: number; readonly endStatus: EndStatus }
  /** The newest has ended otherwise, and none is under way. */
  | { readonly type: 'other'; readonly session: number; readonly endStatus: EndStatus }
  /** One is under way. */
  | { readonly type: 'running'; readonly session: number }
  /** The net of the newest has no such unit. */
  | { readonly type: 'noUnit'; readonly session: number }
  | { readonly type: 'absent' };

/** Sessions of one net that are looked at for a unit; a wait's window that holds more has ended long ago. */
const SESSIONS_MAX = 200;

type SessionRow = {
  readonly id: number;
  readonly net_revision: number;
  readonly net_references: Readonly<Record<string, number>> | null;
  readonly state: string;
  readonly end_status: EndStatus | null;
};

export type OtherSessions = {
  readonly look: (target: NetWaitTarget, sinceMs: number) => Promise<TargetLook>;
  /** Null: it is not there any more. `endStatus` null: it has not ended. */
  readonly ended: (session: number) => Promise<{ readonly endStatus: EndStatus | null } | null>;
};

export const createOtherSessions = ({
  database,
  definitions,
}: {
  readonly database: Pick<Database, 'query'>;
  readonly definitions: DefinitionCache;
}): OtherSessions => ({
  async look(target, sinceMs) {
    const sessions = await database.query<SessionRow>({
      name: 'sessions_of_net_since',
      text: `SELECT id, net_revision, net_references, state, end_status FROM session WHERE net = $1 AND created_at >= $2 ORDER BY id DESC LIMIT ${SESSIONS_MAX}`,
      values: [target.net, new Date(sinceMs)],
    });
    const [newest] = sessions;
    if (newest === undefined) return { type: 'absent' };
    if (target.unit === undefined) return lookAtSessions(sessions, target);
    return await lookAtUnits({ database, definitions }, sessions, { ...target, unit: target.unit });
  },
  async ended(session) {
    const [row] = await database.query<{ state: string; end_status: EndStatus | null }>({
      name: 'end_of_session',
      text: 'SELECT state, end_status FROM session WHERE id = $1',
      values: [session],
    });
    if (row === undefined) return null;
    return { endStatus: isAtRest(row.state) ? (row.end_status ?? 'normal') : null };
  },
});

const isAtRest = (state: string): boolean => state === 'ended' || state === 'stopped';

const lookAtSessions = (sessions: readonly SessionRow[], { on }: NetWaitTarget): TargetLook => {
  const ends = sessions.map(({ id, state, end_status: endStatus }) => ({
    session: id,
    endStatus: isAtRest(state) ? (endStatus ?? ('normal' as const)) : ('open' as const),
  }));
  return judge(ends, on);
};

/** `open`: not ended. `not_run`: its session has ended without it. */
type End = { readonly session: number; readonly endStatus: EndStatus | 'open' | 'not_run' };

/** Newest first. */
const judge = (ends: readonly End[], on: readonly EndStatus[]): TargetLook => {
  for (const { session, endStatus } of ends)
    if (endStatus !== 'open' && endStatus !== 'not_run' && on.includes(endStatus))
      return { type: 'met', session, endStatus };
  const running = ends.find(({ endStatus }) => endStatus === 'open');
  if (running !== undefined) return { type: 'running', session: running.session };
  const [newest] = ends;
  if (newest === undefined || newest.endStatus === 'open') return { type: 'absent' };
  // What did not run has no status; that nobody can say is the nearest.
  return {
    type: 'other',
    session: newest.session,
    endStatus: newest.endStatus === 'not_run' ? 'unknown' : newest.endStatus,
  };
};

const lookAtUnits = async (
  {
    database,
    definitions,
  }: { readonly database: Pick<Database, 'query'>; readonly definitions: DefinitionCache },
  sessions: readonly SessionRow[],
  { net, unit, on }: NetWaitTarget & { readonly unit: string },
): Promise<TargetLook> => {
  // Where the unit stands depends on the revisions that a session runs, those of the nets that it refers to among them.
  const known = new Map<string, number | undefined>();
  const places: { readonly id: number; readonly index: number; readonly isAtRest: boolean }[] = [];
  for (const { id, net_revision: revision, net_references: references, state } of sessions) {
    const key = `${revision} ${JSON.stringify(references)}`;
    if (!known.has(key))
      known.set(key, (await definitions.loadPlan({ net, revision, references })).indexByPath.get(unit));
    const index = known.get(key);
    if (index !== undefined) places.push({ id, index, isAtRest: isAtRest(state) });
  }
  if (places.length === 0) return { type: 'noUnit', session: sessions[0]?.id ?? 0 };
  const rows = await database.query<{ session_id: number; state: string; end_status: EndStatus | null }>({
    name: 'units_of_sessions',
    text: `SELECT u.session_id, u.state, u.end_status FROM session_unit u JOIN unnest($1::bigint[], $2::int[]) AS p (id, unit) ON u.session_id = p.id AND u.unit = p.unit
           WHERE u.session_id BETWEEN $3 AND $4`,
    values: [
      places.map(({ id }) => id),
      places.map(({ index }) => index),
      Math.min(...places.map(({ id }) => id)),
      Math.max(...places.map(({ id }) => id)),
    ],
  });
  const rowOf = new Map(rows.map((row) => [row.session_id, row]));
  return judge(
    places.map(({ id, isAtRest: over }) => ({
      session: id,
      endStatus: rowOf.get(id)?.end_status ?? (over ? 'not_run' : 'open'),
    })),
    on,
  );
};
