/**
 * The few commands of PostgreSQL's replication protocol that copying the log needs, over the driver's own connection.
 *
 * Source: PostgreSQL 18, "Streaming Replication Protocol". The driver knows copies in one direction; here both directions are open at once.
 * Called by `wal-archive.ts`.
 */
import pg from 'pg';
import { parseLsn } from '../drivers/postgres/control-file.ts';
import { DATABASE_ROLE, SOCKET_PORT } from '../drivers/postgres/settings.ts';

/** The driver's connection, as far as it is needed; its types leave it out. */
type Wire = {
  readonly query: (text: string) => void;
  readonly sendCopyFromChunk: (bytes: Buffer) => void;
  readonly endCopyFrom: () => void;
  readonly on: (event: 'copyDone', listener: () => void) => void;
  readonly off: (event: 'copyDone', listener: () => void) => void;
  readonly stream: { readonly destroy: () => void };
};

export type LogStream = {
  readonly onLog: (piece: { readonly lsn: number; readonly bytes: Buffer }) => void;
  readonly onReplyWanted: () => void;
};

export type ReplicationClient = {
  readonly identify: () => Promise<{
    readonly systemIdentifier: string;
    readonly timeline: number;
    readonly lsn: number;
  }>;
  readonly show: (setting: string) => Promise<string>;
  readonly history: (timeline: number) => Promise<string>;
  /** Resolves when the server leaves this timeline, with where it goes on; rejects when the connection ends. */
  readonly stream: (
    from: { readonly slot: string | null; readonly timeline: number; readonly lsn: number },
    events: LogStream,
  ) => Promise<{ readonly timeline: number; readonly lsn: number } | null>;
  /** Log up to here is on our disk. */
  readonly confirm: (lsn: number) => void;
  readonly close: () => void;
};

const WAL = 'w'.charCodeAt(0);
const KEEP_ALIVE = 'k'.charCodeAt(0);
const STATUS = 'r'.charCodeAt(0);
const STATUS_BYTES = 34;
const WAL_HEADER_BYTES = 25;
const CONNECT_MS = 5_000;
/** PostgreSQL counts microseconds from 2000. */
const EPOCH_2000_MS = 946_684_800_000;
const MICRO = 1_000n;

export async function connectReplication(socketDirectory: string): Promise<ReplicationClient> {
  const client = new pg.Client({
    host: socketDirectory,
    port: SOCKET_PORT,
    user: DATABASE_ROLE,
    application_name: 'nezuban archive',
    connectionTimeoutMillis: CONNECT_MS,
    ...({ replication: 'true' } as object),
  });
  let lose: (error: Error) => void = () => undefined;
  client.on('error', (error) => lose(error));
  client.on('end', () => lose(new Error('the server has ended the connection')));
  await client.connect();
  const wire = (client as unknown as { connection: Wire }).connection;

  return {
    async identify() {
      const { rows } = await client.query<{ systemid: string; timeline: number; xlogpos: string }>(
        'IDENTIFY_SYSTEM',
      );
      const [row] = rows;
      const lsn = parseLsn(row?.xlogpos ?? '');
      if (row === undefined || lsn === null) throw new Error('the server did not say where its log ends');
      return { systemIdentifier: row.systemid, timeline: Number(row.timeline), lsn };
    },
    async show(setting) {
      const { rows } = await client.query<Record<string, string>>(`SHOW ${setting}`);
      return rows[0]?.[setting] ?? '';
    },
    async history(timeline) {
      const { rows } = await client.query<{ content: Buffer | string }>(`TIMELINE_HISTORY ${timeline}`);
      return String(rows[0]?.content ?? '');
    },
    async stream({ slot, timeline, lsn }, events) {
      const { promise, resolve, reject } = Promise.withResolvers<{ timeline: number; lsn: number } | null>();
      let next: { timeline: number; lsn: number } | null = null;
      let failure: Error | null = null;
      const fail = (error: Error) => {
        failure ??= error;
        reject(error);
      };
      lose = fail;
      // The server is through with the timeline; our own end of the copy makes it say where it goes on.
      const onDone = () => wire.endCopyFrom();
      wire.on('copyDone', onDone);
      const query = {
        submit: (connection: { query: (sql: string) => void }) =>
          connection.query(
            `START_REPLICATION ${slot === null ? '' : `SLOT ${slot} `}PHYSICAL ${formatLsn(lsn)} TIMELINE ${timeline}`,
          ),
        handleRowDescription: () => undefined,
        handleDataRow({ fields }: { fields: readonly (string | null)[] }) {
          const at = parseLsn(fields[1] ?? '');
          if (at !== null) next = { timeline: Number(fields[0]), lsn: at };
        },
        handleCopyData({ chunk }: { chunk: Buffer }) {
          if (failure !== null) return;
          try {
            receive(chunk, events);
          } catch (error) {
            fail(error as Error);
          }
        },
        handleCommandComplete: () => undefined,
        handlePortalSuspended: () => undefined,
        handleEmptyQuery: () => undefined,
        handleError: fail,
        handleReadyForQuery: () => resolve(next),
      };
      client.query(query as unknown as pg.Submittable);
      try {
        return await promise;
      } finally {
        wire.off('copyDone', onDone);
        lose = () => undefined;
      }
    },
    confirm(lsn) {
      const message = Buffer.alloc(STATUS_BYTES);
      message[0] = STATUS;
      for (const at of [1, 9, 17]) message.writeBigUInt64BE(BigInt(lsn), at);
      message.writeBigInt64BE(BigInt(Math.round(Date.now() - EPOCH_2000_MS)) * MICRO, 25);
      wire.sendCopyFromChunk(message);
    },
    close: () => wire.stream.destroy(),
  };
}

/** The positions and times that the server adds are of the moment before it sends, or of what it has sent: they say nothing about its log's end. */
function receive(chunk: Buffer, events: LogStream): void {
  const REPLY_WANTED_AT = 17;
  if (chunk[0] === WAL)
    events.onLog({ lsn: Number(chunk.readBigUInt64BE(1)), bytes: chunk.subarray(WAL_HEADER_BYTES) });
  else if (chunk[0] === KEEP_ALIVE && chunk[REPLY_WANTED_AT] === 1) events.onReplyWanted();
}

export function formatLsn(lsn: number): string {
  const HALF = 2 ** 32;
  return `${Math.floor(lsn / HALF).toString(16)}/${(lsn % HALF).toString(16)}`.toUpperCase();
}
