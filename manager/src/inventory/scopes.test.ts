// Tests of scopes over HTTP: made, changed, moved, deleted; what does not make sense or was not seen is refused.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { apiTokenPrefix, hashSecret, randomSecret } from '../access/secrets.ts';
import { startManagerHarness } from '../testing/manager-harness.ts';
import type { ManagerHarness } from '../testing/manager-harness.ts';
import { enrolAgent } from '../testing/test-agent.ts';

describe('scopes', () => {
  let manager: ManagerHarness;
  before(async () => {
    manager = await startManagerHarness();
    for (const name of ['web-1', 'web-2', 'db-1']) await enrolAgent(manager, name);
  });
  after(() => manager.stop());

  const put = async (name: string, body: object, ifMatch: string | null = null) =>
    await manager.call('putScope', { params: { name: name }, body: body, ifMatch });
  const remove = async (name: string, ifMatch: string) =>
    await manager.call('deleteScope', { params: { name: name }, ifMatch });
  const etagOf = async (name: string) =>
    (await manager.call('getScope', { params: { name: name } })).headers.get('etag') ?? '';

  test('scope: made, read, listed: with its title, its place and its nodes, and the nodes say so', async () => {
    const made = await put('tokyo', { title: '東京', nodes: ['web-2', 'web-1', 'web-1'] });
    assert.equal(made.status, 200, made.text);
    assert.deepEqual(made.body.nodes, ['web-1', 'web-2']);
    const read = await manager.call('getScope', { params: { name: 'tokyo' } });
    assert.equal(read.headers.get('etag'), `"${made.body.revision}"`);
    assert.deepEqual(read.body, made.body);
    const { body } = await manager.call('listScopes', { query: {} });
    assert.ok(body.items.some(({ name }) => name === 'tokyo'));
    const node = await manager.call('getNode', { params: { name: 'web-1' } });
    assert.deepEqual(node.body.scopes, ['tokyo']);
  });

  test('scope: changed by two at once: the second is told who was first', async () => {
    await put('shared', { nodes: ['web-1'] });
    const seen = await etagOf('shared');
    assert.equal((await put('shared', { nodes: ['web-2'] }, seen)).status, 200);
    const second = await put('shared', { nodes: ['db-1'] }, seen);
    assert.equal(second.body.code, 'precondition_failed');
    assert.match(second.body.detail, /changed by .+ meanwhile/);
    assert.equal((await put('shared', { nodes: [] })).body.code, 'precondition_failed', 'it exists');
    assert.deepEqual((await manager.call('getScope', { params: { name: 'shared' } })).body.nodes, ['web-2']);
  });

  test('scope: saved as it is: nothing is written', async () => {
    await put('same', { title: 'Same', nodes: ['db-1'] });
    const seen = await etagOf('same');
    assert.equal((await put('same', { title: 'Same', nodes: ['db-1'] }, seen)).status, 200);
    assert.equal(await etagOf('same'), seen);
  });

  test('scope: unknown nodes, unknown parent, a ring: each place is named, nothing is changed', async () => {
    await put('outer', {});
    await put('inner', { parent: 'outer' });
    const unknown = await put('bad', { parent: 'nowhere', nodes: ['web-1', 'ghost'] });
    assert.equal(unknown.body.code, 'invalid_definition');
    assert.deepEqual(
      unknown.body.issues.map(({ path }) => path),
      ['nodes[1]', 'parent'],
    );
    const ring = await put('outer', { parent: 'inner' }, await etagOf('outer'));
    assert.match(ring.body.detail, /ring/);
    assert.equal((await manager.call('getScope', { params: { name: 'bad' } })).status, 404);
  });

  test('scope: deleted: refused while it holds a scope, else gone, its nodes stay', async () => {
    await put('east', {});
    await put('east-1', { parent: 'east', nodes: ['web-1'] });
    const refused = await remove('east', await etagOf('east'));
    assert.equal(refused.body.code, 'operation_refused');
    assert.match(refused.body.detail, /"east-1"/);
    const old = await etagOf('east-1');
    assert.equal((await remove('east-1', old)).status, 204);
    assert.equal((await remove('east', await etagOf('east'))).status, 204);
    const node = await manager.call('getNode', { params: { name: 'web-1' } });
    assert.equal(node.status, 200);
    assert.ok(!node.body.scopes.includes('east-1'));
    await put('east-1', {});
    assert.equal((await remove('east-1', old)).body.code, 'precondition_failed', 'another one of that name');
  });

  test('scope: deleted while a job net runs on it: refused, the net is named', async () => {
    await put('targeted', { nodes: ['web-1'] });
    const definition = JSON.stringify({
      units: [
        {
          name: 'n',
          type: 'net',
          units: [{ name: 'a', type: 'command', target: { scope: 'targeted', mode: 'all' } }],
        },
      ],
    });
    await manager.database.query({
      text: `WITH made AS (INSERT INTO net_revision (net, revision, definition, created_at, created_by)
               VALUES ('night/run', 1, $1, now(), 'test') RETURNING net)
             INSERT INTO net (name, revision, unit_count, timezone, schedules, updated_at, updated_by)
             SELECT net, 1, 1, 'UTC', '[]', now(), 'test' FROM made`,
      values: [definition],
    });
    const refused = await remove('targeted', await etagOf('targeted'));
    assert.equal(refused.body.code, 'operation_refused');
    assert.match(refused.body.detail, /"night\/run"/);
  });

  test('scope: deleted while a rule of run_as names it: refused, so that nobody chooses its nodes anew; free again when the rule is gone', async () => {
    await put('batch-users', { nodes: ['web-1'] });
    const rules = async (...more: object[]) => {
      const etag = (await manager.call('getSettings', { params: { section: 'run_as' } })).headers.get('etag');
      const body = { rules: [{ users: ['@agent'] }, ...more] } as never;
      const answer = await manager.call('putSettings', {
        params: { section: 'run_as' },
        body,
        ifMatch: etag,
      });
      assert.equal(answer.status, 200, answer.text);
    };
    await rules({ scope: 'batch-users', users: ['batch'] });
    const refused = await remove('batch-users', await etagOf('batch-users'));
    assert.equal(refused.body.code, 'operation_refused', refused.text);
    assert.match(refused.body.detail, /Rules of the settings "run_as" name scope "batch-users"/);
    await rules();
    assert.equal((await remove('batch-users', await etagOf('batch-users'))).status, 204);
  });

  test('scope: one that a rule of run_as names: nobody brings nodes into it, by whatever way, who may not change the rules', async () => {
    const role = { name: 'nodes-alone', grants: [{ effect: 'allow', rights: ['nodes.*'] }] } as const;
    await manager.call('putRole', { params: { name: role.name }, body: role as never, ifMatch: null });
    await manager.call('createUser', { body: { name: 'mover', roles: [role.name] } });
    const token = `${apiTokenPrefix}${randomSecret()}`;
    await manager.database.query({
      text: "INSERT INTO api_token (user_id, name, secret_hash) SELECT id, 'test', $1 FROM app_user WHERE name = 'mover'",
      values: [hashSecret(token)],
    });
    const move = async (name: string, body: object) => {
      const found = await manager.call('getScope', { params: { name } });
      const ifMatch = found.status === 200 ? found.headers.get('etag') : null;
      return await manager.call('putScope', { params: { name }, body, ifMatch }, { token });
    };
    await put('ruled', { nodes: ['web-1'] });
    await put('ruled-child', { parent: 'ruled', nodes: ['web-1'] });
    await put('apart', { nodes: ['db-1'] });
    const settings = await manager.call('getSettings', { params: { section: 'run_as' } });
    const saved = await manager.call('putSettings', {
      params: { section: 'run_as' },
      body: {
        rules: [
          { users: ['@agent'] },
          { scope: 'ruled', users: ['batch'] },
          { scope: 'to-come', users: ['batch'] },
        ],
      },
      ifMatch: settings.headers.get('etag'),
    });
    assert.equal(saved.status, 200, saved.text);
    for (const [name, body] of [
      ['ruled', { nodes: ['web-1', 'db-1'] }],
      ['ruled-child', { parent: 'ruled', nodes: ['web-1', 'db-1'] }],
      ['apart', { parent: 'ruled', nodes: ['db-1'] }],
      ['new-child', { parent: 'ruled', nodes: ['db-1'] }],
      ['to-come', { nodes: ['db-1'] }],
    ] as const) {
      const refused = await move(name, body);
      assert.equal(refused.body.code, 'forbidden', `${name}: ${refused.text}`);
      assert.match(refused.body.detail, /"settings.write" to bring the node "db-1" into the scope/);
    }
    // What lies there already, what leaves, and what is elsewhere concerns no rule.
    for (const [name, body] of [
      ['ruled-child', { parent: 'ruled', title: 'child', nodes: ['web-1'] }],
      ['ruled', { title: 'less', nodes: [] }],
      ['apart', { nodes: ['db-1', 'web-2'] }],
    ] as const)
      assert.equal((await move(name, body)).status, 200, name);
    assert.equal((await put('ruled', { nodes: ['db-1'] }, await etagOf('ruled'))).status, 200);
  });

  test('scope: deleted while a role has a rule for it: refused, so that nobody may more than before; free again when the rule is gone', async () => {
    await put('secret', { nodes: ['web-1'] });
    const role = async (grants: readonly object[]) => {
      const etag = (await manager.call('getRole', { params: { name: 'most' } })).headers.get('etag');
      return await manager.call('putRole', {
        params: { name: 'most' },
        body: { name: 'most', grants } as never,
        ifMatch: etag,
      });
    };
    const rights = ['nodes.read'];
    const missing = await role([{ rights }, { effect: 'deny', rights, scope: 'nowhere' }]);
    assert.equal(missing.body.code, 'invalid_definition', missing.text);
    assert.match(
      missing.body.detail,
      /grants\[1\]\.scope: there is no scope "nowhere", so the rule would forbid nothing/,
    );
    const made = await role([{ rights }, { effect: 'deny', rights, scope: 'secret' }]);
    assert.equal(made.status, 200, made.text);
    const refused = await remove('secret', await etagOf('secret'));
    assert.equal(refused.body.code, 'operation_refused', refused.text);
    assert.match(refused.body.detail, /Roles have rules for scope "secret": "most"/);
    assert.equal((await role([{ rights }])).status, 200);
    assert.equal((await remove('secret', await etagOf('secret'))).status, 204);
    const { body } = await manager.call('listAudit', { query: { action: 'putRole' } });
    const told = body.items
      .filter(({ target }) => target === 'most')
      .map(({ details }) => JSON.stringify(details['grants']));
    assert.equal(
      told.filter((grants) => grants.includes('secret')).length,
      1,
      'who took the rule out, and when, is in the audit log',
    );
  });

  test('scope: each change: in the audit log with the nodes that came and went', async () => {
    await put('audited', { nodes: ['web-1'] });
    await put('audited', { nodes: ['web-2'] }, await etagOf('audited'));
    const { body } = await manager.call('listAudit', { query: { action: 'putScope' } });
    const [last] = body.items.filter(({ target }) => target === 'audited');
    assert.deepEqual(last?.details['added'], ['web-2']);
    assert.deepEqual(last?.details['removed'], ['web-1']);
  });

  test('nodes: asked for by scope and connection: those of child scopes too, and no others', async () => {
    await put('region', {});
    await put('site', { parent: 'region', nodes: ['db-1'] });
    const list = async (query: object) =>
      (await manager.call('listNodes', { query })).body.items.map(({ name }) => name);
    assert.deepEqual(await list({ scope: 'region' }), ['db-1']);
    assert.deepEqual(await list({ scope: 'nowhere' }), []);
    assert.deepEqual(await list({ connection: ['never'] }), ['db-1', 'web-1', 'web-2']);
    assert.deepEqual(await list({ connection: ['connected', 'disconnected'] }), []);
  });
});
