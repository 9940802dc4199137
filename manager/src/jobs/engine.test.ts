// Tests of the engine loop: crashes, lost commits, repeats, on a real PostgreSQL.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { planNet } from '@nezuban/core/jobs/net-plan';
import type { AttemptId, SessionId } from '@nezuban/protocol/ids';
import type { SessionDetail } from '@nezuban/protocol/jobs/session';
import { waitFor } from '@nezuban/tests/support/wait-for';
import type pg from 'pg';
import { createFakeAgentHub, type Ending, type FakeAgentHub } from '../testing/fake-agent-hub.ts';
import {
  createFakeEventSink,
  startJobs,
  storeNet,
  type FakeEventSink,
  type JobsHarness,
  type JobsHarnessOptions,
} from '../testing/jobs-harness.ts';
import { openLossyBench, type LossyBench } from '../testing/lossy-bench.ts';
import type { LossyDatabase } from '../testing/lossy-database.ts';

const local = { node: 'local' };
const isEnded = (session: SessionDetail) => session.state === 'ended' && session;
const statesOf = (session: SessionDetail) =>
  Object.fromEntries(session.units.map(({ path, state }) => [path, state]));

/** 200 units in ten layers of twenty on four nodes. */
const wideNet = {
  kind: 'jobnet',
  name: 'wide',
  units: Array.from({ length: 200 }, (_, index) => ({
    name: `u${index}`,
    command: 'work',
    target: { node: `node${index % 4}` },
    ...(index < 20 ? {} : { after: [`u${index - 20}`] }),
  })),
};
const wideNodes = ['node0', 'node1', 'node2', 'node3'];

describe('engine', () => {
  let bench: LossyBench;
  let door: LossyDatabase;
  let admin: pg.Client;
  let events: FakeEventSink;
  let jobs: JobsHarness | undefined;
  before(async () => {
    bench = await openLossyBench();
    ({ door, admin } = bench);
  });
  after(() => bench.close());
  afterEach(async () => {
    await jobs?.stop();
    assert.deepEqual(jobs?.broken ?? [], []);
    jobs = undefined;
    await bench.empty();
  });

  const start = async (
    hub: FakeAgentHub,
    options: Partial<JobsHarnessOptions> = {},
  ): Promise<JobsHarness> => {
    events = createFakeEventSink();
    jobs = await startJobs({ address: bench.server.config, hub, events, ...options });
    return jobs;
  };
  const end = async (harness: JobsHarness, id: SessionId) =>
    await waitFor(async () => isEnded(await harness.view(id)), {
      message: `session ${id} to end`,
    });

  test('session: units after one another: each runs once, events tell start and end, memory is given back', async () => {
    const hub = createFakeAgentHub({ nodes: ['local'] });
    const harness = await start(hub);
    await storeNet(harness.database, {
      kind: 'jobnet',
      name: 'two',
      target: local,
      units: [
        { name: 'a', command: 'a' },
        { name: 'b', command: 'b', after: ['a'] },
      ],
    });
    const { id, state, revision } = await harness.run('two');
    assert.deepEqual([state, revision], ['running', 1]);
    const ended = await end(harness, id);
    assert.equal(ended.endStatus, 'normal');
    assert.deepEqual(statesOf(ended), { a: 'ended', b: 'ended' });
    assert.deepEqual([...hub.runs.values()], [1, 1]);
    assert.deepEqual(
      events.committed.map(({ code }) => code),
      ['session_started', 'session_ended'],
    );
    assert.equal(await harness.engine.inspect(id, () => 0), null);
    assert.equal(harness.engine.openAttempts('local'), 0);
  });

  test('retry: a command fails twice: tried again after its delay, then normal', async () => {
    const hub = createFakeAgentHub({
      nodes: ['local'],
      endingOf: ({ environment }) => ({ exitCode: environment['NEZUBAN_TRY'] === '3' ? 0 : 1 }),
    });
    const harness = await start(hub);
    await storeNet(harness.database, {
      kind: 'jobnet',
      name: 'retry',
      target: local,
      units: [{ name: 'a', command: 'a', retry: { count: 2, delay_s: 0.05 } }],
    });
    const { id } = await harness.run('retry');
    const ended = await end(harness, id);
    assert.equal(ended.endStatus, 'normal');
    assert.deepEqual(ended.units[0]?.attempts.map((attempt) => attempt.try).toSorted(), [1, 2, 3]);
    assert.equal(hub.runs.size, 3);
  });

  test('retry: the manager restarts while a unit waits: its timer is set again', async () => {
    const hub = createFakeAgentHub({
      nodes: ['local'],
      endingOf: ({ environment }) => ({ exitCode: environment['NEZUBAN_TRY'] === '1' ? 1 : 0 }),
    });
    const first = await start(hub);
    await storeNet(first.database, {
      kind: 'jobnet',
      name: 'retry',
      target: local,
      units: [{ name: 'a', command: 'a', retry: { count: 1, delay_s: 0.3 } }],
    });
    const { id } = await first.run('retry');
    await waitFor(async () => (await first.view(id)).units[0]?.state === 'retry_wait');
    await first.crash();
    const second = await start(hub);
    assert.equal((await end(second, id)).endStatus, 'normal');
    assert.equal(hub.runs.size, 2);
  });

  test('stop and rerun: a running session is stopped, then run again from the unit that was ended', async () => {
    let ending: Ending = 'never';
    const hub = createFakeAgentHub({ nodes: ['local'], endingOf: () => ending });
    const harness = await start(hub);
    await storeNet(harness.database, {
      kind: 'jobnet',
      name: 'stop',
      target: local,
      units: [
        { name: 'a', command: 'a' },
        { name: 'b', command: 'b', after: ['a'] },
      ],
    });
    const { id } = await harness.run('stop');
    await waitFor(async () => (await harness.view(id)).units[0]?.state === 'running');
    const stopping = await harness.engine.operate({
      sessionId: id,
      operation: 'stop',
      unit: undefined,
      actor: 'ann',
      alsoWrite: () => Promise.resolve(),
    });
    assert.equal(stopping.state, 'stopping');
    const stopped = await waitFor(async () => {
      const session = await harness.view(id);
      return session.state === 'stopped' && session;
    });
    assert.deepEqual(statesOf(stopped), { a: 'ended', b: 'stopped' });
    assert.equal(stopped.units[0]?.attempts[0]?.signal, 'SIGTERM');

    ending = { exitCode: 0 };
    const again = await harness.engine.operate({
      sessionId: id,
      operation: 'rerun',
      unit: 'a',
      actor: 'ann',
      alsoWrite: () => Promise.resolve(),
    });
    assert.equal(again.state, 'running');
    const ended = await end(harness, id);
    assert.deepEqual([ended.endStatus, ended.units[0]?.run], ['normal', 2]);
    assert.deepEqual([...hub.runs.values()], [1, 1, 1]);
  });

  test('operation: not possible in this state: refused, nothing changed', async () => {
    const hub = createFakeAgentHub({ nodes: ['local'] });
    const harness = await start(hub);
    await storeNet(harness.database, {
      kind: 'jobnet',
      name: 'done',
      target: local,
      units: [{ name: 'a', command: 'a' }],
    });
    const { id } = await harness.run('done');
    const seen = await end(harness, id);
    const operate = (operation: 'release' | 'skip', unit: string) =>
      harness.engine.operate({
        sessionId: id,
        operation,
        unit,
        actor: 'ann',
        alsoWrite: () => Promise.resolve(),
      });
    await assert.rejects(operate('release', 'a'), { code: 'operation_refused' });
    await assert.rejects(operate('skip', 'nosuch'), { code: 'not_found' });
    assert.deepEqual(await harness.view(id), seen);
  });

  test('operation: its own further write fails: nothing of it is stored, others in the same batch are', async () => {
    const hub = createFakeAgentHub({ nodes: ['local'], endingOf: () => 'never' });
    const harness = await start(hub);
    await storeNet(harness.database, {
      kind: 'jobnet',
      name: 'held',
      target: local,
      units: [{ name: 'a', command: 'a', hold: true }],
    });
    const [first, second] = await Promise.all([harness.run('held'), harness.run('held')]);
    const release = (sessionId: SessionId, alsoWrite: () => Promise<unknown>) =>
      harness.engine.operate({ sessionId, operation: 'release', unit: 'a', actor: 'ann', alsoWrite });
    const outcomes = await Promise.allSettled([
      release(first.id, () => Promise.reject(new Error('no audit'))),
      release(second.id, () => Promise.resolve()),
    ]);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['rejected', 'fulfilled'],
    );
    assert.equal((await harness.view(first.id)).units[0]?.state, 'held');
    await waitFor(async () => (await harness.view(second.id)).units[0]?.state === 'running');
    assert.equal(hub.runs.size, 1);
  });

  test('limit of open attempts: the rest waits in the manager and follows as others end; a stop takes it back unsent', async () => {
    const hub = createFakeAgentHub({ nodes: ['local'], endingOf: () => 'never' });
    const harness = await start(hub, { openAttemptsPerNodeMax: 2 });
    await storeNet(harness.database, {
      kind: 'jobnet',
      name: 'five',
      target: local,
      units: ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name, command: name })),
    });
    const { id } = await harness.run('five');
    await waitFor(() => hub.runs.size === 2);
    assert.equal(harness.engine.openAttempts('local'), 5);
    hub.end([...hub.runs.keys()][0] as AttemptId, 0);
    await waitFor(() => hub.runs.size === 3);
    await harness.engine.operate({
      sessionId: id,
      operation: 'stop',
      unit: undefined,
      actor: 'ann',
      alsoWrite: () => Promise.resolve(),
    });
    const stopped = await waitFor(async () => {
      const session = await harness.view(id);
      return session.state === 'stopped' && session;
    });
    assert.equal(hub.runs.size, 3);
    assert.match(stopped.units[4]?.attempts[0]?.reason ?? '', /before it was sent/);
    assert.equal(harness.engine.openAttempts('local'), 0);
  });

  test('node away: its orders wait; they go out once when it connects, and again only if unconfirmed', async () => {
    const hub = createFakeAgentHub({ nodes: ['local'] });
    hub.disconnect('local');
    const harness = await start(hub);
    await storeNet(harness.database, {
      kind: 'jobnet',
      name: 'away',
      target: local,
      units: [{ name: 'a', command: 'a' }],
    });
    const { id } = await harness.run('away');
    assert.equal((await harness.view(id)).units[0]?.state, 'starting');
    assert.equal(hub.runs.size, 0);
    hub.connect('local');
    hub.connect('local');
    await end(harness, id);
    assert.deepEqual([...hub.runs.values()], [1]);
  });

  test('receipts: repeated, and from a node that the attempt is not on: nothing changes', async () => {
    const hub = createFakeAgentHub({ nodes: ['local', 'other'], endingOf: () => 'never' });
    const harness = await start(hub);
    await storeNet(harness.database, {
      kind: 'jobnet',
      name: 'dup',
      target: local,
      units: [{ name: 'a', command: 'a' }],
    });
    const { id } = await harness.run('dup');
    await waitFor(async () => (await harness.view(id)).units[0]?.state === 'running');
    const { revision } = await harness.view(id);
    const attemptId = [...hub.runs.keys()][0] as AttemptId;
    await hub.repeatReceipts(attemptId);
    await harness.engine.receipts({
      node: 'other',
      receipts: [
        { seq: 1, attemptId, at: new Date().toISOString(), state: 'unknown', reason: 'lies', leftovers: [] },
      ],
    });
    assert.equal((await harness.view(id)).revision, revision);
    hub.end(attemptId, 0);
    await end(harness, id);
    await hub.repeatReceipts(attemptId);
    assert.equal((await harness.view(id)).state, 'ended');
  });

  test('agent without a record of a running attempt: ends as unknown, is not run again', async () => {
    const hub = createFakeAgentHub({ nodes: ['local'], endingOf: () => 'never' });
    const first = await start(hub);
    await storeNet(first.database, {
      kind: 'jobnet',
      name: 'lost',
      target: local,
      units: [{ name: 'a', command: 'a' }],
    });
    const { id } = await first.run('lost');
    await waitFor(async () => (await first.view(id)).units[0]?.state === 'running');
    await first.crash();
    hub.lose([...hub.runs.keys()][0] as AttemptId);
    const second = await start(hub);
    assert.equal((await end(second, id)).endStatus, 'unknown');
    assert.deepEqual([...hub.runs.values()], [1]);
  });

  test('crash: twenty times in the middle of 200 units: every unit runs exactly once, the session ends right', async () => {
    const hub = createFakeAgentHub({ nodes: wideNodes, pace: 'oneByOne' });
    const setup = await start(hub);
    await storeNet(setup.database, wideNet);
    const { id } = await setup.run('wide');
    let crashes = 0;
    const progressed = async (runs: number) => hub.runs.size >= runs || isEnded(await jobs!.view(id));
    while (crashes < 20 && hub.runs.size < 190) {
      // Every crash comes at another point: after another number of commands has run.
      const runs = hub.runs.size + 7;
      await waitFor(() => progressed(runs), { intervalMs: 1, message: 'progress' });
      await jobs!.crash();
      crashes += 1;
      await start(hub);
    }
    const ended = await end(jobs!, id);
    assert.ok(crashes >= 10, `only ${crashes} crashes`);
    assert.equal(ended.endStatus, 'normal');
    assert.deepEqual(ended.unitCounts, { ended: 200 });
    assert.equal(hub.runs.size, 200);
    assert.deepEqual(new Set(hub.runs.values()), new Set([1]));
    assert.deepEqual(
      ended.units.flatMap(({ attempts }) => attempts.map((attempt) => attempt.try)),
      Array.from({ length: 200 }, () => 1),
    );
  });

  test('database: its connections are killed again and again: every unit runs exactly once', async () => {
    const hub = createFakeAgentHub({ nodes: wideNodes, pace: 'oneByOne' });
    const harness = await start(hub);
    await storeNet(harness.database, wideNet);
    const { id } = await harness.run('wide');
    let kills = 0;
    const kill = async () => {
      const { rowCount } = await admin.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'nezuban-engine' AND datname = current_database()",
      );
      kills += rowCount ?? 0;
    };
    for (let runs = 0; runs < 190; runs = hub.runs.size) {
      await waitFor(() => hub.runs.size >= Math.min(runs + 15, 200), { intervalMs: 1 });
      await kill();
    }
    const ended = await end(harness, id);
    assert.ok(kills >= 10, `only ${kills} connections killed`);
    assert.deepEqual([ended.endStatus, ended.unitCounts], ['normal', { ended: 200 }]);
    assert.deepEqual([hub.runs.size, new Set(hub.runs.values())], [200, new Set([1])]);
    assert.ok(
      harness.logger.lines.some(({ message }) => message === 'Sessions were read back after a failed commit'),
    );
  });

  test('commit of a start: its answer is lost: the caller gets the session, it is there once', async () => {
    const hub = createFakeAgentHub({ nodes: ['local'] });
    const harness = await start(hub, { address: door.address });
    await storeNet(harness.database, {
      kind: 'jobnet',
      name: 'doubt',
      target: local,
      units: [{ name: 'a', command: 'a' }],
    });
    const cut = door.cutAtNextCommit('afterCommit');
    const { id } = await harness.run('doubt');
    await cut;
    assert.equal((await end(harness, id)).endStatus, 'normal');
    assert.equal((await admin.query('SELECT FROM session')).rowCount, 1);
    assert.deepEqual([...hub.runs.values()], [1]);
  });

  test('commit of a start: cut before it: the caller hears that the database was lost, nothing is there', async () => {
    const hub = createFakeAgentHub({ nodes: ['local'] });
    const harness = await start(hub, { address: door.address });
    await storeNet(harness.database, {
      kind: 'jobnet',
      name: 'doubt',
      target: local,
      units: [{ name: 'a', command: 'a' }],
    });
    const cut = door.cutAtNextCommit('beforeCommit');
    await assert.rejects(harness.run('doubt'), { code: 'database_unavailable' });
    await cut;
    assert.equal((await admin.query('SELECT FROM session')).rowCount, 0);
    assert.equal(hub.runs.size, 0);
  });

  test('commit of receipts: its answer is lost: the session goes on, nothing runs twice', async () => {
    const hub = createFakeAgentHub({ nodes: ['local'], endingOf: () => 'never' });
    const harness = await start(hub, { address: door.address });
    await storeNet(harness.database, {
      kind: 'jobnet',
      name: 'doubt',
      target: local,
      units: [
        { name: 'a', command: 'a' },
        { name: 'b', command: 'b', after: ['a'] },
      ],
    });
    const { id } = await harness.run('doubt');
    await waitFor(async () => (await harness.view(id)).units[0]?.state === 'running');
    const cut = door.cutAtNextCommit('afterCommit');
    hub.end([...hub.runs.keys()][0] as AttemptId, 0);
    await cut;
    await waitFor(() => hub.runs.size === 2);
    await waitFor(async () => (await harness.view(id)).units[1]?.state === 'running');
    hub.end([...hub.runs.keys()][1] as AttemptId, 0);
    assert.equal((await end(harness, id)).endStatus, 'normal');
    assert.deepEqual([...hub.runs.values()], [1, 1]);
  });

  test('database away: people are told at once, reports of agents wait and are taken when it is back', async () => {
    const hub = createFakeAgentHub({ nodes: ['local'], endingOf: () => 'never' });
    const harness = await start(hub, { address: door.address });
    const definition = await storeNet(harness.database, {
      kind: 'jobnet',
      name: 'gone',
      target: local,
      units: [{ name: 'a', command: 'a' }],
    });
    const { id } = await harness.run('gone');
    await waitFor(async () => (await harness.view(id)).units[0]?.state === 'running');
    const comeBack = door.goAway();
    hub.end([...hub.runs.keys()][0] as AttemptId, 0);
    const run = harness.engine.run({
      plan: planNet(definition),
      netRevision: 1,
      parameters: {},
      trigger: { type: 'manual', user: 'ann' },
      alsoWrite: () => Promise.resolve(),
    });
    await assert.rejects(run, { code: 'database_unavailable' });
    assert.equal(hub.unsent(), 1);
    comeBack();
    assert.equal((await end(harness, id)).endStatus, 'normal');
    assert.equal(hub.unsent(), 0);
  });

  test('a newer manager has the database: nothing more is committed, the engine ends', async () => {
    const hub = createFakeAgentHub({ nodes: ['local'] });
    const harness = await start(hub);
    await storeNet(harness.database, {
      kind: 'jobnet',
      name: 'old',
      target: local,
      units: [{ name: 'a', command: 'a' }],
    });
    await admin.query('UPDATE manager_identity SET term = term + 1');
    await assert.rejects(harness.run('old'), /Another manager has taken over/);
    assert.match(String(harness.broken[0]), /Another manager has taken over/);
    harness.broken.length = 0;
    assert.equal((await admin.query('SELECT FROM session')).rowCount, 0);
    assert.equal(hub.runs.size, 0);
  });

  test('stop: what is queued is finished, later calls are refused', async () => {
    const hub = createFakeAgentHub({ nodes: ['local'] });
    const harness = await start(hub);
    const definition = await storeNet(harness.database, {
      kind: 'jobnet',
      name: 'last',
      target: local,
      units: [{ name: 'a', command: 'a' }],
    });
    const run = () =>
      harness.engine.run({
        plan: planNet(definition),
        netRevision: 1,
        parameters: {},
        trigger: { type: 'manual', user: 'ann' },
        alsoWrite: () => Promise.resolve(),
      });
    const queued = run();
    const stopped = harness.engine.stop(5_000);
    await assert.rejects(run(), { code: 'shutting_down' });
    assert.equal((await queued).state, 'running');
    await stopped;
  });
});
