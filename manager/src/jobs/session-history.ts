// How earlier sessions of a net went, for a session that is about to begin: how each unit ended in the one before, and how long it took in the
// newest ones. Reads only, and only for nets that ask for it. Called by the session store.
import { numberOfPath } from '@nezuban/core/jobs/unit-numbers';
import type { NetPlan } from '@nezuban/core/jobs/net-plan';
import type { SessionHistory } from '@nezuban/core/jobs/session-inputs';
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import type { Database } from '../database/database.ts';
import type { DefinitionCache } from './definition-cache.ts';
import type { StoredSession, StoredUnit } from './session-statements.ts';

/** Sessions whose run times count. */
const SESSIONS_MAX = 30;

type EarlierSession = Pick<
  StoredSession,
  'id' | 'net_revision' | 'net_references' | 'unit_numbers' | 'end_status' | 'created_at' | 'ended_at'
>;
type EarlierUnit = Pick<StoredUnit, 'session_id' | 'unit' | 'end_status' | 'started_at' | 'ended_at'>;

export const loadSessionHistory = async (
  { database, definitions }: { readonly database: Database; readonly definitions: DefinitionCache },
  plan: NetPlan,
): Promise<SessionHistory> => {
  const net = plan.definition.name;
  const sessions = await database.query<EarlierSession>({
    name: 'earlier_sessions',
    text: `SELECT id, net_revision, net_references, unit_numbers, end_status, created_at, ended_at FROM session
           WHERE net = $1 AND state IN ('ended', 'stopped') ORDER BY id DESC LIMIT $2`,
    values: [net, SESSIONS_MAX],
  });
  const paths = plan.units.flatMap(({ control, path }) => (control === null ? [] : [path]));
  const previous = new Map<string, EndStatus>();
  const runTimes = new Map<string, number[]>();
  const note = (path: string, times: { from: Date | null; to: Date | null }): void => {
    if (times.from === null || times.to === null) return;
    const known = runTimes.get(path) ?? [];
    known.push(Math.max(0, times.to.getTime() - times.from.getTime()));
    runTimes.set(path, known);
  };
  for (const session of sessions)
    if (session.end_status === 'normal') note('', { from: session.created_at, to: session.ended_at });
  const [newest] = sessions;
  if (newest?.end_status != null) previous.set('', newest.end_status);
  for (const { session, path, unit } of await unitsOf({ database, definitions }, { net, sessions, paths })) {
    if (unit.end_status === 'normal') note(path, { from: unit.started_at, to: unit.ended_at });
    if (session === newest && unit.end_status !== null) previous.set(path, unit.end_status);
  }
  return { previous, runTimes };
};

/** A unit's number differs between revisions and sessions; its path is what it is known by. */
const unitsOf = async (
  { database, definitions }: { readonly database: Database; readonly definitions: DefinitionCache },
  of: {
    readonly net: string;
    readonly sessions: readonly EarlierSession[];
    readonly paths: readonly string[];
  },
): Promise<{ session: EarlierSession; path: string; unit: EarlierUnit }[]> => {
  const numbers = new Map<number, Map<number, string>>();
  for (const session of of.sessions) {
    const { id, net_revision: revision, net_references: references, unit_numbers: unitNumbers } = session;
    const plan = await definitions.loadPlan({ net: of.net, revision, references, numbers: unitNumbers });
    const known = of.paths.flatMap((path): [number, string][] => {
      const number = numberOfPath(plan, path);
      return number === undefined ? [] : [[number, path]];
    });
    numbers.set(id, new Map(known));
  }
  const asked = new Set([...numbers.values()].flatMap((known) => [...known.keys()]));
  if (asked.size === 0) return [];
  const rows = await database.query<EarlierUnit>({
    name: 'earlier_units',
    text: `SELECT session_id, unit, end_status, started_at, ended_at FROM session_unit
           WHERE session_id = ANY ($1) AND session_id BETWEEN $2 AND $3 AND unit = ANY ($4)`,
    values: [[...numbers.keys()], Math.min(...numbers.keys()), Math.max(...numbers.keys()), [...asked]],
  });
  const sessions = new Map(of.sessions.map((session) => [session.id, session]));
  return rows.flatMap((unit) => {
    const session = sessions.get(unit.session_id);
    const path = numbers.get(unit.session_id)?.get(unit.unit);
    return session === undefined || path === undefined ? [] : [{ session, path, unit }];
  });
};
