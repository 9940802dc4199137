// Nobody gives what he has not, and nobody locks all out: by users, roles, files, tokens, new passwords and scopes, over real HTTP.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startAccessBench } from '../testing/access-bench.ts';
import type { AccessBench } from '../testing/access-bench.ts';

let bench: AccessBench;
/** May change access, and night; no more. */
let helper: string;
before(async () => {
  bench = await startAccessBench();
  await bench.makeRole({
    name: 'helper',
    grants: [
      { effect: 'allow', rights: ['access.*'] },
      { effect: 'allow', rights: ['nets.*'], folder: 'night' },
      { effect: 'allow', rights: ['nodes.*'], scope: 'batch' },
    ],
  });
  await bench.makeRole({
    name: 'night',
    grants: [{ effect: 'allow', rights: ['nets.read'], folder: 'night' }],
  });
  await bench.makeRole({ name: 'day', grants: [{ effect: 'allow', rights: ['nets.read'], folder: 'day' }] });
  await bench.makeRole({ name: 'brake', grants: [{ effect: 'deny', rights: ['settings.write'] }] });
  helper = await bench.makeUser('helper', ['helper']);
  await bench.makeUser('boss', ['administrator']);
  await bench.makeUser('braked', ['administrator', 'brake']);
  await bench.makeUser('weak', ['night']);
});
after(() => bench.stop());

const update = async (
  token: string,
  name: string,
  change: { roles: string[]; disabled?: boolean; title?: string },
) => {
  const { revision } = await bench.must('getUser', { params: { name } });
  return await bench.call(token, 'updateUser', { params: { name }, body: change, ifMatch: `"${revision}"` });
};
const putRole = async (token: string, role: { name: string; grants: unknown[] }) => {
  const known = await bench.call(bench.local, 'getRole', { params: { name: role.name } });
  const ifMatch = known.status === 200 ? `"${known.body.revision}"` : null;
  return await bench.call(token, 'putRole', { params: { name: role.name }, body: role as never, ifMatch });
};

describe('giving', () => {
  test('giving: a user with roles that are covered: made; with more: forbidden, and the right is named', async () => {
    const made = await bench.call(helper, 'createUser', { body: { name: 'n1', roles: ['night', 'helper'] } });
    assert.equal(made.status, 201, made.text);
    assert.match(made.body.oneTimePassword, /^([2-9a-z]{4}-){3}[2-9a-z]{4}$/);
    for (const role of ['day', 'viewer', 'administrator']) {
      const refused = await bench.call(helper, 'createUser', { body: { name: 'n2', roles: [role] } });
      assert.equal(refused.code, 'forbidden', role);
      assert.match(refused.text, /nets\.read/);
    }
    assert.equal((await bench.call(bench.local, 'getUser', { params: { name: 'n2' } })).status, 404);
  });

  test('giving: a stronger user: not disabled, not stripped, not deleted, and no new password for him', async () => {
    assert.equal((await update(helper, 'boss', { roles: ['night'] })).code, 'forbidden');
    assert.equal(
      (await update(helper, 'boss', { roles: ['administrator'], disabled: true })).code,
      'forbidden',
    );
    assert.equal((await bench.call(helper, 'deleteUser', { params: { name: 'boss' } })).code, 'forbidden');
    assert.equal(
      (await bench.call(helper, 'resetUserPassword', { params: { name: 'boss' } })).code,
      'forbidden',
    );
    // A title is no right.
    assert.equal((await update(helper, 'boss', { roles: ['administrator'], title: 'Chief' })).status, 200);
    const reset = await bench.call(helper, 'resetUserPassword', { params: { name: 'weak' } });
    assert.equal(reset.status, 200, reset.text);
  });

  test('giving: himself: nobody makes himself stronger', async () => {
    assert.equal((await update(helper, 'helper', { roles: ['helper', 'day'] })).code, 'forbidden');
    const wider = [{ effect: 'allow', rights: ['*'] }];
    assert.equal((await putRole(helper, { name: 'helper', grants: wider })).code, 'forbidden');
    assert.equal((await putRole(helper, { name: 'new', grants: wider })).code, 'forbidden');
  });

  test('giving: a role that others have: neither weakened nor freed of a deny by who has less', async () => {
    // Empty grants alone give nothing; but who has the role beside others would lose a deny.
    assert.equal((await putRole(helper, { name: 'brake', grants: [] })).code, 'forbidden');
    const harder = [{ effect: 'deny', rights: ['*'] }];
    assert.equal((await putRole(helper, { name: 'brake', grants: harder })).code, 'forbidden');
    assert.equal((await putRole(bench.local, { name: 'brake', grants: harder })).status, 200);
    assert.equal(
      (
        await putRole(bench.local, {
          name: 'brake',
          grants: [{ effect: 'deny', rights: ['settings.write'] }],
        })
      ).status,
      200,
    );
  });

  test('giving: who is denied cannot give what he is denied', async () => {
    const braked = await bench.tokenOf('braked');
    assert.equal((await update(braked, 'braked', { roles: ['administrator'] })).code, 'forbidden');
    assert.equal(
      (await bench.call(braked, 'createUser', { body: { name: 'free', roles: ['administrator'] } })).code,
      'forbidden',
    );
    assert.equal(
      (await bench.call(braked, 'createUser', { body: { name: 'free', roles: ['administrator', 'brake'] } }))
        .status,
      201,
    );
  });

  test('giving: by a file: the same rule, all or nothing; exported, it is the same file', async () => {
    const file = (text: string, token = helper) => bench.call(token, 'applyDefinitions', { body: text });
    assert.equal(
      (await file('kind: role\nname: filed\ngrants: [{ rights: [nets.run], folder: night }]\n')).status,
      200,
    );
    const wide = await file('kind: role\nname: filed\ngrants: [{ rights: ["*"] }]\n');
    assert.equal(wide.status, 403);
    assert.match(wide.text, /role \\"filed\\"/);
    assert.equal((await file('kind: role\nname: x\ngrants: []\n', await bench.tokenOf('weak'))).status, 403);
    const stored = await bench.must('getRole', { params: { name: 'filed' } });
    assert.deepEqual(stored.role.grants, [{ effect: 'allow', rights: ['nets.run'], folder: 'night' }]);
    const yaml = await bench.must('exportRole', { params: { name: 'filed' } });
    assert.equal((await bench.must('applyDefinitions', { body: yaml })).changes[0]?.change, 'unchanged');
    const wrong = await file(
      'kind: role\nname: y\ngrants:\n  - { rights: [settings.write], folder: night }\n',
    );
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, /concerns the whole manager/);
  });

  test('giving: tokens: narrower than their user always; one with limits makes none, one with an end none that outlives it', async () => {
    const refused = await bench.call(helper, 'createToken', {
      body: { name: 't1', rights: ['settings.write'] },
    });
    assert.equal(refused.code, 'forbidden');
    // Of a wide pattern the token has what the user has.
    const wide = await bench.must(
      'createToken',
      { body: { name: 't2', rights: ['*'], folder: 'day' } },
      helper,
    );
    const who = await bench.must('whoAmI', {}, wide.token);
    assert.deepEqual(who.rights, []);
    const limited = await bench.must('createToken', { body: { name: 't3', rights: ['nets.read'] } }, helper);
    assert.equal(
      (await bench.call(limited.token, 'createToken', { body: { name: 't4' } })).code,
      'forbidden',
    );
    const short = await bench.must('createToken', { body: { name: 't5', expires_in_days: 1 } }, helper);
    const child = await bench.must(
      'createToken',
      { body: { name: 't6', expires_in_days: 300 } },
      short.token,
    );
    assert.equal(child.expiresAt, short.expiresAt);
  });

  test('giving: scopes: nodes and scopes are not moved to where one has more', async () => {
    const scope = async (name: string, body: { parent: string | null; nodes: string[] }) => {
      const { revision } = await bench.must('getScope', { params: { name } });
      return await bench.call(helper, 'putScope', {
        params: { name },
        body: { title: null, ...body },
        ifMatch: `"${revision}"`,
      });
    };
    const foreign = await scope('batch', { parent: 'all', nodes: ['n-batch', 'n-web'] });
    assert.equal(foreign.code, 'forbidden');
    assert.match(foreign.text, /n-web/);
    assert.equal((await scope('batch', { parent: null, nodes: ['n-batch'] })).code, 'forbidden');
    const child = await bench.call(helper, 'putScope', {
      params: { name: 'inner' },
      body: { title: null, parent: 'batch', nodes: ['n-batch'] },
      ifMatch: null,
    });
    assert.equal(child.status, 200, child.text);
    assert.equal((await bench.call(helper, 'createJoinToken', { body: {} })).code, 'forbidden');
  });

  test('giving: the last one who may change access: neither disabled, stripped nor deleted, nor his role emptied', async () => {
    const own = [{ effect: 'allow', rights: ['access.*'] }];
    assert.equal((await putRole(bench.local, { name: 'keys', grants: own })).status, 200);
    const { items } = await bench.must('listUsers', { query: { limit: 500 } });
    await bench.makeUser('last', ['keys']);
    for (const { name, roles } of items.filter(({ disabled }) => !disabled))
      assert.equal((await update(bench.local, name, { roles, disabled: true })).status, 200, name);
    for (const answer of [
      await update(bench.local, 'last', { roles: ['keys'], disabled: true }),
      await update(bench.local, 'last', { roles: ['viewer'] }),
      await bench.call(bench.local, 'deleteUser', { params: { name: 'last' } }),
      await putRole(bench.local, { name: 'keys', grants: [] }),
    ]) {
      assert.equal(answer.code, 'operation_refused', answer.text);
      assert.match(answer.text, /Nobody would be left/);
    }
    assert.equal((await bench.must('getUser', { params: { name: 'last' } })).disabled, false);
    // The owner of the host comes in all the same, and whoever is disabled does not.
    assert.equal((await bench.call(helper, 'whoAmI')).status, 401);
  });
});
