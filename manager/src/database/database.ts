// The manager's connections to PostgreSQL.
// Responsible for a bounded pool over the Unix socket, for transactions, and for saying what a failure means (`database-errors.ts`):
// a lost connection is `database_unavailable`, a lost answer to COMMIT is `CommitOutcomeUnknownError`, and so is a commit that did not wait
// for the standby of a pair. How durable a commit is stays the server's matter: nothing here lowers
// `synchronous_commit`. After a restart of PostgreSQL the next call simply connects anew. Not responsible for the schema (`migrations.ts`). Made by manager.ts; used by every store.
import { say } from '@nezuban/protocol/sentences/sentence';
import { CodedError } from '@nezuban/protocol/errors';
import type { Logger } from '@nezuban/platform/logger';
import pg from 'pg';
import type { Transaction } from '../ports.ts';
import {
  CommitOutcomeUnknownError,
  isConnectionLost,
  isUnreplicatedCommit,
  sqlState,
  toDatabaseError,
} from './database-errors.ts';

export const databaseLimits = {
  /** Connections for requests. Two cores gain nothing from more; PostgreSQL holds about 10 MB for each. */
  connectionsMax: 8,
  /** How long a caller waits for a free connection or for a restarting server; then it hears `database_unavailable`. */
  connectTimeoutMs: 5_000,
  /** No statement of ours takes long; one that does holds locks and a connection that others need. */
  statementTimeoutMs: 15_000,
  /** The client's own limit, above the server's: it only ends what a frozen server never answers. */
  answerTimeoutMs: 20_000,
  /** Less than the statement's: a stuck lock is reported as that. */
  lockTimeoutMs: 5_000,
  /** A transaction of ours never waits for the outside; one that does is a bug and must not hold its locks for ever. */
  idleInTransactionTimeoutMs: 30_000,
  /** Connections that a burst opened are given back. */
  idleConnectionMs: 30_000,
} as const;

export type DatabaseAddress = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
};

export type DatabaseOptions = {
  readonly address: DatabaseAddress;
  readonly logger: Logger;
  /** Shown in pg_stat_activity. */
  readonly name: string;
  readonly connectionsMax?: number;
  /** Statements that are not awaited one by one go out together. Transactions must not depend on the outcome of one before sending the next. */
  readonly pipeline?: boolean;
  /** Settings of the server for these connections. */
  readonly settings?: Readonly<Record<string, string>>;
};

export type Statement = {
  readonly text: string;
  readonly values?: readonly unknown[];
  /** Prepared once per connection under this name. */ readonly name?: string;
};

export type DatabaseStats = { readonly open: number; readonly idle: number; readonly waiting: number };

export type Database = {
  /** Runs one statement outside of any transaction and gives its rows. */
  readonly query: <Row extends pg.QueryResultRow>(statement: Statement) => Promise<Row[]>;
  /**
   * Runs `work` in a transaction: commits when it resolves, rolls back when it rejects.
   * Throws CommitOutcomeUnknownError if the answer to COMMIT was lost.
   */
  readonly inTransaction: <Result>(work: (transaction: Transaction) => Promise<Result>) => Promise<Result>;
  /** Connections that are open, of these idle, and callers that wait for one. */
  readonly stats: () => DatabaseStats;
  /** Ends all connections; waits for those in use, whose statements are bounded. Idempotent. */
  readonly stop: () => Promise<void>;
  /** Ends all connections at once, those in use in the middle of what they do: for a stop that has run out of time. */
  readonly abort: () => Promise<void>;
};

export const createDatabase = ({
  address,
  logger,
  name,
  connectionsMax,
  pipeline,
  settings,
}: DatabaseOptions): Database => {
  const pool = new pg.Pool({
    ...address,
    application_name: name,
    max: connectionsMax ?? databaseLimits.connectionsMax,
    connectionTimeoutMillis: databaseLimits.connectTimeoutMs,
    idleTimeoutMillis: databaseLimits.idleConnectionMs,
    statement_timeout: databaseLimits.statementTimeoutMs,
    query_timeout: databaseLimits.answerTimeoutMs,
    lock_timeout: databaseLimits.lockTimeoutMs,
    idle_in_transaction_session_timeout: databaseLimits.idleInTransactionTimeoutMs,
    pipeline: pipeline ?? false,
    types: numericTypes,
    ...(settings === undefined
      ? {}
      : {
          options: Object.entries(settings)
            .map(([key, value]) => `-c ${key}=${value}`)
            .join(' '),
        }),
  });
  const clients = new Set<pg.ClientBase>();
  const unreplicated = new WeakSet<pg.ClientBase>();
  /** Throws if the commit that this connection has just been answered did not wait for the standby. */
  const assertReplicated = (client: pg.ClientBase): void => {
    if (unreplicated.delete(client))
      throw new CommitOutcomeUnknownError(new Error('PostgreSQL has not waited for the standby'));
  };
  // An idle connection died (PostgreSQL restarts): the pool has dropped it already, the next caller gets a new one.
  pool.on('error', (error) => logger.warn({ err: error }, 'An idle database connection was lost'));
  // A connection that dies while it is lent out reports to the query at hand; without a listener it would also end the process.
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
    client.on('notice', (notice) => {
      if (isUnreplicatedCommit(notice)) unreplicated.add(client);
    });
    clients.add(client);
  });
  pool.on('remove', (client) => clients.delete(client));
  let stopped: Promise<void> | undefined;

  const connect = async (): Promise<pg.PoolClient> => {
    if (stopped !== undefined) throw new CodedError('shutting_down', say('problem_the_manager_is_stopping'));
    try {
      return await pool.connect();
    } catch (error) {
      throw toDatabaseError(error);
    }
  };

  const query = async <Row extends pg.QueryResultRow>(statement: Statement): Promise<Row[]> => {
    const client = await connect();
    let lost = false;
    try {
      const { rows } = await client.query<Row>(toQuery(statement));
      assertReplicated(client);
      return rows;
    } catch (error) {
      lost = isConnectionLost(error);
      throw toDatabaseError(error);
    } finally {
      client.release(lost);
    }
  };

  return {
    query,
    async inTransaction(work) {
      const client = await connect();
      const outcome = await runTransaction(client, work, assertReplicated);
      client.release(outcome.connectionLost);
      if (!outcome.ok) throw outcome.error;
      return outcome.result;
    },
    stats: () => ({ open: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    stop() {
      stopped ??= pool.end();
      return stopped;
    },
    async abort() {
      const ended = (stopped ??= pool.end());
      for (const client of clients)
        (client as pg.ClientBase & { readonly connection: pg.Connection }).connection.stream.destroy();
      await ended;
    },
  };
};

/** A statement as the driver wants it. */
export const toQuery = (statement: Statement): pg.QueryConfig<unknown[]> => ({
  text: statement.text,
  values: [...(statement.values ?? [])],
  ...(statement.name === undefined ? {} : { name: statement.name }),
});

type Outcome<Result> =
  | { readonly ok: true; readonly result: Result; readonly connectionLost: false }
  | { readonly ok: false; readonly error: unknown; readonly connectionLost: boolean };

const runTransaction = async <Result>(
  client: pg.PoolClient,
  work: (transaction: Transaction) => Promise<Result>,
  assertReplicated: (client: pg.ClientBase) => void,
): Promise<Outcome<Result>> => {
  let result: Result;
  try {
    await client.query('BEGIN');
    result = await work(client);
  } catch (error) {
    return {
      ok: false,
      error: toDatabaseError(error),
      connectionLost: isConnectionLost(error) || !(await rollBack(client)),
    };
  }
  try {
    await client.query(COMMIT);
    assertReplicated(client);
    return { ok: true, result, connectionLost: false };
  } catch (error) {
    if (sqlState(error) === TRANSACTION_FAILED)
      return {
        ok: false,
        error: new Error(
          'A transaction was to be committed although one of its statements had failed; it was rolled back',
          { cause: error },
        ),
        connectionLost: !(await rollBack(client)),
      };
    // An answer of the server that is not its farewell (a deferred constraint, a crossing) means: rolled back.
    const refused = sqlState(error) !== null && !isConnectionLost(error);
    if (error instanceof CommitOutcomeUnknownError) return { ok: false, error, connectionLost: false };
    return {
      ok: false,
      error: refused ? toDatabaseError(error) : new CommitOutcomeUnknownError(error),
      connectionLost: !refused,
    };
  }
};

/**
 * A commit that waits for the standby is not ended by the limit of statements: PostgreSQL would let it go, answer success, and show to
 * everybody what may be gone with the next switch. Only the client's own limit ends the waiting of its caller.
 */
const COMMIT = 'SET LOCAL statement_timeout = 0; COMMIT';
/** A statement before had failed, so the first of the two above was refused and the second never looked at. */
const TRANSACTION_FAILED = '25P02';

/** Whether the connection can still be used. */
const rollBack = async (client: pg.PoolClient): Promise<boolean> => {
  try {
    await client.query('ROLLBACK');
    return true;
  } catch {
    // The first error says it all; the connection is thrown away.
    return false;
  }
};

const INT8_OID = 20;
/** Our 64-bit numbers are ids and byte counts, all below 2^53. */
const numericTypes: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8_OID && format !== 'binary'
      ? Number
      : (pg.types.getTypeParser as (oid: number, format?: string) => unknown)(
          oid,
          format,
        )) as typeof pg.types.getTypeParser,
};
