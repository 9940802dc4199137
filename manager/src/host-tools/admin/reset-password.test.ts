// A password that is reset on the host: the new one works once, everything the old one opened is closed, the audit log knows who did it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createPasswordHasher } from '../../access/password-hash.ts';
import { openBareDatabase, type BareDatabase } from '../../testing/bare-database.ts';
import { resetPassword, type ResetOrder } from './reset-password.ts';

let bare: BareDatabase;
before(async () => {
  bare = await openBareDatabase();
  await bare.database.query({
    text: `INSERT INTO app_user (name, password_hash, must_change_password, roles, locked_until)
           VALUES ('hanako', 'old', false, '{viewer}', now() + interval '1 hour'), ('taro', 'old', false, '{viewer}', NULL)`,
  });
  await bare.database.query({
    text: `INSERT INTO sign_in (secret_hash, user_id, expires_at) SELECT sha256(name::bytea), id, now() + interval '1 day' FROM app_user`,
  });
  await bare.database.query({
    text: `INSERT INTO api_token (user_id, name, secret_hash) SELECT id, 'ci', sha256(('t' || name)::bytea) FROM app_user`,
  });
});
after(async () => {
  await bare.stop();
});

const reset = async (order: Partial<ResetOrder> & { readonly user: string }) =>
  await resetPassword(bare, { endTokens: false, administrator: false, person: 'root on test', ...order });

type State = {
  readonly must_change_password: boolean;
  readonly locked: boolean;
  readonly password_hash: string;
  readonly roles: string[];
  readonly sign_ins: number;
  readonly tokens: number;
};
const stateOf = async (name: string): Promise<State | undefined> =>
  (
    await bare.database.query<State>({
      text: `SELECT must_change_password, locked_until IS NOT NULL AS locked, password_hash, roles,
               (SELECT count(*) FROM sign_in WHERE user_id = u.id) AS sign_ins, (SELECT count(*) FROM api_token WHERE user_id = u.id) AS tokens
             FROM app_user u WHERE name = $1`,
      values: [name],
    })
  )[0];

test('reset-password: the user gets a one-time password, sign-ins end, the lock-out too; tokens and others stay', async () => {
  const done = await reset({ user: 'hanako' });
  assert.match(done.password, /^[a-z2-9]{4}(-[a-z2-9]{4}){3}$/);
  assert.deepEqual([done.created, done.signInsEnded, done.tokensEnded, done.tokensLeft], [false, 1, 0, 1]);
  const state = await stateOf('hanako');
  assert.deepEqual(
    [state?.must_change_password, state?.locked, state?.sign_ins, state?.tokens, state?.roles],
    [true, false, 0, 1, ['viewer']],
  );
  assert.equal(await createPasswordHasher().verify(done.password, state?.password_hash ?? ''), true);
  assert.equal((await stateOf('taro'))?.sign_ins, 1);
});

test('reset-password: audited, and the password is nowhere', async () => {
  const { password } = await reset({ user: 'hanako', endTokens: true });
  assert.equal((await stateOf('hanako'))?.tokens, 0);
  const rows = await bare.database.query<{ actor: string; target: string; details: Record<string, unknown> }>(
    {
      text: "SELECT actor, target, details FROM audit WHERE action = 'resetPassword' ORDER BY id DESC LIMIT 1",
    },
  );
  assert.deepEqual(rows, [
    {
      actor: 'root on test',
      target: 'hanako',
      details: { created: false, administrator: false, signInsEnded: 0, apiAccessEnded: 1 },
    },
  ]);
  assert.doesNotMatch(JSON.stringify([rows, bare.logger.lines]), new RegExp(password));
});

test('reset-password: nobody of that name: said with the names there are; nothing is changed', async () => {
  await assert.rejects(reset({ user: 'hanoko' }), (error: Error & { hints?: readonly string[] }) => {
    assert.match(error.message, /no user "hanoko"/);
    assert.match(error.hints?.join(' ') ?? '', /hanako, taro/);
    return true;
  });
});

test('reset-password: as administrator: a user who is there is raised, one who is not is made', async () => {
  assert.equal((await reset({ user: 'taro', administrator: true })).created, false);
  assert.deepEqual((await stateOf('taro'))?.roles, ['viewer', 'administrator']);
  assert.equal((await reset({ user: 'rescue', administrator: true })).created, true);
  assert.deepEqual((await stateOf('rescue'))?.roles, ['administrator']);
});
