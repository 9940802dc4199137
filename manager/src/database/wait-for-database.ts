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

/** Throws `database_unavailable` when it takes too long, and at once what waiting cannot mend. */
export const waitForDatabase = async (address: DatabaseAddress, timers: Timers): Promise<void> => {
  const limit = new AbortController();
  const cancelLimit = timers.after(WAIT_MAX_MS, () => limit.abort());
  try {
    for (;;) {
      try {
        await connectOnce(address);
        return;
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

const connectOnce = async (address: DatabaseAddress): Promise<void> => {
  const client = new pg.Client({
    ...address,
    application_name: 'nezuban-wait',
    connectionTimeoutMillis: WAIT_MAX_MS,
  });
  // What breaks after the connection stood is of no interest: somebody else connects then.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.end();
  } catch (error) {
    throw toDatabaseError(error);
  }
};
