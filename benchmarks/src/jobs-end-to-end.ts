/**
 * Job attempts end to end on the real product, beside the cheapest launch with the same guarantees (spawner and waiter alone, exit
 * record on disk) and bare spawn of /bin/true, in one run. Also start latency, the delay of scheduled starts, 500 runs at once, and
 * memory. Run: `npm run bench:jobs`.
 */
import { readFileSync } from 'node:fs';
import { operations } from '@nezuban/protocol/api/operations';
import {
  choosePlace,
  type Product,
  type Role,
  startProduct,
  waitForLocalAgent,
} from '@nezuban/tests/acceptance/product';
import { createScratchHome } from '@nezuban/tests/support/scratch-home';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { measureBareSpawn, measureSpawner } from './spawner-rate.ts';
import { printRow, quantile, summary } from './statistics.ts';

const LATENCY_RUNS = 60;
const THROUGHPUT_UNITS = 2000;
const BURST_RUNS = 500;
const SCHEDULE_SECONDS = 30;

const DATE_COMMAND = '[/bin/date, +%s%N]';

async function ended(product: Product, id: number) {
  return waitFor(
    async () => {
      const session = await product.call(operations.getSession, { params: { id } });
      return session.state === 'ended' && session;
    },
    { timeoutMs: 300_000, intervalMs: 25, message: `the end of session ${id}` },
  );
}

/** Nanoseconds since 1970 that the command itself printed, as milliseconds. */
async function printedTime(product: Product, attemptId: string): Promise<number> {
  const page = await waitFor(
    async () => {
      const output = await product.call(operations.getOutput, { params: { attemptId } });
      return output.complete && output;
    },
    { message: 'the output' },
  );
  return Number(page.text.trim()) / 1e6;
}

function wallNow(): number {
  return performance.timeOrigin + performance.now();
}

async function measureLatency(product: Product): Promise<void> {
  await product.call(operations.applyDefinitions, {
    body: `kind: jobnet\nname: bench/latency\ntarget: { node: local }\nunits:\n  - name: now\n    command: ${DATE_COMMAND}\n`,
  });
  const delays: number[] = [];
  for (let run = 0; run < LATENCY_RUNS; run += 1) {
    const called = wallNow();
    const { id } = await product.call(operations.runNet, { params: { name: 'bench/latency' }, body: {} });
    const session = await ended(product, id);
    delays.push((await printedTime(product, session.units[0]?.attempts[0]?.id ?? '')) - called);
  }
  printRow(
    'idle start latency, API call to first instruction of the command, ms (target p50 <= 15)',
    summary(delays),
  );
}

async function measureThroughput(product: Product): Promise<void> {
  const units = Array.from(
    { length: THROUGHPUT_UNITS },
    (_, index) => `  - name: u${index}\n    command: [/bin/true]\n`,
  ).join('');
  await product.call(operations.applyDefinitions, {
    body: `kind: jobnet\nname: bench/throughput\ntarget: { node: local }\nunits:\n${units}`,
  });
  const rates: number[] = [];
  const ratios: number[] = [];
  const bare: number[] = [];
  const cheapest: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const launch = await measureSpawner({ count: THROUGHPUT_UNITS / 2, parallel: 4 });
    bare.push(await measureBareSpawn({ count: THROUGHPUT_UNITS / 2, parallel: 4 }));
    const began = performance.now();
    const { id } = await product.call(operations.runNet, { params: { name: 'bench/throughput' }, body: {} });
    const session = await waitFor(
      async () => {
        const page = await product.call(operations.listSessions, { query: { limit: 1 } });
        return page.items[0]?.id === id && page.items[0].state === 'ended' && page.items[0];
      },
      { timeoutMs: 300_000, intervalMs: 50, message: 'the end of the throughput session' },
    );
    if (session.endStatus !== 'normal') throw new Error(`the session ended ${session.endStatus}`);
    const rate = THROUGHPUT_UNITS / ((performance.now() - began) / 1000);
    rates.push(rate);
    cheapest.push(launch);
    ratios.push(rate / launch);
  }
  printRow('job attempts end to end, no-op, per s', summary(rates, 0));
  printRow(
    'cheapest launch with the same guarantees (spawner, waiter, fsynced exit record), 4 at once, per s',
    summary(cheapest, 0),
  );
  printRow('bare spawn of /bin/true from a small Node process, 4 at once, per s', summary(bare, 0));
  printRow('ratio end to end / cheapest launch (target >= 0.6)', summary(ratios, 2));
}

async function measureSchedule(product: Product): Promise<void> {
  await product.call(operations.applyDefinitions, {
    body: `kind: jobnet\nname: bench/schedule\ntarget: { node: local }\nschedules:\n  - name: each-second\n    cron: '* * * * * *'\nunits:\n  - name: now\n    command: ${DATE_COMMAND}\n`,
  });
  const done = await waitFor(
    async () => {
      const page = await product.call(operations.listSessions, {
        query: { net: 'bench/schedule', state: ['ended'], limit: 200 },
      });
      return page.items.length >= SCHEDULE_SECONDS && page.items;
    },
    { timeoutMs: 120_000, intervalMs: 500, message: `${SCHEDULE_SECONDS} scheduled sessions` },
  );
  const { revision } = await product.call(operations.getNet, { params: { name: 'bench/schedule' } });
  await product.call(operations.deleteNet, { params: { name: 'bench/schedule' }, ifMatch: `"${revision}"` });
  const delays: number[] = [];
  for (const summaryOfSession of done) {
    if (summaryOfSession.trigger.type !== 'schedule') continue;
    const session = await product.call(operations.getSession, { params: { id: summaryOfSession.id } });
    delays.push(
      (await printedTime(product, session.units[0]?.attempts[0]?.id ?? '')) -
        Date.parse(summaryOfSession.trigger.dueAt),
    );
  }
  printRow('start delay of a scheduled unit, due time to first instruction, ms', summary(delays));
}

async function measureBurst(product: Product): Promise<void> {
  await product.call(operations.applyDefinitions, {
    body: 'kind: jobnet\nname: bench/burst\ntarget: { node: local }\nunits:\n  - name: sleep\n    command: [/bin/sleep, "2"]\n',
  });
  const loads: number[] = [];
  const answers: number[] = [];
  const watch = new AbortController();
  const watching = (async () => {
    while (!watch.signal.aborted) {
      loads.push(Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0]));
      const began = performance.now();
      await product.call(operations.listSessions, { query: { limit: 1 } });
      answers.push(performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  const began = performance.now();
  const ids = await Promise.all(
    Array.from(
      { length: BURST_RUNS },
      async () => (await product.call(operations.runNet, { params: { name: 'bench/burst' }, body: {} })).id,
    ),
  );
  const accepted = performance.now() - began;
  for (const id of ids) await ended(product, id);
  const total = performance.now() - began;
  watch.abort();
  await watching;
  printRow(
    `${BURST_RUNS} runs of a 2 s command fired at once: all accepted after, s`,
    (accepted / 1000).toFixed(2),
  );
  printRow(
    `${BURST_RUNS} runs at once: all ended after, s; highest load average`,
    `${(total / 1000).toFixed(1)}; ${Math.max(...loads)}`,
  );
  printRow(`${BURST_RUNS} runs at once: answers of the API meanwhile, ms`, summary(answers));
}

function residentMegabytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 'NaN') / 1024;
}

function measureMemory(product: Product, when: string): void {
  const roles: Role[] = ['keeper', 'manager', 'agent', 'spawner'];
  const text = roles
    .map(
      (role) =>
        `${role} ${quantile(
          product.processes(role).map((one) => residentMegabytes(one.pid)),
          0.5,
        ).toFixed(0)}`,
    )
    .join(', ');
  printRow(`memory ${when}, RSS in MiB (targets: keeper 80, manager 250 idle, agent 70)`, text);
}

await using home = createScratchHome();
const product = await startProduct(await choosePlace(home.path));
try {
  await waitForLocalAgent(product);
  measureMemory(product, 'idle after the start');
  await measureLatency(product);
  await measureThroughput(product);
  await measureSchedule(product);
  await measureBurst(product);
  measureMemory(product, 'after all of this');
} finally {
  await product.stop();
}
