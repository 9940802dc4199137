// Sessions that have not ended, as whoever drains a place asks for them. Called by jobs.ts for the operations domain.
import type { OpenWork } from '@nezuban/protocol/api/operate-operations';
import type { SessionId } from '@nezuban/protocol/ids';
import type { Place } from '@nezuban/protocol/operations/place';
import type { Database } from '../database/database.ts';

type SessionRow = { readonly id: SessionId; readonly net: string; readonly created_at: Date };

/** How many have not ended, by net. */
export const countOpenSessions = async (
  database: Database,
): Promise<readonly { readonly net: string; readonly sessions: number }[]> =>
  await database.query<{ net: string; sessions: number }>({
    name: 'count_open_sessions',
    text: `SELECT net, count(*)::int AS sessions FROM session WHERE state IN ('running', 'stopping') GROUP BY net`,
  });

/** The oldest of a manager, folder or net. */
export const listOpenSessions = async (
  database: Database,
  place: Place,
  limit: number,
): Promise<OpenWork['sessions']> => {
  const rows = await database.query<SessionRow>({
    name: 'list_open_sessions',
    text: `SELECT id, net, created_at FROM session
           WHERE state IN ('running', 'stopping')
             AND CASE $1::text WHEN 'manager' THEN true WHEN 'net' THEN net = $2 WHEN 'folder' THEN starts_with(net, $2 || '/') ELSE false END
           ORDER BY id LIMIT $3`,
    values: [place.kind, place.name ?? '', limit],
  });
  return rows.map(({ id, net, created_at }) => ({ id, net, createdAt: created_at.toISOString() }));
};
