// How a job net usually goes: its last sessions with their durations, and what they have in common.
// Reads only, by the index of the net's sessions. Called by the routes.
import type { NetHistory } from '@nezuban/protocol/api/jobs-operations';
import type { Database } from '../database/database.ts';
import type { StoredSession } from './session-statements.ts';

type HistoryRow = Pick<StoredSession, 'id' | 'state' | 'end_status' | 'trigger' | 'created_at' | 'ended_at'>;

/** Null if there is no such net; one that never ran has an empty history. */
export const loadNetHistory = async (
  database: Database,
  name: string,
  limit: number,
): Promise<NetHistory | null> => {
  const [net, rows] = await Promise.all([
    database.query({ name: 'net_is_there', text: 'SELECT 1 FROM net WHERE name = $1', values: [name] }),
    database.query<HistoryRow>({
      name: 'net_history',
      text: `SELECT id, state, end_status, trigger, created_at, ended_at FROM session WHERE net = $1 ORDER BY id DESC LIMIT $2`,
      values: [name, limit],
    }),
  ]);
  if (net.length === 0) return null;
  const sessions = rows.map((row) => ({
    id: row.id,
    state: row.state,
    endStatus: row.end_status,
    trigger: row.trigger,
    createdAt: row.created_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    durationMs: row.ended_at === null ? null : Math.max(0, row.ended_at.getTime() - row.created_at.getTime()),
  }));
  return { sessions, statistics: summariseHistory(sessions) };
};

/** Pure. A quantile is a duration that occurred, not one between two. */
export const summariseHistory = (sessions: NetHistory['sessions']): NetHistory['statistics'] => {
  const ended = sessions.filter(({ state }) => state === 'ended');
  const count = (...statuses: (string | null)[]): number =>
    ended.filter(({ endStatus }) => statuses.includes(endStatus)).length;
  const durations = ended.flatMap(({ durationMs }) => durationMs ?? []).toSorted((a, b) => a - b);
  const quantile = (part: number): number | null =>
    durations[Math.max(0, Math.ceil(durations.length * part) - 1)] ?? null;
  return {
    ended: ended.length,
    normal: count('normal'),
    successRate: ended.length === 0 ? null : count('normal', 'warning') / ended.length,
    medianMs: quantile(0.5),
    p90Ms: quantile(0.9),
  };
};
