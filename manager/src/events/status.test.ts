// Tests of the status view over HTTP: what events make of it, expiry, changes by hand, and what a viewer of one scope gets.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { StatusPlace } from '@nezuban/protocol/events/status';
import type { EventDraft } from '../ports.ts';
import { enrolAgent } from '../testing/test-agent.ts';
import { startManagerHarness, type ManagerHarness } from '../testing/manager-harness.ts';

const NOW_MS = Date.now();
const at = (seconds: number): Date => new Date(NOW_MS + seconds * 1000);

const draft = (change: Partial<EventDraft>): EventDraft => ({
  at: at(0),
  priority: 'warning',
  code: 'trap_received',
  node: null,
  message: 'link down',
  details: {},
  ...change,
});

describe('status view', () => {
  let manager: ManagerHarness;
  before(async () => {
    manager = await startManagerHarness();
    for (const name of ['web1', 'web2', 'db1']) await enrolAgent(manager, name);
  });
  after(() => manager.stop());

  const list = async (query: object = {}) => (await manager.call('listStatus', { query })).body.items;
  const one = async (node: string, key?: string) =>
    (await list({ node, ...(key === undefined ? {} : { key }) }))[0];

  test('status: an event with a key: there, with since and count; the next of another priority: since then', async () => {
    const raise = (second: number, priority: EventDraft['priority'] = 'warning') =>
      draft({ node: 'n1', monitor: 'snmp', key: 'link:1', at: at(second), priority });
    await manager.events.appendNow([raise(0), raise(1)]);
    await manager.events.appendNow([raise(2)]);
    const first = await one('n1');
    assert.deepEqual(
      [first?.priority, first?.count, first?.since, first?.lastAt],
      ['warning', 3, at(0).toISOString(), at(2).toISOString()],
    );
    await manager.events.appendNow([raise(3, 'critical'), raise(4, 'critical')]);
    const second = await one('n1');
    assert.deepEqual([second?.priority, second?.count, second?.since], ['critical', 2, at(3).toISOString()]);
  });

  test('status: cleared: information, and so marked; raised again: not any more', async () => {
    const event = (change: Partial<EventDraft>) =>
      draft({ node: 'n2', monitor: 'snmp', key: 'k', ...change });
    await manager.events.appendNow([event({}), event({ clears: true, at: at(1) })]);
    const cleared = await one('n2');
    assert.deepEqual([cleared?.priority, cleared?.clearedAt], ['info', at(1).toISOString()]);
    await manager.events.appendNow([event({ at: at(2) })]);
    const raised = await one('n2');
    assert.deepEqual([raised?.priority, raised?.clearedAt], ['warning', null]);
  });

  test('status: a clear before its raise, and thousands of one state in a call: the last one counts', async () => {
    await manager.events.appendNow([
      draft({ node: 'n3', monitor: 'snmp', key: 'k', clears: true }),
      ...Array.from({ length: 3_000 }, (_, index) =>
        draft({ node: 'n3', monitor: 'snmp', key: 'k', at: at(index / 100), collapseS: 300 }),
      ),
    ]);
    const entry = await one('n3');
    assert.deepEqual([entry?.priority, entry?.count, entry?.clearedAt], ['warning', 3_000, null]);
  });

  test('status: what Nezuban tells of itself: agents, its own watch and the last end of each job net', async () => {
    await manager.events.appendNow([
      draft({ node: 'n4', code: 'agent_disconnected' }),
      draft({ code: 'self_watch_raised', details: { item: 'disk:/' }, priority: 'critical' }),
      draft({
        code: 'session_ended',
        details: { net: 'night/a', session: 1, endStatus: 'abnormal' },
        priority: 'critical',
      }),
    ]);
    assert.equal((await one('n4'))?.key, 'agent');
    await manager.events.appendNow([
      draft({ node: 'n4', code: 'agent_connected', priority: 'info', at: at(1) }),
      draft({
        code: 'session_ended',
        details: { net: 'night/a', session: 2, endStatus: 'normal' },
        priority: 'info',
        at: at(1),
      }),
    ]);
    const entries = await list({ limit: 500 });
    const byKey = new Map(entries.map((entry) => [entry.key, entry]));
    assert.equal(byKey.get('agent')?.priority, 'info');
    assert.equal(byKey.get('self:disk:/')?.priority, 'critical');
    assert.equal(byKey.get('net:night/a')?.priority, 'info');
    const lost = await manager.call('listEvents', { query: { node: 'n4', code: ['agent_disconnected'] } });
    assert.ok(lost.body.items[0]?.clearedBy);
    await manager.events.appendNow([draft({ node: 'n4', code: 'agent_removed', priority: 'info' })]);
    assert.equal(await one('n4'), undefined, 'a node that is gone has no status');
  });

  test('status: not heard of in time: removed, or turned to unknown, as the settings say', async () => {
    const settings = await manager.call('putSettings', {
      params: { section: 'status' },
      body: { unkeyed_minutes: 5, monitors: [{ monitor: 'beat', minutes: 5, on_expiry: 'unknown' }] },
      ifMatch: null,
    });
    assert.equal(settings.status, 200, settings.text);
    const old = at(-600);
    await manager.events.appendNow([
      draft({ node: 'n5', monitor: 'logs', at: old }),
      draft({ node: 'n6', monitor: 'beat', key: 'alive', at: old }),
      draft({ node: 'n7', monitor: 'logs' }),
    ]);
    await manager.status.look();
    assert.equal(await one('n5'), undefined);
    const stale = await one('n6');
    assert.equal(stale?.priority, 'unknown');
    assert.notEqual(stale?.expiredAt, null);
    assert.equal((await one('n7'))?.priority, 'warning');
    await manager.events.appendNow([draft({ node: 'n6', monitor: 'beat', key: 'alive', at: at(0) })]);
    const again = await one('n6');
    assert.deepEqual([again?.priority, again?.expiredAt, again?.count], ['warning', null, 1]);
  });

  test('status: by hand: acknowledged until it changes; cleared, and with it what was raised; one unknown: nothing', async () => {
    const place: StatusPlace = { node: 'n8', monitor: 'snmp', key: 'k' };
    await manager.events.appendNow([draft({ ...place, node: 'n8', monitor: 'snmp', key: 'k' })]);
    const change = async (action: 'clear' | 'acknowledge', entries: StatusPlace[] = [place]) =>
      await manager.call('changeStatus', { body: { entries, action } });
    assert.equal((await change('acknowledge')).status, 200);
    assert.equal((await one('n8'))?.acknowledgedBy, 'admin');
    assert.equal((await change('clear', [place, { ...place, key: 'other' }])).status, 404);
    assert.notEqual(await one('n8'), undefined);
    await change('clear');
    assert.equal(await one('n8'), undefined);
    const [event] = (await manager.call('listEvents', { query: { node: 'n8' } })).body.items;
    assert.notEqual(event?.clearedAt, null);
    assert.equal(event?.clearedBy, null);
    const audit = await manager.database.query<{ details: { action: string } }>({
      text: `SELECT details FROM audit WHERE action = 'changeStatus' ORDER BY id`,
    });
    assert.deepEqual(
      audit.map(({ details }) => details.action),
      ['acknowledge', 'clear'],
    );
  });

  test('status: paged: the worst first, each once', async () => {
    const all = await list({ limit: 500 });
    const paged: typeof all = [];
    let cursor: string | null = null;
    do {
      const page: { items: typeof all; nextCursor: string | null } = (
        await manager.call('listStatus', { query: { limit: 2, ...(cursor === null ? {} : { cursor }) } })
      ).body;
      paged.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);
    assert.deepEqual(paged, all);
    assert.equal(paged[0]?.priority, 'critical');
  });
});
