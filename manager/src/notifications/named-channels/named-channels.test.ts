// Tests of named channels over HTTP: kept without their secrets, tried out, used by rules, refused where somebody would get more than he has.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { NamedChannelDefinition } from '@nezuban/protocol/notifications/channel';
import { say } from '@nezuban/protocol/sentences/sentence';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { startManagerHarness, type ManagerHarness } from '../../testing/manager-harness.ts';
import { startHook } from '../../testing/receivers.ts';

describe('named channels', () => {
  let manager: ManagerHarness;
  const orders: unknown[] = [];
  before(async () => {
    manager = await startManagerHarness();
    manager.notifications.setPlaces({
      hands: {
        startNet(order) {
          orders.push(order);
          return Promise.resolve({ type: 'accepted', note: null, session: 77 });
        },
        runCommand(order) {
          orders.push(order);
          return Promise.resolve({ type: 'accepted', note: null });
        },
      },
    });
  });
  after(() => manager.stop());

  const put = async (
    name: string,
    channel: object,
    more: { readonly ifMatch?: string | null; readonly token?: string } = {},
  ) =>
    await manager.call(
      'putChannel',
      {
        params: { name },
        body: { kind: 'channel', name, channel } as unknown as NamedChannelDefinition,
        ifMatch: more.ifMatch ?? null,
      },
      more.token === undefined ? {} : { token: more.token },
    );

  test('channels: kept, shown without secrets, tried out, changed with the masked secret', async (t) => {
    const hook = await startHook(() => 200);
    t.after(hook.stop);
    const made = await put('hook', {
      type: 'webhook',
      url: hook.url,
      headers: { Authorization: 'geheim' },
      signing_secret: 'geheim-lang',
    });
    assert.equal(made.status, 200, made.text);
    assert.doesNotMatch(made.text, /geheim/);
    assert.match(made.body.goesTo, /^webhook http:\/\/127\.0\.0\.1/);
    const tried = await manager.call('testChannel', { params: { name: 'hook' } });
    assert.deepEqual(tried.body, { sent: true, error: null });
    assert.equal(hook.requests[0]?.headers['authorization'], 'geheim');
    assert.equal(hook.requests[0]?.body.test, true);
    const changed = await put(
      'hook',
      { type: 'webhook', url: hook.url, headers: { Authorization: '********' }, method: 'PUT' },
      { ifMatch: made.headers.get('etag') },
    );
    assert.equal(changed.status, 200, changed.text);
    await manager.call('testChannel', { params: { name: 'hook' } });
    assert.equal(hook.requests[1]?.headers['authorization'], 'geheim');
    assert.match(
      String(hook.requests[1]?.headers['x-nezuban-signature']),
      /^t=\d+,v1=/,
      'a secret that is left out stays',
    );
    const dump = JSON.stringify(
      await manager.database.query({ text: 'SELECT definition FROM notification_channel' }),
    );
    assert.doesNotMatch(dump, /geheim/);
    assert.doesNotMatch((await manager.call('listAudit', { query: { limit: 500 } })).text, /geheim/);
    const stale = await put(
      'hook',
      { type: 'webhook', url: hook.url },
      { ifMatch: made.headers.get('etag') },
    );
    assert.equal(stale.status, 412);
  });

  test('channels: a rule that names one: told by it; it cannot be deleted meanwhile', async (t) => {
    const hook = await startHook(() => 200);
    t.after(hook.stop);
    const made = await put('team', { type: 'webhook', url: hook.url });
    const rule = {
      kind: 'notification' as const,
      name: 'to-team',
      codes: ['work_frozen' as const],
      channels: ['team', 'nobody'],
    };
    const wrong = await manager.call('putRule', {
      params: { name: 'to-team' },
      body: rule,
      ifMatch: null,
    });
    assert.equal(wrong.status, 422);
    assert.deepEqual(wrong.body.issues, [{ path: 'channels[1]', ...say('no_channel', { name: 'nobody' }) }]);
    const right = await manager.call('putRule', {
      params: { name: 'to-team' },
      body: { ...rule, channels: ['team'] },
      ifMatch: null,
    });
    assert.equal(right.status, 200, right.text);
    await manager.events.appendNow([
      {
        at: new Date(),
        priority: 'info',
        code: 'work_frozen',
        node: null,
        message: 'for the team',
        details: {},
      },
    ]);
    await waitFor(() => hook.requests.length === 1, { message: 'the message' });
    assert.equal(hook.requests[0]?.body.event.message, 'for the team');
    const { body } = await manager.call('getChannel', { params: { name: 'team' } });
    assert.deepEqual(body.usedBy, [{ kind: 'notification', name: 'to-team' }]);
    const refused = await manager.call('deleteChannel', {
      params: { name: 'team' },
      ifMatch: made.headers.get('etag'),
    });
    assert.equal(refused.status, 409);
    assert.match(refused.text, /is used by the notification rule/);
    const ruleTag = right.headers.get('etag');
    await manager.call('deleteRule', { params: { name: 'to-team' }, ifMatch: ruleTag });
    const gone = await manager.call('deleteChannel', {
      params: { name: 'team' },
      ifMatch: made.headers.get('etag'),
    });
    assert.equal(gone.status, 204);
  });

  test('channels: a job net is started once by each message, and the delivery tells the session', async () => {
    await put('repair', { type: 'job_net', net: 'night/repair', parameters: { WHAT: '{{message}}' } });
    await manager.call('putRule', {
      params: { name: 'to-repair' },
      body: {
        kind: 'notification',
        name: 'to-repair',
        codes: ['work_resumed'],
        channels: ['repair'],
      } as never,
      ifMatch: null,
    });
    await manager.events.appendNow([
      { at: new Date(), priority: 'info', code: 'work_resumed', node: null, message: 'go on', details: {} },
    ]);
    await waitFor(() => orders.length === 1, { message: 'the order' });
    assert.deepEqual(
      { ...(orders[0] as object), key: '' },
      {
        net: 'night/repair',
        parameters: { WHAT: 'go on' },
        key: '',
        people: { onBehalfOf: 'admin', behind: ['admin'] },
      },
    );
    await waitFor(
      async () =>
        (await manager.call('listDeliveries')).body.items.some(
          ({ rule, state }) => rule === 'to-repair' && state === 'sent',
        ),
      { message: 'the delivery' },
    );
  });

  test('channels: wrong templates, masked secrets without a stored one, other names: told with their place', async () => {
    const template = await put('bad', { type: 'slack', url: 'https://hooks.example/x', text: '{{mesage}}' });
    assert.equal(template.status, 422);
    assert.equal((template.body.issues as { path: string }[])[0]?.path, 'channel.text');
    const masked = await put('bad', { type: 'slack', url: '********' });
    assert.deepEqual(masked.body.issues, [
      {
        path: 'channel.url',
        message: 'is "********", which keeps the stored one, but none is stored: give it',
      },
    ]);
    const other = await manager.call('putChannel', {
      params: { name: 'one' },
      body: {
        kind: 'channel',
        name: 'two',
        enabled: true,
        channel: { type: 'command', command: 'true', timeout_s: 1 },
      },
      ifMatch: null,
    });
    assert.equal(other.status, 422);
    assert.equal((await manager.call('testChannel', { params: { name: 'bad' } })).status, 404);
  });

  test('channels: who may write notifications and nothing else: makes none that acts', async () => {
    await manager.call('putRole', {
      params: { name: 'notifier' },
      body: { name: 'notifier', grants: [{ effect: 'allow', rights: ['notifications.*'] }] } as never,
      ifMatch: null,
    });
    const user = await manager.call('createUser', { body: { name: 'nora', roles: ['notifier'] } });
    assert.ok(user.status < 300, user.text);
    const { token } = (
      await manager.call('createToken', {
        body: { name: 'for-nora', rights: ['notifications.read', 'notifications.write'] } as never,
      })
    ).body as unknown as { token: string };
    const chat = await put('chat', { type: 'slack', url: 'https://hooks.example/x' }, { token });
    assert.equal(chat.status, 200, chat.text);
    for (const channel of [
      { type: 'command', command: 'rm -rf /' },
      { type: 'job_net', net: 'night/repair' },
    ]) {
      const refused = await put('acts', channel, { token });
      assert.ok(
        refused.status === 403 || refused.status === 404,
        `${channel.type}: ${refused.status} ${refused.text}`,
      );
    }
    const taken = await put(
      'repair',
      { type: 'slack', url: 'https://hooks.example/x' },
      {
        token,
        ifMatch: (await manager.call('getChannel', { params: { name: 'repair' } })).headers.get('etag'),
      },
    );
    assert.ok(taken.status === 403 || taken.status === 404, 'what acts is not taken from who may');
  });
});
