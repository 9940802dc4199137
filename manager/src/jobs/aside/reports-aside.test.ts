// Tests of reports that were put aside, as the API has them: who sees what of them, what can be done, and what is on record. Real PostgreSQL.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { reportAsideSchema } from '@nezuban/protocol/api/report-aside-operations';
import type { AttemptId, SessionId, Term } from '@nezuban/protocol/ids';
import { systemClock } from '@nezuban/platform/clock';
import { systemTimers } from '@nezuban/platform/timers';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { testDatabase, type TestDatabase } from '@nezuban/tests/support/postgres';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { endedReceipt } from '../../testing/ended-receipt.ts';
import { createFakeAgentHub } from '../../testing/fake-agent-hub.ts';
import { startJobsDomain, tester, type JobsDomain } from '../../testing/jobs-domain.ts';
import { createFakeEventSink, plainSecrets, prepareDatabase } from '../../testing/jobs-harness.ts';
import { reportTriesMax } from '../engine-poison.ts';
import { jobsLimits } from '../jobs-limits.ts';
import { SessionStandsError } from '../standing-sessions.ts';
import { createReportsAside } from './reports-aside.ts';

const base = { expected: null, requestId: 'test', body: undefined } as const;

test('reports put aside: of a session that stands one is tried at a time, not each of them, since each costs the engine a batch', async () => {
  const report = (key: string, session: number) => ({
    key,
    node: 'one',
    session_id: session,
    secret_box: Buffer.from(''),
  });
  const rows = [report('a', 7), report('b', 7), report('c', 8), report('d', 7)];
  const tried: string[] = [];
  const receipt = { seq: 1, attemptId: '7-abcdef-0.0.0.0', at: new Date(0).toISOString(), state: 'accepted' };
  const reports = createReportsAside(
    {
      database: { query: async () => await Promise.resolve(rows) },
      secrets: {
        openReport: (key: string) => {
          tried.push(key);
          return JSON.stringify(receipt);
        },
      },
      receipts: async () =>
        await Promise.reject(new SessionStandsError((tried.at(-1) === 'c' ? 8 : 7) as SessionId, 'broken')),
      logger: createMemoryLogger(),
    } as never,
    { term: 1 as Term },
  );
  await reports.tryAgain();
  assert.deepEqual(tried, ['a', 'c']);
});

describe('reports put aside', () => {
  let server: TestDatabase;
  let domain: JobsDomain;
  const hub = createFakeAgentHub({ nodes: ['one'], endingOf: () => 'never' });
  before(async () => {
    server = await testDatabase();
    await prepareDatabase(server.config);
    domain = await startJobsDomain({ address: server.config, hub });
    await domain.database.query({
      text: 'ALTER TABLE attempt ADD CONSTRAINT injected CHECK (exit_code IS DISTINCT FROM 7)',
    });
    await domain.apply(
      `kind: jobnet\nname: night/net\ntarget: { node: one }\nunits:\n  - name: a\n    command: a\n    outputs: [{ name: token, regex: '(.*)', secret: true }]\n`,
    );
  });
  after(async () => {
    hub.stop();
    await domain.stop();
    await server.drop();
  });

  const list = async (actor = tester) =>
    (
      await domain.jobs.routes.listReportsAside({
        ...base,
        actor,
        params: {},
        query: { node: 'one', limit: 50 },
      })
    ).body.items;
  const report = async (): Promise<AttemptId> => {
    const run = { ...base, actor: tester, params: { name: 'night/net' as never }, query: {} };
    const { id } = (await domain.jobs.routes.runNet({ ...run, body: { parameters: {} } })).body;
    const attemptId = await waitFor(() => [...hub.runs.keys()].find((each) => each.startsWith(`${id}-`)));
    const receipt = endedReceipt(attemptId, {
      exitCode: 7,
      captured: [{ name: 'token', value: 'hush' }],
    });
    for (let tries = 1; tries < reportTriesMax; tries += 1)
      await assert.rejects(hub.report('one', [receipt]), /injected/);
    await hub.report('one', [receipt]);
    return attemptId;
  };

  test('a report whose attempt ended as unknown: listed without values of outputs, refused to be taken, removed by hand, on record', async () => {
    const attemptId = await report();
    const [item, ...more] = await list();
    assert.deepEqual(more, []);
    assert.deepEqual(reportAsideSchema.parse(item), item);
    assert.deepEqual(
      [item?.attemptId, item?.net, item?.state, item?.attemptClosed],
      [attemptId, 'night/net', 'ended', true],
    );
    assert.match(item?.report ?? '', /"exitCode":7/);
    assert.doesNotMatch(item?.report ?? '', /hush/);
    const key = item?.key ?? '';
    const act = { ...base, actor: tester, params: { key }, query: {} };
    await assert.rejects(domain.jobs.routes.takeReportAside(act), { code: 'operation_refused' });
    await domain.jobs.routes.removeReportAside(act);
    await assert.rejects(domain.jobs.routes.removeReportAside(act), { code: 'not_found' });
    assert.deepEqual(await list(), []);
    const audit = await domain.database.query<{ action: string }>({
      text: 'SELECT action FROM audit WHERE target = $1',
      values: [attemptId],
    });
    assert.deepEqual(audit, [{ action: 'removeReportAside' }]);
  });

  test('a report whose attempt is open: taken by hand and gone, on record; who may not see its node or net sees nothing of it', async () => {
    const attemptId = await report();
    // As if its attempt could not have been closed either.
    await domain.database.query({ text: 'UPDATE report_aside SET attempt_closed = false' });
    const blind = (onNode: boolean) =>
      ({
        ...tester,
        permissions: { ...tester.permissions, onNode: () => onNode, onNet: () => false },
      }) as typeof tester;
    assert.deepEqual(await list(blind(false)), []);
    const [hidden] = await list(blind(true));
    assert.deepEqual([hidden?.net, hidden?.report, hidden?.reason], [null, null, '']);
    // Of a session that is gone nobody knows the net: what is said of it is for whoever looks after the node.
    await domain.database.query({ text: 'UPDATE report_aside SET session_id = -session_id' });
    const reader = { ...tester.permissions, onNode: (right: string) => right === 'nodes.read' };
    const [gone] = await list({ ...tester, permissions: reader });
    assert.deepEqual([gone?.net, gone?.report, gone?.reason], [null, null, '']);
    assert.match((await list())[0]?.report ?? '', /"exitCode":7/);
    await domain.database.query({ text: 'UPDATE report_aside SET session_id = -session_id' });
    await domain.jobs.routes.takeReportAside({
      ...base,
      actor: tester,
      params: { key: hidden?.key ?? '' },
      query: {},
    });
    assert.deepEqual(await list(), []);
    const audit = await domain.database.query<{ action: string }>({
      text: 'SELECT action FROM audit WHERE target = $1',
      values: [attemptId],
    });
    assert.deepEqual(audit, [{ action: 'takeReportAside' }]);
  });

  test('no room for more of a node: told once, and once more after there was room; how full it is says the look', async () => {
    const events = createFakeEventSink();
    const [identity] = await domain.database.query<{ term: Term }>({
      text: 'SELECT term FROM manager_identity',
    });
    const reports = createReportsAside(
      {
        database: domain.database,
        events,
        secrets: plainSecrets,
        receipts: async () => await Promise.reject(new Error('still broken')),
        clock: systemClock,
        timers: systemTimers,
        logger: createMemoryLogger(),
      },
      { term: identity?.term ?? (0 as Term) },
    );
    const fillUp = async () =>
      await domain.database.query({
        text: `INSERT INTO report_aside (key, node, session_id, attempt_id, state, reason, secret_box, attempt_closed)
               SELECT 'full' || n, 'one', 1, '1-abcdef-0.0.0.0', 'ended', '', '', true FROM generate_series(1, $1::integer) n`,
        values: [jobsLimits.reportsAsideOfNodeMax],
      });
    const empty = async () => await domain.database.query({ text: 'DELETE FROM report_aside' });
    const put = async (seq: number) =>
      await reports.put({
        node: 'one',
        receipt: endedReceipt('1-abcdef-0.0.0.0' as AttemptId, { seq }),
        why: 'broken',
      });
    const told = () => events.committed.filter(({ code }) => code === 'reports_aside_full').length;
    await fillUp();
    for (const seq of [1, 2]) await assert.rejects(put(seq), { code: 'operation_refused' });
    assert.equal(told(), 1);
    reports.start();
    await waitFor(() => reports.fill().length === jobsLimits.reportsAsideOfNodeMax);
    await reports.stop();
    await empty();
    await put(1);
    await fillUp();
    await assert.rejects(put(2), { code: 'operation_refused' });
    assert.equal(told(), 2);
    await empty();
  });
});
