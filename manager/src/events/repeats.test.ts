// Tests of counting, raising and clearing on a real database.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { EventView } from '@nezuban/protocol/events/event';
import type { EventDraft } from '../ports.ts';
import { openBareDatabase, type BareDatabase } from '../testing/bare-database.ts';
import { listEvents } from './event-store.ts';
import { createEventSink } from './event-sink.ts';

const START_MS = Date.parse('2026-05-05T00:00:00Z');
const at = (seconds: number): Date => new Date(START_MS + seconds * 1000);

describe('event repeats', () => {
  let bare: BareDatabase;
  before(async () => {
    bare = await openBareDatabase();
  });
  after(() => bare.stop());

  const draft = (node: string, change: Partial<EventDraft> = {}): EventDraft => ({
    at: at(0),
    priority: 'warning',
    code: 'trap_received',
    node,
    message: 'link down',
    details: {},
    monitor: 'snmp',
    ...change,
  });
  const stored = async (node: string): Promise<readonly EventView[]> =>
    (await listEvents(bare.database, { beforeId: undefined, limit: 1000, node })).toReversed();
  const counts = async (node: string) => (await stored(node)).map(({ count }) => count);

  test('repeats: a storm in one call: one event, counted, with the time of the last', async () => {
    await bare.events.appendNow(
      Array.from({ length: 5_000 }, (_, index) => draft('storm', { collapseS: 60, at: at(index / 100) })),
    );
    const [event, ...others] = await stored('storm');
    assert.equal(others.length, 0);
    assert.equal(event?.count, 5_000);
    assert.equal(event?.at, at(0).toISOString());
    assert.equal(event?.lastAt, at(49.99).toISOString());
  });

  test('repeats: call after call, by another start of the manager too: counted on the first until its span is over', async () => {
    const other = createEventSink({
      database: bare.database,
      live: { publish: () => undefined, watches: () => false },
      deliveries: { plan: async () => false, wake: () => undefined },
    });
    await bare.events.appendNow([draft('restart', { collapseS: 60 })]);
    await other.appendNow([draft('restart', { collapseS: 60, at: at(30) })]);
    await bare.events.appendNow([draft('restart', { collapseS: 60, at: at(59) })]);
    assert.deepEqual(await counts('restart'), [3]);
    await other.appendNow([draft('restart', { collapseS: 60, at: at(61) })]);
    assert.deepEqual(await counts('restart'), [3, 1]);
  });

  test('repeats: a batch longer than the span: an event for each span', async () => {
    await bare.events.appendNow(
      Array.from({ length: 10 }, (_, index) => draft('long', { collapseS: 3, at: at(index) })),
    );
    assert.deepEqual(await counts('long'), [3, 3, 3, 1]);
    await bare.events.appendNow([draft('long', { collapseS: 3, at: at(10) })]);
    assert.deepEqual(await counts('long'), [3, 3, 3, 2]);
  });

  test('repeats: another message, key, priority or monitor: no repeat; without a span nothing is counted', async () => {
    await bare.events.appendNow([
      draft('differs', { collapseS: 60 }),
      draft('differs', { collapseS: 60, message: 'link up' }),
      draft('differs', { collapseS: 60, priority: 'critical' }),
      draft('differs', { collapseS: 60, key: 'link:1' }),
      draft('differs', { collapseS: 60, key: 'link:1', message: 'said otherwise' }),
      draft('differs', { collapseS: 60, monitor: 'other' }),
      draft('differs'),
      draft('differs'),
    ]);
    assert.deepEqual(await counts('differs'), [1, 1, 1, 2, 1, 1, 1]);
  });

  test('repeats: the first was confirmed: people hear of the next one', async () => {
    await bare.events.appendNow([draft('confirmed', { collapseS: 60 })]);
    await bare.database.query({
      text: `UPDATE event SET confirmed_at = now(), confirmed_by = 'x' WHERE node = 'confirmed'`,
    });
    await bare.events.appendNow([draft('confirmed', { collapseS: 60, at: at(1) })]);
    await bare.events.appendNow([draft('confirmed', { collapseS: 60, at: at(2) })]);
    assert.deepEqual(await counts('confirmed'), [1, 2]);
  });

  test('repeats: the first has gone with its month: the next is an event of its own', async () => {
    await bare.events.appendNow([draft('gone', { collapseS: 60 })]);
    await bare.database.query({ text: `DELETE FROM event WHERE node = 'gone'` });
    await bare.events.appendNow([draft('gone', { collapseS: 60, at: at(1) })]);
    await bare.events.appendNow([draft('gone', { collapseS: 60, at: at(2) })]);
    assert.deepEqual(await counts('gone'), [2]);
  });

  test('repeats: rolled back: neither counted nor remembered', async () => {
    await assert.rejects(
      bare.database.inTransaction(async (transaction) => {
        await bare.events.append(transaction, [draft('undone', { collapseS: 60 })]);
        throw new Error('undone');
      }),
      /undone/,
    );
    await bare.events.appendNow([draft('undone', { collapseS: 60, at: at(1) })]);
    assert.deepEqual(await counts('undone'), [1]);
  });

  test('raise and clear: what was raised before is cleared, whether in this call or an earlier one', async () => {
    await bare.events.appendNow([draft('link', { key: 'link:1' }), draft('link', { key: 'link:2' })]);
    await bare.events.appendNow([draft('link', { key: 'link:1', at: at(1) })]);
    await bare.events.appendNow([
      draft('link', { key: 'link:1', at: at(2), message: 'up', clears: true, priority: 'info' }),
      draft('link', { key: 'link:1', at: at(3), message: 'down again' }),
    ]);
    const events = await stored('link');
    const up = events.find(({ message }) => message === 'up');
    assert.equal(up?.details['cleared'], 2);
    assert.deepEqual(
      events.map(({ key, clearedBy }) => [key, clearedBy]),
      [
        ['link:1', up?.id],
        ['link:2', null],
        ['link:1', up?.id],
        ['link:1', null],
        ['link:1', null],
      ],
    );
    await bare.events.appendNow([draft('link', { key: 'link:1', at: at(4), clears: true, message: 'up 2' })]);
    const [last] = (await stored('link')).filter(({ message }) => message === 'down again');
    assert.equal(last?.clearedAt, at(4).toISOString());
  });

  test('raise and clear: within one call: the row is cleared as it is written', async () => {
    await bare.events.appendNow([
      draft('flap', { key: 'a' }),
      draft('flap', { key: 'a', at: at(1), clears: true }),
      draft('flap', { key: 'a', at: at(2) }),
      draft('flap', { key: 'a', at: at(3), clears: true }),
    ]);
    const events = await stored('flap');
    assert.deepEqual(
      events.map(({ clearedBy }) => clearedBy),
      [events[1]?.id, null, events[3]?.id, null],
    );
  });

  test('raise and clear: a clear without its raise: clears nothing, and says so', async () => {
    await bare.events.appendNow([draft('alone', { key: 'x', clears: true, message: 'up' })]);
    await bare.events.appendNow([draft('alone', { key: 'x', at: at(1) })]);
    const events = await stored('alone');
    assert.deepEqual(
      events.map(({ clearedAt, details }) => [clearedAt, details['cleared'] ?? null]),
      [
        [null, 0],
        [null, null],
      ],
    );
  });

  test('raise and clear: counted, cleared, raised again within the span: an event of its own', async () => {
    const raise = (second: number) => draft('again', { key: 'k', collapseS: 300, at: at(second) });
    const clear = (second: number) =>
      draft('again', { key: 'k', clears: true, message: 'up', at: at(second) });
    await bare.events.appendNow([raise(0), raise(1)]);
    await bare.events.appendNow([clear(2)]);
    await bare.events.appendNow([raise(3)]);
    await bare.events.appendNow([raise(4), clear(5), raise(6), raise(7)]);
    assert.deepEqual(await counts('again'), [2, 1, 2, 1, 2]);
  });

  test('events: five thousand of every kind in one call: ids in the order of the drafts', async () => {
    const drafts = Array.from({ length: 5_000 }, (_, index) =>
      draft('order', {
        message: `n${index}`,
        at: at(index),
        ...(index % 3 === 0 ? { key: `k${index}`, clears: index % 2 === 0 } : {}),
        ...(index % 5 === 0 ? { collapseS: 10 } : {}),
        fields: { text: 'tab\t, "quote", back\\slash\nline 日本語 \0 \ud800' },
      }),
    );
    await bare.events.appendNow(drafts);
    const rows = await bare.database.query<{ message: string; fields: { text: string } }>({
      text: `SELECT message, fields FROM event WHERE node = 'order' ORDER BY id`,
    });
    assert.deepEqual(
      rows.map(({ message }) => message),
      drafts.map(({ message }) => message),
    );
    assert.equal(rows[4_999]?.fields.text, 'tab\t, "quote", back\\slash\nline 日本語 \u{fffd} \u{fffd}');
  });
});
