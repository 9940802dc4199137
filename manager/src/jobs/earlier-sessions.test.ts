// Tests of what a session takes from earlier ones, and of late starts and ends, with real sessions on a real PostgreSQL.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createFakeAgentHub, type Ending } from '../testing/fake-agent-hub.ts';
import { createFakeEventSink, startJobs, storeNet, type JobsHarness } from '../testing/jobs-harness.ts';
import { openLossyBench, type LossyBench } from '../testing/lossy-bench.ts';

describe('earlier sessions', () => {
  let bench: LossyBench;
  let jobs: JobsHarness | undefined;
  before(async () => {
    bench = await openLossyBench();
  });
  after(() => bench.close());
  afterEach(async () => {
    await jobs?.stop();
    assert.deepEqual(jobs?.broken ?? [], []);
    jobs = undefined;
    await bench.empty();
  });
  const ended = async (harness: JobsHarness, id: number) =>
    await waitFor(async () => (await harness.view(id)).state === 'ended');

  test('hold: the unit ended abnormally in the session before: held in the next, free in the one after', async () => {
    let exitCode = 1;
    const hub = createFakeAgentHub({ nodes: ['n1'], endingOf: () => ({ exitCode }) });
    jobs = await startJobs({ address: bench.server.config, hub });
    await storeNet(jobs.database, {
      kind: 'jobnet',
      name: 'held',
      target: { node: 'n1' },
      units: [{ name: 'a', command: 'a', hold: 'if_previous_abnormal' }],
    });
    await ended(jobs, (await jobs.run('held')).id);
    exitCode = 0;
    const second = await jobs.run('held');
    const [unit] = (await jobs.view(second.id)).units;
    assert.deepEqual(
      [unit?.state, unit?.reason],
      ['held', 'Held because it ended abnormal in the session before.'],
    );
    await jobs.crash();
    jobs = await startJobs({ address: bench.server.config, hub });
    await jobs.engine.operate({
      sessionId: second.id,
      operation: 'release',
      unit: 'a',
      actor: 'ann',
      alsoWrite: () => Promise.resolve(),
    });
    await ended(jobs, second.id);
    const third = await jobs.run('held');
    await ended(jobs, third.id);
  });

  test('delay: longer than twice the run times before: told over a kill, with the flag in list and view', async () => {
    let ending: Ending = { exitCode: 0 };
    const hub = createFakeAgentHub({ nodes: ['n1'], endingOf: () => ending });
    const events = createFakeEventSink();
    jobs = await startJobs({ address: bench.server.config, hub, events });
    await storeNet(jobs.database, {
      kind: 'jobnet',
      name: 'slow',
      target: { node: 'n1' },
      units: [{ name: 'a', command: 'a', delays: { end: { history: { factor: 2, min_runs: 2 } } } }],
    });
    for (let run = 0; run < 3; run += 1) await ended(jobs, (await jobs.run('slow')).id);
    ending = 'never';
    const { id } = await jobs.run('slow');
    await jobs.crash();
    jobs = await startJobs({ address: bench.server.config, hub, events });
    await waitFor(() => events.committed.some(({ code }) => code === 'end_delayed'));
    const view = await jobs.view(id);
    assert.equal(typeof view.units[0]?.delayed?.end, 'string');
    assert.equal(typeof view.delayed?.inside, 'string');
    const [order] = [...hub.orders.keys()].toReversed();
    assert.ok(order);
    hub.end(order, 0);
    await ended(jobs, id);
    assert.equal(events.committed.filter(({ code }) => code === 'end_delayed').length, 1);
  });
});
