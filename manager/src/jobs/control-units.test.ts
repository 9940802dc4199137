// Tests of waits, judgments, events and recovery units in the engine loop, on a real PostgreSQL: what is stored of them survives a crash
// of the manager and a lost commit, and an event is written once.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import type { SessionDetail } from '@nezuban/protocol/jobs/session';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createFakeAgentHub } from '../testing/fake-agent-hub.ts';
import { createFakeEventSink, startJobs, storeNet, type JobsHarness } from '../testing/jobs-harness.ts';
import { openLossyBench, type LossyBench } from '../testing/lossy-bench.ts';

const isEnded = (session: SessionDetail) => session.state === 'ended' && session;

/** Fails with exit code 7, is judged so, is mended, and says so. */
const night = {
  kind: 'jobnet',
  name: 'night',
  target: { node: 'local' },
  parameters: [{ name: 'DAY' }],
  units: [
    { name: 'load', command: 'load' },
    { name: 'is7', type: 'judgment', after: ['load'], if: { unit: 'load', exit_code: '7' } },
    {
      name: 'say',
      type: 'event_send',
      after: [{ unit: 'is7', on: [true] }],
      message: '7 on {{parameter.DAY}}',
      key: 'load',
    },
    { name: 'other', command: 'other', after: [{ unit: 'is7', on: [false] }] },
    { name: 'mend', command: 'mend', after: ['load'], recovery: true },
    { name: 'pause', type: 'wait', after: ['mend'], for_s: 0.3 },
    { name: 'last', command: 'last', after: ['pause'] },
    { name: 'mend-last', command: 'mend-last', after: ['last'], recovery: true },
  ],
};

describe('units without commands', () => {
  let bench: LossyBench;
  let jobs: JobsHarness | undefined;
  const events = createFakeEventSink();
  before(async () => {
    bench = await openLossyBench();
  });
  after(() => bench.close());
  afterEach(async () => {
    await jobs?.stop();
    jobs = undefined;
    await bench.empty();
  });

  test('crash: while a wait runs: answer, time and event are as they were, and nothing is done twice', async () => {
    const hub = createFakeAgentHub({
      nodes: ['local'],
      endingOf: ({ environment }) => ({ exitCode: environment['NEZUBAN_UNIT'] === 'load' ? 7 : 0 }),
    });
    const first = await startJobs({ address: bench.server.config, hub, events });
    jobs = first;
    await storeNet(first.database, night);
    const { id } = await first.run('night', { DAY: 'monday' });
    const waiting = await waitFor(async () => {
      const session = await first.view(id);
      return session.units.find(({ path }) => path === 'pause')?.state === 'running' && session;
    });
    await first.crash();
    const second = await startJobs({ address: bench.server.config, hub, events });
    jobs = second;
    const ended = await waitFor(async () => isEnded(await second.view(id)));
    assert.deepEqual(
      Object.fromEntries(ended.units.map(({ path, state, endStatus }) => [path, `${state}:${endStatus}`])),
      {
        load: 'ended:abnormal',
        is7: 'ended:normal',
        say: 'ended:normal',
        other: 'not_run:null',
        mend: 'ended:normal',
        pause: 'ended:normal',
        last: 'ended:normal',
        'mend-last': 'skipped:normal',
      },
    );
    assert.equal(ended.endStatus, 'abnormal', 'a failure that was mended still counts');
    const unitOf = (session: SessionDetail, name: string) => session.units.find(({ path }) => path === name);
    assert.equal(unitOf(ended, 'is7')?.answer, true);
    assert.match(unitOf(ended, 'other')?.reason ?? '', /"is7" answered true/);
    const due = Date.parse(unitOf(waiting, 'pause')?.retryAt ?? '');
    assert.ok(Date.parse(unitOf(ended, 'pause')?.endedAt ?? '') >= due, 'not before its time');
    assert.deepEqual([...hub.runs.values()], [1, 1, 1]);
    const said = events.committed.filter(({ code }) => code === 'job_event');
    assert.deepEqual(
      said.map(({ message, key, details }) => [message, key, details['unit']]),
      [['7 on monday', 'load', 'say']],
    );
  });
});
