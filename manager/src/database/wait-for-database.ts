// Waits until PostgreSQL takes connections.
// Responsible for the seconds after a crash in which the server is there but still recovers: a manager that is started meanwhile waits
// instead of failing. Called by manager.ts before anything else.
import type { Timers } from '@nezuban/platform/timers';
import { CodedError } from '@nezuban/protocol/errors';
import pg from 'pg';
import type { DatabaseAddress } from './database.ts';
import { toDatabaseError } from './database-errors.ts';

/** Recovery after a crash is bounded by the size of the write-ahead log to about two seconds; this allows for a slow disk. */
const WAIT_MAX_MS = 30_000;
const POLL_MS = 50;

/** A connection, which the caller ends. Throws `database_unavailable` when it takes too long, and at once what waiting cannot mend. */
export const connectWhenReady = async (address: DatabaseAddress, timers: Timers): Promise<pg.Client> => {
  const limit = new AbortController();
  const cancelLimit = timers.after(WAIT_MAX_MS, () => limit.abort());
  try {
    for (;;) {
      try {
        return await connectOnce(address);
      } catch (error) {
        const waits = error instanceof CodedError && error.code === 'database_unavailable';
        if (!waits || limit.signal.aborted) throw error;
      }
      await timers.sleep(POLL_MS);
    }
  } finally {
    cancelLimit();
  }
};

const connectOnce = async (address: DatabaseAddress): Promise<pg.Client> => {
  const client = new pg.Client({
    ...address,
    application_name: 'nezuban-migrations',
    connectionTimeoutMillis: WAIT_MAX_MS,
  });
  // A connection that breaks between two statements is reported by the next one.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    throw toDatabaseError(error);
  }
};
