/**
 * How many commands a second spawner and waiter start and see through, with all their guarantees (claim, output pipes, exit record flushed
 * to disk), beside a bare spawn from a small Node process. This is the cheapest launch that the end-to-end figure is compared with.
 * Run: `node benchmarks/src/spawner-rate.ts`.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { attemptOrderSchema, type AttemptOrder } from '@nezuban/protocol/agent/link';
import type { AttemptId } from '@nezuban/protocol/ids';
import { AttemptFolders } from '@nezuban/agent/attempts/attempt-folders';
import { openHintPipe } from '@nezuban/agent/spawner/hint-pipe';
import { createSpawner } from '@nezuban/agent/spawner/spawner-client';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { printRow } from './statistics.ts';

export type SpawnLoad = { readonly count: number; readonly parallel: number };

/** A spawner that does not answer for so long has lost something, and the benchmark would hang. */
const STALL_MS = 30_000;

/** Runs `count` times /bin/true, `parallel` at once, and returns how many ended per second. Throws if one did not end with 0. */
export async function measureSpawner(load: SpawnLoad): Promise<number> {
  const home = mkdtempSync(path.join(os.tmpdir(), 'nz-spawner-rate-'));
  const folders = new AttemptFolders(home);
  const running = new Map<AttemptId, () => void>();
  const hints = openHintPipe(path.join(home, 'hints'), (items) => {
    for (const hint of items) if (hint.type === 'ended') running.get(hint.id)?.();
  });
  const spawner = createSpawner(
    {
      logger: createMemoryLogger(),
      writeGeneration: (generation) => folders.writeGeneration(generation),
      onGeneration: () => undefined,
    },
    { home, agentMark: 'bench', locale: {} },
  );
  spawner.start();
  const launch = async (index: number): Promise<void> => {
    const order = noopOrder(index);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const stalled = setTimeout(
      () => reject(new Error(`${order.attemptId} did not end within ${STALL_MS} ms`)),
      STALL_MS,
    );
    running.set(order.attemptId, resolve);
    spawner.launch(order);
    await promise;
    clearTimeout(stalled);
    running.delete(order.attemptId);
    if (folders.readExit(order.attemptId)?.exitCode !== 0)
      throw new Error(`${order.attemptId} did not end with 0`);
    folders.remove(order.attemptId);
  };
  try {
    // The first launch loads what is loaded once.
    await launch(load.count);
    return await rate(load, launch);
  } finally {
    await spawner.stop();
    hints.close();
    rmSync(home, { recursive: true, force: true });
  }
}

/** Runs `count` times /bin/true straight from this process, without waiter, record or survival of anything. */
export function measureBareSpawn(load: SpawnLoad): Promise<number> {
  return rate(load, async () => {
    const child = spawn('/bin/true', [], { stdio: 'ignore' });
    await new Promise((resolve) => child.once('exit', resolve));
  });
}

async function rate(load: SpawnLoad, launch: (index: number) => Promise<void>): Promise<number> {
  const began = performance.now();
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < load.count; index = next++) await launch(index);
  };
  await Promise.all(Array.from({ length: load.parallel }, lane));
  return load.count / ((performance.now() - began) / 1000);
}

function noopOrder(index: number): AttemptOrder {
  return attemptOrderSchema.parse({
    attemptId: `1-benchmark0-${index}.0.0.0`,
    command: ['/bin/true'],
    killAfterMs: 1000,
    outputBytesMax: 1000,
  });
}

/** Private memory of one idle waiter, in KiB: what a thousand long jobs cost is a thousand of these. */
async function measureWaiterMemory(): Promise<number> {
  const home = mkdtempSync(path.join(os.tmpdir(), 'nz-spawner-rate-'));
  const folders = new AttemptFolders(home);
  const { promise: started, resolve } = Promise.withResolvers<void>();
  const hints = openHintPipe(
    path.join(home, 'hints'),
    (items) => items.some((hint) => hint.type === 'started') && resolve(),
  );
  const spawner = createSpawner(
    {
      logger: createMemoryLogger(),
      writeGeneration: (generation) => folders.writeGeneration(generation),
      onGeneration: () => undefined,
    },
    { home, agentMark: 'bench', locale: {} },
  );
  spawner.start();
  const order = attemptOrderSchema.parse({
    attemptId: '1-benchmark0-0.0.0.0',
    command: ['/bin/sleep', '60'],
    killAfterMs: 0,
    outputBytesMax: 1000,
  });
  spawner.launch(order);
  await started;
  const waiter = folders.readWaiter(order.attemptId)?.pid ?? 0;
  const fields = readFileSync(`/proc/${waiter}/smaps_rollup`, 'utf8').matchAll(
    /^(?:Private_Clean|Private_Dirty):\s+(\d+) kB$/gm,
  );
  const kib = [...fields].reduce((sum, field) => sum + Number(field[1]), 0);
  process.kill(waiter, 'SIGUSR1');
  while (folders.readExit(order.attemptId) === null) await new Promise((next) => setTimeout(next, 5));
  await spawner.stop();
  hints.close();
  rmSync(home, { recursive: true, force: true });
  return kib;
}

if (import.meta.main) {
  console.log('| question | figure |\n| --- | --- |');
  for (const parallel of [1, 4, 16]) {
    const load = { count: 600, parallel };
    const bare = await measureBareSpawn(load);
    const full = await measureSpawner(load);
    printRow(
      `/bin/true, ${parallel} at once, per s: bare Node spawn / spawner and waiter / ratio`,
      `${bare.toFixed(0)} / ${full.toFixed(0)} / ${(full / bare).toFixed(2)}`,
    );
  }
  printRow('private memory of an idle waiter, KiB', String(await measureWaiterMemory()));
}
