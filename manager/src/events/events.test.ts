// Tests of events on a real database: many at once, every filter, paging, confirming, months.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { newEvent, type EventView } from '@nezuban/protocol/events/event';
import type { EventDraft } from '../ports.ts';
import { startManagerHarness } from '../testing/manager-harness.ts';
import type { ManagerHarness } from '../testing/manager-harness.ts';
import { ensureMonths, planMonths } from '../retention/months.ts';

const draft = (change: Partial<EventDraft> = {}): EventDraft => ({
  at: new Date('2026-01-02T03:04:05.678Z'),
  priority: 'info',
  code: 'session_started',
  node: null,
  message: 'something happened',
  details: {},
  ...change,
});

describe('events', () => {
  let manager: ManagerHarness;
  before(async () => {
    manager = await startManagerHarness();
    await manager.events.appendNow([
      draft({ message: 'one', details: { session: 42, net: 'night/a' } }),
      draft({
        message: 'two 100% done',
        priority: 'critical',
        code: 'session_ended',
        details: { session: 42, net: 'night/a', endStatus: 'abnormal' },
      }),
      draft({
        message: 'three',
        priority: 'warning',
        code: 'agent_disconnected',
        node: 'web-1',
        at: new Date('2026-03-01T00:00:00Z'),
      }),
      draft({
        message: '障害 が \0 起きた',
        priority: 'unknown',
        code: 'attempt_unknown',
        node: 'db-1',
        details: { text: 'a\0b', path: '\\u0000' },
      }),
    ]);
  });
  after(() => manager.stop());

  const list = async (
    query: Parameters<typeof manager.call<'listEvents'>>[1] extends infer Input
      ? Input extends { query?: infer Query }
        ? Query
        : never
      : never,
  ) => (await manager.call('listEvents', { query })).body.items.map(({ message }) => message);

  test('events: appended together: listed newest first, with all they hold', async () => {
    const { body } = await manager.call('listEvents');
    assert.deepEqual(
      body.items.map(({ message }) => message),
      ['障害 が \u{fffd} 起きた', 'three', 'two 100% done', 'one'],
    );
    const two = body.items[2];
    assert.deepEqual(
      { ...two, id: 0 },
      {
        id: 0,
        at: '2026-01-02T03:04:05.678Z',
        priority: 'critical',
        code: 'session_ended',
        node: null,
        message: 'two 100% done',
        details: { session: 42, net: 'night/a', endStatus: 'abnormal' },
        ...newEvent,
      },
    );
    assert.deepEqual(
      body.items[0]?.details,
      { text: 'a\u{fffd}b', path: '\\u0000' },
      'only a real NUL is replaced',
    );
  });

  test('events: each filter, alone and together: only what fits', async () => {
    assert.deepEqual(await list({ priority: ['critical', 'warning'] }), ['three', 'two 100% done']);
    assert.deepEqual(await list({ code: ['session_started'] }), ['one']);
    assert.deepEqual(await list({ node: 'web-1' }), ['three']);
    assert.deepEqual(await list({ session: 42 }), ['two 100% done', 'one']);
    assert.deepEqual(await list({ session: 42, priority: ['info'] }), ['one']);
    assert.deepEqual(await list({ q: '障害' }), ['障害 が \u{fffd} 起きた']);
    assert.deepEqual(await list({ q: '100%' }), ['two 100% done']);
    assert.deepEqual(await list({ q: 'o_e' }), [], 'an underscore is itself');
    assert.deepEqual(await list({ from: '2026-02-01T00:00:00.000Z', to: '2026-04-01T00:00:00.000Z' }), [
      'three',
    ]);
    assert.deepEqual(await list({ confirm: 'confirmed' }), []);
  });

  test('events: five thousand in one transaction: ids in their order, paged without gap or repeat', async () => {
    await manager.events.appendNow(
      Array.from({ length: 5_000 }, (_, index) => draft({ message: `bulk ${index}`, node: 'bulk' })),
    );
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { body }: { body: { items: readonly { message: string }[]; nextCursor: string | null } } =
        await manager.call('listEvents', {
          query: { node: 'bulk', limit: 500, ...(cursor === null ? {} : { cursor }) },
        });
      seen.push(...body.items.map(({ message }) => message));
      cursor = body.nextCursor;
    } while (cursor !== null);
    assert.deepEqual(
      seen,
      Array.from({ length: 5_000 }, (_, index) => `bulk ${4_999 - index}`),
    );
  });

  test('events: rolled back: nothing is stored and nothing is told', async () => {
    await assert.rejects(
      manager.database.inTransaction(async (transaction) => {
        await manager.events.append(transaction, [draft({ message: 'never' })]);
        throw new Error('rolled back');
      }),
      /rolled back/,
    );
    assert.deepEqual(await list({ q: 'never' }), []);
  });

  test('events: confirmed with a comment, then taken back: the comment stays; one unknown id: nothing changes', async () => {
    const { body } = await manager.call('listEvents', { query: { session: 42 } });
    const ids = body.items.map(({ id }) => id);
    const missing = await manager.call('confirmEvents', {
      body: { ids: [...ids, 9_999_999], confirmed: true },
    });
    assert.equal(missing.status, 404);
    assert.deepEqual(missing.body.issues, [{ path: 'body.ids[2]', message: 'there is no event 9999999' }]);
    assert.deepEqual(await list({ confirm: 'confirmed' }), []);

    const done = await manager.call('confirmEvents', { body: { ids, confirmed: true, comment: '対応済み' } });
    assert.deepEqual(done.body, { changed: 2 });
    const [event] = (await manager.call('listEvents', { query: { confirm: 'confirmed', limit: 1 } })).body
      .items;
    assert.equal(event?.confirmedBy, 'admin');
    assert.equal(event?.comment, '対応済み');
    await manager.call('confirmEvents', { body: { ids, confirmed: false } });
    const [after1] = (await manager.call('listEvents', { query: { session: 42, limit: 1 } })).body.items;
    assert.equal(after1?.confirm, 'unconfirmed');
    assert.equal(after1?.confirmedAt, null);
    assert.equal(after1?.comment, '対応済み');
  });

  test('events: somebody is on it, then done: who and when for each; a comment alone; all that fit, counted first', async () => {
    await manager.events.appendNow(
      Array.from({ length: 3 }, (_, index) =>
        draft({ node: 'c-1', message: `c ${index}`, monitor: 'm', fields: { system: 'core' } }),
      ),
    );
    const query = { node: 'c-1' };
    const items = async () => (await manager.call('listEvents', { query })).body.items;
    const [first] = await items();
    const id = first?.id ?? 0;
    const confirm = async (body: object) =>
      await manager.call('confirmEvents', { body: { ids: [id], ...body } });
    await confirm({ state: 'confirming', comment: '調査中' });
    assert.deepEqual(await list({ node: 'c-1', confirm: 'confirming' }), ['c 2']);
    assert.deepEqual(await list({ node: 'c-1', confirm: 'unconfirmed' }), ['c 1', 'c 0']);
    await confirm({ state: 'confirmed' });
    await confirm({ comment: 'disk replaced' });
    const event: EventView = (await manager.call('getEvent', { params: { id } })).body;
    assert.deepEqual(
      [event.confirm, event.confirmedBy, event.confirmingBy, event.comment, event.commentBy],
      ['confirmed', 'admin', 'admin', 'disk replaced', 'admin'],
    );
    assert.equal((await confirm({})).status, 400);

    const filter = { field: ['system=core'] };
    const ask = async (more: object) =>
      (await manager.call('confirmMatchingEvents', { body: { filter, state: 'confirmed', ...more } })).body;
    const preview = await ask({ preview: true });
    assert.deepEqual([preview.matching, preview.changed], [2, 0]);
    await manager.events.appendNow([draft({ node: 'c-1', message: 'later', fields: { system: 'core' } })]);
    assert.equal((await ask({ up_to_id: preview.upToId })).changed, 2);
    assert.deepEqual(await list({ node: 'c-1', confirm: 'unconfirmed' }), ['later']);
  });

  test('events: fields of the user: only those of the settings; written, filtered by, taken away, in the audit log', async () => {
    await manager.events.appendNow([draft({ node: 'f-1', message: 'f' })]);
    const id = (await manager.call('listEvents', { query: { node: 'f-1' } })).body.items[0]?.id ?? 0;
    const set = async (fields: Record<string, string | null>) => {
      const { status, text } = await manager.call('setEventFields', { params: { id }, body: { fields } });
      return { status, body: JSON.parse(text) as { detail?: string; fields?: object } };
    };
    const refused = await set({ ticket: 'INC-1' });
    assert.equal(refused.status, 400);
    assert.match(refused.body.detail ?? '', /no such field; none is set/);
    await manager.call('putSettings', {
      params: { section: 'events' },
      body: { fields: [{ name: 'ticket', title: 'Ticket', title_ja: 'チケット' }] },
      ifMatch: null,
    });
    assert.deepEqual((await set({ ticket: 'INC-1' })).body.fields, { ticket: 'INC-1' });
    assert.deepEqual(await list({ field: ['ticket=INC-1'] }), ['f']);
    assert.deepEqual(await list({ field: ['ticket=INC-2'] }), []);
    assert.deepEqual((await set({ ticket: null })).body.fields, {});
    const audit = await manager.database.query({
      text: `SELECT FROM audit WHERE action = 'setEventFields'`,
    });
    assert.equal(audit.length, 2);
  });

  test('events: monitor, key, count, cleared, scope: only what fits', async () => {
    const event = (change: Partial<EventDraft>) =>
      draft({ node: 'k-1', monitor: 'mon', key: 'a', priority: 'warning', ...change });
    await manager.events.appendNow([
      event({ message: 'cleared one' }),
      event({ message: 'clears', clears: true }),
      event({ message: 'open one' }),
      ...Array.from({ length: 4 }, () => event({ message: 'many', key: 'b', collapseS: 60 })),
    ]);
    assert.deepEqual(await list({ monitor: 'mon', cleared: 'no' }), ['many', 'open one']);
    assert.deepEqual(await list({ monitor: 'mon', cleared: 'yes' }), ['cleared one']);
    assert.deepEqual(await list({ monitor: 'mon', cleared: 'other' }), ['clears']);
    assert.deepEqual(await list({ monitor: 'mon', key: 'b' }), ['many']);
    assert.deepEqual(await list({ min_count: 4 }), ['many']);
    assert.deepEqual(await list({ scope: 'nowhere' }), []);
  });

  test('events: months: made ahead, again without harm; a time outside of all goes to the catch-all', async () => {
    await ensureMonths(manager.database, { nowMs: Date.now() });
    await manager.database.query({
      text: `INSERT INTO event (recorded_at, at, priority, code, message) VALUES ('2001-01-01', '2001-01-01', 'info', 'session_started', 'of another age')`,
    });
    assert.deepEqual(await list({ q: 'of another age' }), ['of another age']);
    const [{ count } = { count: 0 }] = await manager.database.query<{ count: number }>({
      text: 'SELECT count(*) FROM event_other',
    });
    assert.equal(count, 1);
  });
});

test('event months: at the turn of the year: the month before and two ahead', () => {
  assert.deepEqual(
    planMonths('event', Date.UTC(2026, 11, 31, 23, 59)).map(
      ({ name, from, to }) => `${name} ${from.slice(0, 10)} ${to.slice(0, 10)}`,
    ),
    [
      'event_2026_11 2026-11-01 2026-12-01',
      'event_2026_12 2026-12-01 2027-01-01',
      'event_2027_01 2027-01-01 2027-02-01',
      'event_2027_02 2027-02-01 2027-03-01',
    ],
  );
});
