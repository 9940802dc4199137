/**
 * What a synchronous standby costs: latency of a commit, and commits a second over several connections, straight to the master's PostgreSQL
 * over its Unix socket; and the latency of the cheapest write of the API.
 *
 * Called by `failover.ts`, once on a single manager and once on the pair, on the same machine and in the same run.
 */
import fs from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import { operations } from '@nezuban/protocol/api/operations';
import type { Pair } from '@nezuban/tests/ha/pair';
import type { MemberName } from '@nezuban/tests/ha/network';

export interface CommitFigures {
  readonly latencyMs: readonly number[];
  readonly perSecond: number;
  readonly apiMs: readonly number[];
}

const ROLE = 'nezuban';
const DATABASE = 'nezuban';
const LATENCY_COMMITS = 1_000;
const CONNECTIONS = 16;
const THROUGHPUT_MS = 8_000;
const API_WRITES = 200;
const TABLE = 'bench_commit';

export async function connectToDatabase(pair: Pair, name: MemberName): Promise<Client> {
  const client = new Client({ host: socketDirectory(pair, name), user: ROLE, database: DATABASE });
  // A master that dies takes its connections with it; who waits for an answer hears of it there.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** The server's own word, in its data directory: line 5 of `postmaster.pid`. */
function socketDirectory(pair: Pair, name: MemberName): string {
  const file = path.join(pair.hosts[name].home, 'postgres/data/postmaster.pid');
  return fs.readFileSync(file, 'utf8').split('\n')[4] ?? '';
}

export async function measureCommits(pair: Pair, master: MemberName): Promise<CommitFigures> {
  const first = await connectToDatabase(pair, master);
  await first.query(
    `CREATE TABLE IF NOT EXISTS ${TABLE} (id bigint GENERATED ALWAYS AS IDENTITY, words text)`,
  );
  const insert = (client: Client) => client.query(`INSERT INTO ${TABLE} (words) VALUES (repeat('x', 100))`);
  const latencyMs: number[] = [];
  for (let commit = 0; commit < LATENCY_COMMITS; commit += 1) {
    const began = performance.now();
    await insert(first);
    latencyMs.push(performance.now() - began);
  }
  const clients = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => connectToDatabase(pair, master)),
  );
  const until = performance.now() + THROUGHPUT_MS;
  let commits = 0;
  await Promise.all(
    clients.map(async (client) => {
      while (performance.now() < until) {
        await insert(client);
        commits += 1;
      }
    }),
  );
  await first.query(`DROP TABLE ${TABLE}`);
  await Promise.all([first, ...clients].map((client) => client.end()));
  return { latencyMs, perSecond: commits / (THROUGHPUT_MS / 1000), apiMs: await measureApi(pair, master) };
}

async function measureApi(pair: Pair, master: MemberName): Promise<number[]> {
  const times: number[] = [];
  for (let write = 0; write < API_WRITES; write += 1) {
    const began = performance.now();
    const answer = await pair.client.call({
      url: `${pair.url(master)}/api/v1/tokens`,
      method: 'POST',
      headers: { authorization: `Bearer ${pair.api.token()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: `bench-${process.hrtime.bigint()}`, expires_in_days: 1 }),
      timeoutMs: 10_000,
    });
    times.push(performance.now() - began);
    if (answer.status !== 201) throw new Error(`a write was answered ${answer.status} ${answer.body}`);
    const { id } = JSON.parse(answer.body) as { id: number };
    await pair.api.call(operations.deleteToken, { params: { id } });
  }
  return times;
}
