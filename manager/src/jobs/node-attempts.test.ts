// Tests of what is open on a node, and of which job nets run on a scope.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { nodeAttemptSchema } from '@nezuban/protocol/jobs/session';
import { testDatabase, type TestDatabase } from '@nezuban/tests/support/postgres';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createFakeAgentHub } from '../testing/fake-agent-hub.ts';
import { startJobsDomain, tester, type JobsDomain } from '../testing/jobs-domain.ts';
import { prepareDatabase } from '../testing/jobs-harness.ts';
import { findNetsOnScope } from './net-targets.ts';

const base = { expected: null, actor: tester, requestId: 'test' } as const;

describe('node attempts', () => {
  let server: TestDatabase;
  let domain: JobsDomain;
  const hub = createFakeAgentHub({
    nodes: ['one', 'two'],
    scopes: { both: ['one', 'two'] },
    endingOf: ({ command }) => (command === 'short' ? { exitCode: 0 } : 'never'),
  });
  before(async () => {
    server = await testDatabase();
    await prepareDatabase(server.config);
    domain = await startJobsDomain({ address: server.config, hub });
    await domain.apply(
      `kind: jobnet\nname: night/wide\ntarget: { scope: both, mode: all }\nunits:\n  - { name: first, command: short }\n  - name: inner\n    units:\n      - { name: long, after: [], command: work }\n`,
    );
  });
  after(async () => {
    hub.stop();
    await domain.stop();
    await server.drop();
  });

  const openOn = async (node: string, limit = 50) =>
    (
      await domain.jobs.routes.listNodeAttempts({
        ...base,
        params: { name: node },
        query: { limit },
        body: undefined,
      })
    ).body;

  test('attempts of a node: what runs there, with its net and unit; what has ended is not among them', async () => {
    const run = { ...base, params: { name: 'night/wide' as never }, query: {}, body: { parameters: {} } };
    const first = (await domain.jobs.routes.runNet(run)).body;
    const second = (await domain.jobs.routes.runNet(run)).body;
    const both = await waitFor(async () => {
      const { items } = await openOn('one');
      return items.length === 2 && items.every(({ attempt }) => attempt.state === 'running') && items;
    });
    for (const item of both) nodeAttemptSchema.parse(item);
    assert.deepEqual(
      both.map(({ sessionId, net, unit, attempt }) => [sessionId, net, unit, attempt.node]),
      [second.id, first.id].map((id) => [id, 'night/wide', 'inner/long', 'one']),
    );
    const cut = await openOn('two', 1);
    assert.equal(cut.items.length, 1);
    assert.equal(cut.more, true);
    assert.deepEqual(await openOn('elsewhere'), { items: [], more: false });
  });

  test('nets on a scope: found by their target, wherever in the definition it stands', async () => {
    const find = async (scope: string) =>
      await domain.database.inTransaction((transaction) => findNetsOnScope(transaction, scope, 5));
    assert.deepEqual(await find('both'), ['night/wide']);
    assert.deepEqual(await find('none'), []);
  });
});
