/**
 * The engine under load, on one PostgreSQL and on one with a synchronous standby, with agents simulated in the process:
 * a net of 10,000 units planned and run, 50,000 attempts tracked at once, 1,000 starts a second; starts by schedules, of which a share was prepared,
 * beside starts that were not; and the bare engine beside two job queues with the same kind of trivial job.
 * Run: `npm run bench:engine-load` (`-- --short` for a tenth of everything, `--prepared 0` to 1 for another share and nothing else).
 */
import { parseArgs } from 'node:util';
import { planNet } from '@nezuban/core/jobs/net-plan';
import type { Preparation } from '@nezuban/core/jobs/preparation/fit-preparation';
import { findStandingRoles } from '@nezuban/manager/access/user-store';
import { spendPreparation } from '@nezuban/manager/jobs/preparations/preparation-store';
import { saveDecided } from '@nezuban/manager/jobs/schedule-store';
import type { AttemptId } from '@nezuban/protocol/ids';
import { jobNetSchema } from '@nezuban/protocol/jobs/definition';
import { createFakeAgentHub, type FakeAgentHub } from '@nezuban/manager/testing/fake-agent-hub';
import {
  createFakeEventSink,
  prepareDatabase,
  startJobs,
  storeNet,
  type FakeEventSink,
  type JobsHarness,
} from '@nezuban/manager/testing/jobs-harness';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { startDurablePostgres, type DurablePostgres } from './durable-postgres.ts';
import { fetchJobQueues } from './engine/job-queues.ts';
import { printRow, quantile, summary } from './statistics.ts';

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    'no-peers': { type: 'boolean', default: false },
    prepared: { type: 'string' },
  },
});
const PREPARED_SHARE = Number(values.prepared ?? 1);
const SHARE = values.short ? 10 : 1;
const NODES = 100;
const BIG_UNITS = 10_000 / SHARE;
/** Units of a layer run side by side, each after one of the layer before. */
const LAYER = 50;
const TRANSITIONS_PER_UNIT = 3;
const OPEN_SESSIONS = 50;
const OPEN_UNITS = 1_000 / SHARE;
const STARTS_PER_SECOND = 1_000;
const START_SECONDS = 10 / (values.short ? 5 : 1);
const TICK_MS = 10;
const PREPARED_STARTS = 10_000 / SHARE;
/** As many schedules fall due in the same second at the busiest of hours. */
const STARTS_AT_ONCE = 200;
const TRIVIAL_JOBS = 20_000 / SHARE;
const ROUNDS = 3;
const LONG_MS = 300_000;

const nodes = Array.from({ length: NODES }, (_, index) => `node${index}`);
const nodeOf = (index: number) => nodes[index % NODES];

function layeredNet(name: string, units: number) {
  return {
    kind: 'jobnet',
    name,
    units: Array.from({ length: units }, (_, index) => ({
      name: `u${index}`,
      command: '/bin/true',
      target: { node: nodeOf(index) },
      ...(index < LAYER ? {} : { after: [`u${index - LAYER}`] }),
    })),
  };
}

function flatNet(name: string, units: number, command: string) {
  const unit = (index: number) => ({ name: `u${index}`, command, target: { node: nodeOf(index) } });
  return { kind: 'jobnet', name, units: Array.from({ length: units }, (_, index) => unit(index)) };
}

type Bench = { readonly jobs: JobsHarness; readonly hub: FakeAgentHub; readonly events: FakeEventSink };

/** A command `hold` runs until the benchmark ends it. */
async function startBench(
  address: DurablePostgres['address'],
  pace: 'gathered' | 'stepwise',
): Promise<Bench> {
  const hub = createFakeAgentHub({
    nodes,
    pace,
    endingOf: ({ command }) => (command === 'hold' ? 'never' : { exitCode: 0 }),
  });
  const events = createFakeEventSink();
  return {
    jobs: await startJobs({ address, hub, events, openAttemptsPerNodeMax: BIG_UNITS * 10 }),
    hub,
    events,
  };
}

const endedCount = ({ events }: Bench): number =>
  events.committed.filter(({ code }) => code === 'session_ended').length;

async function untilEnded(bench: Bench, before: number, count: number): Promise<void> {
  await waitFor(() => endedCount(bench) - before >= count, {
    timeoutMs: LONG_MS,
    intervalMs: 2,
    message: 'the sessions to end',
  });
}

/** Reading, planning, first commit with the first layer's orders; then all of it with commands that do nothing. */
async function measureBigNet(address: DurablePostgres['address'], where: string): Promise<void> {
  const bench = await startBench(address, 'stepwise');
  const name = `big/${where}`;
  const definition = await storeNet(bench.jobs.database, layeredNet(name, BIG_UNITS));
  const text = JSON.stringify(definition);
  const plans: number[] = [];
  const starts: number[] = [];
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    planNet(jobNetSchema.parse(JSON.parse(text)));
    plans.push(performance.now() - began);
    const before = endedCount(bench);
    const called = performance.now();
    await bench.jobs.run(name);
    starts.push(performance.now() - called);
    await untilEnded(bench, before, 1);
    rates.push((BIG_UNITS * TRANSITIONS_PER_UNIT) / ((performance.now() - called) / 1000));
  }
  printRow(
    `${where}: a net of ${BIG_UNITS} units read, checked and planned, ms (target < 1,000)`,
    summary(plans, 0),
  );
  printRow(
    `${where}: its start until it is committed and its first orders are out, ms (target < 1,000)`,
    summary(starts, 0),
  );
  printRow(`${where}: unit transitions/s of it, each stored by itself (target >= 10,000)`, summary(rates, 0));
  await bench.jobs.stop();
}

/** All of them run at the same time; a small net is started meanwhile; then all end. */
async function measureOpenAttempts(address: DurablePostgres['address'], where: string): Promise<void> {
  const bench = await startBench(address, 'gathered');
  const { jobs, hub } = bench;
  const [name, small] = [`open/${where}`, `small/${where}`];
  await storeNet(jobs.database, flatNet(name, OPEN_UNITS, 'hold'));
  await storeNet(jobs.database, flatNet(small, 1, '/bin/true'));
  const all = OPEN_SESSIONS * OPEN_UNITS;
  const began = performance.now();
  await Promise.all(Array.from({ length: OPEN_SESSIONS }, () => jobs.run(name)));
  await waitFor(() => hub.orders.size >= all && hub.unsent() === 0, {
    timeoutMs: LONG_MS,
    message: 'all attempts to run',
  });
  const running = (performance.now() - began) / 1000;
  const small_ = await smallRuns(bench, small);
  const memory = Math.round(process.memoryUsage.rss() / 1e6);
  const held: AttemptId[] = [...hub.orders.values()]
    .filter(({ command }) => command === 'hold')
    .map(({ attemptId }) => attemptId);
  const before = endedCount(bench);
  const ending = performance.now();
  for (const id of held) hub.end(id, 0);
  await untilEnded(bench, before, OPEN_SESSIONS);
  const ended = (performance.now() - ending) / 1000;
  printRow(
    `${where}: ${all} attempts running at once: all running after, s; all ended after, s`,
    `${running.toFixed(1)}; ${ended.toFixed(1)}`,
  );
  printRow(
    `${where}: start of another net meanwhile, call to order, ms; memory of engine and agents, MB`,
    `${summary(small_, 1)}; ${memory}`,
  );
  await jobs.stop();
}

async function smallRuns(bench: Bench, net: string): Promise<number[]> {
  const delays: number[] = [];
  for (let run = 0; run < 50; run += 1) {
    const orders = bench.hub.orders.size;
    const called = performance.now();
    await bench.jobs.run(net);
    await waitFor(() => bench.hub.orders.size > orders, { intervalMs: 1 });
    delays.push(performance.now() - called);
  }
  return delays;
}

/** Calls come at an even rate, whether or not the ones before are done; delay = call to order at the agent. */
async function measureStarts(address: DurablePostgres['address'], where: string): Promise<void> {
  const bench = await startBench(address, 'gathered');
  const { jobs, hub } = bench;
  const name = `start/${where}`;
  await storeNet(jobs.database, flatNet(name, 1, '/bin/true'));
  const calledAt = new Map<number, number>();
  const delays: number[] = [];
  const { dispatch } = hub;
  const orderedAt = new Map<string, number>();
  Object.assign(hub, {
    dispatch(...args: Parameters<typeof dispatch>) {
      const now = performance.now();
      for (const { attemptId } of args[1]) orderedAt.set(attemptId.split('-')[0] ?? '', now);
      dispatch(...args);
    },
  });
  const total = STARTS_PER_SECOND * START_SECONDS;
  const before = endedCount(bench);
  const began = performance.now();
  const calls: Promise<unknown>[] = [];
  while (calls.length < total) {
    const due = Math.min(total, Math.floor(((performance.now() - began) / 1000) * STARTS_PER_SECOND));
    while (calls.length < due) {
      // From the time when it should have been called: a late call counts as delay.
      const at = began + (calls.length / STARTS_PER_SECOND) * 1000;
      calls.push(jobs.run(name).then(({ id }) => calledAt.set(id, at)));
    }
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  await Promise.all(calls);
  await untilEnded(bench, before, total);
  for (const [id, at] of calledAt) delays.push((orderedAt.get(String(id)) ?? Number.NaN) - at);
  printRow(
    `${where}: ${STARTS_PER_SECOND} starts/s for ${START_SECONDS} s, due time to order at the agent, ms (target p99 < 1,000)`,
    `${summary(delays, 1)}; all ended ${((performance.now() - began) / 1000 - START_SECONDS).toFixed(1)} s after the last`,
  );
  Object.assign(hub, { dispatch });
  await jobs.stop();
}

/**
 * What the loop of schedules and the engine do for each start that is due, as fast as they can: all of one kind, then a share of them prepared, by
 * turns. With each: what its schedule has decided. If it was prepared: the right of whoever did it, three units held, the row spent.
 */
async function measurePreparedStarts(address: DurablePostgres['address'], where: string): Promise<void> {
  const bench = await startBench(address, 'gathered');
  const { database, engine } = bench.jobs;
  const net = `prepared/${where}`;
  const definition = await storeNet(database, flatNet(net, 4, '/bin/true'));
  const plan = planNet(definition);
  const at = Date.UTC(2040, 0, 1);
  await database.query({
    text: `INSERT INTO app_user (name, password_hash, must_change_password, roles) VALUES ($1, '', false, '{}') ON CONFLICT DO NOTHING`,
    values: [net],
  });
  const run = async (share: number): Promise<number> => {
    await database.query({ text: 'TRUNCATE schedule_state, start_preparation' });
    await database.query({
      text: `INSERT INTO schedule_state (net, schedule, last_checked) SELECT $1, 's' || n, now() FROM generate_series(1, $2::integer) n`,
      values: [net, PREPARED_STARTS],
    });
    await database.query({
      text: `INSERT INTO start_preparation (net, schedule, planned_at, wish, written_by, written_at)
             SELECT $1, 's' || n, $2, '{"hold": false, "units": {"u1": "hold", "u2": "hold", "u3": "hold"}, "parameters": {}, "secrets": [], "priority": null}', $1, now()
             FROM generate_series(1, $3::integer) n`,
      values: [net, new Date(at), Math.round(PREPARED_STARTS * share)],
    });
    let next = 0;
    const began = performance.now();
    const work = async (): Promise<void> => {
      for (let index = (next += 1); index <= PREPARED_STARTS; index = next += 1) {
        const start = { net, schedule: `s${index}`, at };
        const isPrepared = index <= PREPARED_STARTS * share;
        if (isPrepared) await findStandingRoles(database, net);
        await engine.run({
          plan,
          netRevision: 1,
          parameters: {},
          trigger: { type: 'schedule', schedule: start.schedule, dueAt: new Date(at).toISOString() },
          ...(isPrepared ? { preparation } : {}),
          async alsoWrite(transaction) {
            await saveDecided(transaction, {
              ...start,
              until: at,
              calendarRevision: 0,
              preparationRevision: 0,
            });
            if (isPrepared) await spendPreparation(transaction, start);
          },
        });
      }
    };
    await Promise.all(Array.from({ length: STARTS_AT_ONCE }, work));
    return (PREPARED_STARTS / (performance.now() - began)) * 1000;
  };
  const [plain, prepared]: [number[], number[]] = [[], []];
  // The first warms up.
  await run(PREPARED_SHARE);
  for (let round = 0; round < ROUNDS; round += 1) {
    plain.push(await run(0));
    prepared.push(await run(PREPARED_SHARE));
  }
  printRow(
    `${where}: starts/s by schedules; with ${PREPARED_SHARE * 100}% of them prepared; ratio`,
    `${summary(plain, 0)}; ${summary(prepared, 0)}; ${(quantile(prepared, 0.5) / quantile(plain, 0.5)).toFixed(2)}`,
  );
  await bench.jobs.stop();
}

const preparation: Preparation = {
  by: 'operator',
  at: 0,
  reason: null,
  hold: false,
  units: { u1: 'hold', u2: 'hold', u3: 'hold' },
  parameters: {},
  secrets: [],
  unreadable: [],
  priority: null,
  lacksRight: false,
};

/** Sessions of 200 trivial units each: attempts a second, from the first start to the last end. */
async function measureOwnJobs(address: DurablePostgres['address'], name: string): Promise<number[]> {
  const bench = await startBench(address, 'gathered');
  const units = 200;
  await storeNet(bench.jobs.database, flatNet(name, units, '/bin/true'));
  const rates: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const before = endedCount(bench);
    const began = performance.now();
    const sessions = TRIVIAL_JOBS / units;
    await Promise.all(Array.from({ length: sessions }, () => bench.jobs.run(name)));
    await untilEnded(bench, before, sessions);
    // The first warms up.
    if (round > 0) rates.push((TRIVIAL_JOBS / (performance.now() - began)) * 1000);
  }
  await bench.jobs.stop();
  return rates;
}

async function measurePeers(address: DurablePostgres['address']): Promise<void> {
  await using queues = await fetchJobQueues(address);
  const rounds = async (measure: () => Promise<number>): Promise<number[]> => {
    const rates: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) rates.push(await measure());
    return rates;
  };
  const own = await measureOwnJobs(address, 'trivial/own');
  const rows: readonly (readonly [string, number[]])[] = [
    ['graphile-worker, default', await rounds(() => queues.graphileWorker(TRIVIAL_JOBS, false))],
    ['graphile-worker, local queue', await rounds(() => queues.graphileWorker(TRIVIAL_JOBS, true))],
    ['pg-boss, batches of 500', await rounds(() => queues.pgBoss(TRIVIAL_JOBS))],
  ];
  printRow(
    `trivial jobs/s, the engine (each with session, unit, attempt and receipts stored)`,
    summary(own, 0),
  );
  for (const [name, rates] of rows)
    printRow(
      `trivial jobs/s, ${name}; ratio engine / it`,
      `${summary(rates, 0)}; ${(quantile(own, 0.5) / quantile(rates, 0.5)).toFixed(1)}`,
    );
}

for (const standby of [false, true]) {
  const where = standby ? 'standby' : 'single';
  const postgres = await startDurablePostgres({ standby });
  try {
    await prepareDatabase(postgres.address);
    if (values.prepared === undefined) {
      await measureBigNet(postgres.address, where);
      await measureOpenAttempts(postgres.address, where);
      await measureStarts(postgres.address, where);
      if (!standby && !values['no-peers']) await measurePeers(postgres.address);
    }
    // Last: what it leaves in the process and in the database is not to weigh on the others.
    await measurePreparedStarts(postgres.address, where);
  } finally {
    await postgres.stop();
  }
}
