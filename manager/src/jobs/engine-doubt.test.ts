// What nobody will report any more, and what nobody knows yet: the engine must neither wait for ever nor believe too early.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import type { SessionDetail } from '@nezuban/protocol/jobs/session';
import { waitFor } from '@nezuban/tests/support/wait-for';
import type pg from 'pg';
import type { OrderBounds } from './order-bounds.ts';
import { endedReceipt } from '../testing/ended-receipt.ts';
import { createFakeAgentHub, type FakeAgentHub } from '../testing/fake-agent-hub.ts';
import { startJobs, storeNet, type JobsHarness, type JobsHarnessOptions } from '../testing/jobs-harness.ts';
import { openLossyBench, type LossyBench } from '../testing/lossy-bench.ts';
import type { LossyDatabase } from '../testing/lossy-database.ts';

describe('engine: in doubt', () => {
  let bench: LossyBench;
  let door: LossyDatabase;
  let admin: pg.Client;
  let jobs: JobsHarness;
  before(async () => {
    bench = await openLossyBench();
    ({ door, admin } = bench);
  });
  after(() => bench.close());
  afterEach(async () => {
    await jobs.stop();
    assert.deepEqual(jobs.broken, []);
    await bench.empty();
  });

  const start = async (hub: FakeAgentHub, options: Partial<JobsHarnessOptions> = {}) => {
    jobs = await startJobs({ address: bench.server.config, hub, ...options });
    return jobs;
  };
  const store = async (unit: object = {}) =>
    await storeNet(jobs.database, {
      kind: 'jobnet',
      name: 'net',
      target: { node: 'host' },
      units: [{ name: 'a', command: 'a', ...unit }],
    });
  const whenEnded = async (id: number): Promise<SessionDetail> =>
    await waitFor(
      async () => {
        const session = await jobs.view(id);
        return (session.state === 'ended' || session.state === 'stopped') && session;
      },
      { message: `session ${id} to end` },
    );
  const whenRunning = async (id: number) =>
    await waitFor(async () => (await jobs.view(id)).units[0]?.state === 'running');

  test('commit of a start: the server is still at it: nobody is answered before it is over, and the session runs', async () => {
    const hub = createFakeAgentHub({ nodes: ['host'] });
    await start(hub, { address: door.address });
    await store();
    const commit = door.slowNextCommit();
    let answered = false;
    const run = jobs.run('net').finally(() => (answered = true));
    await commit.reached;
    await waitFor(
      async () =>
        answered ||
        (await admin.query("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'")).rowCount === 1,
    );
    assert.equal(answered, false, 'what is read back now may still change');
    commit.finish();
    const { id } = await run;
    assert.equal((await whenEnded(id)).endStatus, 'normal');
    assert.deepEqual([...hub.runs.values()], [1]);
  });

  test('node removed: what may have run there is unknown, what was never sent did not run', async () => {
    const hub = createFakeAgentHub({ nodes: ['host', 'other'], endingOf: () => 'never' });
    await start(hub, { openAttemptsPerNodeMax: 1 });
    await store();
    const [first, second] = [await jobs.run('net'), await jobs.run('net')];
    await whenRunning(first.id);
    hub.remove('host');
    const unknown = await whenEnded(first.id);
    assert.equal(unknown.endStatus, 'unknown');
    assert.match(unknown.units[0]?.reason ?? '', /"host" was removed/);
    const notSent = await whenEnded(second.id);
    assert.equal(notSent.endStatus, 'abnormal');
    assert.match(notSent.units[0]?.reason ?? '', /could not be started.*no node "host"/i);
    assert.equal(jobs.engine.openAttempts('host'), 0);
  });

  test('node removed while a unit waits to be tried again there: it ends', async () => {
    const hub = createFakeAgentHub({ nodes: ['host'], endingOf: () => ({ exitCode: 1 }) });
    await start(hub);
    await store({ retry: { count: 2, delay_s: 0.2 } });
    const { id } = await jobs.run('net');
    await waitFor(async () => (await jobs.view(id)).units[0]?.state === 'retry_wait');
    hub.remove('host');
    assert.equal((await whenEnded(id)).endStatus, 'abnormal');
    assert.equal(hub.runs.size, 1);
  });

  test('node removed, and the manager died before it could say so: the next start does', async () => {
    const hub = createFakeAgentHub({ nodes: ['host', 'other'], endingOf: () => 'never' });
    await start(hub);
    await store();
    const { id } = await jobs.run('net');
    await whenRunning(id);
    await jobs.crash();
    hub.remove('host');
    await start(hub);
    assert.equal((await whenEnded(id)).endStatus, 'unknown');
  });

  test('node removed and stopped at once: the session ends', async () => {
    const hub = createFakeAgentHub({ nodes: ['host'], endingOf: () => 'never' });
    await start(hub);
    await store();
    const { id } = await jobs.run('net');
    await whenRunning(id);
    hub.disconnect('host');
    const stopped = jobs.engine.operate({
      sessionId: id,
      operation: 'stop',
      unit: undefined,
      actor: 'tester',
      alsoWrite: () => Promise.resolve(),
    });
    hub.remove('host');
    await stopped;
    assert.equal((await whenEnded(id)).endStatus, 'unknown');
  });

  test('session thrown away while an agent comes back: nothing is sent unjudged, nothing that may run is refused', async () => {
    const hub = createFakeAgentHub({ nodes: ['a', 'b', 'c'], endingOf: () => 'never' });
    hub.deafen('b');
    hub.disconnect('c');
    const bounds: OrderBounds = {
      refusalOf: ({ mayBeSent, node }) =>
        node === 'c' && !mayBeSent ? 'it was not sent: not allowed' : null,
      withRules: (order) => order,
    };
    await start(hub, { address: door.address, bounds });
    const unit = (name: string) => ({
      name,
      environment: { X: '{{parameter.P}}' },
      command: 'x',
      target: { node: name },
    });
    await storeNet(jobs.database, {
      kind: 'jobnet',
      name: 'net',
      parameters: [{ name: 'P', type: 'secret' }],
      units: ['a', 'b', 'c'].map(unit),
    });
    const { id } = await jobs.run('net', { P: 'hidden' });
    await waitFor(async () => (await jobs.view(id)).units[0]?.state === 'running');
    const comeBack = door.goAway();
    const [onA] = hub.runs.keys();
    if (onA !== undefined) hub.end(onA, 0);
    await waitFor(() => jobs.engine.stats().sessionsInMemory === 0, { message: 'the session to be lost' });
    hub.connect('b');
    hub.connect('c');
    assert.equal(hub.runs.size, 1, 'nobody could judge them');
    comeBack();
    hub.connect('a');
    const session = await waitFor(async () => {
      const found = await jobs.view(id);
      return found.units[2]?.state === 'ended' && found;
    });
    assert.match(session.units[2]?.reason ?? '', /not allowed/);
    // Its order was lost on the way, and is given again as before.
    assert.equal(session.units[1]?.endStatus, null);
    assert.equal(hub.runs.size, 1);
  });

  test('stop and the end of the command in one batch: nothing stays open at the node', async () => {
    const hub = createFakeAgentHub({ nodes: ['host'], endingOf: () => 'never' });
    const { engine } = await start(hub);
    await store();
    const { id } = await jobs.run('net');
    await whenRunning(id);
    const [attemptId] = hub.runs.keys();
    assert.ok(attemptId !== undefined);
    await Promise.all([
      engine.operate({
        sessionId: id,
        operation: 'stop',
        unit: 'a',
        actor: 'ann',
        alsoWrite: () => Promise.resolve(),
      }),
      engine.receipts({
        node: 'host',
        receipts: [endedReceipt(attemptId, { seq: 100 })],
      }),
    ]);
    assert.equal(engine.openAttempts('host'), 0);
  });
});
