/**
 * BASE_BACKUP over PostgreSQL's replication protocol: asks the master's server for a whole copy of its directory, WAL included.
 *
 * Source of the protocol: PostgreSQL 18, "Streaming Replication Protocol". Not responsible for where the bytes go (`copy-target.ts`).
 * Called in the copy's own process.
 */
import pg from 'pg';
import type { Lsn } from '@nezuban/protocol/pair/roster';
import { parseLsn } from './control-file.ts';
import { DATABASE_ROLE, SOCKET_PORT } from './settings.ts';

export type BaseBackupOptions = {
  readonly socketDirectory: string;
  /** KiB per second; null: as fast as it goes. */
  readonly rateMax: number | null;
};

export type BaseBackupEvents = {
  /** The source has answered; now it makes its checkpoint. */
  readonly onConnected: () => void;
  /** Estimated size, before the first byte. */
  readonly onTotal: (bytes: number) => void;
  readonly onArchive: (bytes: Buffer) => void;
  readonly onManifest: (bytes: Buffer) => void;
};

export type BaseBackupResult = {
  readonly start: Lsn;
  readonly timeline: number;
  /** The copy is consistent once it has replayed this far. */
  readonly end: Lsn;
};

const KIB = 1024;
/** The server's own bounds of MAX_RATE. */
const RATE_MIN = 32;
const RATE_LIMIT = 1024 * 1024;
/** First byte of each message of the stream. */
const MESSAGE = { archive: 'n'.charCodeAt(0), manifest: 'm'.charCodeAt(0), data: 'd'.charCodeAt(0) } as const;

export async function receiveBaseBackup(
  options: BaseBackupOptions,
  events: BaseBackupEvents,
): Promise<BaseBackupResult> {
  const client = new pg.Client({
    host: options.socketDirectory,
    port: SOCKET_PORT,
    user: DATABASE_ROLE,
    application_name: 'nezuban copy',
    // Physical replication; the driver passes it on, its types do not know it.
    ...({ replication: 'true' } as object),
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await assertPrimary(client);
    events.onConnected();
    const result = await runBackup(client, options, events);
    await client.end().catch(() => undefined);
    return result;
  } catch (error) {
    // Not `end`: a server that is still sending would send the rest first.
    hangUp(client);
    throw error;
  }
}

function hangUp(client: pg.Client): void {
  (client as unknown as { connection?: { stream?: { destroy: () => void } } }).connection?.stream?.destroy();
}

async function assertPrimary(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ in_hot_standby: string }>('SHOW in_hot_standby');
  if (rows[0]?.in_hot_standby !== 'off')
    throw new Error('the source is not primary, so it is not copied from');
}

function runBackup(
  client: pg.Client,
  options: BaseBackupOptions,
  events: BaseBackupEvents,
): Promise<BaseBackupResult> {
  const parts = [
    "LABEL 'nezuban'",
    "CHECKPOINT 'fast'",
    'WAL',
    "MANIFEST 'yes'",
    "MANIFEST_CHECKSUMS 'SHA256'",
    'PROGRESS',
  ];
  if (options.rateMax !== null)
    parts.push(`MAX_RATE ${Math.min(Math.max(Math.round(options.rateMax), RATE_MIN), RATE_LIMIT)}`);
  const text = `BASE_BACKUP (${parts.join(', ')})`;
  const { promise, resolve, reject } = Promise.withResolvers<BaseBackupResult>();
  const rows: (readonly (string | null)[])[] = [];
  let sink = events.onArchive;
  let archives = 0;
  let failure: Error | null = null;

  function receive(chunk: Buffer): void {
    const body = chunk.subarray(1);
    if (chunk[0] === MESSAGE.data) {
      sink(body);
    } else if (chunk[0] === MESSAGE.archive) {
      archives += 1;
      if (archives > 1) throw new Error('the source has more than one tablespace, which is not supported');
    } else if (chunk[0] === MESSAGE.manifest) {
      sink = events.onManifest;
    }
  }

  /** Answers: where it starts; one row for each tablespace with its size; after the stream, where it ends. */
  function takeRow(fields: readonly (string | null)[]): void {
    rows.push(fields);
    const TABLESPACE_COLUMNS = 3;
    if (fields.length === TABLESPACE_COLUMNS) events.onTotal(Number(fields[2] ?? 0) * KIB);
  }

  const guarded = (work: () => void) => {
    if (failure !== null) return;
    try {
      work();
    } catch (error) {
      failure = error as Error;
      reject(failure);
    }
  };
  const query = {
    submit: (connection: { query: (sql: string) => void }) => connection.query(text),
    handleRowDescription: () => undefined,
    handleDataRow: (message: { fields: readonly (string | null)[] }) =>
      guarded(() => takeRow(message.fields)),
    handleCopyData: (message: { chunk: Buffer }) => guarded(() => receive(message.chunk)),
    handleCommandComplete: () => undefined,
    handlePortalSuspended: () => undefined,
    handleEmptyQuery: () => undefined,
    handleError: (error: Error) => reject(error),
    handleReadyForQuery: () => guarded(() => resolve(toResult(rows))),
  };
  client.query(query as unknown as pg.Submittable);
  return promise;
}

function toResult(rows: readonly (readonly (string | null)[])[]): BaseBackupResult {
  const first = rows[0] ?? [];
  const last = rows.at(-1) ?? [];
  const start = parseLsn(first[0] ?? '');
  const end = parseLsn(last[0] ?? '');
  if (start === null || end === null || rows.length < 3)
    throw new Error('the source did not say where its copy begins and ends');
  return { start, timeline: Number(first[1]), end };
}
