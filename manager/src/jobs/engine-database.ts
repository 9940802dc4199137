// The engine's own connections.
// Responsible for settings that only its statements want: they all go by the primary key, on tables that grow by thousands of rows a second.
import { createDatabase, type Database, type DatabaseOptions } from '../database/database.ts';

/** One commits, one reads back, one stores output. */
const CONNECTIONS_MAX = 3;

/**
 * A plan made while a table was small would read all of it for each batch, until the statistics are renewed: a minute later, or never in the
 * middle of a burst. So one plan, by the index, once and for all.
 */
const SETTINGS = {
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  enable_bitmapscan: 'off',
};

export const createEngineDatabase = (options: Pick<DatabaseOptions, 'address' | 'logger'>): Database =>
  createDatabase({
    ...options,
    name: 'nezuban-engine',
    connectionsMax: CONNECTIONS_MAX,
    pipeline: true,
    settings: SETTINGS,
  });
