/**
 * `npm run bench:bulk [-- --mb N]`: what a bulk write does to the small commits beside it on a pair, and to the pair itself.
 *
 * Three phases in one run: nothing beside, a bulk writer at full speed, the same amount at a bounded rate. The bulk writer is one connection
 * of the master's PostgreSQL that commits 4 MB at a time; the small commits are rows of 100 bytes, one after the other. Prints one table.
 */
import { parseArgs } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import { createNetwork } from '@nezuban/tests/ha/create-network';
import { createPair } from '@nezuban/tests/ha/pair';
import { connectToDatabase } from './failover-commits.ts';

const { values } = parseArgs({
  options: { mb: { type: 'string', default: '1024' }, rate: { type: 'string', default: '20' } },
});
const TOTAL_MB = Number(values.mb);
/** MB/s of the bounded writer. */
const RATE = Number(values.rate);
const BATCH_MB = 4;
const IDLE_COMMITS = 2_000;

const share = (sorted: readonly number[], part: number): string =>
  (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN).toFixed(1);

interface Phase {
  readonly name: string;
  readonly latencyMs: readonly number[];
  readonly mbPerSecond: number | null;
}

async function small(client: Client, goOn: (done: number) => boolean): Promise<number[]> {
  const times: number[] = [];
  while (goOn(times.length)) {
    const began = performance.now();
    await client.query("INSERT INTO bench_small (words) VALUES (repeat('x', 100))");
    times.push(performance.now() - began);
  }
  return times.toSorted((a, b) => a - b);
}

/** Rows of a kilobyte that do not compress. */
async function bulk(client: Client, mbPerSecond: number | null): Promise<number> {
  const began = performance.now();
  for (let written = 0; written < TOTAL_MB; written += BATCH_MB) {
    await client.query(
      `INSERT INTO bench_bulk SELECT string_agg(md5(random()::text), '') FROM generate_series(1, ${BATCH_MB * 1024}) row, generate_series(1, 32) GROUP BY row`,
    );
    if (mbPerSecond === null) continue;
    const aheadMs = ((written + BATCH_MB) / mbPerSecond) * 1000 - (performance.now() - began);
    if (aheadMs > 0) await delay(aheadMs);
  }
  return TOTAL_MB / ((performance.now() - began) / 1000);
}

const { network } = createNetwork();
const pair = await createPair({ network, witness: 'agent', agents: 1 });
try {
  const [writer, heavy] = [await connectToDatabase(pair, 'a'), await connectToDatabase(pair, 'a')];
  await writer.query('CREATE TABLE bench_small (words text); CREATE TABLE bench_bulk (words text)');
  const phases: Phase[] = [
    {
      name: 'nothing beside',
      latencyMs: await small(writer, (done) => done < IDLE_COMMITS),
      mbPerSecond: null,
    },
  ];
  for (const rate of [null, RATE]) {
    let over = false;
    const [latencyMs, mbPerSecond] = await Promise.all([
      small(writer, () => !over),
      bulk(heavy, rate).finally(() => (over = true)),
    ]);
    phases.push({
      name: rate === null ? 'bulk at full speed' : `bulk bounded to ${rate} MB/s`,
      latencyMs,
      mbPerSecond,
    });
  }
  const status = await pair.control.a.status();
  await Promise.all([writer.end(), heavy.end()]);
  console.log('| Beside the small commits | bulk, MB/s | commits | p50, ms | p99, ms | max, ms |');
  console.log('| --- | --- | --- | --- | --- | --- |');
  for (const { name, latencyMs, mbPerSecond } of phases)
    console.log(
      `| ${name} | ${mbPerSecond?.toFixed(0) ?? ''} | ${latencyMs.length} | ${share(latencyMs, 0.5)} | ${share(latencyMs, 0.99)} | ${share(latencyMs, 1)} |`,
    );
  console.log(
    `afterwards: ${status?.redundancy ?? 'unknown'}, term ${status?.master?.term ?? 'none'} (${status?.history.length ?? 0} changes of master since the beginning)`,
  );
} finally {
  await pair.stop();
  network.remove();
}
