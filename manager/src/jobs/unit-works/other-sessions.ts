// Sessions and units of other nets as units see them that wait for them. Responsible for reading alone. Called by the hands of such units.
import { CodedError } from '@nezuban/protocol/errors';
import { numberOfPath, type UnitNumbers } from '@nezuban/core/jobs/unit-numbers';
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
  readonly unit_numbers: UnitNumbers | null;
  readonly state: string;
  readonly end_status: EndStatus | null;
};

export type OtherSessions = {
  readonly look: (target: NetWaitTarget, sinceMs: number) => Promise<TargetLook>;
  /** Null: it is not there any more. `endStatus` null: it has not ended. */
  readonly ended: (session: number) => Promise<{ readonly endStatus: EndStatus | null } | null>;
};

type Asked = {
  readonly target: NetWaitTarget;
  readonly sinceMs: number;
  readonly resolve: (look: TargetLook) => void;
  readonly reject: (error: unknown) => void;
};
/** Looks of one statement: after a restart thousands of waits look at the same time. */
const LOOKS_TOGETHER = 200;

export const createOtherSessions = (ports: OtherSessionsPorts): OtherSessions => {
  const { database } = ports;
  let asked: Asked[] = [];
  let running = false;

  /** One group after the other: what is asked for meanwhile goes together into the next. */
  const lookAtAsked = async (): Promise<void> => {
    running = true;
    // All of one turn of the event loop.
    await Promise.resolve();
    while (asked.length > 0) {
      const group = asked.slice(0, LOOKS_TOGETHER);
      asked = asked.slice(LOOKS_TOGETHER);
      await lookAt(group).catch(async (error: unknown) => {
        if (group.length === 1 || (error instanceof CodedError && error.code === 'database_unavailable'))
          for (const { reject } of group) reject(error);
        // One that cannot be looked at is not to hold up the others.
        else for (const one of group) await lookAt([one]).catch(one.reject);
      });
    }
    running = false;
  };
  const lookAt = async (group: readonly Asked[]): Promise<void> => {
    const looks = await lookTogether(ports, group);
    for (const [place, { resolve, reject }] of group.entries()) {
      const look = looks[place];
      if (look === undefined) reject(new Error('a look at another net was forgotten'));
      else resolve(look);
    }
  };

  return {
    look: async (target, sinceMs) =>
      await new Promise<TargetLook>((resolve, reject) => {
        asked.push({ target, sinceMs, resolve, reject });
        if (!running) void lookAtAsked();
      }),
    async ended(session) {
      const [row] = await database.query<{ state: string; end_status: EndStatus | null }>({
        name: 'end_of_session',
        text: 'SELECT state, end_status FROM session WHERE id = $1',
        values: [session],
      });
      if (row === undefined) return null;
      return { endStatus: isAtRest(row.state) ? (row.end_status ?? 'normal') : null };
    },
  };
};

type OtherSessionsPorts = {
  readonly database: Pick<Database, 'query'>;
  readonly definitions: DefinitionCache;
};

const lookTogether = async (
  { database, definitions }: OtherSessionsPorts,
  asked: readonly Pick<Asked, 'target' | 'sinceMs'>[],
): Promise<readonly TargetLook[]> => {
  // Many wait for the same net since the same instant.
  const windows = new Map<string, { readonly net: string; readonly since: Date; sessions: SessionRow[] }>();
  const keyOf = ({ target, sinceMs }: Pick<Asked, 'target' | 'sinceMs'>): string =>
    `${target.net} ${sinceMs}`;
  for (const one of asked)
    windows.set(keyOf(one), { net: one.target.net, since: new Date(one.sinceMs), sessions: [] });
  const list = [...windows.values()];
  const rows = await database.query<SessionRow & { readonly place: number }>({
    name: 'sessions_of_nets_since',
    text: `SELECT a.place::int AS place, s.* FROM unnest($1::text[], $2::timestamptz[]) WITH ORDINALITY AS a (net, since, place)
           CROSS JOIN LATERAL (SELECT id, net_revision, net_references, unit_numbers, state, end_status FROM session
             WHERE net = a.net AND created_at >= a.since ORDER BY id DESC LIMIT ${SESSIONS_MAX}) AS s
           ORDER BY a.place, s.id DESC`,
    values: [list.map(({ net }) => net), list.map(({ since }) => since)],
  });
  for (const row of rows) list[row.place - 1]?.sessions.push(row);
  const windowOf = (one: Pick<Asked, 'target' | 'sinceMs'>): readonly SessionRow[] =>
    windows.get(keyOf(one))?.sessions ?? [];
  const places = await Promise.all(
    asked.map(async (one) => await findUnits(definitions, one.target, windowOf(one))),
  );
  const ends = await loadEnds(database, places.flat());
  return asked.map((one, index) => {
    const sessions = windowOf(one);
    const [newest] = sessions;
    if (newest === undefined) return { type: 'absent' };
    if (one.target.unit === undefined) return lookAtSessions(sessions, one.target);
    const found = places[index] ?? [];
    if (found.length === 0) return { type: 'noUnit', session: newest.id };
    return judge(
      found.map(({ id, number, isAtRest: over }) => ({
        session: id,
        endStatus: ends.get(`${id} ${number}`) ?? (over ? 'not_run' : 'open'),
      })),
      one.target.on,
    );
  });
};

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

type UnitPlace = { readonly id: number; readonly number: number; readonly isAtRest: boolean };

/**
 * The number of the unit in each of these sessions: that depends on the revisions that a session runs, those of the nets that it refers to
 * among them, and on whether it was given another definition.
 */
const findUnits = async (
  definitions: DefinitionCache,
  { net, unit }: NetWaitTarget,
  sessions: readonly SessionRow[],
): Promise<readonly UnitPlace[]> => {
  if (unit === undefined) return [];
  const known = new Map<string, number | undefined>();
  const places: UnitPlace[] = [];
  for (const session of sessions) {
    const { id, net_revision: revision, net_references: references, unit_numbers: numbers, state } = session;
    const key = `${revision} ${JSON.stringify([references, numbers])}`;
    if (!known.has(key))
      known.set(key, numberOfPath(await definitions.loadPlan({ net, revision, references, numbers }), unit));
    const number = known.get(key);
    if (number !== undefined) places.push({ id, number, isAtRest: isAtRest(state) });
  }
  return places;
};

/** End statuses by session and unit; those without one are left out. */
const loadEnds = async (
  database: Pick<Database, 'query'>,
  places: readonly UnitPlace[],
): Promise<ReadonlyMap<string, EndStatus>> => {
  if (places.length === 0) return new Map();
  const ids = places.map(({ id }) => id);
  const rows = await database.query<{ session_id: number; unit: number; end_status: EndStatus | null }>({
    name: 'units_of_sessions',
    text: `SELECT DISTINCT u.session_id, u.unit, u.end_status FROM session_unit u
           JOIN unnest($1::bigint[], $2::int[]) AS p (id, unit) ON u.session_id = p.id AND u.unit = p.unit
           WHERE u.session_id BETWEEN $3 AND $4`,
    values: [
      ids,
      places.map(({ number }) => number),
      ids.reduce((a, b) => Math.min(a, b)),
      ids.reduce((a, b) => Math.max(a, b)),
    ],
  });
  return new Map(
    rows.flatMap(({ session_id: id, unit, end_status: end }) =>
      end === null ? [] : [[`${id} ${unit}`, end] as const],
    ),
  );
};
