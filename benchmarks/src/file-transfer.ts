/**
 * A file from agent to agent through the manager, beside `cp` of the same file, and what starts of another job wait meanwhile.
 *
 * The whole product on this machine; its one agent reads and writes, so all five processes of the way share the cores. The target is durable
 * (fsync) in both. Run: `npm run bench:transfer` (`-- --megabytes 200` for less).
 */
import { execFileSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { operations } from '@nezuban/protocol/api/operations';
import {
  choosePlace,
  processesOf,
  startProduct,
  waitForLocalAgent,
  type Product,
  type Role,
} from '@nezuban/tests/acceptance/product';
import { processesWithCommand } from '@nezuban/tests/support/processes';
import { createScratchHome } from '@nezuban/tests/support/scratch-home';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { printRow, summary } from './statistics.ts';

const { values } = parseArgs({ options: { megabytes: { type: 'string', default: '1000' } } });
const MEGABYTE = 1_000_000;
const BYTES = Number(values.megabytes) * MEGABYTE;
const LONG_MS = 600_000;
const IDLE_STARTS = 40;
const START_EVERY_MS = 100;
/** Of the counters of processor time. */
const TICK_MS = 10;
/** As fast as it goes. */
const NO_PACE = 100_000;

const home = createScratchHome();
const folder = path.join(home.path, 'files');
const source = path.join(folder, 'source');
const product = await startProduct(await choosePlace(home.path));
try {
  await waitForLocalAgent(product);
  mkdirSync(folder);
  writeSource();
  printRow(
    'load average',
    os
      .loadavg()
      .map((load) => load.toFixed(1))
      .join(' '),
  );
  printRow('cp and sync', rateText(timeOf(() => copy())));
  await applyNets();
  printRow('start of another job, idle, ms', summary(await starts((count) => count < IDLE_STARTS)));
  for (const pace of [100, NO_PACE]) await transfer(pace);
} finally {
  await product.stop();
  await home.remove();
}

function writeSource(): void {
  const block = Buffer.alloc(MEGABYTE);
  const file = openSync(source, 'w');
  for (let written = 0; written < BYTES; written += block.length) writeSync(file, randomFillSync(block));
  closeSync(file);
}

function copy(): void {
  const target = path.join(folder, 'copy');
  execFileSync('cp', [source, target]);
  execFileSync('sync', [target]);
  rmSync(target);
}

function timeOf(work: () => void): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

function rateText(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s, ${Math.round(BYTES / MEGABYTE / (ms / 1000))} MB/s`;
}

async function applyNets(): Promise<void> {
  await product.call(operations.applyDefinitions, {
    body: [
      `kind: jobnet\nname: bench/transfer\ntarget: { node: local }\nunits:\n  - name: a\n    type: file_transfer\n    from: { node: local, path: ${source} }\n    to: { path: ${path.join(folder, 'target')} }\n`,
      'kind: jobnet\nname: bench/start\ntarget: { node: local }\nunits:\n  - name: a\n    command: ["true"]\n',
    ].join('---\n'),
  });
}

async function run(name: string): Promise<number> {
  return (await product.call(operations.runNet, { params: { name }, body: {} })).id;
}

async function ended(id: number) {
  return await waitFor(
    async () => {
      const session = await product.call(operations.getSession, { params: { id } });
      return session.state === 'ended' && session;
    },
    { timeoutMs: LONG_MS, intervalMs: 50, message: `session ${id} to end` },
  );
}

/** Milliseconds from the start of a session to the first instruction of its command, one after the other. */
async function starts(goOn: (count: number) => boolean): Promise<number[]> {
  const delays: number[] = [];
  while (goOn(delays.length)) {
    const session = await ended(await run('bench/start'));
    const startedAt = session.units[0]?.attempts[0]?.startedAt ?? null;
    if (startedAt !== null) delays.push(Date.parse(startedAt) - Date.parse(session.createdAt));
    await new Promise((resolve) => setTimeout(resolve, START_EVERY_MS));
  }
  return delays;
}

async function transfer(pace: number): Promise<void> {
  // The first is at the default.
  if (pace === NO_PACE)
    await product.call(operations.putSettings, {
      params: { section: 'transfers' },
      body: { mb_per_second: pace },
      ifMatch: null,
    } as never);
  const peaks = new Map<Role, number>();
  const spent = processorSeconds();
  const sampler = setInterval(() => {
    notePeaks(product, peaks);
    spent.look();
  }, 250);
  let isDone = false;
  const id = await run('bench/transfer');
  const meanwhile = starts(() => !isDone);
  const session = await ended(id);
  isDone = true;
  clearInterval(sampler);
  const [unit] = session.units;
  if (unit?.endStatus !== 'normal') throw new Error(`the transfer ended ${unit?.endStatus}: ${unit?.reason}`);
  const ms = Date.parse(unit.endedAt ?? '') - Date.parse(unit.startedAt ?? '');
  const what = pace === NO_PACE ? 'without a pace' : `at ${pace} MB/s`;
  printRow(`transfer ${what}`, rateText(ms));
  printRow(`start of another job meanwhile, ${what}, ms`, summary(await meanwhile));
  printRow(`processor time, ${what}, ms for a megabyte`, spent.text());
  printRow(
    `most memory, ${what}`,
    [...peaks].map(([role, bytes]) => `${role} ${Math.round(bytes / MEGABYTE)} MB`).join(', '),
  );
}

/** What the processes of the way have used: what a busy machine does not change. The last quarter of a second of the tools is not seen. */
function processorSeconds() {
  const parts = ['manager/src/main.ts', 'agent/src/main.ts', 'read-main.ts', 'write-main.ts'] as const;
  const names = {
    'manager/src/main.ts': 'manager',
    'agent/src/main.ts': 'agent',
    'read-main.ts': 'reading tool',
    'write-main.ts': 'writing tool',
  };
  const first = new Map<number, number>();
  const last = new Map<number, { readonly part: string; readonly ticks: number }>();
  const look = (): void => {
    for (const { pid, command } of processesWithCommand((line) =>
      parts.some((part) => line.includes(part)),
    )) {
      const part = parts.find((each) => command.includes(each)) ?? '';
      const isOurs =
        part.endsWith('-main.ts') ||
        processesOf(product.place.home, part.startsWith('manager') ? 'manager' : 'agent').some(
          (one) => one.pid === pid,
        );
      const ticks = isOurs ? ticksOf(pid) : 0;
      if (ticks === 0) continue;
      if (!first.has(pid)) first.set(pid, part.endsWith('-main.ts') ? 0 : ticks);
      last.set(pid, { part, ticks });
    }
  };
  look();
  return {
    look,
    text: (): string =>
      parts
        .map((part) => {
          const ticks = [...last]
            .filter(([, each]) => each.part === part)
            .reduce((sum, [pid, each]) => sum + each.ticks - (first.get(pid) ?? 0), 0);
          return `${names[part]} ${((ticks * TICK_MS) / (BYTES / MEGABYTE)).toFixed(1)}`;
        })
        .join(', '),
  };
}

function ticksOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return 0;
  }
}

function notePeaks({ place }: Product, peaks: Map<Role, number>): void {
  for (const role of ['manager', 'agent'] as const)
    for (const { pid } of processesOf(place.home, role))
      peaks.set(role, Math.max(peaks.get(role) ?? 0, residentBytes(pid)));
}

function residentBytes(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
