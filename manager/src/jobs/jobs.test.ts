// Tests of the jobs domain through its routes.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { text } from 'node:stream/consumers';
import { systemClock } from '@nezuban/platform/clock';
import { createFakeClock } from '@nezuban/platform/testing/fake-clock';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { systemTimers } from '@nezuban/platform/timers';
import type { SessionSummary } from '@nezuban/protocol/jobs/session';
import { sessionDetailSchema } from '@nezuban/protocol/jobs/session';
import { outputPageSchema } from '@nezuban/protocol/api/output-operations';
import type { AttemptId, SessionId, UnitPath } from '@nezuban/protocol/ids';
import { testDatabase, type TestDatabase } from '@nezuban/tests/support/postgres';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createFakeAgentHub, type FakeAgentHub } from '../testing/fake-agent-hub.ts';
import { prepareDatabase } from '../testing/jobs-harness.ts';
import { startJobsDomain, tester, type JobsDomain, type JobsDomainOptions } from '../testing/jobs-domain.ts';
import { jobsLimits } from './jobs-limits.ts';
import { createOldRunKeys } from './old-run-keys.ts';
import { unitKeyChars } from './run-requests.ts';

const base = { expected: null, actor: tester, requestId: 'test' } as const;
const netOf = (name: string, extra = '') =>
  `kind: jobnet\nname: ${name}\ntarget: { node: local }\n${extra}units:\n  - { name: a, command: work }\n`;

describe('jobs', () => {
  let server: TestDatabase;
  let domain: JobsDomain;
  before(async () => {
    server = await testDatabase();
    await prepareDatabase(server.config);
  });
  after(() => server.drop());
  afterEach(async () => {
    await domain.database.query({
      text: 'TRUNCATE net, net_release, net_revision, session, session_unit, attempt, attempt_output, run_key, schedule_state CASCADE',
    });
    await domain.stop();
    assert.deepEqual(domain.broken, []);
  });

  const start = async (hub: FakeAgentHub, options: Partial<JobsDomainOptions> = {}) => {
    domain = await startJobsDomain({ address: server.config, hub, ...options });
    return domain;
  };
  const run = async (
    net: string,
    body: { parameters?: Record<string, string>; idempotencyKey?: string } = {},
  ) =>
    (
      await domain.jobs.routes.runNet({
        ...base,
        params: { name: net },
        query: {},
        body: { parameters: {}, ...body },
      })
    ).body;
  const view = async (id: SessionId) =>
    (await domain.jobs.routes.getSession({ ...base, params: { id }, query: {}, body: undefined })).body;
  const ended = async (id: SessionId) =>
    await waitFor(async () => {
      const session = await view(id);
      return session.state === 'ended' && session;
    });
  const list = async (
    query: Partial<Parameters<JobsDomain['jobs']['routes']['listSessions']>[0]['query']> = {},
  ) =>
    (
      await domain.jobs.routes.listSessions({
        ...base,
        params: {},
        query: { limit: 50, net: undefined, state: undefined, end_status: undefined, ...query },
        body: undefined,
      })
    ).body;
  const output = async (attemptId: AttemptId, query: { offset?: number; limit?: number } = {}) =>
    outputPageSchema.parse(
      (
        await domain.jobs.routes.getOutput({
          ...base,
          params: { attemptId },
          query: { stream: 'stdout', offset: 0, limit: 1_000_000, encoding: undefined, ...query },
          body: undefined,
        })
      ).body,
    );

  test('sessions: listed newest first, by pages, each once; filters hold', async () => {
    await start(
      createFakeAgentHub({
        nodes: ['local'],
        endingOf: ({ environment }) => ({ exitCode: environment['NEZUBAN_NET'] === 'bad' ? 1 : 0 }),
      }),
    );
    await domain.apply(`${netOf('good', 'title: Good\n')}---\n${netOf('bad')}`);
    const ids: number[] = [];
    for (const net of ['good', 'bad', 'good', 'bad', 'good']) ids.push((await run(net)).id);
    for (const id of ids) await ended(id as SessionId);
    const seen: SessionSummary[] = [];
    for (let cursor: string | undefined, more = true; more;) {
      const page = await list({ limit: 2, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...page.items);
      cursor = page.nextCursor ?? undefined;
      more = cursor !== undefined;
    }
    assert.deepEqual(
      seen.map(({ id }) => id),
      ids.toReversed(),
    );
    assert.deepEqual(
      (await list({ net: 'bad' })).items.map(({ endStatus }) => endStatus),
      ['abnormal', 'abnormal'],
    );
    assert.equal((await list({ end_status: ['normal'] })).items.length, 3);
    assert.equal((await list({ state: ['running', 'stopped'] })).items.length, 0);
    assert.equal(seen.at(-1)?.title, 'Good');
    const { items } = (
      await domain.jobs.routes.listNets({
        ...base,
        params: {},
        query: { direct: false, limit: 50 },
        body: undefined,
      })
    ).body;
    assert.deepEqual(
      items.map(({ name, lastSession }) => [name, lastSession?.id, lastSession?.endStatus]),
      [
        ['bad', ids[3], 'abnormal'],
        ['good', ids[4], 'normal'],
      ],
    );
  });

  test('run: the same key at once and later: one session; another net or key: another session', async () => {
    const hub = createFakeAgentHub({ nodes: ['local'] });
    await start(hub);
    await domain.apply(`${netOf('one')}---\n${netOf('two')}`);
    const atOnce = await Promise.all([1, 2, 3].map(() => run('one', { idempotencyKey: 'key-number-1' })));
    const later = await run('one', { idempotencyKey: 'key-number-1' });
    assert.equal(new Set([...atOnce, later].map(({ id }) => id)).size, 1);
    const others = [
      await run('two', { idempotencyKey: 'key-number-1' }),
      await run('one', { idempotencyKey: 'key-number-2' }),
    ];
    assert.equal(new Set([later, ...others].map(({ id }) => id)).size, 3);
    await waitFor(() => hub.runs.size === 3);
  });

  test('run: a key of two days ago, still there: another session, and no start takes old keys away; the look beside does', async () => {
    await start(createFakeAgentHub({ nodes: ['local'] }));
    await domain.apply(netOf('one'));
    const first = await run('one', { idempotencyKey: 'key-number-1' });
    await domain.database.query({ text: "UPDATE run_key SET created_at = now() - interval '2 days'" });
    const steps = jobsLimits.runKeysAtOnce * 2;
    await domain.database.query({
      text: `INSERT INTO run_key (net, key, session_id, created_at)
             SELECT 'old', 'caller ' || n, $1::bigint, now() - interval '2 days' - n * interval '1 second' FROM generate_series(1, $2::integer) n
             UNION ALL SELECT 'unit', repeat('k', $3), $1, now() - interval '2 days'
             UNION ALL SELECT 'unit, too old', repeat('k', $3), $1, now() - interval '400 days'
             UNION ALL SELECT 'unit, session gone', repeat('k', $3), 999999, now() - interval '2 days'`,
      values: [first.id, steps, unitKeyChars],
    });
    const second = await run('one', { idempotencyKey: 'key-number-1' });
    assert.notEqual(second.id, first.id);
    assert.equal((await run('one', { idempotencyKey: 'key-number-1' })).id, second.id);
    const netsOfKeys = async () =>
      (await domain.database.query<{ net: string }>({ text: 'SELECT net FROM run_key ORDER BY net' })).map(
        ({ net }) => net,
      );
    assert.equal((await netsOfKeys()).length, steps + 4, 'a start costs what it changes');
    const { database } = domain;
    await createOldRunKeys({
      database,
      clock: systemClock,
      timers: systemTimers,
      logger: createMemoryLogger(),
    }).look();
    assert.deepEqual(await netsOfKeys(), ['one', 'unit']);
  });

  test('attempts of a unit: newest first by pages', async () => {
    await start(createFakeAgentHub({ nodes: ['local'], endingOf: () => ({ exitCode: 1 }) }));
    await domain.apply(
      'kind: jobnet\nname: tries\ntarget: { node: local }\nunits:\n  - { name: a, command: x, retry: { count: 4 } }\n',
    );
    const { id } = await run('tries');
    await ended(id);
    const page = async (cursor?: string) =>
      (
        await domain.jobs.routes.listAttempts({
          ...base,
          params: { id },
          query: { unit: 'a' as UnitPath, limit: 3, ...(cursor === undefined ? {} : { cursor }) },
          body: undefined,
        })
      ).body;
    const first = await page();
    const second = await page(first.nextCursor ?? '');
    assert.deepEqual(
      [...first.items, ...second.items].map((attempt) => attempt.try),
      [5, 4, 3, 2, 1],
    );
    assert.equal(second.nextCursor, null);
    sessionDetailSchema.parse(await view(id));
  });

  test('operation: stored with its audit row', async () => {
    await start(createFakeAgentHub({ nodes: ['local'], endingOf: () => 'never' }));
    await domain.apply(netOf('audited'));
    const { id } = await run('audited');
    await domain.jobs.routes.operateSession({
      ...base,
      params: { id },
      query: {},
      body: { operation: 'stop' },
    });
    const rows = await domain.database.query<{ action: string; target: string }>({
      text: "SELECT action, target FROM audit WHERE action IN ('runNet', 'operateSession') ORDER BY id DESC LIMIT 2",
    });
    assert.deepEqual(rows, [
      { action: 'operateSession', target: String(id) },
      { action: 'runNet', target: 'audited' },
    ]);
    await waitFor(async () => (await view(id)).state === 'stopped');
  });

  test('output: in pieces, repeated, with a gap: kept once; pages end between characters; complete at the end', async () => {
    const hub = createFakeAgentHub({ nodes: ['local', 'other'], endingOf: () => 'never' });
    await start(hub);
    await domain.apply(
      'kind: jobnet\nname: writes\ntarget: { node: local }\nunits:\n  - { name: a, command: x, output_encoding: shift_jis }\n',
    );
    const { id } = await run('writes');
    const attemptId = await waitFor(() => [...hub.runs.keys()][0]);
    const bytes = Buffer.from([0x93, 0xfa, 0x96, 0x7b, 0x0a, 0x93, 0xfa, 0x96, 0x7b]);
    const send = (node: string, offset: number, end: number) =>
      hub.sendOutput(node, {
        attemptId,
        stream: 'stdout',
        offset,
        data: bytes.subarray(offset, end).toString('base64'),
      });
    assert.equal(await send('local', 0, 3), 3);
    assert.equal(await send('local', 5, 9), 3, 'a gap: go on from 3');
    assert.equal(await send('local', 0, 6), 6, 'a repeat with more behind it');
    assert.equal(await send('other', 6, 9), 9, 'not its attempt: taken as read, not stored');
    assert.deepEqual(await output(attemptId), {
      stream: 'stdout',
      offset: 0,
      nextOffset: 5,
      text: '日本\n',
      encoding: 'shift_jis',
      storedBytes: 6,
      droppedBytes: 0,
      complete: false,
    });
    assert.equal(await send('local', 6, 9), 9);
    assert.equal((await output(attemptId, { offset: 5 })).text, '日本');
    assert.equal((await output(attemptId, { offset: 0, limit: 4 })).nextOffset, 4);
    assert.deepEqual(
      [(await output(attemptId, { offset: -5 })).text, (await output(attemptId, { offset: -5 })).offset],
      ['日本', 5],
    );
    assert.equal((await output(attemptId)).complete, false);
    hub.end(attemptId, 0, bytes.length);
    await ended(id);
    assert.equal((await output(attemptId)).complete, true);
    const raw = await domain.jobs.getRawOutput(
      { ...base, params: { attemptId }, query: { stream: 'stdout', gzip: false }, body: undefined },
      {} as never,
    );
    assert.equal(await text(raw.stream.setEncoding('latin1')), bytes.toString('latin1'));
  });

  test('output: the session has ended before it has all come: taken nevertheless', async () => {
    const hub = createFakeAgentHub({ nodes: ['local'], endingOf: () => 'never' });
    await start(hub);
    await domain.apply(netOf('late'));
    const { id } = await run('late');
    const attemptId = await waitFor(() => [...hub.runs.keys()][0]);
    hub.end(attemptId, 0, 4);
    await ended(id);
    assert.equal((await output(attemptId)).complete, false);
    assert.equal(
      await hub.sendOutput('local', {
        attemptId,
        stream: 'stdout',
        offset: 0,
        data: Buffer.from('late').toString('base64'),
      }),
      4,
    );
    assert.deepEqual([(await output(attemptId)).text, (await output(attemptId)).complete], ['late', true]);
  });

  test('live: a watched session: its units whole and its output; others: summaries alone', async () => {
    const hub = createFakeAgentHub({ nodes: ['local'], endingOf: () => 'never' });
    await start(hub);
    await domain.apply(
      'kind: jobnet\nname: live\ntarget: { node: local }\nunits:\n  - { name: a, command: x }\n  - { name: b, command: x, after: [a] }\n',
    );
    const { id } = await run('live');
    const attemptId = await waitFor(() => [...hub.runs.keys()][0]);
    assert.ok(domain.published.some((message) => message.type === 'session' && message.session.id === id));
    assert.ok(!domain.published.some((message) => message.type === 'units'));
    domain.watched.add(id);
    await hub.sendOutput('local', {
      attemptId,
      stream: 'stdout',
      offset: 0,
      data: Buffer.from('x').toString('base64'),
    });
    hub.end(attemptId, 0, 1);
    await waitFor(() =>
      domain.published.some(
        (message) => message.type === 'output' && message.complete && message.storedBytes === 1,
      ),
    );
    const stateOf = (path: string) =>
      domain.published
        .flatMap((message) =>
          message.type === 'units' ? message.units.filter((unit) => unit.path === path) : [],
        )
        .at(-1)?.state;
    await waitFor(() => stateOf('a') === 'ended' && stateOf('b') === 'running');
    const [second] = [...hub.runs.keys()].slice(1);
    hub.end(second!, 0, 0);
    await waitFor(() => stateOf('b') === 'ended');
    const last = domain.published.findLast((message) => message.type === 'session');
    assert.equal(last?.type === 'session' && last.session.state, 'ended');
  });

  test('schedule: due: one session at its time; the timer is set for the next', async () => {
    const clock = createFakeClock('2026-03-01T12:59:58Z');
    await start(createFakeAgentHub({ nodes: ['local'] }), {
      clock,
      timers: { ...systemTimers, after: clock.after, every: clock.every },
    });
    await domain.apply(
      netOf('nightly', 'schedules:\n  - { name: s, times: ["22:00"], timezone: Asia/Tokyo }\n'),
    );
    const nextRun = async () =>
      (await domain.jobs.routes.getNet({ ...base, params: { name: 'nightly' }, query: {}, body: undefined }))
        .body.nextRunAt;
    await waitFor(async () => (await nextRun()) === '2026-03-01T13:00:00.000Z');
    await clock.advance(1_500);
    assert.equal((await list()).items.length, 0);
    await clock.advance(600);
    const session = await waitFor(async () => (await list()).items[0]);
    assert.deepEqual(session.trigger, {
      type: 'schedule',
      schedule: 's',
      dueAt: '2026-03-01T13:00:00.000Z',
      onBehalfOf: 'tester',
    });
    await waitFor(async () => (await nextRun()) === '2026-03-02T13:00:00.000Z');
    await clock.advance(60_000);
    assert.equal((await list()).items.length, 1);
  });

  test('schedule: starts missed while no manager ran: skipped or made up for once, and said so', async () => {
    const hub = createFakeAgentHub({ nodes: ['local'] });
    const early = createFakeClock('2026-03-01T00:00:00Z');
    await start(hub, { clock: early, timers: { ...systemTimers, after: early.after, every: early.every } });
    const schedule = (missed: string) =>
      `schedules:\n  - { name: s, cron: "0 * * * *", missed: ${missed} }\n`;
    await domain.apply(`${netOf('skips', schedule('skip'))}---\n${netOf('makes-up', schedule('run_once'))}`);
    await domain.stop();

    const late = createFakeClock('2026-03-01T05:30:00Z');
    await start(hub, { clock: late, timers: { ...systemTimers, after: late.after, every: late.every } });
    const session = await waitFor(async () => (await list()).items[0]);
    await waitFor(
      () =>
        domain.events.committed.filter(({ code }) => code === 'schedule_missed' || code === 'schedule_late')
          .length === 2,
    );
    assert.deepEqual(
      (await list()).items.map(({ net }) => net),
      ['makes-up'],
    );
    assert.equal(session.trigger.type === 'schedule' && session.trigger.dueAt, '2026-03-01T05:00:00.000Z');
    const missed = domain.events.committed.find(({ code }) => code === 'schedule_missed');
    assert.deepEqual([missed?.details['net'], missed?.details['count']], ['skips', 5]);
    await domain.stop();

    const again = createFakeClock('2026-03-01T05:31:00Z');
    await start(hub, { clock: again, timers: { ...systemTimers, after: again.after, every: again.every } });
    await waitFor(
      async () =>
        (await domain.jobs.routes.getNet({ ...base, params: { name: 'skips' }, query: {}, body: undefined }))
          .body.nextRunAt !== null,
    );
    assert.deepEqual(
      [(await list()).items.length, domain.events.committed],
      [1, []],
      'decided once and for all',
    );
  });

  test('schedule: changed, disabled or deleted: no start for what is gone', async () => {
    const clock = createFakeClock('2026-03-01T12:00:00Z');
    await start(createFakeAgentHub({ nodes: ['local'] }), {
      clock,
      timers: { ...systemTimers, after: clock.after, every: clock.every },
    });
    const nextRun = async () =>
      (
        await domain.jobs.routes.listNets({
          ...base,
          params: {},
          query: { direct: false, limit: 1 },
          body: undefined,
        })
      ).body.items[0]?.nextRunAt;
    await domain.apply(netOf('nightly', 'schedules:\n  - { name: s, cron: "30 * * * *" }\n'));
    await waitFor(async () => (await nextRun()) === '2026-03-01T12:30:00.000Z');
    await domain.apply(netOf('nightly', 'schedules:\n  - { name: s, cron: "30 * * * *", enabled: false }\n'));
    await waitFor(async () => (await nextRun()) === null);
    await clock.advance(3_600_000);
    assert.deepEqual((await list()).items, []);
    await domain.apply(netOf('nightly', 'schedules:\n  - { name: s, cron: "30 * * * *" }\n'));
    await waitFor(async () => (await nextRun()) === '2026-03-01T13:30:00.000Z');
    assert.deepEqual((await list()).items, [], 'it begins now and makes up for nothing');
  });
});
