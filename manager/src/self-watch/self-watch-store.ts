// What the manager has told of itself and not taken back, as rows. Called by the self-watch.
import type { WatchLevel } from '@nezuban/protocol/self-watch/self-watch';
import type { Database } from '../database/database.ts';
import type { Transaction } from '../ports.ts';

export type ToldLevel = Exclude<WatchLevel, 'ok'>;
export type ToldRow = { readonly id: string; readonly level: ToldLevel; readonly since: Date };

export const loadTold = async (database: Database): Promise<ToldRow[]> =>
  await database.query<ToldRow>({ text: 'SELECT id, level, since FROM self_watch' });

export const writeTold = async (
  transaction: Transaction,
  told: { readonly id: string; readonly level: WatchLevel; readonly since: Date },
): Promise<void> => {
  if (told.level === 'ok') await transaction.query('DELETE FROM self_watch WHERE id = $1', [told.id]);
  else
    await transaction.query(
      `INSERT INTO self_watch (id, level, since) VALUES ($1, $2, $3)
       ON CONFLICT (id) DO UPDATE SET level = $2, since = $3`,
      [told.id, told.level, told.since],
    );
};
