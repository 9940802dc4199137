/**
 * The client of the comparison: writes one row per commit to whichever host takes it, and reconnects at once.
 *
 * It dials both addresses all the time, each in a lane of its own, so that a host that hangs never delays the other: what is measured
 * is the pair, not the client. A row counts as acknowledged when COMMIT succeeded without a warning: a wait for the standby that was
 * cancelled succeeds with one, and is an unknown outcome.
 *
 * Argv: `HOST=ADDRESS:PORT ...`. Started by `writer.ts`.
 */
import { writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { DataHost } from './peer.ts';
import type { FromWriter, ToWriter } from './writer-messages.ts';

const CONNECT_TIMEOUT_MS = 250;
/** A host that does not answer for this long is dialled anew. */
const ANSWER_TIMEOUT_MS = 5000;
/** After a refusal: short against every failover, long enough to leave the processors to the servers. */
const RETRY_MS = 20;
/** Between two commits. */
const PAUSE_MS = 5;

const acknowledged: number[] = [];
let unknown = 0;
let nextId = 1;
let lastHost: DataHost | null = null;
let stopping = false;

const now = () => Number(process.hrtime.bigint()) / 1e6;
const say = (message: FromWriter) => process.send?.(message);

function acknowledge(host: DataHost, write: { id: number; sentAt: number }): void {
  acknowledged.push(write.id);
  if (lastHost !== host) say({ type: 'moved', host, sentAt: write.sentAt, at: now() });
  lastHost = host;
}

/** Writes over one connection until it breaks. */
async function writeRows(host: DataHost, client: pg.Client): Promise<void> {
  let warned = false;
  client.on('notice', () => {
    warned = true;
  });
  while (!stopping) {
    const id = nextId;
    nextId += 1;
    warned = false;
    const sentAt = now();
    try {
      await client.query('INSERT INTO bench_write (id, host) VALUES ($1, $2)', [id, host]);
    } catch (error) {
      // Read-only: it is a standby, and this connection lives on when it is promoted.
      if ((error as { code?: string }).code !== '25006') throw error;
      await delay(RETRY_MS);
      continue;
    }
    if (warned) unknown += 1;
    else acknowledge(host, { id, sentAt });
    await delay(PAUSE_MS);
  }
}

async function runLane(host: DataHost, address: { host: string; port: number }): Promise<void> {
  while (!stopping) {
    const client = new pg.Client({
      ...address,
      user: 'postgres',
      database: 'postgres',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: ANSWER_TIMEOUT_MS,
    });
    // A broken connection is seen by the statement that fails on it.
    client.on('error', () => undefined);
    try {
      await client.connect();
      await writeRows(host, client);
    } catch {
      unknown += 1;
      await delay(RETRY_MS);
    } finally {
      // Without a farewell: the other side may never answer.
      (client as unknown as { connection: { stream: { destroy: () => void } } }).connection.stream.destroy();
    }
  }
}

process.on('message', (message: ToWriter) => {
  stopping = true;
  void writeFile(message.file, acknowledged.join('\n')).then(() => {
    say({ type: 'stopped', acknowledged: acknowledged.length, unknown });
    process.exit();
  });
});
process.on('disconnect', () => process.exit());

for (const argument of process.argv.slice(2)) {
  const [host = '', address = ''] = argument.split('=');
  const [name = '', port = ''] = address.split(':');
  void runLane(host as DataHost, { host: name, port: Number(port) });
}
