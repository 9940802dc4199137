// Tests of who runs as whom, where, in the whole jobs domain: units that no rule allows are not brought into force, and what was brought into force
// under other rules is not sent, with a reason. What a rule allows is core/src/access/run-as.test.ts.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CodedError } from '@nezuban/protocol/errors';
import type { SessionDetail } from '@nezuban/protocol/jobs/session';
import type { RunAsRule } from '@nezuban/protocol/settings/job-bounds';
import { testDatabase, type TestDatabase } from '@nezuban/tests/support/postgres';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createFakeAgentHub, type FakeAgentHub } from '../testing/fake-agent-hub.ts';
import { prepareDatabase } from '../testing/jobs-harness.ts';
import { startJobsDomain, tester, type JobsDomain } from '../testing/jobs-domain.ts';

const netOf = (name: string, unit: string, target = '{ node: db1 }') =>
  `kind: jobnet\nname: ${name}\ntarget: ${target}\nunits:\n  - { name: a, ${unit} }\n`;

describe('run as', () => {
  let server: TestDatabase;
  let hub: FakeAgentHub;
  let domain: JobsDomain;
  const settings: { run_as: { rules: RunAsRule[] } } = { run_as: { rules: [{ users: ['@agent'] }] } };
  const base = { actor: tester, expected: null, requestId: 'test' };
  before(async () => {
    server = await testDatabase();
    await prepareDatabase(server.config);
    hub = createFakeAgentHub({ nodes: ['db1', 'db2', 'web1'], scopes: { db: ['db1', 'db2'] } });
    domain = await startJobsDomain({ address: server.config, hub, settings });
  });
  after(async () => {
    await domain?.stop();
    hub?.stop();
    await server?.drop();
  });

  const refused = async (yaml: string, reason: RegExp): Promise<void> => {
    await assert.rejects(domain.apply(yaml), (error: unknown) => {
      assert.ok(error instanceof CodedError, String(error));
      assert.equal(error.code, 'forbidden');
      assert.match(error.message, reason);
      return true;
    });
  };
  const run = async (name: string): Promise<SessionDetail> => {
    const { body } = await domain.jobs.routes.runNet({
      ...base,
      params: { name },
      query: {},
      body: { parameters: {}, overrideFreeze: false },
    });
    return await waitFor(async () => {
      const { body: session } = await domain.jobs.routes.getSession({
        ...base,
        params: { id: body.id },
        query: {},
        body: undefined,
      });
      return session.state === 'ended' ? session : undefined;
    });
  };

  test('a definition: a user, a group, a scope that no rule allows: refused, with the place', async () => {
    await refused(
      netOf('pay/a', 'command: id, user: oracle'),
      /units\[0\]: would run as the user "oracle" on the node "db1"/,
    );
    settings.run_as.rules = [{ folder: 'pay', scope: 'db', users: ['oracle'] }];
    await domain.apply(netOf('pay/a', 'command: id, user: oracle'));
    await domain.apply(netOf('pay/b', 'command: id, user: oracle', '{ scope: db }'));
    await refused(netOf('pay/c', 'command: id, user: oracle, group: dba'), /with the group "dba"/);
    await refused(netOf('pay/c', 'command: id, user: oracle', '{ node: web1 }'), /on the node "web1"/);
    await refused(netOf('other', 'command: id, user: oracle'), /no rule allows to job nets of its folder/);
    await refused(netOf('pay/c', 'command: id'), /would run as the user of the agent/);
    settings.run_as.rules = [{ users: ['oracle'], roles: ['dba'] }];
    await refused(netOf('pay/d', 'command: id, user: oracle'), /no rule allows to any of your roles/);
  });

  test('a start condition that watches files: as a unit on that node', async () => {
    settings.run_as.rules = [{ users: ['@agent'] }];
    const watching = `${netOf('pay/w', 'command: id')}start_conditions:\n  any:\n    - { name: c, files: { node: db1, path: /in/a, user: oracle } }\n`;
    await refused(
      watching,
      /start_conditions\.any\[0\]\.files: would run as the user "oracle" on the node "db1"/,
    );
    settings.run_as.rules = [{ users: ['*'] }];
    await domain.apply(watching);
  });

  test('a transfer of files: who reads is judged where he reads', async () => {
    const from = (user: string) =>
      netOf('pay/t', `type: file_transfer, from: { node: web1, user: ${user}, path: /a }, to: { path: /b }`);
    settings.run_as.rules = [
      { node: 'db1', users: ['@agent'] },
      { node: 'web1', users: ['app'] },
    ];
    await refused(from('root'), /units\[0\]\.from: would run as the user "root" on the node "web1"/);
    await domain.apply(from('app'));
    settings.run_as.rules.pop();
    const unit = (await run('pay/t')).units[0];
    assert.match(JSON.stringify(unit), /to run as the user \\"app\\" on web1/);
  });

  test('nodes of a scope one by one: enough for the scope, while it is no other', async () => {
    settings.run_as.rules = [
      { node: 'db1', users: ['app'] },
      { node: 'db2', users: ['app'] },
    ];
    await domain.apply(netOf('pay/e', 'command: id, user: app', '{ scope: db }'));
    settings.run_as.rules.pop();
    await refused(
      netOf('pay/e', 'command: id, user: app, umask: "077"', '{ scope: db }'),
      /on the scope "db"/,
    );
  });

  test('an attempt: under rules that have changed: not sent, and told why; by those of now it runs', async () => {
    settings.run_as.rules = [{ users: ['*'] }];
    await domain.apply(netOf('pay/f', 'command: id, user: oracle'));
    settings.run_as.rules = [{ users: ['@agent'] }];
    const sent = hub.orders.size;
    const session = await run('pay/f');
    assert.equal(session.endStatus, 'abnormal');
    assert.equal(hub.orders.size, sent);
    const unit = session.units.find(({ path }) => path === 'a');
    assert.match(
      JSON.stringify(unit),
      /no rule of the settings \\"run_as\\" allows units of the job net \\"pay\/f\\"/,
    );
    settings.run_as.rules = [{ folder: 'pay', users: ['oracle'] }];
    assert.equal((await run('pay/f')).endStatus, 'normal');
  });

  test('an attempt of a net that is referred to: by the rules for that net', async () => {
    settings.run_as.rules = [
      { folder: 'pay', users: ['oracle'] },
      { folder: 'apps', users: ['@agent'] },
    ];
    await domain.apply('kind: jobnet\nname: apps/g\nunits:\n  - { name: r, type: net_ref, net: pay/f }\n');
    assert.equal((await run('apps/g')).endStatus, 'normal');
    settings.run_as.rules = [{ folder: 'apps', users: ['*'] }];
    assert.equal((await run('apps/g')).endStatus, 'abnormal');
  });

  test('an attempt on a node that a reference has named: not by a rule for roles, which was not asked of anybody there', async () => {
    settings.run_as.rules = [
      { scope: 'db', users: ['@agent'], roles: ['dba'] },
      { node: 'web1', users: ['@agent'] },
    ];
    await domain.apply(netOf('pay/z', 'command: id', '{ node: web1 }'));
    await domain.apply(
      'kind: jobnet\nname: pay/zz\nunits:\n  - { name: r, type: net_ref, net: pay/z, target: { node: db1 } }\n',
    );
    const sent = hub.orders.size;
    const session = await run('pay/zz');
    assert.equal(session.endStatus, 'abnormal');
    assert.equal(hub.orders.size, sent);
    assert.match(JSON.stringify(session.units), /rules with roles do not count here/);
    assert.equal((await run('pay/z')).endStatus, 'normal');
    // Its own target, or one of a net around it, was judged when it was saved, whatever the reference says.
    settings.run_as.rules = [{ users: ['*'] }];
    await domain.apply(
      'kind: jobnet\nname: pay/y\nunits:\n  - { name: a, command: id, target: { node: db1 } }\n  - name: n\n    type: net\n    target: { node: db2 }\n    units: [{ name: b, command: id }]\n',
    );
    await domain.apply(
      'kind: jobnet\nname: pay/yy\nunits:\n  - { name: r, type: net_ref, net: pay/y, target: { node: web1 } }\n',
    );
    settings.run_as.rules = [{ scope: 'db', users: ['@agent'], roles: ['dba'] }];
    assert.equal((await run('pay/yy')).endStatus, 'normal');
  });

  test('a command of a channel: not by a rule for roles; what no rule allows is refused in its delivery', async () => {
    const order = {
      node: 'db1',
      command: 'id',
      user: undefined,
      timeoutS: 60,
      environment: {},
      key: 'channel-1',
    };
    settings.run_as.rules = [{ scope: 'db', users: ['@agent'], roles: ['dba'] }];
    const refusal = await domain.jobs.channelRuns.runCommand(order);
    assert.equal(refusal.type, 'refused');
    assert.match(JSON.stringify(refusal), /notification-commands/);
    settings.run_as.rules.push({ folder: 'notification-commands', users: ['@agent'] });
    assert.equal((await domain.jobs.channelRuns.runCommand(order)).type, 'accepted');
  });
});
