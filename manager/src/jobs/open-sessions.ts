// Sessions that have not ended, as whoever drains a place asks for them. Called by jobs.ts for the operations domain.
import type { OpenWork } from '@nezuban/protocol/api/operate-operations';
import type { SessionId } from '@nezuban/protocol/ids';
import type { Place } from '@nezuban/protocol/operations/place';
import type { Database } from '../database/database.ts';
import type { Engine } from './engine.ts';
import type { ScheduleLoop } from './schedule-loop.ts';

type SessionRow = { readonly id: SessionId; readonly net: string; readonly created_at: Date };

/** How many have not ended, by net. */
const countOpenSessions = async (
  database: Database,
): Promise<readonly { readonly net: string; readonly sessions: number }[]> =>
  await database.query<{ net: string; sessions: number }>({
    name: 'count_open_sessions',
    text: `SELECT net, count(*)::int AS sessions FROM session WHERE state IN ('running', 'stopping') GROUP BY net`,
  });

/** The oldest of a manager, folder or net. */
const listOpenSessions = async (
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

export type OpenWorkPort = {
  readonly countSessions: () => ReturnType<typeof countOpenSessions>;
  readonly listSessions: (place: Place, limit: number) => ReturnType<typeof listOpenSessions>;
  readonly onNode: Engine['openOn'];
  readonly heldStarts: ScheduleLoop['heldStarts'];
  /** Something was frozen or resumed: nothing starts any more where it must not, and what waited goes on. */
  readonly freezesChanged: () => Promise<void>;
};

/** What the operations domain asks of jobs. */
export const createOpenWork = ({
  database,
  engine,
  schedules,
  loops,
}: {
  readonly database: Database;
  readonly engine: Pick<Engine, 'openOn' | 'freezesChanged'>;
  readonly schedules: Pick<ScheduleLoop, 'heldStarts'>;
  /** That start nothing of what is frozen, in this order. */
  readonly loops: readonly { readonly freezesChanged: () => void }[];
}): OpenWorkPort => ({
  countSessions: async () => await countOpenSessions(database),
  listSessions: async (place, limit) => await listOpenSessions(database, place, limit),
  onNode: engine.openOn,
  heldStarts: schedules.heldStarts,
  async freezesChanged() {
    for (const loop of loops) loop.freezesChanged();
    await engine.freezesChanged();
  },
});
