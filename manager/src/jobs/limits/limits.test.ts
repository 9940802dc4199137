// Tests of queues, locks and limits of nodes by their routes and YAML kinds, on a real PostgreSQL: what is said of them, who may change them,
// and that a change is in force at once.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { LimitKind } from '@nezuban/protocol/jobs/control/limit';
import { testDatabase, type TestDatabase } from '@nezuban/tests/support/postgres';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createFakeAgentHub, type FakeAgentHub } from '../../testing/fake-agent-hub.ts';
import { startJobsDomain, tester, type JobsDomain } from '../../testing/jobs-domain.ts';
import { prepareDatabase } from '../../testing/jobs-harness.ts';

const base = { expected: null, actor: tester, requestId: 'test', query: {} } as const;
const place = (kind: LimitKind, name: string) => ({ ...base, params: { kind, name } });

describe('limits', () => {
  let server: TestDatabase;
  let domain: JobsDomain;
  let hub: FakeAgentHub;
  before(async () => {
    server = await testDatabase();
    await prepareDatabase(server.config);
  });
  after(async () => {
    await domain.stop();
    await server.drop();
  });
  beforeEach(async () => {
    await domain?.stop();
    hub = createFakeAgentHub({ nodes: ['n1'], endingOf: () => 'never' });
    domain = await startJobsDomain({ address: server.config, hub });
  });
  const run = async (net: string) =>
    (
      await domain.jobs.routes.runNet({
        ...base,
        params: { name: net },
        query: {},
        body: { parameters: {} },
      })
    ).body;

  test('yaml: a queue, a lock and a node in one file with a net: in force at once, exported as they are', async () => {
    const yaml = [
      'kind: queue',
      'name: batch',
      'places: 1',
      'by_time:',
      '  00:00-24:00: 2',
      '---',
      'kind: lock',
      'name: ledger',
      '---',
      'kind: node_limit',
      'name: n1',
      'places: 3',
      '---',
      'kind: jobnet',
      'name: night',
      'target: { node: n1 }',
      'queue: batch',
      'units:',
      '  - { name: a, command: a, locks: [ledger] }',
      '  - { name: b, command: b }',
      '  - { name: c, command: c }',
      '',
    ].join('\n');
    await domain.apply(yaml);
    const { id } = await run('night');
    await waitFor(() => hub.runs.size === 2);
    const { body } = await domain.jobs.routes.listLimits({ ...base, params: {}, query: {}, body: undefined });
    assert.deepEqual(
      body.items.map(({ kind, name, used, places, waiting }) => [kind, name, used, places, waiting]),
      [
        ['lock', 'ledger', 1, 1, 0],
        ['node_limit', 'n1', 2, 3, 1],
        ['queue', 'batch', 2, 2, 1],
      ],
    );
    const detail = await domain.jobs.routes.getLimit({ ...place('queue', 'batch'), body: undefined });
    assert.deepEqual(
      [
        detail.body.holders.map(({ unit }) => unit),
        detail.body.waiters.map(({ session, unit }) => [session, unit]),
      ],
      [['a', 'b'], [[id, 'c']]],
    );
    const why = await domain.jobs.routes.explainWaiting({
      ...base,
      params: { id },
      query: { unit: 'c' },
      body: undefined,
    } as never);
    assert.match(
      why.body.sentence,
      /"c" waits in place 1 of 1 for the queue "batch", of whose 2 places 2 are taken \(by "a" of session/u,
    );
    const [source] = domain.jobs.definitions.filter(({ kind }) => kind === 'queue');
    assert.deepEqual(await source?.find('batch'), {
      kind: 'queue',
      value: { kind: 'queue', name: 'batch', places: 1, by_time: { '00:00-24:00': 2 }, timezone: 'UTC' },
    });
  });

  test('why: who holds a place is named to those alone who may see his net', async () => {
    await domain.apply('kind: queue\nname: narrow\nplaces: 1\n');
    for (const net of ['hidden', 'mine'])
      await domain.apply(
        `kind: jobnet\nname: ${net}\ntarget: { node: n1 }\nqueue: narrow\nunits:\n  - { name: ${net}-a, command: a }\n`,
      );
    await run('hidden');
    const { id } = await run('mine');
    const permissions = {
      ...tester.permissions,
      onNet: (_right: unknown, net: string) => net === 'mine',
      everywhere: () => false,
      requireOnNet: (_right: unknown, net: string) => assert.equal(net, 'mine'),
    };
    const why = await domain.jobs.routes.explainWaiting({
      ...base,
      actor: { ...tester, permissions },
      params: { id },
      query: {},
      body: undefined,
    });
    assert.match(why.body.sentence, /for the queue "narrow".*\(by another session\)/u);
    assert.doesNotMatch(JSON.stringify(why.body), /hidden/u);
  });

  test('pause, change, open: audited, over a restart, and what waits goes on when it may', async () => {
    await domain.apply('kind: queue\nname: slow\nplaces: 1\n');
    await domain.apply(
      'kind: jobnet\nname: slowly\ntarget: { node: n1 }\nqueue: slow\nunits:\n  - { name: a, command: a }\n  - { name: b, command: b }\n',
    );
    const paused = await domain.jobs.routes.pauseLimit({
      ...place('queue', 'slow'),
      body: { reason: 'the disk is full' },
    });
    assert.equal(paused.body.paused?.reason, 'the disk is full');
    await run('slowly');
    await domain.stop();
    domain = await startJobsDomain({
      address: server.config,
      hub: (hub = createFakeAgentHub({ nodes: ['n1'], endingOf: () => 'never' })),
    });
    const still = await domain.jobs.routes.getLimit({ ...place('queue', 'slow'), body: undefined });
    assert.deepEqual([still.body.paused?.by, still.body.waiting, still.body.used], ['tester', 2, 0]);
    await domain.jobs.routes.putLimit({
      ...place('queue', 'slow'),
      expected: { revision: still.body.revision },
      body: { kind: 'queue', name: 'slow', places: 2, timezone: 'UTC' },
    });
    const opened = await domain.jobs.routes.openLimit({ ...place('queue', 'slow'), body: undefined });
    assert.deepEqual([opened.body.paused, opened.body.used, opened.body.waiting], [null, 2, 0]);
    await waitFor(() => hub.runs.size === 2);
    const audit = await domain.database.query<{ action: string }>({
      text: "SELECT action FROM audit WHERE target = 'queue slow' ORDER BY id",
    });
    assert.deepEqual(
      audit.map(({ action }) => action),
      ['putLimit', 'pauseLimit', 'putLimit', 'openLimit'],
    );
  });

  test('refusals: what is not there, another version, a zone or node that is not there: with the code and the place', async () => {
    const { routes } = domain.jobs;
    await assert.rejects(routes.getLimit({ ...place('lock', 'nosuch'), body: undefined }), {
      code: 'not_found',
    });
    await assert.rejects(routes.pauseLimit({ ...place('queue', 'nosuch'), body: {} }), { code: 'not_found' });
    const zone = { kind: 'queue', name: 'q', places: 1, timezone: 'Mars/Olympus' } as const;
    await assert.rejects(routes.putLimit({ ...place('queue', 'q'), expected: 'absent', body: zone }), {
      code: 'invalid_definition',
    });
    const node = { kind: 'node_limit', name: 'n9', places: 1, timezone: 'UTC' } as const;
    await assert.rejects(routes.putLimit({ ...place('node_limit', 'n9'), expected: 'absent', body: node }), {
      code: 'invalid_definition',
    });
    await domain.apply('kind: lock\nname: once\n');
    const lock = { kind: 'lock', name: 'once', places: 2 } as const;
    await assert.rejects(
      routes.putLimit({ ...place('lock', 'once'), expected: { revision: 9 }, body: lock }),
      {
        code: 'precondition_failed',
      },
    );
    const nobody = {
      ...tester,
      permissions: { ...tester.permissions, everywhere: () => false, holds: () => false },
    };
    await assert.rejects(
      routes.putLimit({ ...place('lock', 'once'), actor: nobody, expected: { revision: 1 }, body: lock }),
      { code: 'forbidden' },
    );
    await assert.rejects(routes.pauseLimit({ ...place('lock', 'once'), actor: nobody, body: {} }), {
      code: 'forbidden',
    });
    await routes.deleteLimit({ ...place('lock', 'once'), expected: { revision: 1 }, body: undefined });
    await assert.rejects(routes.getLimit({ ...place('lock', 'once'), body: undefined }), {
      code: 'not_found',
    });
  });
});
