/**
 * Long output: 1 GB of one attempt, as log lines and as bytes that do not pack.
 *
 * First through the store alone, on a PostgreSQL with a synchronous standby: time, log of the database, and what starts of other jobs wait
 * meanwhile. Then through the whole product on this machine, from a real command to the last byte that is complete: time, and the most
 * memory that manager, agent and waiter took. Run: `npm run bench:output` (`-- --megabytes 100` for less, `--only store|product`).
 */
import { randomFillSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { constants, zstdCompressSync } from 'node:zlib';
import { createFakeAgentHub } from '@nezuban/manager/testing/fake-agent-hub';
import { startJobsDomain, tester } from '@nezuban/manager/testing/jobs-domain';
import { prepareDatabase } from '@nezuban/manager/testing/jobs-harness';
import { agentLinkLimits } from '@nezuban/protocol/agent/link';
import { operations } from '@nezuban/protocol/api/operations';
import type { AttemptId } from '@nezuban/protocol/ids';
import {
  choosePlace,
  processesOf,
  startProduct,
  waitForLocalAgent,
  type Role,
} from '@nezuban/tests/acceptance/product';
import { createScratchHome } from '@nezuban/tests/support/scratch-home';
import { waitFor } from '@nezuban/tests/support/wait-for';
import pg from 'pg';
import { startDurablePostgres } from './durable-postgres.ts';
import { printRow, summary } from './statistics.ts';

const { values } = parseArgs({
  options: { megabytes: { type: 'string', default: '1000' }, only: { type: 'string' } },
});
const MEGABYTE = 1_000_000;
const BYTES = Number(values.megabytes) * MEGABYTE;
const CHUNK_BYTES = agentLinkLimits.outputPackedChunkBytesMax;
const START_EVERY_MS = 100;
const IDLE_STARTS = 50;
const LONG_MS = 900_000;
const SAMPLE_MS = 250;

const logLines = (from: number): Buffer => {
  const parts: string[] = [];
  let length = 0;
  for (let index = from; length < CHUNK_BYTES; index += 1) {
    const line = `2026-11-26 02:${String(index % 60).padStart(2, '0')}:${String((index * 7) % 60).padStart(2, '0')}.${index % 1000} INFO  settlement [worker-${index % 16}] account ${(index * 48_271) % 99_999_989} booked, balance ${(index * 16_807) % 9_999_991}\n`;
    parts.push(line);
    length += line.length;
  }
  return Buffer.from(parts.join('')).subarray(0, CHUNK_BYTES);
};
const noise = (): Buffer => randomFillSync(Buffer.allocUnsafe(CHUNK_BYTES));
const kinds = { 'log lines': logLines, 'bytes that do not pack': noise } as const;

async function measureStore(): Promise<void> {
  for (const pace of [20, 10_000]) {
    for (const [kind, make] of Object.entries(kinds)) {
      const postgres = await startDurablePostgres({ standby: true });
      try {
        await measureOne({ address: postgres.address, kind, make, pace });
      } finally {
        await postgres.stop();
      }
    }
  }
}

async function measureOne({
  address,
  kind,
  make,
  pace,
}: {
  readonly address: Awaited<ReturnType<typeof startDurablePostgres>>['address'];
  readonly kind: string;
  readonly make: (from: number) => Buffer;
  readonly pace: number;
}): Promise<void> {
  await prepareDatabase(address);
  const hub = createFakeAgentHub({
    nodes: ['local', 'other'],
    endingOf: ({ command }) => (command === 'writes' ? 'never' : { exitCode: 0 }),
  });
  const output = { mb_per_second: pace, net_mb_per_day: null, node_mb_per_day: null, total_mb: null };
  const domain = await startJobsDomain({ address, hub, settings: { output } });
  const sql = new pg.Client(address);
  await sql.connect();
  try {
    await domain.apply(
      'kind: jobnet\nname: writes\ntarget: { node: local }\nunits:\n  - { name: a, command: writes, output_bytes_max: 1073741824 }\n',
    );
    await domain.apply(
      'kind: jobnet\nname: quick\ntarget: { node: other }\nunits:\n  - { name: a, command: x }\n',
    );
    const run = async (name: string) =>
      await domain.jobs.routes.runNet({
        query: {},
        actor: tester,
        expected: null,
        params: { name },
        body: { parameters: {} },
      } as never);
    /** From the call to the order at the agent. */
    const startOnce = async (): Promise<number> => {
      const known = hub.orders.size;
      const began = performance.now();
      await run('quick');
      await waitFor(() => hub.orders.size > known, { intervalMs: 1, timeoutMs: 60_000 });
      return performance.now() - began;
    };
    const idle: number[] = [];
    for (let index = 0; index < IDLE_STARTS; index += 1) idle.push(await startOnce());
    await run('writes');
    const attemptId = await waitFor(
      () => [...hub.orders].find(([, order]) => order.command === 'writes')?.[0],
    );
    const before = await logPosition(sql);
    const busy: number[] = [];
    let flowing = true;
    const starting = (async () => {
      while (flowing) {
        busy.push(await startOnce());
        await new Promise((resolve) => setTimeout(resolve, START_EVERY_MS));
      }
    })();
    const began = performance.now();
    let peak = 0;
    let sent = 0;
    let next = 0;
    const sender = async () => {
      while (next < BYTES) {
        const offset = next;
        next += CHUNK_BYTES;
        const bytes = make(offset / 130);
        const packed = zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
        const data = packed.length < bytes.length ? packed : bytes;
        const size = data === packed ? { size: bytes.length } : {};
        let answer: number | undefined;
        do {
          answer = await hub.sendOutput('local', {
            attemptId,
            stream: 'stdout',
            offset,
            data: data.toString('base64'),
            ...size,
          });
        } while (answer !== undefined && answer < offset + bytes.length);
        sent += data.length;
        peak = Math.max(peak, process.memoryUsage.rss());
      }
    };
    // As far as an agent sends ahead.
    const sample = zstdCompressSync(make(0), { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
    const ahead = agentLinkLimits.outputInFlightBytesMax / Math.min(sample.length, CHUNK_BYTES);
    await Promise.all(Array.from({ length: Math.floor(ahead) }, sender));
    const seconds = (performance.now() - began) / 1000;
    flowing = false;
    await starting;
    const log = (await logPosition(sql)) - before;
    const title = `${kind}, at most ${pace} MB/s, synchronous standby`;
    printRow(`${title}: ${BYTES / MEGABYTE} MB stored, s`, seconds.toFixed(1));
    printRow('  of it, MB/s', (BYTES / MEGABYTE / seconds).toFixed(0));
    printRow('  sent packed, MB', (sent / MEGABYTE).toFixed(0));
    printRow('  log of the database, MB', (log / MEGABYTE).toFixed(0));
    printRow('  most memory of this process (manager and sender), MB', (peak / MEGABYTE).toFixed(0));
    printRow('  start of another job idle, ms', summary(idle));
    printRow('  start of another job meanwhile, ms', summary(busy));
  } finally {
    await sql.end();
    await domain.stop();
  }
}

async function logPosition(sql: pg.Client): Promise<number> {
  const { rows } = await sql.query<{ bytes: string }>(
    "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::text AS bytes",
  );
  return Number(rows[0]?.bytes);
}

async function measureProduct(): Promise<void> {
  await using scratch = createScratchHome();
  const place = await choosePlace(scratch.path);
  const product = await startProduct(place);
  try {
    await waitForLocalAgent(product);
    await product.call(operations.applyDefinitions, {
      body: `kind: jobnet\nname: bench/output\ntarget: { node: local }\nunits:\n  - name: a\n    output_bytes_max: 1073741824\n    command: |\n      perl -e 'my $n = 0; my $left = ${BYTES}; while ($left > 0) { my $l = sprintf "2026-11-26 02:00:%02d INFO settlement [worker-%d] account %d booked, balance %d\\n", $n % 60, $n % 16, ($n * 48271) % 99999989, ($n * 16807) % 9999991; $n++; $left -= length $l; print $l }'\n`,
    });
    const peaks = new Map<Role, number>();
    const roles: readonly Role[] = ['manager', 'agent', 'waiter', 'spawner'];
    const watching = setInterval(() => {
      for (const role of roles)
        for (const { pid } of processesOf(place.home, role))
          peaks.set(role, Math.max(peaks.get(role) ?? 0, residentBytes(pid)));
    }, SAMPLE_MS);
    const began = performance.now();
    const { id } = await product.call(operations.runNet, { params: { name: 'bench/output' }, body: {} });
    const session = await waitFor(
      async () => {
        const seen = await product.call(operations.getSession, { params: { id } });
        return seen.state === 'ended' && seen;
      },
      { timeoutMs: LONG_MS, intervalMs: 100 },
    );
    const endedAfter = (performance.now() - began) / 1000;
    const attemptId = session.units[0]?.attempts[0]?.id ?? ('' as AttemptId);
    const page = await waitFor(
      async () => {
        const seen = await product.call(operations.getOutput, {
          params: { attemptId },
          query: { offset: -1000 },
        });
        return seen.complete && seen;
      },
      { timeoutMs: LONG_MS, intervalMs: 100 },
    );
    const completeAfter = (performance.now() - began) / 1000;
    clearInterval(watching);
    printRow(`product: command that writes ${BYTES / MEGABYTE} MB ended after, s`, endedAfter.toFixed(1));
    printRow('  all of it at the manager after, s', completeAfter.toFixed(1));
    printRow('  stored, MB', (page.storedBytes / MEGABYTE).toFixed(0));
    for (const role of roles)
      printRow(`  most memory of ${role}, MB`, ((peaks.get(role) ?? 0) / MEGABYTE).toFixed(0));
    await measureReading(product, attemptId);
  } finally {
    await product.stop();
  }
}

async function measureReading(
  product: Awaited<ReturnType<typeof startProduct>>,
  attemptId: AttemptId,
): Promise<void> {
  const pages: number[] = [];
  for (let index = 0; index < 50; index += 1) {
    const began = performance.now();
    await product.call(operations.getOutput, {
      params: { attemptId },
      query: { offset: Math.floor((BYTES / 50) * index), limit: 128 * 1024 },
    });
    pages.push(performance.now() - began);
  }
  printRow('  a page of 128 KiB from anywhere, ms', summary(pages));
  for (const [title, query] of [
    ['a text that is nowhere', { text: 'nowhere to be found' }],
    ['a pattern that is nowhere', { text: 'ORA-[0-9]{5}x', mode: 'pattern' as const }],
  ] as const) {
    const began = performance.now();
    let offset: number | null = 0;
    let requests = 0;
    while (offset !== null) {
      const found: { nextOffset: number | null } = await product.call(operations.searchOutput, {
        params: { attemptId },
        query: { ...query, offset },
      });
      offset = found.nextOffset;
      requests += 1;
    }
    printRow(
      `  search for ${title}, s (requests)`,
      `${((performance.now() - began) / 1000).toFixed(1)} (${requests})`,
    );
  }
}

function residentBytes(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

if (values.only !== 'product') await measureStore();
if (values.only !== 'store') await measureProduct();
