// Tests of signing in over real HTTP and PostgreSQL.
import assert from 'node:assert/strict';
import { chmod, lstat, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { rights } from '@nezuban/protocol/access/rights';
import { systemClock } from '@nezuban/platform/clock';
import { readAnswer, startManagerHarness } from '../testing/manager-harness.ts';
import type { ManagerHarness } from '../testing/manager-harness.ts';
import { hashSecret } from './secrets.ts';

const NEW_PASSWORD = 'correct horse 電池';

describe('access: the first start', () => {
  let manager: ManagerHarness;
  before(async () => {
    manager = await startManagerHarness();
  });
  after(() => manager.stop());

  test('access: first start: a one-time password, kept in a private file until it is replaced', async () => {
    assert.match(manager.adminPassword ?? '', /^([2-9a-z]{4}-){3}[2-9a-z]{4}$/);
    const file = path.join(manager.home, 'manager', 'one-time-password');
    assert.equal((await readFile(file, 'utf8')).trim(), manager.adminPassword);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  test('access: the local token: private, and not held up by the one-time password', async () => {
    assert.equal((await stat(path.join(manager.home, 'cli.json'))).mode & 0o777, 0o600);
    const answer = await manager.call('listEvents');
    assert.equal(answer.status, 200);
    const tokens = await manager.call('listTokens');
    assert.deepEqual(tokens.body.items, [], 'it is shown in no list');
  });

  test('access: signed in with the one-time password: nothing but its change is possible', async () => {
    const cookie = await manager.signIn(manager.adminPassword ?? '');
    const who = await manager.call('whoAmI', {}, { cookie });
    assert.partialDeepStrictEqual(who.body, {
      user: 'admin',
      mustChangePassword: true,
      by: 'cookie',
      roles: ['administrator'],
      limits: null,
    });
    assert.deepEqual(who.body.rights, [...rights]);
    const refused = await manager.call('listEvents', {}, { cookie });
    assert.equal(refused.status, 403);
    assert.equal(refused.body.code, 'password_change_needed');

    const wrong = await manager.call(
      'changePassword',
      { body: { current: 'nonsense', next: NEW_PASSWORD } },
      { cookie },
    );
    assert.equal(wrong.status, 401);
    const same = await manager.call(
      'changePassword',
      { body: { current: manager.adminPassword ?? '', next: manager.adminPassword ?? '' } },
      { cookie },
    );
    assert.deepEqual(
      same.body.issues.map((issue) => issue.path),
      ['body.next'],
    );
    const short = await manager.call(
      'changePassword',
      { body: { current: manager.adminPassword ?? '', next: 'short' } },
      { cookie },
    );
    assert.equal(short.status, 400);

    const other = await manager.signIn(manager.adminPassword ?? '');
    const changed = await manager.call(
      'changePassword',
      { body: { current: manager.adminPassword ?? '', next: NEW_PASSWORD } },
      { cookie },
    );
    assert.equal(changed.status, 204);
    assert.equal((await manager.call('listEvents', {}, { cookie })).status, 200);
    assert.equal(
      (await manager.call('whoAmI', {}, { cookie: other })).status,
      401,
      'other sign-ins have ended',
    );
    await assert.rejects(manager.signIn(manager.adminPassword ?? ''), /401/);
    await manager.signIn(NEW_PASSWORD.normalize('NFD'));
    await assert.rejects(stat(path.join(manager.home, 'manager', 'one-time-password')), { code: 'ENOENT' });
  });

  test('access: the audit log: who did what, without secrets', async () => {
    const { body } = await manager.call('listAudit', { query: { action: 'changePassword' } });
    assert.equal(body.items.length, 1);
    assert.equal(body.items[0]?.actor, 'admin');
    const all = await manager.call('listAudit', { query: { limit: 500 } });
    assert.doesNotMatch(all.text, new RegExp(NEW_PASSWORD));
    assert.ok(all.body.items.some(({ action }) => action === 'signInRefused'));
  });
});

describe('access: sign-ins and tokens', () => {
  let manager: ManagerHarness;
  let cookie: string;
  before(async () => {
    manager = await startManagerHarness();
    cookie = await manager.signIn(manager.adminPassword ?? '');
    await manager.call(
      'changePassword',
      { body: { current: manager.adminPassword ?? '', next: NEW_PASSWORD } },
      { cookie },
    );
  });
  after(() => manager.stop());

  test('access: the cookie: HttpOnly, SameSite=Strict, stored as a hash', async () => {
    const answer = await fetch(`${manager.url}/api/v1/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user: 'admin', password: NEW_PASSWORD }),
    });
    await answer.body?.cancel();
    const [header = ''] = answer.headers.getSetCookie();
    assert.match(header, /^nezuban=[A-Za-z0-9_-]{43}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Strict$/);
    const secret = /=([^;]+)/.exec(header)?.[1] ?? '';
    const rows = await manager.database.query<{ secret_hash: Buffer }>({
      text: 'SELECT secret_hash FROM sign_in WHERE secret_hash = $1',
      values: [hashSecret(secret)],
    });
    assert.equal(rows.length, 1);
  });

  test('access: a write by cookie without proof of its origin: refused; with it: done', async () => {
    const post = (headers: Record<string, string>) =>
      fetch(`${manager.url}/api/v1/join-tokens`, {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/json', ...headers },
        body: '{}',
      }).then(readAnswer);
    const foreign = new URL(manager.url);
    foreign.port = '1';
    for (const headers of [
      {},
      { origin: 'http://evil.example' },
      { origin: foreign.origin },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'null' },
    ]) {
      const answer = await post(headers);
      assert.equal(answer.status, 403, JSON.stringify(headers));
      assert.equal(answer.body.code, 'csrf_refused');
    }
    assert.equal((await post({ origin: manager.url })).status, 201);
    assert.equal((await post({ 'sec-fetch-site': 'same-origin' })).status, 201);
  });

  test('access: a sign-in from a foreign page: refused', async () => {
    const answer = await readAnswer(
      await fetch(`${manager.url}/api/v1/sign-in`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'sec-fetch-site': 'cross-site' },
        body: JSON.stringify({ user: 'admin', password: NEW_PASSWORD }),
      }),
    );
    assert.equal(answer.body.code, 'csrf_refused');
  });

  test('access: signed out: the cookie is void and taken back', async () => {
    const mine = await manager.signIn(NEW_PASSWORD);
    const out = await manager.call('signOut', {}, { cookie: mine });
    assert.equal(out.status, 204);
    assert.match(out.headers.getSetCookie()[0] ?? '', /Max-Age=0/);
    assert.equal((await manager.call('whoAmI', {}, { cookie: mine })).status, 401);
  });

  test('access: a sign-in that was idle too long, or is too old: has ended', async () => {
    for (const change of [
      `last_seen_at = now() - interval '13 hours'`,
      `expires_at = now() - interval '1 second'`,
    ]) {
      const mine = await manager.signIn(NEW_PASSWORD);
      const secretHash = hashSecret(mine.split('=')[1] ?? '');
      await manager.database.query({
        text: `UPDATE sign_in SET ${change} WHERE secret_hash = $1`,
        values: [secretHash],
      });
      assert.equal((await manager.call('whoAmI', {}, { cookie: mine })).status, 401, change);
    }
  });

  test('access: an API token: shown once, listed without it, works until revoked or expired', async () => {
    const made = await manager.call('createToken', { body: { name: 'ci', expires_in_days: 1 } }, { cookie });
    assert.equal(made.status, 201);
    const { token, id } = made.body;
    assert.match(token, /^nzt_[A-Za-z0-9_-]{43}$/);
    assert.equal(
      (await manager.call('createToken', { body: { name: 'ci' } }, { cookie })).body.code,
      'already_exists',
    );
    const who = await manager.call('whoAmI', {}, { token });
    assert.partialDeepStrictEqual(who.body, { user: 'admin', mustChangePassword: false, by: 'token' });
    const list = await manager.call('listTokens', {}, { cookie });
    assert.doesNotMatch(list.text, new RegExp(token));
    assert.ok(list.body.items[0]?.lastUsedAt, 'its use is seen');

    await manager.database.query({
      text: `UPDATE api_token SET expires_at = now() WHERE id = $1`,
      values: [id],
    });
    assert.equal((await manager.call('whoAmI', {}, { token })).status, 401);
    await manager.database.query({
      text: `UPDATE api_token SET expires_at = NULL WHERE id = $1`,
      values: [id],
    });
    assert.equal((await manager.call('deleteToken', { params: { id } }, { cookie })).status, 204);
    assert.equal((await manager.call('whoAmI', {}, { token })).status, 401);
    assert.equal((await manager.call('deleteToken', { params: { id } }, { cookie })).status, 404);
  });

  test('access: lists: pages follow one another, a cursor of somewhere else is refused', async () => {
    for (const name of ['p1', 'p2', 'p3']) await manager.call('createToken', { body: { name } }, { cookie });
    const first = await manager.call('listTokens', { query: { limit: 2 } }, { cookie });
    assert.deepEqual(
      first.body.items.map(({ name }) => name),
      ['p1', 'p2'],
    );
    const second = await manager.call(
      'listTokens',
      { query: { limit: 2, cursor: first.body.nextCursor ?? '' } },
      { cookie },
    );
    assert.deepEqual(
      second.body.items.map(({ name }) => name),
      ['p3'],
    );
    assert.equal(second.body.nextCursor, null);
    const wrong = await manager.call('listTokens', { query: { cursor: 'bm9uc2Vuc2U' } }, { cookie });
    assert.equal(wrong.status, 400);
    assert.deepEqual(
      wrong.body.issues.map((issue) => issue.path),
      ['query.cursor'],
    );
  });
});

describe('access: failed sign-ins', () => {
  test('access: guessing: after five failures even the right password waits, and an event tells of each failure', async () => {
    // Time stands still until the test moves it: a slow machine must not sit the wait out.
    let nowMs = 0;
    const manager = await startManagerHarness({ clock: { ...systemClock, monotonicMs: () => nowMs } });
    try {
      const attempt = async (password: string) =>
        readAnswer(
          await fetch(`${manager.url}/api/v1/sign-in`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ user: 'admin', password }),
          }),
        );
      // At once, so that tries that overlap count too.
      const answers = await Promise.all(Array.from({ length: 9 }, () => attempt('nonsense')));
      const statuses = answers.map(({ status }) => status).sort((a, b) => a - b);
      assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429, 429, 429, 429]);
      const held = await attempt(manager.adminPassword ?? '');
      assert.equal(held.status, 429);
      assert.equal(held.body.code, 'too_many_requests');
      assert.ok(Number(held.headers.get('retry-after')) >= 1);
      const events = await manager.call('listEvents', { query: { code: ['sign_in_failed'] } });
      assert.equal(events.body.items.length, 5);
      nowMs += 1_000;
      assert.equal((await attempt(manager.adminPassword ?? '')).status, 200);
    } finally {
      await manager.stop();
    }
  });

  test('access: a stranger guesses at the same address: who is signed in works on, and changes the password', async () => {
    const manager = await startManagerHarness({ clock: { ...systemClock, monotonicMs: () => 0 } });
    try {
      const password = manager.adminPassword ?? '';
      const cookie = await manager.signIn(password);
      const statuses: number[] = [];
      for (let index = 0; index < 7; index += 1) {
        const answer = await fetch(`${manager.url}/api/v1/sign-in`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ user: 'admin', password: 'nonsense' }),
        });
        statuses.push(answer.status);
        await answer.body?.cancel();
      }
      assert.equal(statuses.at(-1), 429);
      assert.equal((await manager.call('whoAmI', {}, { cookie })).status, 200);
      const change = (current: string) =>
        manager.call('changePassword', { body: { current, next: NEW_PASSWORD } }, { cookie });
      assert.equal((await change(password)).status, 204);
      for (let index = 0; index < 5; index += 1) assert.equal((await change('nonsense')).status, 401);
      assert.equal((await change('nonsense')).status, 429, 'a stolen cookie does not guess for ever');
    } finally {
      await manager.stop();
    }
  });

  test('access: a second start before the change: the same one-time password; a lost file: a new one', async () => {
    const first = await startManagerHarness();
    const left = await first.halt();
    const second = await startManagerHarness({ on: left });
    assert.equal(second.adminPassword, first.adminPassword);
    await second.halt();
    await rm(path.join(left.home, 'manager', 'one-time-password'));
    const third = await startManagerHarness({ on: left });
    try {
      assert.notEqual(third.adminPassword, first.adminPassword);
      await third.signIn(third.adminPassword ?? '');
    } finally {
      await third.stop();
    }
  });

  test('access: the local token: outlives a restart; readable by others, changed or lost: a new one, the old one void', async () => {
    const first = await startManagerHarness();
    const left = await first.halt();
    const file = path.join(left.home, 'cli.json');
    const spoil = [
      { what: 'readable by others', how: () => chmod(file, 0o640) },
      { what: 'of another', how: () => writeFile(file, JSON.stringify({ token: `nzt_${'x'.repeat(43)}` })) },
      { what: 'damaged', how: () => writeFile(file, '{') },
      { what: 'lost', how: () => rm(file) },
      {
        what: 'a link',
        how: async () => {
          await rename(file, `${file}.there`);
          await symlink(`${file}.there`, file);
        },
      },
    ];
    let { localToken } = first;
    for (const { what, how } of spoil) {
      const kept = await startManagerHarness({ on: left });
      assert.equal(kept.localToken, localToken, 'an untouched one is kept');
      assert.equal((await kept.call('whoAmI', {}, { token: localToken })).status, 200);
      await kept.halt();
      await how();
      const renewed = await startManagerHarness({ on: left });
      assert.notEqual(renewed.localToken, localToken, what);
      assert.equal((await renewed.call('whoAmI', {}, { token: localToken })).status, 401, what);
      assert.equal((await renewed.call('whoAmI')).status, 200, what);
      assert.equal((await lstat(file)).mode & 0o777, 0o600);
      ({ localToken } = renewed);
      await renewed.halt();
    }
    await (await startManagerHarness({ on: left })).stop();
  });
});
