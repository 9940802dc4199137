// Rules with groups, ends, silences, inhibitions and escalations end to end: through the API, real receivers that ask for patience or fail,
// a restart between the event and its message.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { systemClock } from '@nezuban/platform/clock';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { startManagerHarness, type ManagerHarness } from '../testing/manager-harness.ts';
import { startHook, type HookRequest } from '../testing/receivers.ts';

const hours = (count: number): string => new Date(Date.now() + count * 3_600_000).toISOString();

describe('rules at work', () => {
  let manager: ManagerHarness;
  let offsetMs = 0;
  const clock = { ...systemClock, epochMs: () => systemClock.epochMs() + offsetMs };
  const cleanups: (() => Promise<void>)[] = [];

  before(async () => {
    manager = await startManagerHarness({ clock });
  });
  after(() => manager.stop());
  afterEach(async () => {
    for (const { rule, revision } of (await manager.call('listRules', { query: { limit: 500 } })).body.items)
      await manager.call('deleteRule', { params: { name: rule.name }, ifMatch: `"${revision}"` });
    for (const { inhibition, revision } of (await manager.call('listInhibitions')).body.items)
      await manager.call('deleteInhibition', { params: { name: inhibition.name }, ifMatch: `"${revision}"` });
    for (const { id } of (await manager.call('listSilences', { query: { open: 'true' } })).body.items)
      await manager.call('endSilence', { params: { id } });
    for (const cleanup of cleanups.splice(0)) await cleanup();
    for (const { definition, revision } of (await manager.call('listChannels')).body.items)
      await manager.call('deleteChannel', { params: { name: definition.name }, ifMatch: `"${revision}"` });
    await manager.database.query({ text: 'DELETE FROM delivery' });
  });

  const hook = async (name: string, behaviour: Parameters<typeof startHook>[0] = () => 200) => {
    const started = await startHook(behaviour);
    cleanups.push(started.stop);
    const answer = await manager.call('putChannel', {
      params: { name },
      body: { kind: 'channel', name, channel: { type: 'webhook', url: started.url } } as never,
      ifMatch: null,
    });
    assert.equal(answer.status, 200, answer.text);
    return started;
  };
  const put = async (rule: { readonly name: string } & Record<string, unknown>) => {
    const answer = await manager.call('putRule', {
      params: { name: rule.name },
      body: { kind: 'notification', codes: ['trap_received'], ...rule } as never,
      ifMatch: null,
    });
    assert.equal(answer.status, 200, answer.text);
  };
  const say = (message: string, change: object = {}) =>
    manager.events.appendNow([
      {
        at: new Date(),
        priority: 'critical',
        code: 'trap_received',
        node: 'web-1',
        message,
        details: {},
        monitor: 'links',
        ...change,
      },
    ]);
  const told = (receiver: { readonly requests: readonly HookRequest[] }) =>
    receiver.requests.map(({ body }) => body.event.message);
  const deliveries = async (query: object = {}) =>
    (await manager.call('listDeliveries', { query: { limit: 100, ...query } })).body.items;
  const pass = (ms: number): void => {
    offsetMs += ms;
    manager.notifications.start();
  };

  test('rules at work: a long message with a character of two halves where it is cut: told, and others behind it', async () => {
    const team = await hook('team');
    await put({ name: 'r', channels: ['team'], group: { by: ['node'], wait_s: 1, interval_s: 1 } });
    await say(`${'x'.repeat(998)}😀${'y'.repeat(100)}`);
    pass(2_000);
    await waitFor(() => team.requests.length === 1);
    await say('the next one', { node: 'web-2' });
    pass(2_000);
    await waitFor(() => told(team).includes('the next one'));
  });

  test('rules at work: a group and its end: one message with all, then one that says it is over', async () => {
    const team = await hook('team');
    await put({
      name: 'r',
      channels: ['team'],
      recovered: true,
      group: { by: ['node'], wait_s: 600, interval_s: 60 },
    });
    await say('link 1 down', { key: 'link:1' });
    await say('link 2 down', { key: 'link:2' });
    pass(600_000);
    await waitFor(() => team.requests.length === 1);
    assert.deepEqual(
      team.requests[0]?.body.events.map(({ message }) => message),
      ['link 1 down', 'link 2 down'],
    );
    await say('link 1 up', { key: 'link:1', clears: true, priority: 'info' });
    pass(60_000);
    await waitFor(() => team.requests.length === 2);
    assert.deepEqual([team.requests[1]?.body.recovered, told(team)[1]], [true, 'link 1 up']);
    const [last] = await deliveries();
    assert.deepEqual([last?.target, last?.recovered, last?.eventCount], ['team', true, 1]);
  });

  test('rules at work: names that are not there and patterns that hang: refused with their place', async () => {
    await hook('team');
    for (const [change, path] of [
      [{ channels: ['nobody'] }, 'channels[0]'],
      [{ channels: ['team'], escalation: 'nobody' }, 'escalation'],
      [{ channels: ['team'], text: { matches: '(a' } }, 'text.matches'],
      [{ channels: ['team'], times: { timezone: 'Mars/Olympus' } }, 'times.timezone'],
      [{ channels: ['team'], nodes: ['a*b'] }, 'nodes[0]'],
    ] as const) {
      const answer = await manager.call('putRule', {
        params: { name: 'r' },
        body: { kind: 'notification', name: 'r', ...change } as never,
        ifMatch: null,
      });
      assert.deepEqual([answer.status, answer.body.issues?.[0]?.path], [422, path], answer.text);
    }
  });

  test('rules at work: an escalation that names a channel which is not there: refused with its place', async () => {
    await hook('team');
    const answer = await manager.call('putEscalation', {
      params: { name: 'chain' },
      body: {
        kind: 'escalation',
        name: 'chain',
        steps: [
          { after_min: 5, channels: ['team'] },
          { after_min: 5, channels: ['team', 'nobody'] },
        ],
      } as never,
      ifMatch: null,
    });
    assert.deepEqual(
      [answer.status, answer.body.issues?.[0]?.path],
      [422, 'steps[1].channels[1]'],
      answer.text,
    );
  });

  test('rules at work: a silence: kept back with its number, listed, told at its end', async () => {
    const team = await hook('team');
    await put({ name: 'r', channels: ['team'] });
    const silence = (
      await manager.call('addSilence', {
        body: { match: { nodes: ['web-*'] }, until: hours(2), reason: 'firmware' },
      })
    ).body;
    await say('silent', { key: 'k' });
    await say('elsewhere', { node: 'db-1' });
    await waitFor(() => team.requests.length === 1);
    const kept = (await manager.call('listKeptBack')).body.items;
    assert.deepEqual(
      kept.map(({ rule, kind, by, event }) => [rule, kind, by, event.message]),
      [['r', 'silence', String(silence.id), 'silent']],
    );
    const [row] = await deliveries({ state: ['suppressed'] });
    assert.deepEqual([row?.suppressedKind, row?.suppressedBy], ['silence', String(silence.id)]);
    await manager.call('endSilence', { params: { id: silence.id } });
    await waitFor(() => team.requests.length === 2);
    assert.deepEqual(told(team), ['elsewhere', 'silent']);
    assert.equal(
      (await manager.call('addSilence', { body: { match: {}, until: hours(1), reason: 'x' } })).status,
      422,
    );
  });

  test('rules at work: an inhibition by the API: what is behind the router is told when it is back and that still stands', async () => {
    const team = await hook('team');
    await put({ name: 'r', channels: ['team'] });
    await manager.call('putInhibition', {
      params: { name: 'router' },
      body: {
        kind: 'inhibition',
        name: 'router',
        while: { keys: ['router'] },
        keep_back: { nodes: ['web-*'] },
      } as never,
      ifMatch: null,
    });
    await say('router down', { node: 'router', key: 'router' });
    await say('web down', { key: 'ping' });
    await say('web 2 down', { node: 'web-2', key: 'ping' });
    await waitFor(async () => (await manager.call('listKeptBack')).body.items.length === 2);
    await say('web 2 up', { node: 'web-2', key: 'ping', clears: true, priority: 'info' });
    await say('router up', { node: 'router', key: 'router', clears: true, priority: 'info' });
    await waitFor(() => told(team).includes('web down'), { message: 'what still stands to be told' });
    assert.equal(told(team).includes('web 2 down'), false);
  });

  test('rules at work: a person clears a state: whoever was told of it is told', async () => {
    const team = await hook('team');
    await put({ name: 'r', channels: ['team'], recovered: true, repeat: 'on_change' });
    await say('fan is off', { key: 'fan:1' });
    await waitFor(() => team.requests.length === 1);
    const answer = await manager.call('changeStatus', {
      body: { action: 'clear', entries: [{ node: 'web-1', monitor: 'links', key: 'fan:1' }] } as never,
    });
    assert.equal(answer.status, 200, answer.text);
    await waitFor(() => team.requests.length === 2);
    assert.equal(team.requests[1]?.body.recovered, true);
    await say('fan is off', { key: 'fan:1' });
    await waitFor(() => team.requests.length === 3);
  });

  test('rules at work: an escalation: the next is told, until somebody says that he is on it', async () => {
    const [team, boss] = [await hook('team'), await hook('boss')];
    await manager.call('putEscalation', {
      params: { name: 'chain' },
      body: {
        kind: 'escalation',
        name: 'chain',
        steps: [
          { after_min: 5, channels: ['boss'] },
          { after_min: 5, channels: ['boss'] },
        ],
      } as never,
      ifMatch: null,
    });
    await put({ name: 'r', channels: ['team'], escalation: 'chain' });
    await say('router down', { key: 'router' });
    await waitFor(() => team.requests.length === 1);
    pass(300_000);
    await waitFor(() => boss.requests.length === 1);
    assert.deepEqual(boss.requests[0]?.body.escalation?.step, 1);
    const [event] = (await manager.call('listEvents', { query: { q: 'router down' } })).body.items;
    assert.ok(event);
    await manager.database.query({
      text: `UPDATE event SET confirming_at = now(), confirming_by = 'sato' WHERE id = $1`,
      values: [event.id],
    });
    // Long before the next step.
    pass(11_000);
    const runs = async () => (await manager.call('listEscalationRuns')).body.items;
    await waitFor(async () => (await runs())[0]?.state === 'acknowledged', { message: 'the chain to stop' });
    assert.equal((await runs())[0]?.endedBy, 'sato');
    pass(300_000);
    assert.equal(boss.requests.length, 1);
    const chain = (await manager.call('getEventChain', { params: { id: event.id } })).body;
    assert.deepEqual(
      chain.deliveries?.map(({ target, escalationStep }) => [target, escalationStep]),
      [
        ['boss', 1],
        ['team', null],
      ],
    );
    assert.equal(chain.escalations?.[0]?.chain, 'chain');
  });

  test('rules at work: a receiver answers 429: left alone as long as it says, others are not', async () => {
    const busy = await hook('busy', (count) =>
      count === 1 ? { status: 429, headers: { 'retry-after': '120' } } : 200,
    );
    const free = await hook('free');
    await put({ name: 'r', channels: ['busy', 'free'] });
    await say('first');
    await waitFor(async () => (await deliveries()).some(({ lastError }) => lastError !== null), {
      message: 'the refusal to be written',
    });
    await say('second');
    // A connection of an earlier receiver at the same port may break: then it is only later.
    await waitFor(
      async () => {
        await manager.database.query({
          text: `UPDATE delivery SET next_try_at = now() WHERE state = 'pending' AND target = 'free' AND sending_by IS NULL`,
        });
        manager.notifications.start();
        return free.requests.length >= 2;
      },
      { message: 'the other receiver to have both' },
    );
    const [row] = (await deliveries({ channel: 'busy' })).filter(({ tries }) => tries === 1);
    assert.ok(row?.nextTryAt != null && Date.parse(row.nextTryAt) - Date.now() > 60_000);
    await manager.database.query({ text: `UPDATE delivery SET next_try_at = now() WHERE state = 'pending'` });
    pass(60_000);
    assert.equal(busy.requests.length, 1);
    pass(60_001);
    await waitFor(() => busy.requests.length === 3, { message: 'both messages' });
    assert.equal(busy.requests[1]?.headers['x-nezuban-repeat'], undefined);
  });

  test('rules at work: dead letters: all of a channel are tried again at once', async () => {
    const team = await hook('team');
    await put({ name: 'r', channels: ['team'] });
    await manager.database.query({
      text: `INSERT INTO delivery (event_id, rule, target, channel, payload, state, next_try_at, event_ids)
             SELECT n, 'r', CASE WHEN n < 4 THEN 'team' ELSE 'other' END, 'c', jsonb_build_object('id', n, 'at', '2026-01-01T00:00:00.000Z', 'priority', 'info', 'code', 'trap_received', 'node', null, 'message', 'old ' || n, 'details', '{}'::jsonb),
                    'failed', NULL, ARRAY[n] FROM generate_series(1, 5) n`,
    });
    const answer = await manager.call('retryDeliveries', {
      body: { rule: null, channel: 'team', from: null, to: null },
    });
    assert.equal(answer.body.retried, 3);
    await waitFor(() => team.requests.length === 3);
    assert.equal((await deliveries({ state: ['failed'] })).length, 2);
  });

  test('rules at work: trying a rule on the past: what, when and gathered how; nothing is sent', async () => {
    const team = await hook('team');
    await say('past 1', { node: 'past', key: 'a' });
    await say('past 2', { node: 'past', key: 'b' });
    const answer = await manager.call('simulateRule', {
      body: {
        rule: {
          kind: 'notification',
          name: 'new',
          channels: ['team'],
          nodes: ['past'],
        } as never,
        hours: 1,
      },
    });
    assert.equal(answer.status, 200, answer.text);
    const { messages } = answer.body;
    assert.ok(messages.every(({ type }) => type === 'message'));
    assert.equal(
      messages.reduce((sum, { count }) => sum + count, 0),
      2,
    );
    assert.equal(team.requests.length, 0);
  });

  test('rules at work: a restart between the event and its message: told once by the next one', async () => {
    const team = await hook('team');
    await put({ name: 'r', channels: ['team'] });
    await manager.notifications.pause();
    await say('before the end');
    await say('before the end, too');
    assert.equal((await deliveries()).length, 0);
    manager = await startManagerHarness({ clock, on: await manager.halt() });
    await waitFor(async () => (await deliveries({ state: ['sent'] })).length === 2, {
      message: 'both messages',
    });
    assert.equal(team.requests.length, 2);
    assert.deepEqual(
      (await deliveries()).map(({ state, maybeRepeated }) => [state, maybeRepeated]),
      [
        ['sent', false],
        ['sent', false],
      ],
    );
  });
});
