/**
 * Transitions of units that the engine commits a second, on a durable PostgreSQL on the same machine, with agents that answer at once.
 * A transition is a change of a command unit's state: waiting to starting, starting to running, running to ended. Measured twice: with each
 * of them stored by itself, and with commands that end at once, so that one transaction takes a unit through two. Also the way from a call to a dispatched order on an idle engine. Run: `npm run bench:engine`.
 */
import { readFileSync } from 'node:fs';
import { createFakeAgentHub } from '@nezuban/manager/testing/fake-agent-hub';
import {
  createFakeEventSink,
  prepareDatabase,
  startJobs,
  storeNet,
} from '@nezuban/manager/testing/jobs-harness';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { startDurablePostgres } from './durable-postgres.ts';
import { printRow, summary } from './statistics.ts';

const NODES = 40;
const SESSIONS = 100;
const UNITS = 200;
/** Units of a layer run side by side, each after one of the layer before. */
const LAYER = 20;
const TRANSITIONS_PER_UNIT = 3;
const IDLE_RUNS = 200;
const WARM_UP_SESSIONS = 5;
const ROUNDS = 3;

const nodes = Array.from({ length: NODES }, (_, index) => `node${index}`);
const units = Array.from({ length: UNITS }, (_, index) => ({
  name: `u${index}`,
  command: '/bin/true',
  target: { node: nodes[index % NODES] },
  ...(index < LAYER ? {} : { after: [`u${index - LAYER}`] }),
}));

const postgres = await startDurablePostgres();
try {
  await prepareDatabase(postgres.address);
  await measure('stepwise', 'each state stored by itself');
  await measure('gathered', 'commands that end at once');
  printRow('memory of this process, MB', String(Math.round(process.memoryUsage.rss() / 1e6)));
} finally {
  await postgres.stop();
}

async function measure(pace: 'stepwise' | 'gathered', what: string): Promise<void> {
  const hub = createFakeAgentHub({ nodes, pace });
  const events = createFakeEventSink();
  const jobs = await startJobs({ address: postgres.address, hub, events });
  const [wide, one] = [`bench/${pace}`, `one/${pace}`];
  await storeNet(jobs.database, { kind: 'jobnet', name: wide, units });
  await storeNet(jobs.database, {
    kind: 'jobnet',
    name: one,
    units: [{ name: 'only', command: '/bin/true', target: { node: 'node0' } }],
  });
  const ended = () => events.committed.filter(({ code }) => code === 'session_ended').length;
  const burst = async (net: string, count: number) => {
    const before = ended();
    const start = performance.now();
    await Promise.all(Array.from({ length: count }, () => jobs.run(net)));
    await waitFor(() => ended() - before === count, { timeoutMs: 120_000, message: 'the sessions to end' });
    return (performance.now() - start) / 1000;
  };

  await burst(wide, WARM_UP_SESSIONS);
  if (pace === 'gathered')
    printRow('call to dispatched order, idle, ms (target 2-4)', summary(await idleDelays(one), 2));
  const rates: number[] = [];
  const backends = await jobs.database.query<{ pid: number }>({
    text: "SELECT pid FROM pg_stat_activity WHERE application_name = 'nezuban-engine' AND datname = current_database()",
  });
  const serverCpuSeconds = () => backends.reduce((sum, { pid }) => sum + cpuSecondsOf(pid), 0);
  for (let round = 0; round < ROUNDS; round += 1) {
    const [before, serverBefore] = [process.cpuUsage(), serverCpuSeconds()];
    const seconds = await burst(wide, SESSIONS);
    const { user, system } = process.cpuUsage(before);
    const transitions = SESSIONS * UNITS * TRANSITIONS_PER_UNIT;
    rates.push(transitions / seconds);
    // On a machine that is busy with other things, the processor time says more than the clock.
    const [own, server] = [
      (user + system) / transitions,
      ((serverCpuSeconds() - serverBefore) * 1e6) / transitions,
    ];
    console.log(
      `${pace} ${round}: ${seconds.toFixed(2)} s, ${Math.round(transitions / seconds)} transitions/s; processor time of one: ` +
        `${own.toFixed(1)} us here (agents included), ${server.toFixed(1)} us in PostgreSQL`,
    );
  }
  printRow(
    `engine transitions/s, ${what}, ${SESSIONS} sessions of ${UNITS} units (target >= 20,000)`,
    summary(rates, 0),
  );
  await jobs.stop();

  async function idleDelays(net: string): Promise<number[]> {
    const delays: number[] = [];
    const { dispatch } = hub;
    for (let run = 0; run < IDLE_RUNS; run += 1) {
      const before = ended();
      const start = performance.now();
      const seen = new Promise<void>((resolve) => {
        Object.assign(hub, {
          dispatch(...args: Parameters<typeof dispatch>) {
            resolve();
            dispatch(...args);
          },
        });
      });
      const started = jobs.run(net);
      await seen;
      delays.push(performance.now() - start);
      await started;
      await waitFor(() => ended() > before, { intervalMs: 1 });
    }
    Object.assign(hub, { dispatch });
    return delays;
  }
}

/** Time on a processor; the first number of schedstat is in nanoseconds. */
function cpuSecondsOf(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e9;
  } catch {
    return Number.NaN;
  }
}
