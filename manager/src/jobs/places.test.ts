// Tests of queues, locks, limits of nodes and overlap in the engine: kills and lost commits in between, on a real PostgreSQL. What counts is
// what the agents see: never more at once than there are places, and nothing left behind.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { limitsOf, type Limit } from '@nezuban/core/jobs/admission/limits';
import { viewLimit } from '@nezuban/core/jobs/admission/place-views';
import type { AttemptOrder } from '@nezuban/protocol/agent/link';
import type { AttemptId, SessionId } from '@nezuban/protocol/ids';
import type { LimitDefinition } from '@nezuban/protocol/jobs/control/limit';
import type { OperationName } from '@nezuban/protocol/jobs/session';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createFakeAgentHub, type FakeAgentHub } from '../testing/fake-agent-hub.ts';
import { startJobs, storeNet, type JobsHarness, type JobsHarnessOptions } from '../testing/jobs-harness.ts';
import { openLossyBench, type LossyBench } from '../testing/lossy-bench.ts';

const nodes = ['n1', 'n2'];
const limits = (...definitions: readonly LimitDefinition[]): Limit[] =>
  definitions.map((definition) => ({ definition, paused: null }));
const queue = (places: number): LimitDefinition => ({ kind: 'queue', name: 'q', places, timezone: 'UTC' });
const paused = { by: 'ann', at: '2026-01-01T00:00:00Z', reason: 'the disk is full' };

describe('places', () => {
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

  const start = async (hub: FakeAgentHub, options: Partial<JobsHarnessOptions> = {}): Promise<JobsHarness> =>
    (jobs = await startJobs({ address: bench.server.config, hub, ...options }));
  /** Agents whose commands run until the test ends them; which of them run now. */
  const openAgents = () => {
    const ended = new Set<AttemptId>();
    const hub = createFakeAgentHub({ nodes, endingOf: () => 'never', scopes: { both: nodes } });
    const running = (): AttemptOrder[] =>
      [...hub.orders.values()].filter(({ attemptId }) => hub.runs.has(attemptId) && !ended.has(attemptId));
    return {
      hub,
      running,
      names: () => running().map(({ environment }) => environment['NEZUBAN_UNIT']),
      endOne(exitCode = 0, at = 0) {
        const [first] = running().slice(at);
        assert.ok(first);
        ended.add(first.attemptId);
        hub.end(first.attemptId, exitCode);
      },
    };
  };
  const operate = async (
    { engine }: JobsHarness,
    { id, unit, operation }: { id: SessionId; unit?: string; operation: OperationName },
  ) =>
    await engine.operate({
      sessionId: id,
      operation,
      unit,
      actor: 'ann',
      alsoWrite: () => Promise.resolve(),
    });
  const queueView = async ({ engine }: JobsHarness, name = 'q') =>
    await engine.lookAtPlaces((book, session) =>
      viewLimit({ book, session, now: Date.now() }, 'queue', name),
    );
  const states = async (harness: JobsHarness, id: number) =>
    Object.fromEntries((await harness.view(id)).units.map(({ path, state }) => [path, state]));

  test('queue: more units than places: as many run, the others are queued in order of priority and age, and follow', async () => {
    const agents = openAgents();
    const harness = await start(agents.hub, { limits: limitsOf(limits(queue(2))) });
    await storeNet(harness.database, {
      kind: 'jobnet',
      name: 'many',
      target: { node: 'n1' },
      queue: 'q',
      units: [
        { name: 'a', command: 'a' },
        { name: 'b', command: 'b' },
        { name: 'c', command: 'c' },
        { name: 'd', command: 'd', priority: 5 },
      ],
    });
    const { id } = await harness.run('many');
    await waitFor(() => agents.running().length === 2);
    assert.deepEqual(agents.names(), ['d', 'a'], 'of those that come at once the highest priority is first');
    assert.deepEqual(await states(harness, id), { a: 'running', b: 'queued', c: 'queued', d: 'running' });
    const view = await queueView(harness);
    assert.deepEqual(
      [view.places, view.used, view.waiting, view.waiters.map(({ unit }) => unit)],
      [2, 2, 2, ['b', 'c']],
    );
    await operate(harness, { id, unit: 'c', operation: 'to_front' });
    assert.deepEqual(
      (await queueView(harness)).waiters.map(({ unit }) => unit),
      ['c', 'b'],
    );
    agents.endOne();
    await waitFor(() => agents.names().includes('c'));
    assert.equal(agents.running().length, 2);
    for (let left = 4 - 1; left > 0; left -= 1) {
      await waitFor(() => agents.running().length > 0);
      agents.endOne();
    }
    await waitFor(async () => (await harness.view(id)).state === 'ended');
    assert.equal((await harness.view(id)).endStatus, 'normal');
  });

  test('queue: paused, killed and started again, opened: nothing starts meanwhile, then as many as may', async () => {
    const agents = openAgents();
    const inForce = limits(queue(1)).map((limit) => ({ ...limit, paused }));
    const first = await start(agents.hub, { limits: limitsOf(inForce) });
    await storeNet(first.database, {
      kind: 'jobnet',
      name: 'held',
      target: { node: 'n1' },
      units: [
        { name: 'a', command: 'a', queue: 'q' },
        { name: 'b', command: 'b', queue: 'q' },
        { name: 'free', command: 'f' },
      ],
    });
    const { id } = await first.run('held');
    await waitFor(() => agents.names().includes('free'));
    await first.crash();
    const second = await start(agents.hub, { limits: limitsOf(inForce) });
    assert.deepEqual(await states(second, id), { a: 'queued', b: 'queued', free: 'running' });
    await second.engine.setLimits(limitsOf(limits(queue(1))));
    await waitFor(() => agents.names().includes('a'));
    assert.deepEqual(agents.names(), ['free', 'a']);
    await second.engine.setLimits(limitsOf(limits(queue(2))));
    await waitFor(() => agents.names().includes('b'));
  });

  test('lock: two sessions, a try that fails, kills in between: never two holders, kept over the pause between tries', async () => {
    const agents = openAgents();
    const first = await start(agents.hub);
    await storeNet(first.database, {
      kind: 'jobnet',
      name: 'locked',
      target: { node: 'n1' },
      units: [{ name: 'a', command: 'a', locks: ['ledger'], retry: { count: 1, delay_s: 0.2 } }],
    });
    const one = await first.run('locked');
    const two = await first.run('locked');
    await waitFor(() => agents.running().length === 1);
    assert.deepEqual(await states(first, two.id), { a: 'queued' });
    await first.crash();
    const second = await start(agents.hub);
    assert.deepEqual(await states(second, two.id), { a: 'queued' });
    await waitFor(async () => (await second.view(one.id)).units[0]?.state === 'running');
    agents.endOne(1);
    await waitFor(() => agents.running().length === 1, { message: 'the second try' });
    const [order] = agents.running();
    assert.deepEqual(
      [order?.environment['NEZUBAN_SESSION_ID'], order?.environment['NEZUBAN_TRY']],
      [String(one.id), '2'],
      'the lock stays with who tries again',
    );
    await waitFor(async () => (await second.view(one.id)).units[0]?.state === 'running');
    await second.crash();
    const third = await start(agents.hub);
    await waitFor(async () => (await third.view(one.id)).units[0]?.state === 'running');
    agents.endOne();
    await waitFor(() => agents.running()[0]?.environment['NEZUBAN_SESSION_ID'] === String(two.id));
    agents.endOne();
    await waitFor(async () => (await third.view(two.id)).state === 'ended');
  });

  test('node: a limit and a target of any node: the node with a place is taken, the third waits', async () => {
    const agents = openAgents();
    const limit = (name: string): LimitDefinition => ({
      kind: 'node_limit',
      name,
      places: 1,
      timezone: 'UTC',
    });
    const harness = await start(agents.hub, { limits: limitsOf(limits(limit('n1'), limit('n2'))) });
    await storeNet(harness.database, {
      kind: 'jobnet',
      name: 'spread',
      target: { scope: 'both', mode: 'any' },
      units: ['a', 'b', 'c'].map((name) => ({ name, command: name })),
    });
    const { id } = await harness.run('spread');
    await waitFor(() => agents.running().length === 2);
    const view = await harness.view(id);
    assert.deepEqual(view.units.flatMap(({ attempts }) => attempts.map(({ node }) => node)).toSorted(), [
      'n1',
      'n2',
    ]);
    assert.equal(view.units.filter(({ state }) => state === 'queued').length, 1);
    agents.endOne();
    await waitFor(() => agents.names().includes('c'));
  });

  test('node: removed while it holds what others wait for: its places are given back', async () => {
    const agents = openAgents();
    const harness = await start(agents.hub);
    await storeNet(harness.database, {
      kind: 'jobnet',
      name: 'gone',
      units: [
        { name: 'a', command: 'a', target: { node: 'n1' }, locks: ['ledger'] },
        { name: 'b', command: 'b', target: { node: 'n2' }, locks: ['ledger'] },
      ],
    });
    const { id } = await harness.run('gone');
    await waitFor(() => agents.names().includes('a'));
    agents.hub.remove('n1');
    await waitFor(() => agents.names().includes('b'));
    assert.equal((await harness.view(id)).units[0]?.endStatus, 'unknown');
  });

  test('overlap: a net that queues, one that skips, two that keep each other out: each as it says, over a kill', async () => {
    const agents = openAgents();
    const first = await start(agents.hub);
    const units = [{ name: 'a', command: 'a' }];
    const target = { node: 'n1' };
    await storeNet(first.database, { kind: 'jobnet', name: 'one', target, overlap: 'queue', units });
    await storeNet(first.database, { kind: 'jobnet', name: 'skips', target, overlap: 'skip', units });
    await storeNet(first.database, {
      kind: 'jobnet',
      name: 'apart',
      target,
      exclusive_with: ['one'],
      units,
    });
    const running = await first.run('one');
    const queued = await first.run('one');
    assert.deepEqual([running.state, queued.state], ['running', 'queued']);
    await first.run('skips');
    await assert.rejects(first.run('skips'), { code: 'net_overlap' });
    const apart = await first.run('apart');
    assert.equal(apart.state, 'queued');
    await first.crash();
    const second = await start(agents.hub);
    assert.deepEqual((await second.view(queued.id)).state, 'queued');
    await assert.rejects(second.run('skips'), { code: 'net_overlap' });
    const sessionsRunning = () =>
      agents.running().map(({ environment }) => Number(environment['NEZUBAN_SESSION_ID']));
    agents.endOne();
    await waitFor(() => sessionsRunning().includes(queued.id));
    assert.ok(!sessionsRunning().includes(apart.id));
    // One that comes after what keeps it out waits behind it.
    const late = await second.run('one');
    assert.equal(late.state, 'queued');
    agents.endOne(
      0,
      agents
        .running()
        .findIndex(({ environment }) => environment['NEZUBAN_SESSION_ID'] === String(queued.id)),
    );
    await waitFor(() => sessionsRunning().includes(apart.id));
    assert.ok(!sessionsRunning().includes(late.id));
    await operate(second, { id: late.id, operation: 'stop' });
    assert.equal((await second.view(late.id)).state, 'stopped');
  });

  test('kills and lost commits again and again: no moment with two holders of a lock or more in a queue than places, everything ends', async () => {
    const hub = createFakeAgentHub({ nodes, pace: 'oneByOne' });
    const inForce = limitsOf(limits(queue(3)));
    let harness = await start(hub, { limits: inForce });
    await storeNet(harness.database, {
      kind: 'jobnet',
      name: 'storm',
      queue: 'q',
      units: Array.from({ length: 12 }, (_, index) => ({
        name: `u${index}`,
        command: 'work',
        target: { node: nodes[index % 2] },
        ...(index % 3 === 0 ? { locks: [`l${index % 2}`] } : {}),
        ...(index < 4 ? {} : { after: [`u${index - 4}`] }),
      })),
    });
    const ids: SessionId[] = [];
    for (let round = 0; round < 4; round += 1) {
      for (let each = 0; each < 3; each += 1) ids.push((await harness.run('storm')).id);
      await harness.crash();
      harness = await start(hub, { limits: inForce });
    }
    await waitFor(
      async () => {
        const views = await Promise.all(ids.map(async (id) => await harness.view(id)));
        return views.every(({ state }) => state === 'ended');
      },
      { message: 'all sessions to end' },
    );
    assert.equal(hub.runs.size, ids.length * 12);
    assert.deepEqual(new Set(hub.runs.values()), new Set([1]), 'nothing twice');
    // From its commit to its end by the agent's clock an attempt has its place.
    const [most] = await harness.database.query<{ at_once: number; of_a_lock: number }>({
      text: `WITH spans AS (SELECT created_at AS since, ended_at AS until, CASE WHEN unit % 3 = 1 THEN unit % 2 END AS lock FROM attempt),
               counted AS (SELECT s.lock, (SELECT count(*) FROM spans o WHERE o.since <= s.since AND o.until > s.since) AS all_at_once,
                             (SELECT count(*) FROM spans o WHERE o.since <= s.since AND o.until > s.since AND o.lock = s.lock) AS same_lock FROM spans s)
             SELECT max(all_at_once)::int AS at_once, max(same_lock)::int AS of_a_lock FROM counted`,
    });
    assert.ok(most !== undefined && most.at_once <= 3, `${most?.at_once} at once in a queue of three`);
    assert.ok(most.of_a_lock <= 1, `${most.of_a_lock} at once with one lock`);
  });
});
