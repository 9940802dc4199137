// Freezes and maintenance windows over the real domains of jobs and operations, on PostgreSQL, through restarts.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { createFakeClock } from '@nezuban/platform/testing/fake-clock';
import { systemTimers } from '@nezuban/platform/timers';
import { CodedError } from '@nezuban/protocol/errors';
import { maintenanceWindowSchema } from '@nezuban/protocol/operations/maintenance-window';
import type { Place } from '@nezuban/protocol/operations/place';
import { testDatabase, type TestDatabase } from '@nezuban/tests/support/postgres';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createLossyDatabase } from '../testing/lossy-database.ts';
import { createFakeAgentHub, type FakeAgentHub } from '../testing/fake-agent-hub.ts';
import { tester } from '../testing/jobs-domain.ts';
import { prepareDatabase } from '../testing/jobs-harness.ts';
import { startOperationsBench, type OperationsBench } from '../testing/operations-bench.ts';

const manager: Place = { kind: 'manager', name: null };
const web1: Place = { kind: 'node', name: 'web1' };
const netOf = (name: string, more = 'target: { node: web1 }') =>
  `kind: jobnet\nname: ${name}\n${more}\nunits:\n  - { name: a, command: work }\n`;
const frozenError = (error: unknown) => error instanceof CodedError && error.code === 'frozen';

describe('operations', () => {
  let server: TestDatabase;
  let bench: OperationsBench;
  before(async () => {
    server = await testDatabase();
    await prepareDatabase(server.config);
  });
  after(() => server.drop());
  afterEach(async () => {
    await bench.database.query({
      text: 'TRUNCATE net, net_revision, session, session_unit, attempt, attempt_output, run_key, schedule_state, work_freeze, maintenance_window, audit, event, scope CASCADE',
    });
    await bench.stop();
    assert.deepEqual(bench.jobs.broken, []);
  });

  const hubOf = (endingOf?: () => 'never'): FakeAgentHub =>
    createFakeAgentHub({
      nodes: ['web1', 'web2'],
      scopes: { web: ['web1', 'web2'] },
      ...(endingOf === undefined ? {} : { endingOf }),
    });
  const start = async (hub: FakeAgentHub) => {
    bench = await startOperationsBench({ address: server.config, hub });
    return bench;
  };
  const restart = async (hub: FakeAgentHub) => {
    await bench.stop();
    return await start(hub);
  };
  const ended = async (id: number) =>
    await waitFor(async () => {
      const session = await bench.view(id);
      return session.state === 'ended' && session;
    });
  const audited = async (action: string) =>
    await bench.database.query<{ target: string; details: Record<string, unknown> }>({
      text: 'SELECT target, details FROM audit WHERE action = $1 ORDER BY id',
      values: [action],
    });
  const said = async (code: string) =>
    (
      await bench.database.query<{ message: string }>({
        text: 'SELECT message FROM event WHERE code = $1 ORDER BY id',
        values: [code],
      })
    ).map(({ message }) => message);

  test('operations: a frozen manager: manual starts are refused with who and why, an override is audited, what runs goes on', async () => {
    const hub = hubOf(() => 'never');
    await start(hub);
    await bench.jobs.apply(netOf('night/a'));
    const running = await bench.run('night/a');
    await bench.freeze(manager, 'core switch is replaced');
    await assert.rejects(bench.run('night/a'), (error: Error) => {
      assert.match(
        error.message,
        /^No session of "night\/a" starts: the manager is frozen by tester since .*: core switch is replaced\. "nezuban resume manager" ends that/,
      );
      return frozenError(error);
    });
    const { frozen } = await bench.frozen();
    assert.deepEqual([frozen[0]?.open.sessions, frozen[0]?.drained], [1, false]);
    const forced = await bench.run('night/a', true);
    const [, override] = await audited('runNet');
    assert.match(String(override?.details['overrideFreeze']), /the manager is frozen by tester/);
    const runningUnit = async (id: number) =>
      await waitFor(async () => {
        const [unit] = (await bench.view(id)).units;
        return unit?.state === 'running' && unit;
      });
    for (const id of [running.id, forced.id]) {
      const unit = await runningUnit(id);
      hub.end(unit.attempts[0]?.id ?? ('' as never), 0);
      await ended(id);
    }
    assert.equal((await bench.frozen()).frozen[0]?.drained, true);
    assert.equal(await bench.resume(manager), true);
    assert.equal(await bench.resume(manager), false);
    assert.equal((await said('work_frozen'))[0], 'The manager was frozen by tester: core switch is replaced');
    assert.match(
      (await said('work_resumed'))[0] ?? '',
      /^The manager was resumed by tester; it was frozen by tester since/,
    );
    assert.deepEqual([(await audited('freeze')).length, (await audited('resume')).length], [1, 1]);
  });

  test('operations: a frozen folder: its nets do not start, others do; an ended session of it does not run again', async () => {
    await start(hubOf());
    await bench.jobs.apply(`${netOf('night/a')}---\n${netOf('day')}`);
    const earlier = await bench.run('night/a');
    await ended(earlier.id);
    await bench.freeze({ kind: 'folder', name: 'night' }, 'month end');
    await assert.rejects(bench.run('night/a'), frozenError);
    await assert.rejects(
      bench.jobs.jobs.routes.operateSession({
        params: { id: earlier.id },
        query: {},
        expected: null,
        actor: tester,
        requestId: 'test',
        body: { operation: 'rerun' },
      }),
      frozenError,
    );
    await ended((await bench.run('day')).id);
  });

  test('operations: a frozen node: a unit waits with the reason, through a restart, and runs once at the resume', async () => {
    const hub = hubOf();
    await start(hub);
    await bench.jobs.apply(netOf('night/a'));
    await bench.freeze(web1, 'disk swap');
    const { id } = await bench.run('night/a');
    const [unit] = (await bench.view(id)).units;
    assert.equal(unit?.state, 'waiting');
    assert.match(unit.reason ?? '', /^Waits: node "web1" is frozen by tester since .*: disk swap\.$/);
    await restart(hub);
    const [again] = (await bench.view(id)).units;
    assert.equal(again?.state, 'waiting');
    const { place, by, reason } = again.waits ?? {};
    assert.deepEqual([place, by, reason], [web1, 'tester', 'disk swap']);
    assert.equal((await bench.frozen()).frozen[0]?.reason, 'disk swap');
    assert.equal(hub.runs.size, 0);
    await bench.resume(web1);
    await ended(id);
    assert.deepEqual([...hub.runs.values()], [1]);
  });

  test('operations: a freeze or resume that is committed by a manager that dies at once: the next one acts on it', async () => {
    const hub = hubOf();
    await start(hub);
    await bench.jobs.apply(netOf('night/a'));
    await bench.freeze(web1, 'disk swap');
    const { id } = await bench.run('night/a');
    await bench.stop();
    const direct = await startOperationsBench({ address: server.config, hub: hubOf() });
    await direct.database.query({ text: "UPDATE work_freeze SET ended_at = now(), ended_by = 'tester'" });
    await direct.stop();
    await start(hub);
    await ended(id);
    assert.deepEqual([...hub.runs.values()], [1]);
  });

  test('operations: nobody knows whether a freeze or resume was stored: the next decision stands on what is stored', async () => {
    const door = await createLossyDatabase(server.config);
    const hub = hubOf();
    try {
      bench = await startOperationsBench({ address: door.address, hub, jobsAddress: server.config });
      await bench.jobs.apply(netOf('night/a'));
      const frozen = async () =>
        (await bench.frozen()).frozen.map(({ place }) => place.name ?? place.kind).toSorted();
      const runs = () => [...hub.runs.values()];

      await bench.freeze(web1, 'disk swap');
      const first = await bench.run('night/a');
      assert.equal((await bench.view(first.id)).units[0]?.state, 'waiting');
      const stored = door.cutAtNextCommit('afterCommit');
      await assert.rejects(bench.resume(web1), /whether it is stored is not known/);
      await stored;
      // Nobody asks again: it is found out, and acted on.
      await ended(first.id);
      assert.deepEqual(await frozen(), []);
      assert.deepEqual(runs(), [1]);

      await bench.freeze(web1, 'disk swap');
      const second = await bench.run('night/a');
      const lost = door.cutAtNextCommit('beforeCommit');
      await assert.rejects(bench.resume(web1), /whether it is stored is not known/);
      await lost;
      await bench.freeze(manager, 'another one');
      assert.deepEqual(await frozen(), ['manager', 'web1']);
      assert.deepEqual(runs(), [1]);
      await bench.resume(manager);

      // The server is still at it when the next change comes, which waits for it.
      const slow = door.slowNextCommit();
      const resuming = assert.rejects(bench.resume(web1), /whether it is stored is not known/);
      await slow.reached;
      await resuming;
      const next = bench.freeze({ kind: 'node', name: 'web2' }, 'after the resume before it');
      slow.finish();
      await next;
      assert.deepEqual(await frozen(), ['web2']);
      await ended(second.id);
      assert.deepEqual(runs(), [1, 1]);
    } finally {
      await restart(hub);
      await door.stop();
    }
  });

  test('operations: a node is frozen while its agent is away: an order that never left waits, and goes out at the resume', async () => {
    const hub = hubOf();
    await start(hub);
    await bench.jobs.apply(netOf('night/a'));
    hub.disconnect('web1');
    const { id } = await bench.run('night/a');
    assert.equal((await bench.view(id)).units[0]?.state, 'starting');
    await bench.freeze(web1, 'disk swap');
    hub.connect('web1');
    const { frozen } = await bench.frozen();
    assert.deepEqual(frozen[0]?.open, { sessions: 0, attempts: 0, waiting: 1 });
    assert.equal(frozen[0].drained, true);
    assert.match((await bench.view(id)).units[0]?.reason ?? '', /^Waits: node "web1" is frozen/);
    assert.equal(hub.runs.size, 0);
    await restart(hub);
    assert.equal(hub.runs.size, 0);
    await bench.resume(web1);
    await ended(id);
    assert.deepEqual([...hub.runs.values()], [1]);
  });

  test('operations: a scope is drained: what runs is named until it has ended, and a target of any node goes elsewhere', async () => {
    const hub = hubOf(() => 'never');
    await start(hub);
    await bench.jobs.apply(`${netOf('night/a')}---\n${netOf('any', 'target: { scope: web, mode: any }')}`);
    const { id } = await bench.run('night/a');
    await waitFor(async () => (await bench.view(id)).units[0]?.state === 'running');
    await bench.freeze(web1, 'disk swap');
    const other = await bench.run('any');
    assert.equal((await bench.view(other.id)).units[0]?.attempts[0]?.node, 'web2');
    const open = async (kind: 'node' | 'scope', name: string) =>
      (
        await bench.routes.getOpenWork({
          params: {},
          query: { kind, name },
          body: undefined,
          expected: null,
          actor: tester,
          requestId: 'test',
        })
      ).body;
    const { attempts, counts } = await open('node', 'web1');
    assert.deepEqual([counts.attempts, attempts[0]?.session, attempts[0]?.unit], [1, id, 'a']);
    hub.end(attempts[0]?.attempt ?? ('' as never), 0);
    await ended(id);
    assert.equal((await open('node', 'web1')).counts.attempts, 0);
    await assert.rejects(open('node', 'wbe1'), /There is no node "wbe1"/);
  });

  test('operations: frozen over due schedules: held and shown, and at the resume one run for all, or said to be skipped', async () => {
    const clock = createFakeClock('2026-03-01T12:59:50Z');
    const timers = { ...systemTimers, after: clock.after, every: clock.every };
    const hub = hubOf();
    const begin = async () => {
      bench = await startOperationsBench({ address: server.config, hub, clock, timers });
    };
    await begin();
    const scheduled = (name: string, missed: string) =>
      netOf(
        name,
        `target: { node: web1 }\nschedules:\n  - { name: s, cron: "* * * * *", timezone: UTC, missed: ${missed} }`,
      );
    await bench.jobs.apply(`${scheduled('once', 'run_once')}---\n${scheduled('skip', 'skip')}`);
    await bench.freeze(manager, 'core switch');
    await waitFor(() => clock.timerCount() > 0);
    await clock.advance(150_000);
    assert.deepEqual(
      (await bench.frozen()).heldStarts.map(({ net, dueAt }) => [net, dueAt]),
      [
        ['once', '2026-03-01T13:00:00.000Z'],
        ['skip', '2026-03-01T13:00:00.000Z'],
      ],
    );
    await bench.stop();
    await begin();
    const sessions = async () =>
      await bench.database.query<{ net: string; due: string }>({
        text: "SELECT net, trigger->>'dueAt' AS due FROM session ORDER BY id",
      });
    assert.deepEqual(await sessions(), []);
    await bench.resume(manager);
    await waitFor(async () => (await sessions()).length === 1);
    assert.deepEqual(await sessions(), [{ net: 'once', due: '2026-03-01T13:02:00.000Z' }]);
    await waitFor(() =>
      bench.jobs.events.committed.some(
        ({ code, details }) => code === 'schedule_missed' && details['net'] === 'skip',
      ),
    );
    await clock.advance(60_000);
    await waitFor(async () => (await sessions()).length === 3);
  });

  test('operations: a freeze with an end: ends by itself, is said once, and what waited runs', async () => {
    const clock = createFakeClock('2026-03-01T12:00:00Z');
    const hub = hubOf();
    bench = await startOperationsBench({
      address: server.config,
      hub,
      clock,
      timers: { ...systemTimers, after: clock.after, every: clock.every },
    });
    await bench.jobs.apply(netOf('night/a'));
    await bench.freeze(web1, 'short work', new Date('2026-03-01T12:05:00Z'));
    const { id } = await bench.run('night/a');
    assert.equal((await bench.view(id)).units[0]?.state, 'waiting');
    await waitFor(() => clock.timerCount() > 0);
    await clock.advance(301_000);
    await ended(id);
    await waitFor(async () => (await said('work_resumed')).length === 1);
    assert.match((await said('work_resumed'))[0] ?? '', /^Node "web1" is no longer frozen: its time is over/);
  });

  test('operations: a maintenance window: freezes and marks events while it is open, told at its beginning and end', async () => {
    const clock = createFakeClock('2026-03-01T12:59:00Z');
    const hub = hubOf();
    bench = await startOperationsBench({
      address: server.config,
      hub,
      clock,
      timers: { ...systemTimers, after: clock.after, every: clock.every },
    });
    await bench.database.query({ text: "INSERT INTO scope (name, updated_by) VALUES ('web', 'tester')" });
    await bench.jobs.apply(
      `kind: maintenance_window\nname: patch\nreason: monthly patches\nplaces:\n  - { scope: web }\n  - { net: night/a }\ncron: "0 22 * * *"\nduration_min: 60\ntimezone: Asia/Tokyo\n---\n${netOf('night/a')}`,
    );
    await waitFor(() => clock.timerCount() > 0);
    await clock.advance(61_000);
    await waitFor(async () => (await said('maintenance_started')).length === 1);
    const { frozen, windows } = await bench.frozen();
    assert.deepEqual(
      frozen.map(({ place, by }) => [place.kind, by]),
      [
        ['scope', 'maintenance window "patch"'],
        ['net', 'maintenance window "patch"'],
      ],
    );
    assert.equal(windows[0]?.end, '2026-03-01T14:00:00.000Z');
    await assert.rejects(bench.run('night/a'), frozenError);
    const draft = {
      at: new Date(),
      priority: 'critical',
      code: 'agent_disconnected',
      message: 'gone',
    } as const;
    await bench.events.appendNow([
      { ...draft, node: 'web2', details: {} },
      { ...draft, node: 'other', details: {} },
    ]);
    const marks = await bench.database.query<{ mark: string | null }>({
      text: "SELECT details->>'mutedBy' AS mark FROM event WHERE code = 'agent_disconnected' ORDER BY id",
    });
    assert.deepEqual(
      marks.map(({ mark }) => mark),
      ['patch', null],
    );
    await clock.advance(3_600_000);
    await waitFor(async () => (await said('maintenance_ended')).length === 1);
    assert.deepEqual((await bench.frozen()).frozen, []);
    await ended((await bench.run('night/a')).id);
  });

  test('operations: rights: who may run a net may freeze it, not the manager; a place that is not there is refused', async () => {
    await start(hubOf());
    await bench.jobs.apply(netOf('night/a'));
    const limited = {
      ...tester,
      permissions: {
        ...tester.permissions,
        everywhere: () => false,
        onNet: (_right: string, net: string) => net.startsWith('night/'),
        onNode: () => false,
        onScope: () => false,
      },
    };
    const freeze = async (place: Place) =>
      await bench.routes.freeze({
        params: {},
        query: {},
        expected: null,
        requestId: 'test',
        actor: limited,
        body: { place, reason: 'because' },
      });
    await freeze({ kind: 'net', name: 'night/a' });
    await freeze({ kind: 'folder', name: 'night' });
    await assert.rejects(
      freeze(manager),
      /To freeze or resume the manager you need the right "system.operate"/,
    );
    await assert.rejects(freeze(web1), /"nodes.write" there/);
    await assert.rejects(freeze({ kind: 'net', name: 'night/b' }), /There is no job net "night\/b"/);
    const window = maintenanceWindowSchema.parse({
      kind: 'maintenance_window',
      name: 'all',
      places: [{ manager: true }],
      cron: '0 1 * * *',
      duration_min: 10,
    });
    await assert.rejects(bench.putWindow(window, limited), /you need the right "system.operate"/);
    const item = await bench.putWindow(window);
    assert.equal((item as { next: unknown[] }).next.length, 5);
  });
});
