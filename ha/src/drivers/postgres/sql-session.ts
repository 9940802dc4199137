/**
 * The keeper's own connection to its server: one statement at a time, each within a bound, and a new connection after any trouble.
 *
 * Never waits for the standby (`synchronous_commit = local`) unless that is what it is for (`probe.ts`). A server that is stuck shows as a
 * rejected promise, not as a hang. Called by the watches, the probe and the checkpoint.
 */
import pg from 'pg';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import { DATABASE_NAME, DATABASE_ROLE, SOCKET_PORT } from './settings.ts';

export type SqlSessionOptions = {
  readonly socketDirectory: string;
  readonly applicationName: string;
  /** `on` waits for the standby: for the probe alone. */
  readonly commit?: 'local' | 'on';
};

export type SqlStatement = {
  /** Statements with a name are parsed once per connection. */
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly unknown[];
};

export type SqlSession = {
  /** Rejects after `withinMs`, also while connecting; the connection is given up then. */
  readonly query: <Row extends pg.QueryResultRow>(
    statement: SqlStatement,
    withinMs: number,
  ) => Promise<readonly Row[]>;
  /** Process id of the server's end, once connected. */
  readonly backendPid: () => number | null;
  readonly onNotice: (listener: (message: string) => void) => void;
  /** Gives the connection up at once. Idempotent; a later query connects anew. */
  readonly close: () => void;
};

export function createSqlSession(timers: Timers, options: SqlSessionOptions): SqlSession {
  let client: pg.Client | null = null;
  let notice: (message: string) => void = () => undefined;

  function drop(which: pg.Client | null): void {
    if (which === null) return;
    if (client === which) client = null;
    // Not `end`: it would wait for a server that may be frozen.
    streamOf(which)?.destroy();
  }

  async function connect(): Promise<pg.Client> {
    const fresh = new pg.Client({
      host: options.socketDirectory,
      port: SOCKET_PORT,
      user: DATABASE_ROLE,
      database: DATABASE_NAME,
      application_name: options.applicationName,
      options: `-c synchronous_commit=${options.commit ?? 'local'}`,
    });
    client = fresh;
    // Reported by whoever's query fails; between queries the next one connects anew.
    fresh.on('error', () => drop(fresh));
    fresh.on('end', () => drop(fresh));
    fresh.on('notice', ({ message }) => notice(message ?? ''));
    await fresh.connect();
    return fresh;
  }

  return {
    async query<Row extends pg.QueryResultRow>(statement: SqlStatement, withinMs: number) {
      const late = Promise.withResolvers<never>();
      let used: pg.Client | null = client;
      const cancel = timers.after(withinMs, () => late.reject(new Error(`no answer within ${withinMs} ms`)));
      const run = async () => {
        const connecting = used === null ? connect() : Promise.resolve(used);
        used = client;
        const ready = await connecting;
        return ready.query<Row>({ ...statement, values: [...(statement.values ?? [])] });
      };
      try {
        return (await Promise.race([run(), late.promise])).rows;
      } catch (error) {
        drop(used);
        throw error;
      } finally {
        cancel();
      }
    },
    backendPid: () => (client as unknown as { processID: number | null } | null)?.processID ?? null,
    onNotice: (listener) => (notice = listener),
    close: () => drop(client),
  };
}

function streamOf(client: pg.Client): { destroy: () => void } | undefined {
  return (client as unknown as { connection?: { stream?: { destroy: () => void } } }).connection?.stream;
}

const CHECKPOINT_MS = 30_000;

/** Makes the stop that follows shorter. Never rejects: one that fails makes it longer, no more. */
export async function makeCheckpoint(
  { timers, logger }: { readonly timers: Timers; readonly logger: Logger },
  socketDirectory: string,
): Promise<void> {
  const session = createSqlSession(timers, {
    socketDirectory,
    applicationName: 'nezuban keeper (checkpoint)',
  });
  try {
    await session.query({ text: 'CHECKPOINT' }, CHECKPOINT_MS);
  } catch (error) {
    logger.warn({ err: error }, 'the checkpoint before the stop has failed');
  } finally {
    session.close();
  }
}
