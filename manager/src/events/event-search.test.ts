// Tests of finding events by text, in both languages, and of exporting them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { EventDraft } from '../ports.ts';
import { startManagerHarness, type ManagerHarness } from '../testing/manager-harness.ts';

const draft = (change: Partial<EventDraft>): EventDraft => ({
  at: new Date('2026-01-02T03:04:05.678Z'),
  priority: 'info',
  code: 'unit_ended',
  node: null,
  message: '',
  details: {},
  ...change,
});

describe('event search', () => {
  let manager: ManagerHarness;
  before(async () => {
    manager = await startManagerHarness();
    await manager.events.appendNow([
      draft({ message: 'ﾃﾞｰﾀﾍﾞｰｽ ＯＲＡ－０１５５５ Snapshot too old', node: 'db-1' }),
      draft({
        message: 'Session 7 of 夜間/決済 ended as abnormal.',
        code: 'session_ended',
        priority: 'critical',
        details: { session: 7, net: '夜間/決済', endStatus: 'abnormal' },
      }),
      draft({ message: '=HYPERLINK("http://x")', details: { note: 'a,b' } }),
      draft({ message: 'two\nlines, and "quotes"' }),
    ]);
    // As a release before this one wrote them.
    await manager.database.query({
      text: `INSERT INTO event (at, priority, code, message, node) VALUES (now(), 'info', 'unit_ended', '旧ﾘﾘｰｽの記録', 'Old-Node')`,
    });
  });
  after(() => manager.stop());

  const find = async (q: string) =>
    (await manager.call('listEvents', { query: { q } })).body.items.map(({ message }) =>
      message.slice(0, 12),
    );

  for (const [what, q, found] of [
    ['full width finds half width', 'データベース', 'ﾃﾞｰﾀﾍﾞｰｽ ＯＲＡ'],
    ['half width finds half width', 'ﾃﾞｰﾀ', 'ﾃﾞｰﾀﾍﾞｰｽ ＯＲＡ'],
    ['plain letters find full width ones', 'ora', 'ﾃﾞｰﾀﾍﾞｰｽ ＯＲＡ'],
    ['upper and lower case', 'SNAPSHOT TOO', 'ﾃﾞｰﾀﾍﾞｰｽ ＯＲＡ'],
    ['one Japanese character', '済', 'Session 7 of'],
    ['words in any order, a wide space between them', 'abnormal　夜間', 'Session 7 of'],
    ['the Japanese sentence of the console', 'が終了しました(異常)', 'Session 7 of'],
    ['an event of an older release', 'リリース', '旧ﾘﾘｰｽの記録'],
    ['the node', 'old-node', '旧ﾘﾘｰｽの記録'],
  ] as const) {
    test(`event search: ${what}: found`, async () => {
      assert.deepEqual(await find(q), [found]);
    });
  }

  test('event search: many slow ones at once: some wait, the others are refused, and the API has connections left', async () => {
    const statuses = await manager.database.inTransaction(async (transaction) => {
      await transaction.query('LOCK TABLE event IN ACCESS EXCLUSIVE MODE');
      const searches = Array.from({ length: 30 }, () =>
        manager.call('listEvents', { query: { q: 'nothing' } }),
      );
      const me = await manager.call('whoAmI');
      return { me: me.status, searches };
    });
    const found = (await Promise.all(statuses.searches)).map(({ status }) => status);
    assert.equal(statuses.me, 200);
    assert.deepEqual(new Set(found), new Set([200, 429]));
    assert.equal((await manager.call('listEvents', { query: { q: 'nothing' } })).status, 200);
  });

  test('event search: nothing fits, wild cards are themselves, spaces alone: none, none, all', async () => {
    assert.deepEqual(await find('夜間 無い'), []);
    assert.deepEqual(await find('%'), []);
    assert.equal((await find('  ')).length, 5);
  });

  test('event search: by a comment, together with other filters', async () => {
    const [event] = (await manager.call('listEvents', { query: { priority: ['critical'] } })).body.items;
    await manager.call('confirmEvents', {
      body: { ids: [event?.id ?? 0], confirmed: true, comment: '担当ﾀﾅｶ 対応済' },
    });
    const { body } = await manager.call('listEvents', {
      query: { q: 'タナカ', confirm: 'confirmed', session: 7 },
    });
    assert.deepEqual(
      body.items.map(({ id }) => id),
      [event?.id],
    );
  });

  test('event export: CSV with the mark for spreadsheets, quoted, formulas defused; as lines of JSON with filters', async () => {
    const csv = await manager.call('exportEvents', { query: { format: 'csv' } });
    assert.equal(csv.headers.get('content-type'), 'text/csv; charset=utf-8');
    assert.match(csv.headers.get('content-disposition') ?? '', /events\.csv/);
    assert.match(csv.text, /id,at,priority,code,node,message,confirm/);
    assert.match(csv.text, /"'=HYPERLINK\(""http:\/\/x""\)"/);
    assert.match(csv.text, /"two\nlines, and ""quotes"""/);
    const lines = await manager.call('exportEvents', { query: { format: 'ndjson', q: '決済' } });
    const events = lines.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { message: string });
    assert.deepEqual(
      events.map(({ message }) => message),
      ['Session 7 of 夜間/決済 ended as abnormal.'],
    );
  });

  test('event export: more than a page: all of them, in order', async () => {
    await manager.events.appendNow(
      Array.from({ length: 2_500 }, (_, index) => draft({ message: `many ${index}`, node: 'bulk' })),
    );
    const { text } = await manager.call('exportEvents', { query: { format: 'ndjson', node: 'bulk' } });
    const messages = text
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { message: string }).message);
    assert.deepEqual(
      messages,
      Array.from({ length: 2_500 }, (_, index) => `many ${2_499 - index}`),
    );
  });
});
