// Tests of retention on a real database with real sessions: ranges made ahead, what is old removed whole, what is needed kept, late rows
// answered.
import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, describe, test } from 'node:test';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { createFakeClock, type FakeClock } from '@nezuban/platform/testing/fake-clock';
import type { AttemptId, SessionId } from '@nezuban/protocol/ids';
import { settingsSections } from '@nezuban/protocol/settings/settings';
import pg from 'pg';
import { testDatabase, type TestDatabase } from '@nezuban/tests/support/postgres';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createDatabase, type Database } from '../database/database.ts';
import { createFakeAgentHub, type FakeAgentHub } from '../testing/fake-agent-hub.ts';
import { startJobsDomain, tester, type JobsDomain } from '../testing/jobs-domain.ts';
import { createFakeEventSink, prepareDatabase } from '../testing/jobs-harness.ts';
import { createRetention, type Retention } from './retention.ts';
import { dropRange } from './range-store.ts';
import { retentionLimits } from './retention-limits.ts';

const base = { expected: null, actor: tester, requestId: 'test' } as const;
const DAY = 86_400_000;
const policy = {
  events_days: 400,
  sessions_days: 100,
  output_days: 30,
  audit_days: 1100,
  deliveries_days: 60,
};
const net = (name: string) =>
  `kind: jobnet\nname: ${name}\ntarget: { node: local }\nunits:\n  - { name: a, command: work }\n`;

describe('retention', () => {
  const start = '2026-01-05T00:00:00Z';
  let server: TestDatabase;
  let database: Database;
  let clock: FakeClock;
  let hub: FakeAgentHub;
  let domain: JobsDomain;
  let retention: Retention;
  let events: ReturnType<typeof createFakeEventSink>;
  let changedAt: string | null;

  beforeEach(async () => {
    server = await testDatabase();
    await prepareDatabase(server.config);
    clock = createFakeClock(start);
    hub = createFakeAgentHub({ nodes: ['local'], endingOf: () => 'never' });
    domain = await startJobsDomain({ address: server.config, hub, clock, timers: clock });
    await domain.apply(net('night/a'));
    database = createDatabase({ address: server.config, logger: createMemoryLogger(), name: 'retention' });
    events = createFakeEventSink();
    changedAt = null;
    retention = make(2);
  });
  afterEach(async () => {
    await retention.stop();
    await domain.stop();
    await database.stop();
    await server.drop();
    assert.deepEqual(domain.broken, []);
  });
  after(() => undefined);

  const make = (term: number): Retention =>
    createRetention({
      database,
      clock,
      timers: clock,
      logger: createMemoryLogger(),
      identity: { term: term as never },
      events,
      settings: {
        of: ((section: 'retention') => settingsSections[section].parse(policy)) as never,
        view: () => ({
          section: 'retention',
          values: policy,
          revision: 1,
          updatedAt: changedAt,
          updatedBy: null,
        }),
      },
      skipSessionIds: domain.jobs.skipSessionIds,
      forgetSessions: domain.jobs.forgetSessions,
    });
  /** Runs a session to its end, with some output; gives its id and its attempt. */
  const run = async (): Promise<{ id: SessionId; attemptId: AttemptId }> => {
    const before = new Set(hub.runs.keys());
    const { id } = (
      await domain.jobs.routes.runNet({
        ...base,
        params: { name: 'night/a' },
        query: {},
        body: { parameters: {} },
      })
    ).body;
    const attemptId = await waitFor(() => [...hub.runs.keys()].find((key) => !before.has(key)));
    await hub.sendOutput('local', {
      attemptId,
      stream: 'stdout',
      offset: 0,
      data: Buffer.from('hello').toString('base64'),
    });
    return { id, attemptId };
  };
  const end = async ({ id, attemptId }: { id: SessionId; attemptId: AttemptId }): Promise<void> => {
    hub.end(attemptId, 0, 5);
    await waitFor(async () => (await view(id)).state === 'ended');
  };
  const view = async (id: SessionId) =>
    (await domain.jobs.routes.getSession({ ...base, params: { id }, query: {}, body: undefined })).body;
  const output = async (attemptId: AttemptId) =>
    (
      await domain.jobs.routes.getOutput({
        ...base,
        params: { attemptId },
        query: { stream: 'stdout', offset: 0, limit: 1_000, encoding: undefined },
        body: undefined,
      })
    ).body;
  const parts = async (table: string): Promise<string[]> =>
    (
      await database.query<{ name: string }>({
        text: 'SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass ORDER BY 1',
        values: [table],
      })
    ).map(({ name }) => name);
  /** Days go by with a look every half day, as they would: no leap of the clock. */
  const days = async (count: number): Promise<void> => {
    clock.setCalendar(Temporal.Instant.fromEpochMilliseconds(clock.epochMs() + count * DAY));
    await database.query({
      text: 'INSERT INTO retention_state (looked_at) VALUES ($1) ON CONFLICT (singleton) DO UPDATE SET looked_at = $1, held_until = NULL',
      values: [new Date(clock.epochMs() - 3_600_000)],
    });
  };
  const told = () => events.committed.map(({ code, details }) => `${code} ${details['kind'] ?? ''}`.trim());
  /** Fills what is left of the current range, so that nothing comes to it any more. */
  const leaveRange = async (): Promise<void> => {
    const [range] = await database.query<{ end_id: number }>({
      text: 'SELECT min(end_id) AS end_id FROM session_range WHERE end_id > (SELECT max(id) + 1 FROM session)',
    });
    domain.jobs.skipSessionIds(range?.end_id ?? 0);
  };

  test('retention: ranges: made ahead, sessions lie in theirs, ids go on without a gap', async () => {
    await retention.prepare();
    assert.deepEqual(await parts('session'), ['session_00001', 'session_00002', 'session_00003']);
    const first = await run();
    assert.equal(first.id, 1);
    const [where] = await database.query<{ part: string }>({
      text: 'SELECT tableoid::regclass::text AS part FROM attempt WHERE session_id = 1',
    });
    assert.equal(where?.part, 'attempt_00002');
    await end(first);
    await days(29);
    await retention.prepare();
    assert.equal((await run()).id, 51, 'a range that lasts too long is left');
  });

  test('retention: ranges: sessions ran ahead of them: the open one is closed behind what it holds', async () => {
    const one = await run();
    await retention.prepare();
    const two = await run();
    const rows = await database.query<{ id: number; part: string }>({
      text: 'SELECT id, tableoid::regclass::text AS part FROM session ORDER BY id',
    });
    assert.deepEqual(
      rows.map(({ part }) => part),
      ['session_00002', 'session_00002'],
    );
    assert.deepEqual(await parts('session'), ['session_00001', 'session_00002', 'session_00003']);
    await end(one);
    await end(two);
  });

  test('retention: output, then sessions too old: removed whole, told, and said so to whoever asks', async () => {
    await retention.prepare();
    const old = await run();
    await end(old);
    await leaveRange();
    const young = await run();
    await end(young);
    await database.query({ text: 'ANALYZE' });

    await days(31);
    await retention.look();
    assert.deepEqual(told(), ['data_removed output']);
    const page = await output(old.attemptId);
    assert.deepEqual([page.text, page.storedBytes, page.complete], ['', 0, true]);
    assert.equal(page.removedAt?.slice(0, 10), '2026-02-05');
    assert.equal((await output(young.attemptId)).text, 'hello', 'sessions may still come to its range');
    await assert.rejects(
      domain.jobs.getRawOutput(
        {
          ...base,
          params: { attemptId: old.attemptId },
          query: { stream: 'stdout', gzip: false },
          body: undefined,
        },
        {} as never,
      ),
      /was removed on 2026-02-05 by the retention policy/,
    );
    assert.equal((await view(old.id)).state, 'ended', 'the session itself is kept');

    await days(70);
    await retention.look();
    assert.deepEqual(told(), ['data_removed output', 'data_removed sessions']);
    await assert.rejects(
      view(old.id),
      /sessions of its time were removed on 2026-04-16 by the retention policy/,
    );
    assert.equal((await view(young.id)).state, 'ended');
    assert.deepEqual(await parts('session_unit'), ['session_unit_00003']);

    await retention.look();
    assert.equal(told().length, 2, 'once');
  });

  test('retention: late receipts and output of a session that is gone: taken, so that the agent does not send for ever', async () => {
    await retention.prepare();
    const old = await run();
    await end(old);
    await leaveRange();
    await end(await run());
    await days(101);
    await retention.look();
    assert.deepEqual(await parts('session'), ['session_00003']);
    await hub.repeatReceipts(old.attemptId);
    const stored = await hub.sendOutput('local', {
      attemptId: old.attemptId,
      stream: 'stdout',
      offset: 5,
      data: Buffer.from('late').toString('base64'),
    });
    assert.equal(stored, 9);
  });

  test('retention: a session that has not ended: its range is kept, whatever its age', async () => {
    await retention.prepare();
    const open = await run();
    await leaveRange();
    await end(await run());
    await days(500);
    await retention.look();
    assert.equal((await view(open.id)).state, 'running');
    await end(open);
    await days(1);
    await retention.look();
    assert.equal((await view(open.id)).state, 'ended', 'counted from its end');
    await days(101);
    await retention.look();
    await assert.rejects(view(open.id), /retention policy/);
  });

  test('retention: an ended session is rerun after its output was removed: the new output is kept and shown', async () => {
    await retention.prepare();
    const old = await run();
    await end(old);
    await leaveRange();
    await end(await run());
    await days(31);
    await retention.look();
    const before = new Set(hub.runs.keys());
    await domain.jobs.routes.operateSession({
      ...base,
      params: { id: old.id },
      query: {},
      body: { operation: 'rerun' },
    });
    const attemptId = await waitFor(() => [...hub.runs.keys()].find((key) => !before.has(key)));
    await hub.sendOutput('local', {
      attemptId,
      stream: 'stdout',
      offset: 0,
      data: Buffer.from('again').toString('base64'),
    });
    await end({ id: old.id, attemptId });
    assert.equal((await output(attemptId)).text, 'again');
    assert.equal((await output(old.attemptId)).text, '');
  });

  test('retention: a range is dropped at the moment in which one of its sessions is rerun: refused with the reason, nobody beside it is hurt', async () => {
    await retention.prepare();
    const old = await run();
    await end(old);
    await leaveRange();
    await end(await run());
    await days(101);
    // Between the engine's read of the session and its commit: the first thing that the commit does waits.
    const gate = new pg.Client(server.config);
    await gate.connect();
    try {
      await gate.query('BEGIN');
      await gate.query('SELECT FROM manager_identity FOR UPDATE');
      const operation = { params: { id: old.id }, query: {}, body: { operation: 'rerun' } } as const;
      const rerun = domain.jobs.routes.operateSession({ ...base, ...operation }).then(
        () => 'it was taken',
        (error: Error) => error.message,
      );
      const waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
      await waitFor(async () => (await database.query({ text: waiting })).length);
      const other = domain.jobs.routes.runNet({
        ...base,
        params: { name: 'night/a' },
        query: {},
        body: { parameters: {} },
      });
      const [range] = await database.query<{ number: number }>({
        text: 'SELECT number FROM session_range WHERE first_id <= $1 AND end_id > $1',
        values: [old.id],
      });
      const dropped = { number: range?.number ?? 0, beforeMs: clock.epochMs(), nowMs: clock.epochMs() };
      await database.inTransaction(async (transaction) => await dropRange(transaction, dropped));
      await gate.query('COMMIT');
      assert.match(await rerun, /There is no session 1 any more: .*by the retention policy/);
      const { id } = (await other).body;
      assert.equal((await view(id)).state, 'running');
      await assert.rejects(view(old.id), /retention policy/, 'no ghost of it is left');
    } finally {
      await gate.end();
    }
  });

  test('retention: all sessions removed, and the manager starts again: no id is given twice', async () => {
    await retention.prepare();
    const old = await run();
    await end(old);
    await leaveRange();
    const last = await run();
    await end(last);
    await retention.prepare();
    await database.query({ text: 'TRUNCATE session, session_unit, attempt, attempt_output' });
    await database.query({ text: 'UPDATE session_range SET removed_at = now() WHERE end_id IS NOT NULL' });
    await domain.stop();
    hub = createFakeAgentHub({ nodes: ['local'], endingOf: () => 'never' });
    domain = await startJobsDomain({ address: server.config, hub, clock, timers: clock });
    assert.ok((await run()).id > last.id);
  });

  test('retention: months of events, traps and audit, and what lies outside of them', async () => {
    await database.query({
      text: `CREATE TABLE event_2024_01 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2024-02-01')`,
    });
    await database.query({
      text: `INSERT INTO event (recorded_at, at, priority, code, message) SELECT at, at, 'info', 'session_started', 'old' FROM unnest('{2024-01-05,2019-05-05}'::timestamptz[]) at`,
    });
    await database.query({
      text: `INSERT INTO audit (at, actor, action) VALUES ('2020-01-01', 'a', 'old'), ('2026-01-01', 'a', 'new')`,
    });
    await database.query({
      text: `CREATE TABLE trap_2025_11 PARTITION OF trap FOR VALUES FROM ('2025-11-01') TO ('2025-12-01')`,
    });
    await database.query({
      text: `INSERT INTO trap (id, recorded_at, received_at, seq, slot, port, flags, heard_both, perhaps_repeat, matched, protocol, address, raw)
             VALUES (1, '2025-11-05', '2025-11-05', 1, 0, 514, 0, false, false, true, 'syslog', '192.0.2.1', 'x')`,
    });
    await database.query({ text: 'ANALYZE' });
    await days(1);
    await retention.look();
    assert.deepEqual(told(), ['data_removed events', 'data_removed events', 'data_removed traps']);
    assert.ok(!(await parts('event')).includes('event_2024_01'));
    const [left] = await database.query<{ events: number; audit: number }>({
      text: "SELECT (SELECT count(*) FROM event WHERE message = 'old') AS events, (SELECT count(*) FROM audit WHERE actor = 'a') AS audit",
    });
    assert.deepEqual(left, { events: 0, audit: 2 }, 'one young row keeps those beside it');
  });

  test('retention: the clock leaps a year: nothing is removed for a day, and it is told', async () => {
    await retention.prepare();
    await end(await run());
    await leaveRange();
    await end(await run());
    await retention.look();
    clock.setCalendar('2027-01-05T00:00:00Z');
    await retention.look();
    assert.deepEqual(told(), ['data_removal_held']);
    assert.equal((await parts('session')).includes('session_00002'), true);
    for (let hours = 0; hours < 25; hours += 5) {
      clock.setCalendar(Temporal.Instant.fromEpochMilliseconds(clock.epochMs() + 5 * 3_600_000));
      await retention.look();
    }
    assert.equal((await parts('session')).includes('session_00002'), false);
  });

  test('retention: the policy was changed just now: it takes effect an hour later', async () => {
    await retention.prepare();
    await end(await run());
    await leaveRange();
    await end(await run());
    await days(101);
    changedAt = new Date(clock.epochMs() - 60_000).toISOString();
    await retention.look();
    assert.equal((await parts('session')).includes('session_00002'), true);
    changedAt = new Date(clock.epochMs() - retentionLimits.policyGraceMs).toISOString();
    await retention.look();
    assert.equal((await parts('session')).includes('session_00002'), false);
  });

  test('retention: somebody reads the table: it gives way, tries again, and goes on when it is free', async () => {
    await retention.prepare();
    await end(await run());
    await leaveRange();
    await end(await run());
    await days(101);
    let release: () => void = () => undefined;
    const reading = database.inTransaction(async (transaction) => {
      await transaction.query('SELECT count(*) FROM session');
      await new Promise<void>((resolve) => (release = resolve));
    });
    await waitFor(async () => (await locksOn('session_00002')) > 0);
    const looking = retention.look();
    await waitFor(() => clock.timerCount() > 0, { message: 'it to wait' });
    release();
    await reading;
    await waitFor(async () => {
      await clock.advance(retentionLimits.lockRetryMs);
      return !(await parts('session')).includes('session_00002');
    });
    await looking;
    assert.deepEqual(
      events.committed.filter(({ code }) => code === 'data_removal_failed'),
      [],
    );
  });
  const locksOn = async (table: string): Promise<number> => {
    const [row] = await database.query<{ count: number }>({
      text: 'SELECT count(*) FROM pg_locks WHERE relation = $1::regclass',
      values: [table],
    });
    return row?.count ?? 0;
  };

  test('retention: another manager has taken over: nothing is removed, and the failure is told once', async () => {
    await retention.prepare();
    await end(await run());
    await leaveRange();
    await end(await run());
    await days(101);
    const deposed = make(1);
    await deposed.look();
    await deposed.look();
    assert.equal((await parts('session')).includes('session_00002'), true);
    assert.deepEqual(
      events.committed.map(({ code, details }) => `${code} ${details['kind'] ?? ''}`),
      ['data_removal_failed output', 'data_removal_failed sessions'],
    );
    await deposed.stop();
  });

  test('retention: deliveries: finished ones go in small steps, waiting ones stay', async () => {
    await database.query({
      text: `INSERT INTO delivery (event_id, rule, channel, payload, state, next_try_at, created_at)
             SELECT g, 'r', 'c', '{}', CASE WHEN g % 2 = 0 THEN 'sent' ELSE 'pending' END, CASE WHEN g % 2 = 0 THEN NULL ELSE now() END, '2025-01-01' FROM generate_series(1, 5000) g`,
    });
    await database.query({
      text: `INSERT INTO delivery (event_id, rule, channel, payload, state, next_try_at, created_at) VALUES (1, 'r', 'c', '{}', 'sent', NULL, '2026-01-04')`,
    });
    await days(1);
    await retention.look();
    const rows = await database.query({ text: 'SELECT state, count(*) FROM delivery GROUP BY 1 ORDER BY 1' });
    assert.deepEqual(rows, [
      { state: 'pending', count: 2500 },
      { state: 'sent', count: 1 },
    ]);
  });

  test('retention: the view of what is stored: sizes, ages, and what goes next', async () => {
    await retention.prepare();
    await end(await run());
    await leaveRange();
    await end(await run());
    await days(10);
    await database.query({ text: 'ANALYZE' });
    const { body } = await retention.routes.getStorage({ ...base, params: {}, query: {}, body: undefined });
    const sessions = body.kinds.find(({ kind }) => kind === 'sessions');
    assert.equal(sessions?.rows, 2);
    assert.equal(sessions?.keptDays, 100);
    assert.equal(sessions?.oldestAt?.slice(0, 10), '2026-01-05');
    assert.equal(sessions?.nextRemoval?.at.slice(0, 10), '2026-04-15');
    assert.ok((sessions?.bytesPerDay ?? 0) > 0);
    assert.ok(body.databaseBytes > 0);
    assert.equal(body.lastFailure, null);
  });
});
