// Lock-out, password policy, sign-ins that are listed and revoked, and what a request costs, over real HTTP.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { systemClock } from '@nezuban/platform/clock';
import type { Settings } from '@nezuban/protocol/settings/settings';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { startManagerHarness } from '../testing/manager-harness.ts';
import type { ManagerHarness } from '../testing/manager-harness.ts';

/** Moves on with each look: the waits between guesses have passed, so that the lock-out is what refuses. */
const hurried = () => {
  let nowMs = 0;
  return { ...systemClock, monotonicMs: () => (nowMs += 60_000) };
};
const WRONG = 'nonsense nonsense';
const GOOD = 'correct horse 電池';

let manager: ManagerHarness;
before(async () => {
  manager = await startManagerHarness({ clock: hurried() });
});
after(() => manager.stop());

const signIn = async (user: string, password: string) => {
  const answer = await fetch(`${manager.url}/api/v1/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'TestBrowser/1.0' },
    body: JSON.stringify({ user, password }),
  });
  const body = (await answer.json()) as { code?: string; detail?: string; mustChangePassword?: boolean };
  return { status: answer.status, body, cookie: answer.headers.getSetCookie()[0]?.split(';')[0] ?? '' };
};
const policy = async (values: Partial<Settings['password_policy']>) => {
  const { revision } = (await manager.call('getSettings', { params: { section: 'password_policy' } })).body;
  const ifMatch = revision === 0 ? null : `"${revision}"`;
  const answer = await manager.call('putSettings', {
    params: { section: 'password_policy' },
    body: values,
    ifMatch,
  });
  assert.equal(answer.status, 200, answer.text);
};
const newUser = async (name: string): Promise<string> =>
  (await manager.call('createUser', { body: { name, roles: ['viewer'] } })).body.oneTimePassword;
/** A user with a password of his own, signed in. */
const settled = async (name: string, password = GOOD): Promise<string> => {
  const oneTime = await newUser(name);
  const { cookie } = await signIn(name, oneTime);
  const changed = await manager.call(
    'changePassword',
    { body: { current: oneTime, next: password } },
    { cookie },
  );
  assert.equal(changed.status, 204, changed.text);
  return cookie;
};
const change = (cookie: string, current: string, next: string) =>
  manager.call('changePassword', { body: { current, next } }, { cookie });

describe('lock-out', () => {
  test('lock-out: wrong passwords in a row: the right one too is refused, with the answer that a stranger gets; said in event and audit', async () => {
    await policy({ lockout_failures: 3 });
    const cookie = await settled('locked');
    for (let index = 0; index < 3; index += 1) assert.equal((await signIn('locked', WRONG)).status, 401);
    const right = await signIn('locked', GOOD);
    const stranger = await signIn('no-such-user', GOOD);
    assert.deepEqual(
      [right.status, right.body.code, right.body.detail],
      [stranger.status, stranger.body.code, stranger.body.detail],
    );
    assert.equal(right.status, 401);
    assert.equal((await manager.call('whoAmI', {}, { cookie })).status, 200, 'who is signed in works on');
    const events = await manager.call('listEvents', { query: { code: ['user_locked'] } });
    assert.equal(events.body.items.length, 1);
    assert.equal(events.body.items[0]?.details['user'], 'locked');
    const audit = await manager.call('listAudit', { query: { action: 'lockUser' } });
    assert.equal(audit.body.items[0]?.target, 'locked');
    assert.ok((await manager.call('getUser', { params: { name: 'locked' } })).body.lockedUntil);

    const unlocked = await manager.call('unlockUser', { params: { name: 'locked' } });
    assert.equal(unlocked.body.lockedUntil, null);
    assert.equal((await signIn('locked', GOOD)).status, 200);
  });

  test('lock-out: its time is over, or a right password in between: signed in, and the count begins anew', async () => {
    await policy({ lockout_failures: 3 });
    await settled('timed');
    for (let index = 0; index < 3; index += 1) await signIn('timed', WRONG);
    await manager.database.query({ text: "UPDATE app_user SET locked_until = now() WHERE name = 'timed'" });
    assert.equal((await signIn('timed', GOOD)).status, 200);
    for (const password of [WRONG, WRONG, GOOD, WRONG, WRONG, GOOD])
      assert.equal((await signIn('timed', password)).status, password === GOOD ? 200 : 401);
  });

  test('lock-out: switched off: guesses only wait; a disabled user is refused like a stranger', async () => {
    await policy({ lockout_failures: null });
    const cookie = await settled('off');
    for (let index = 0; index < 4; index += 1) await signIn('off', WRONG);
    assert.equal((await signIn('off', GOOD)).status, 200);
    const { revision } = (await manager.call('getUser', { params: { name: 'off' } })).body;
    const body = { roles: ['viewer'], disabled: true };
    await manager.call('updateUser', { params: { name: 'off' }, body, ifMatch: `"${revision}"` });
    assert.equal((await signIn('off', GOOD)).status, 401);
    assert.equal((await manager.call('whoAmI', {}, { cookie })).status, 401, 'his sign-ins have ended');
  });
});

describe('sign-in', () => {
  test('sign-in: the password is taken away while it is being checked: refused, and nobody is signed in', async () => {
    await policy({});
    await settled('raced');
    const signing = await manager.database.inTransaction(async (transaction) => {
      await transaction.query("UPDATE app_user SET password_hash = 'another' WHERE name = 'raced'");
      const begun = signIn('raced', GOOD);
      await waitFor(async () => {
        const text =
          "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        return (await manager.database.query({ text })).length > 0;
      });
      return { begun };
    });
    const { status, body, cookie } = await signing.begun;
    assert.deepEqual([status, body.code, cookie], [401, 'sign_in_refused', '']);
  });

  test('sign-in: another user replaces the own one-time password: the file of the first user stays', async () => {
    await policy({});
    const file = path.join(manager.home, 'manager', 'one-time-password');
    await writeFile(file, 'abcd-efgh-jkmn-pqrs\n');
    await settled('newcomer');
    assert.equal(await readFile(file, 'utf8'), 'abcd-efgh-jkmn-pqrs\n');
  });
});

describe('password policy', () => {
  test('password policy: too short, the own name, a common one: refused with the place', async () => {
    await policy({ length_min: 12 });
    const oneTime = await newUser('tanaka');
    const { cookie, body } = await signIn('tanaka', oneTime);
    assert.equal(body.mustChangePassword, true);
    for (const [next, why] of [
      ['short12345', /at least 12/],
      ['Tanaka-and-more', /name of the user/],
      ['Password1234!', /tried first/],
    ] as const) {
      const refused = await change(cookie, oneTime, next);
      assert.equal(refused.status, 400, next);
      assert.match(refused.text, why);
      assert.match(refused.text, /body\.next/);
    }
    assert.equal((await change(cookie, oneTime, 'long enough now')).status, 204);
    assert.equal((await manager.call('whoAmI', {}, { cookie })).body.passwordLengthMin, 12);
  });

  test('password policy: history: the last ones are not taken again, older ones are', async () => {
    await policy({ history: 2 });
    const cookie = await settled('historic', 'first password x');
    assert.equal((await change(cookie, 'first password x', 'second password x')).status, 204);
    const again = await change(cookie, 'second password x', 'first password x');
    assert.match(again.text, /last 2 passwords/);
    assert.equal((await change(cookie, 'second password x', 'third password x')).status, 204);
    assert.equal((await change(cookie, 'third password x', 'first password x')).status, 204);
  });

  test('password policy: expired: at the next sign-in nothing but the change is possible; open sign-ins go on', async () => {
    await policy({ expires_days: 30 });
    const old = await settled('expired');
    await manager.database.query({
      text: "UPDATE app_user SET password_changed_at = now() - interval '31 days' WHERE name = 'expired'",
    });
    assert.equal((await manager.call('listNodes', {}, { cookie: old })).status, 200);
    const { cookie, body } = await signIn('expired', GOOD);
    assert.equal(body.mustChangePassword, true);
    assert.equal((await manager.call('listNodes', {}, { cookie })).body.code, 'password_change_needed');
    assert.equal((await change(cookie, GOOD, 'another horse 電池')).status, 204);
    assert.equal((await manager.call('listNodes', {}, { cookie })).status, 200);
  });
});

describe('sign-ins', () => {
  test('sign-ins: listed with browser and address; a revoked one ends, and its live stream with it', async () => {
    await policy({});
    const mine = await settled('signed');
    const other = await signIn('signed', GOOD);
    const stream = await fetch(`${manager.url}/api/v1/live?topic=nodes`, {
      headers: { cookie: other.cookie },
    });
    const ended = stream.text();
    const list = (await manager.call('listSignIns', {}, { cookie: mine })).body.items;
    assert.deepEqual(
      list.map(({ user, current, userAgent }) => [user, current, userAgent]),
      [
        ['signed', false, 'TestBrowser/1.0'],
        ['signed', true, 'TestBrowser/1.0'],
      ],
    );
    const id = list.find(({ current }) => !current)?.id ?? 0;
    assert.equal((await manager.call('revokeSignIn', { params: { id } }, { cookie: mine })).status, 204);
    assert.match(await ended, /hello/, 'the stream has ended');
    assert.equal((await manager.call('whoAmI', {}, { cookie: other.cookie })).status, 401);
  });

  test('sign-ins and tokens of others: a viewer neither sees nor ends them; an administrator does', async () => {
    const viewer = await settled('curious');
    const victim = await settled('victim');
    const { items } = (await manager.call('listSignIns', { query: { user: 'victim' } })).body;
    const [signedIn] = items;
    assert.ok(signedIn);
    const asViewer = { cookie: viewer };
    assert.equal(
      (await manager.call('listSignIns', { query: { all: 'true' } }, asViewer)).body.code,
      'forbidden',
    );
    assert.equal(
      (await manager.call('listTokens', { query: { user: 'victim' } }, asViewer)).body.code,
      'forbidden',
    );
    assert.equal((await manager.call('revokeSignIn', { params: { id: signedIn.id } }, asViewer)).status, 404);
    const made = (await manager.call('createToken', { body: { name: 'v' } }, { cookie: victim })).body;
    assert.equal((await manager.call('deleteToken', { params: { id: made.id } }, asViewer)).status, 404);
    const listed = (await manager.call('listTokens', { query: { all: 'true' } })).body.items;
    assert.ok(listed.some(({ user, id }) => user === 'victim' && id === made.id));
    assert.equal((await manager.call('deleteToken', { params: { id: made.id } })).status, 204);
    assert.equal((await manager.call('revokeSignIn', { params: { id: signedIn.id } })).status, 204);
    assert.equal((await manager.call('whoAmI', {}, { cookie: victim })).status, 401);
  });
});

describe('the first user', () => {
  test('the first user: deleted by another administrator: not made again at the next start, and the host comes in all the same', async () => {
    const first = await startManagerHarness();
    await first.call('createUser', { body: { name: 'other', roles: ['administrator'] } });
    assert.equal((await first.call('deleteUser', { params: { name: 'admin' } })).status, 204);
    assert.equal((await first.call('listUsers')).status, 200);
    const second = await startManagerHarness({ on: await first.halt() });
    try {
      assert.equal(second.adminPassword, null);
      const { items } = (await second.call('listUsers')).body;
      assert.deepEqual(
        items.map(({ name }) => name),
        ['other'],
      );
    } finally {
      await second.stop();
    }
  });
});

describe('the price of a request', () => {
  test('price: by token and by cookie, with all rights, with few and with a limited token: one question to the database', async () => {
    const cookie = await settled('priced');
    const limited = (
      await manager.call('createToken', { body: { name: 'p', rights: ['nodes.read'] } }, { cookie })
    ).body.token;
    const questions: string[] = [];
    const { query } = manager.database;
    Object.assign(manager.database, {
      query(asked: Parameters<typeof query>[0]) {
        questions.push(asked.text);
        return query(asked);
      },
    });
    try {
      for (const how of [{}, { cookie }, { token: limited }]) {
        // The first may note that the sign-in or token was used.
        await manager.call('listNodes', {}, how);
        questions.length = 0;
        assert.equal((await manager.call('listNodes', {}, how)).status, 200);
        assert.equal(questions.length, 1, questions.join('\n'));
      }
    } finally {
      Object.assign(manager.database, { query });
    }
  });
});
