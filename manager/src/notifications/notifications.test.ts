// Tests of notifications end to end: rules by the API, the outbox on PostgreSQL, real webhook and mail receivers that misbehave.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { freePort } from '@nezuban/tests/support/scratch-home';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { startHook, startMailServer } from '../testing/receivers.ts';
import { startManagerHarness } from '../testing/manager-harness.ts';
import type { ManagerHarness } from '../testing/manager-harness.ts';
import { notificationLimits } from './notification-limits.ts';

const hookRule = (name: string, url: string, change: object = {}) => ({
  kind: 'notification' as const,
  name,
  channel: { type: 'webhook' as const, url },
  ...change,
});
const mailRule = (name: string, port: number, smtp: object = {}) => ({
  kind: 'notification' as const,
  name,
  channel: {
    type: 'mail' as const,
    smtp: { host: '127.0.0.1', port, security: 'none' as const, ...smtp },
    from: 'nezuban@example.com',
    to: ['operator@example.com'],
  },
});

describe('notifications', () => {
  let manager: ManagerHarness;
  const cleanups: (() => Promise<void>)[] = [];
  before(async () => {
    manager = await startManagerHarness();
  });
  after(() => manager.stop());
  afterEach(async () => {
    for (const { rule, revision } of (await manager.call('listRules', { query: { limit: 500 } })).body.items)
      await manager.call('deleteRule', { params: { name: rule.name }, ifMatch: `"${revision}"` });
    for (const cleanup of cleanups.splice(0)) await cleanup();
    await manager.database.query({ text: 'DELETE FROM delivery' });
  });

  const hook = async (...args: Parameters<typeof startHook>) => {
    const started = await startHook(...args);
    cleanups.push(started.stop);
    return started;
  };
  const mailServer = async (...args: Parameters<typeof startMailServer>) => {
    const started = await startMailServer(...args);
    cleanups.push(started.stop);
    return started;
  };
  const put = async (
    rule: { readonly name: string } & Record<string, unknown>,
    ifMatch: string | null = null,
  ) => manager.call('putRule', { params: { name: rule.name }, body: rule as never, ifMatch });
  const say = (message: string, change: object = {}) =>
    manager.events.appendNow([
      {
        at: new Date('2026-01-02T03:04:05Z'),
        priority: 'critical',
        code: 'session_ended',
        node: null,
        message,
        details: { session: 42, net: 'night/a' },
        ...change,
      },
    ]);
  const deliveries = async () => (await manager.call('listDeliveries')).body.items;
  const dueNow = () =>
    manager.database.query({
      text: "UPDATE delivery SET next_try_at = now() WHERE state = 'pending' AND sending_by IS NULL",
    });
  /** Makes the next try happen now instead of after its pause. */
  const hurry = async () => {
    await dueNow();
    manager.notifications.start();
  };

  test('notifications: a rule that fits: one POST with the event and a key; what does not fit is not sent', async () => {
    const receiver = await hook(() => 200);
    await put(hookRule('night', receiver.url, { priorities: ['critical'], nets: ['night/*'] }));
    await say('night/a ended abnormally');
    await say('only a warning', { priority: 'warning' });
    await say('another net', { details: { net: 'day/b' } });
    await waitFor(async () => (await deliveries())[0]?.state === 'sent', {
      message: 'the delivery to be sent',
    });
    assert.equal(receiver.requests.length, 1);
    const [request] = receiver.requests;
    const [delivery] = await deliveries();
    assert.equal(request?.headers['idempotency-key'], `test-${delivery?.id}`);
    assert.equal(request?.headers['x-nezuban-repeat'], undefined);
    assert.equal(request?.body.repeat, false);
    assert.equal(request?.body.event.message, 'night/a ended abnormally');
    assert.equal(delivery?.channel, `webhook ${new URL(receiver.url).origin}`);
  });

  test('notifications: an event that a maintenance window mutes: kept back, visible and counted, never sent', async () => {
    const receiver = await hook(() => 200);
    await put(hookRule('r', receiver.url, { codes: ['session_ended'] }));
    await say('in the window', { details: { session: 42, net: 'night/a', mutedBy: 'patch' } });
    await say('outside');
    await waitFor(async () => (await deliveries())[0]?.state === 'sent');
    const [, kept] = await deliveries();
    assert.deepEqual([kept?.state, kept?.suppressedBy, kept?.tries], ['suppressed', 'patch', 0]);
    await dueNow();
    await say('later');
    await waitFor(async () => {
      const [last, ...earlier] = await deliveries();
      return earlier.length === 2 && last?.state === 'sent';
    });
    assert.deepEqual(
      receiver.requests.map(({ body }) => body.event.message),
      ['outside', 'later'],
    );
  });

  test('notifications: an answer of 500: tried again with the same key, not called a repeat', async () => {
    const receiver = await hook((count) => (count === 1 ? 500 : 200));
    await put(hookRule('r', receiver.url, { codes: ['session_ended'] }));
    await say('failed first');
    await waitFor(
      async () => (await deliveries())[0]?.lastError === 'The receiver answered 500 Internal Server Error',
    );
    assert.equal((await deliveries())[0]?.state, 'pending');
    await hurry();
    await waitFor(() => receiver.requests.length === 2, { message: 'the second try' });
    assert.equal(
      receiver.requests[1]?.headers['idempotency-key'],
      receiver.requests[0]?.headers['idempotency-key'],
    );
    assert.equal(receiver.requests[1]?.body.repeat, false);
  });

  test('notifications: the receiver dies after it has taken the request: the next try says that it is a repeat', async () => {
    const receiver = await hook((count) => (count === 1 ? 'die' : 204));
    await put(hookRule('r', receiver.url, { codes: ['session_ended'] }));
    await say('taken, then silence');
    await waitFor(async () => /broke before the answer/.test((await deliveries())[0]?.lastError ?? ''));
    await hurry();
    await waitFor(() => receiver.requests.length === 2, { message: 'the second try' });
    assert.equal(receiver.requests[1]?.headers['x-nezuban-repeat'], 'true');
    assert.equal(receiver.requests[1]?.body.repeat, true);
    assert.equal(
      receiver.requests[1]?.headers['idempotency-key'],
      receiver.requests[0]?.headers['idempotency-key'],
    );
  });

  test('notifications: nobody listens: surely not delivered, so the next try is no repeat', async () => {
    await put(hookRule('r', `http://127.0.0.1:${await freePort()}/`, { codes: ['session_ended'] }));
    await say('nobody there');
    await waitFor(
      async () => (await deliveries())[0]?.lastError === 'The receiver cannot be reached (ECONNREFUSED)',
    );
    const [row] = await manager.database.query<{ maybe_delivered: boolean; wait: number }>({
      text: 'SELECT maybe_delivered, extract(epoch FROM next_try_at - now())::float8 AS wait FROM delivery',
    });
    assert.equal(row?.maybe_delivered, false);
    assert.ok(row !== undefined && row.wait > 5 && row.wait <= 10);
  });

  test('notifications: a redirect: not followed, and said so', async () => {
    const receiver = await hook(() => 302);
    await put(hookRule('r', receiver.url, { codes: ['session_ended'] }));
    await say('redirected');
    await waitFor(async () =>
      /redirect \(302\), which is not followed/.test((await deliveries())[0]?.lastError ?? ''),
    );
    assert.equal(receiver.requests.length, 1);
  });

  test('notifications: a receiver that hangs: others are served meanwhile', async () => {
    const stuck = await hook(() => 'hang');
    const good = await hook(() => 200);
    await put(hookRule('stuck', stuck.url, { codes: ['session_ended'] }));
    await put(hookRule('works', good.url, { codes: ['session_ended'] }));
    for (let index = 0; index < 10; index += 1) await say(`message ${index}`);
    await waitFor(() => good.requests.length === 10, { message: 'the working receiver to have all' });
    assert.equal(stuck.requests.length, notificationLimits.sendingPerTargetMax);
  });

  test('notifications: all tries used up: failed, one event that makes no loop, and a retry by hand', async () => {
    const receiver = await hook((count) => (count <= 1 ? 503 : 200));
    await put(hookRule('r', receiver.url));
    await say('will fail');
    await waitFor(async () => (await deliveries()).some(({ lastError }) => lastError !== null));
    await manager.database.query({
      text: `UPDATE delivery SET tries = $1 WHERE state = 'pending'`,
      values: [notificationLimits.triesMax - 1],
    });
    const failing = await hook(() => 503);
    const [{ revision } = { revision: 0 }] = (await manager.call('listRules')).body.items;
    await put(hookRule('r', failing.url, { codes: ['session_ended'] }), `"${revision}"`);
    await hurry();
    const list = () => manager.call('listEvents', { query: { code: ['notification_failed'] } });
    await waitFor(async () => (await list()).body.items.some(({ details }) => details['rule'] === 'r'), {
      message: 'the event',
    });
    const failed = (await deliveries()).find(({ state, rule }) => state === 'failed' && rule === 'r');
    assert.ok(failed);
    assert.equal((await deliveries()).filter(({ rule }) => rule === 'r').length >= 1, true);

    const [{ revision: newer } = { revision: 0 }] = (await manager.call('listRules')).body.items;
    await put(hookRule('r', receiver.url, { codes: ['session_ended'] }), `"${newer}"`);
    const retried = await manager.call('retryDelivery', { params: { id: failed.id } });
    assert.equal(retried.body.state, 'pending');
    await waitFor(async () => (await deliveries()).find(({ id }) => id === failed.id)?.state === 'sent', {
      message: 'the retry',
    });
    assert.equal(
      (await manager.call('retryDelivery', { params: { id: failed.id } })).body.code,
      'operation_refused',
    );
    assert.equal((await manager.call('retryDelivery', { params: { id: 999_999 } })).status, 404);
  });

  test('notifications: a rule deleted or switched off while messages wait: they end as failed with the reason', async () => {
    const url = `http://127.0.0.1:${await freePort()}/`;
    await put(hookRule('gone', url, { codes: ['session_ended'] }));
    await say('waits');
    await waitFor(async () => (await deliveries()).some(({ lastError }) => lastError !== null));
    const [{ revision } = { revision: 0 }] = (await manager.call('listRules')).body.items;
    await manager.call('deleteRule', { params: { name: 'gone' }, ifMatch: `"${revision}"` });
    await hurry();
    await waitFor(async () =>
      (await deliveries()).some(
        ({ rule, state, lastError }) =>
          rule === 'gone' && state === 'failed' && lastError === 'The rule has been deleted',
      ),
    );
  });

  test('notifications: mail: subject in plain words, a stable Message-ID, Japanese text', async () => {
    const server = await mailServer();
    await put({ ...mailRule('mail', server.port), codes: ['session_ended'] });
    await say('夜間バッチ "night/a" ended abnormally\r\nBcc: evil@example.com');
    await waitFor(async () => (await deliveries())[0]?.state === 'sent', { message: () => 'the mail' });
    const [mail] = server.mails;
    assert.deepEqual(mail?.to, ['operator@example.com']);
    const headers = mail?.raw.split('\r\n\r\n')[0] ?? '';
    assert.match(headers, new RegExp(`Message-ID: <test-${(await deliveries())[0]?.id}@nezuban>`, 'i'));
    assert.doesNotMatch(headers, /^Bcc:/im);
    assert.match(headers, /Auto-Submitted: auto-generated/i);
    assert.match(headers, /Subject: =\?UTF-8\?/i);
    const [, text = ''] = mail?.raw.split('\r\n\r\n') ?? [];
    const quotedPrintable = text
      .replaceAll('=\r\n', '')
      .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    const decoded = [Buffer.from(text, 'base64'), Buffer.from(quotedPrintable, 'latin1')].map((bytes) =>
      bytes.toString('utf8'),
    );
    assert.ok(
      decoded.some((words) => words.includes('夜間バッチ')),
      text,
    );
  });

  test('notifications: a mail server that refuses, and one that dies after the text: refused once, a repeat the other time', async () => {
    const refusing = await mailServer({ behaviour: () => 'refuse' });
    await put({ ...mailRule('full', refusing.port), codes: ['session_ended'] });
    const dying = await mailServer({ behaviour: (count) => (count === 1 ? 'die' : 'accept') });
    await put({ ...mailRule('dies', dying.port), codes: ['session_ended'] });
    await say('to two servers');
    const tried = async () => (await deliveries()).filter(({ lastError }) => lastError !== null);
    await waitFor(async () => (await tried()).length === 2, { message: 'both first tries' });
    const byRule = new Map((await deliveries()).map((delivery) => [delivery.rule, delivery]));
    assert.match(byRule.get('full')?.lastError ?? '', /The mail server did not take it: .*mailbox is full/);
    assert.match(byRule.get('dies')?.lastError ?? '', /broke after the message had begun/);
    await hurry();
    await waitFor(() => dying.mails.length === 2 && refusing.mails.length === 2, {
      message: 'the second tries',
    });
    assert.match(dying.mails[1]?.raw ?? '', /X-Nezuban-Repeat: true/i);
    assert.match(dying.mails[1]?.raw ?? '', /may have reached you before/);
    assert.doesNotMatch(refusing.mails[1]?.raw ?? '', /X-Nezuban-Repeat/i);
  });

  test('notifications: one of two recipients is refused: sent, with a note', async () => {
    const server = await mailServer({ badRecipients: ['nobody@example.com'] });
    const rule = mailRule('two', server.port);
    await put({
      ...rule,
      codes: ['session_ended'],
      channel: { ...rule.channel, to: ['nobody@example.com', 'operator@example.com'] },
    });
    await say('to two people');
    await waitFor(async () => (await deliveries())[0]?.state === 'sent');
    assert.equal((await deliveries())[0]?.lastError, 'Not taken for nobody@example.com');
  });

  test('notifications: the test of a rule: tells the outcome at once', async () => {
    const receiver = await hook((count) => (count === 1 ? 200 : 404));
    await put(hookRule('r', receiver.url, { codes: ['session_ended'] }));
    assert.deepEqual((await manager.call('testRule', { params: { name: 'r' } })).body, {
      sent: true,
      error: null,
    });
    assert.equal(receiver.requests[0]?.body.test, true);
    assert.deepEqual((await manager.call('testRule', { params: { name: 'r' } })).body, {
      sent: false,
      error: 'The receiver answered 404 Not Found',
    });
    assert.equal((await manager.call('testRule', { params: { name: 'none' } })).status, 404);
  });

  test('notifications: secrets: never shown, never plain in the database, kept when left out, not sent elsewhere', async () => {
    const server = await mailServer({ user: { name: 'nezuban', password: 'geheim-123' } });
    const withPassword = mailRule('secret', server.port, { user: 'nezuban', password: 'geheim-123' });
    const made = await put(withPassword);
    assert.equal(made.status, 200);
    assert.doesNotMatch(made.text, /geheim/);
    const dump = JSON.stringify(
      await manager.database.query({
        text: 'SELECT definition, encode(secret_box, $1) AS box FROM notification_rule',
        values: ['escape'],
      }),
    );
    assert.doesNotMatch(dump, /geheim/);
    assert.doesNotMatch((await manager.call('listAudit', { query: { limit: 500 } })).text, /geheim/);
    assert.deepEqual((await manager.call('testRule', { params: { name: 'secret' } })).body, {
      sent: true,
      error: null,
    });

    const changed = await put(
      { ...mailRule('secret', server.port, { user: 'nezuban' }), codes: ['unit_ended'] },
      made.headers.get('etag'),
    );
    assert.equal(changed.status, 200);
    assert.deepEqual((await manager.call('testRule', { params: { name: 'secret' } })).body, {
      sent: true,
      error: null,
    });
    const elsewhere = await put(
      mailRule('secret', server.port, { host: 'evil.example', user: 'nezuban' }),
      changed.headers.get('etag'),
    );
    assert.equal(elsewhere.status, 422);
    assert.deepEqual(elsewhere.body.issues, [
      {
        path: 'channel.smtp.password',
        message: 'must be given again: host, port, security or user has changed',
      },
    ]);
    const key = await readFile(path.join(manager.home, 'manager', 'secret-key'), 'utf8');
    assert.match(key, /^[0-9a-f]{64}\n$/);
  });

  test('notifications: secret headers of a webhook: masked, kept by the mask, refused when reserved', async () => {
    const receiver = await hook(() => 200);
    const rule = (headers: Record<string, string>, url = receiver.url) => ({
      ...hookRule('h', url),
      channel: { type: 'webhook', url, headers },
    });
    const made = await put(rule({ Authorization: 'Bearer geheim', 'X-Team': 'night' }));
    assert.deepEqual((made.body.rule.channel as { headers: unknown }).headers, {
      Authorization: '********',
      'X-Team': 'night',
    });
    const kept = await put(rule({ Authorization: '********', 'X-Team': 'day' }), made.headers.get('etag'));
    assert.equal(kept.status, 200);
    await manager.call('testRule', { params: { name: 'h' } });
    assert.equal(receiver.requests.at(-1)?.headers['authorization'], 'Bearer geheim');
    const moved = await put(
      rule({ Authorization: '********' }, 'http://evil.example/'),
      kept.headers.get('etag'),
    );
    assert.deepEqual(
      moved.body.issues.map((issue) => issue.path),
      ['channel.headers.Authorization'],
    );
    const reserved = await put(rule({ 'Idempotency-Key': 'mine' }), kept.headers.get('etag'));
    assert.deepEqual(reserved.body.issues, [
      { path: 'channel.headers.Idempotency-Key', message: 'is set by Nezuban itself' },
    ]);
  });

  test('notifications: headers that let somebody in by another name: masked too', async () => {
    const headers = {
      'X-Api-Key': 'geheim',
      'DD-API-KEY': 'geheim',
      'X-Auth': 'geheim',
      'X-Session-Id': 'geheim',
    };
    const made = await put({
      ...hookRule('masked', 'http://127.0.0.1:9/'),
      channel: { type: 'webhook', url: 'http://127.0.0.1:9/', headers },
    });
    assert.equal(made.status, 200);
    assert.ok(!made.text.includes('geheim'), made.text);
  });

  test('notifications: line breaks, passwords in addresses, headers that cannot be sent: refused with their place', async () => {
    const mail = mailRule('bad', 25, {});
    const { channel } = mail;

    const hookWith = (change: object) => ({
      ...hookRule('bad', 'http://127.0.0.1:9/'),
      channel: { type: 'webhook', url: 'http://127.0.0.1:9/', ...change },
    });
    for (const [rule, place] of [
      [{ ...mail, channel: { ...channel, from: 'a@b.example\r\nBcc: evil@x.example' } }, 'channel.from'],
      [{ ...mail, channel: { ...channel, to: ['a@b.example\nBcc: evil@x.example'] } }, 'channel.to[0]'],
      [{ ...mail, channel: { ...channel, smtp: { ...channel.smtp, host: 'a\r\nb' } } }, 'channel.smtp.host'],
      [hookWith({ url: 'https://user:geheim@hook.example/' }), 'channel.url'],
      [hookWith({ headers: { Authorization: 'geheim\r\nX-Other: 1' } }), 'channel.headers.Authorization'],
      [hookWith({ headers: { Authorization: 'geheim\u3042' } }), 'channel.headers.Authorization'],
    ] as const) {
      const answer = await put(rule);
      assert.equal(answer.status, 422, place);
      assert.deepEqual(
        answer.body.issues.map((issue) => issue.path),
        [place],
      );
      assert.ok(!answer.text.includes('geheim'), answer.text);
    }
  });

  test('notifications: a stored password: not sent to another port or less protected', async () => {
    const made = await put(mailRule('port', 2525, { user: 'nezuban', password: 'geheim-123' }));
    const moved = await put(mailRule('port', 2526, { user: 'nezuban' }), made.headers.get('etag'));
    assert.deepEqual(
      moved.body.issues.map((issue) => issue.path),
      ['channel.smtp.password'],
    );
  });

  test('notifications: two operators change one rule: the second is told, an equal change keeps the version', async () => {
    const rule = hookRule('race', 'http://127.0.0.1:9/');
    const made = await put(rule);
    const etag = made.headers.get('etag');
    assert.equal((await put(rule)).status, 412, 'it exists already');
    const same = await put(rule, etag);
    assert.equal(same.headers.get('etag'), etag);
    const answers = await Promise.all([
      put({ ...rule, enabled: false }, etag),
      put({ ...rule, codes: ['unit_ended'] }, etag),
    ]);
    assert.deepEqual(
      answers.map(({ status }) => status).sort((a, b) => a - b),
      [200, 412],
    );
    const stale = await manager.call('deleteRule', { params: { name: 'race' }, ifMatch: etag });
    assert.equal(stale.status, 412);
    assert.equal(
      (await manager.call('putRule', { params: { name: 'other' }, body: rule, ifMatch: null })).body.code,
      'invalid_definition',
    );
  });
});

test('notifications: the manager dies in the middle of sending: the next start sends it again and says that it is a repeat', async () => {
  const receiver = await startHook((count) => (count === 1 ? 'hang' : 200));
  const first = await startManagerHarness();
  await first.call('putRule', {
    params: { name: 'r' },
    body: hookRule('r', receiver.url, { codes: ['session_ended'] }),
    ifMatch: null,
  });
  await first.events.appendNow([
    { at: new Date(), priority: 'info', code: 'session_ended', node: null, message: 'cut off', details: {} },
  ]);
  await waitFor(() => receiver.requests.length === 1, { message: 'the first try' });
  const second = await startManagerHarness({ on: await first.halt() });
  try {
    await waitFor(() => receiver.requests.length === 2, { message: 'the second try' });
    assert.equal(receiver.requests[1]?.body.repeat, true);
    assert.equal(
      receiver.requests[1]?.headers['idempotency-key'],
      receiver.requests[0]?.headers['idempotency-key'],
    );
    const { items } = (await second.call('listDeliveries')).body;
    assert.equal(items[0]?.tries, 2);
  } finally {
    await second.stop();
    await receiver.stop();
  }
});
