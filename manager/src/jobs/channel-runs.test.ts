// Tests of what channels of notifications start: once for each message, with the words of the event as parameters.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { testDatabase, type TestDatabase } from '@nezuban/tests/support/postgres';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createFakeAgentHub } from '../testing/fake-agent-hub.ts';
import { startJobsDomain, tester, type JobsDomain } from '../testing/jobs-domain.ts';
import { prepareDatabase } from '../testing/jobs-harness.ts';

const base = { expected: null, actor: tester, requestId: 'test' } as const;

describe('channel runs', () => {
  let server: TestDatabase;
  let domain: JobsDomain;
  before(async () => {
    server = await testDatabase();
    await prepareDatabase(server.config);
    domain = await startJobsDomain({ address: server.config, hub: createFakeAgentHub({ nodes: ['local'] }) });
  });
  after(async () => {
    await domain.stop();
    await server.drop();
  });

  const sessions = async () =>
    (
      await domain.jobs.routes.listSessions({
        ...base,
        params: {},
        query: { limit: 50, net: undefined, state: undefined, end_status: undefined },
        body: undefined,
      })
    ).body.items;

  test('channel runs: the same message twice: one session; another message: another', async () => {
    await domain.apply(
      'kind: jobnet\nname: repair\ntarget: { node: local }\nparameters: [{ name: WHAT }]\nunits:\n  - { name: a, command: work }\n',
    );
    const order = { net: 'repair', parameters: { WHAT: 'link "3" $(rm)' }, key: 'm-1' };
    const first = await domain.jobs.channelRuns.startNet(order);
    const again = await domain.jobs.channelRuns.startNet(order);
    assert.equal(first.type, 'accepted');
    assert.deepEqual(again, first);
    assert.notDeepEqual(await domain.jobs.channelRuns.startNet({ ...order, key: 'm-2' }), first);
    assert.equal((await sessions()).length, 2);
  });

  test('channel runs: whoever has saved the channel and the rule, and the people behind the event, stand behind the session', async () => {
    const started = await domain.jobs.channelRuns.startNet({
      net: 'repair',
      parameters: { WHAT: 'x' },
      key: 'm-people',
      people: { onBehalfOf: 'carol', behind: ['dave', 'bob'] },
    });
    assert.ok(started.type === 'accepted');
    assert.deepEqual((await sessions()).find(({ id }) => id === started.session)?.trigger, {
      type: 'manual',
      user: 'notifications',
      onBehalfOf: 'carol',
      behind: ['dave', 'bob'],
    });
    // By its end they stand behind what that starts, too.
    const ended = await waitFor(() =>
      domain.events.committed.find(
        ({ code, details }) => code === 'session_ended' && details['session'] === started.session,
      ),
    );
    assert.equal(ended.details['startedBy'], 'notifications, carol, dave, bob');
  });

  test('channel runs: a net that is not there, or lacks a parameter: refused with the sentence', async () => {
    const missing = await domain.jobs.channelRuns.startNet({ net: 'nowhere', parameters: {}, key: 'm-3' });
    assert.deepEqual(missing, { type: 'refused', error: 'There is no job net "nowhere".' });
    const bare = await domain.jobs.channelRuns.startNet({ net: 'repair', parameters: {}, key: 'm-4' });
    assert.equal(bare.type, 'refused');
  });

  test('channel runs: a command: a job net of its own, one for the same command on the same node', async () => {
    const order = {
      node: 'local',
      command: '/opt/alarm "$NEZUBAN_MESSAGE"',
      user: undefined,
      timeoutS: 60,
      environment: { NEZUBAN_MESSAGE: '"; rm -rf /', NEZUBAN_EVENT: '7' },
      key: 'm-5',
    };
    const first = await domain.jobs.channelRuns.runCommand(order);
    assert.equal(first.type, 'accepted');
    await domain.jobs.channelRuns.runCommand({
      ...order,
      key: 'm-6',
      environment: { ...order.environment, NEZUBAN_EVENT: '8' },
    });
    const nets = new Set(
      (await sessions()).map(({ net }) => net).filter((net) => net.startsWith('notification-commands/')),
    );
    assert.equal(nets.size, 1);
    const [net = ''] = nets;
    const { body } = await domain.jobs.routes.getNet({
      ...base,
      params: { name: net },
      query: {},
      body: undefined,
    });
    assert.equal(body.revision, 1);
    assert.doesNotMatch(JSON.stringify(body), /rm -rf/, 'what an event says never stands in a definition');
    await waitFor(async () => (await sessions()).every(({ state }) => state === 'ended'), {
      message: 'their ends',
    });
    const nowhere = await domain.jobs.channelRuns.runCommand({ ...order, node: 'gone', key: 'm-7' });
    assert.equal(nowhere.type, 'refused');
  });
});
