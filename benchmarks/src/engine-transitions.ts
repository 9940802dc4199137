/**
 * Transitions of units that the engine commits a second, on a durable PostgreSQL on the same machine, with agents that answer at once.
 * A transition is a change of a command unit's state that is stored or passed over within one transaction: waiting to starting, starting
 * to running, running to ended. Also the way from a call to a dispatched order on an idle engine. Run: `npm run bench:engine`.
 */
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
  const hub = createFakeAgentHub({ nodes });
  const events = createFakeEventSink();
  const jobs = await startJobs({ address: postgres.address, hub, events });
  await storeNet(jobs.database, { kind: 'jobnet', name: 'bench', units });
  await storeNet(jobs.database, {
    kind: 'jobnet',
    name: 'one',
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

  await burst('bench', 5);
  const delays: number[] = [];
  const dispatch = hub.dispatch;
  for (let run = 0; run < IDLE_RUNS; run += 1) {
    const before = ended();
    const start = performance.now();
    const seen = new Promise<void>((resolve) => {
      Object.assign(hub, {
        dispatch: (...args: Parameters<typeof dispatch>) => (resolve(), dispatch(...args)),
      });
    });
    const started = jobs.run('one');
    await seen;
    delays.push(performance.now() - start);
    await started;
    await waitFor(() => ended() > before, { intervalMs: 1 });
  }
  Object.assign(hub, { dispatch });
  printRow('call to dispatched order, idle, ms (target 2-4)', summary(delays, 2));

  const rates: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const cpuBefore = process.cpuUsage();
    const seconds = await burst('bench', SESSIONS);
    const cpu = process.cpuUsage(cpuBefore);
    rates.push((SESSIONS * UNITS * TRANSITIONS_PER_UNIT) / seconds);
    console.log(
      `round ${round}: ${seconds.toFixed(2)} s, ${Math.round(rates.at(-1) ?? 0)} transitions/s, CPU of this process ${((cpu.user + cpu.system) / 1e6).toFixed(2)} s`,
    );
  }
  printRow(
    `engine transitions/s, ${SESSIONS} sessions of ${UNITS} units (target >= 20,000)`,
    summary(rates, 0),
  );
  printRow('memory of this process, MB', String(Math.round(process.memoryUsage.rss() / 1e6)));
  await jobs.stop();
} finally {
  await postgres.stop();
}
