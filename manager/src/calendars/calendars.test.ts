// Calendars over HTTP: versions, what is refused, who uses them, holidays from files, days, and the warning before they run out.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createFakeClock } from '@nezuban/platform/testing/fake-clock';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { startManagerHarness, type ManagerHarness } from '../testing/manager-harness.ts';
import { calendarLimits } from './calendar-limits.ts';

let harness: ManagerHarness;
const clock = createFakeClock('2026-11-26T12:00:00Z');
before(async () => {
  harness = await startManagerHarness({ clock });
});
after(async () => await harness.stop());

const put = (name: string, given: object = {}, ifMatch: string | null = null) =>
  harness.call('putCalendar', {
    params: { name },
    body: { kind: 'calendar', name, ...given },
    ifMatch,
  });
const etagOf = (revision: number) => `"${revision}"`;
const putRule = (name: string, times: { only?: object[]; except?: object[] }) =>
  harness.call('putRule', {
    params: { name },
    body: {
      kind: 'notification',
      name,
      times,
      channel: { type: 'webhook', url: 'http://127.0.0.1:9/' },
    },
    ifMatch: null,
  });
const holidays = (text: string) => Buffer.from(text).toString('base64');

test('calendars: made, read, changed, listed: with versions, inherited days and today', async () => {
  const japan = await put('japan', {
    timezone: 'Asia/Tokyo',
    closed: [{ date: '2026-11-23', name: '勤労感謝の日' }],
  });
  assert.equal(japan.status, 200, japan.text);
  const bank = await put('bank', { inherits: 'japan', day_starts: '05:00', closed: ['2026-11-26'] });
  assert.equal(bank.status, 200, bank.text);
  const { body } = bank;
  assert.equal(body.timezone, 'Asia/Tokyo');
  assert.equal(body.dayStarts, '05:00');
  assert.equal(body.today, '2026-11-26');
  assert.equal(body.todayOpen, false);
  assert.equal(body.lastDay, '2026-11-26');
  const days = await harness.call('getCalendarDays', {
    params: { name: 'bank' },
    query: { from: '2026-11-22', to: '2026-11-24' },
  });
  assert.deepEqual(days.body.items, [
    { date: '2026-11-22', open: false, name: null, by: 'week', from: null },
    { date: '2026-11-23', open: false, name: '勤労感謝の日', by: 'date', from: 'japan' },
    { date: '2026-11-24', open: true, name: null, by: 'week', from: null },
  ]);
  assert.equal((await put('bank', {}, null)).status, 412);
  assert.equal((await put('bank', {}, etagOf(body.revision - 1))).status, 412);
  const changed = await put('bank', { inherits: 'japan' }, etagOf(body.revision));
  assert.equal(changed.status, 200);
  assert(changed.body.revision > body.revision);
  const list = await harness.call('listCalendars');
  assert.deepEqual(
    list.body.items.map(({ calendar, uses }) => [calendar.name, uses]),
    [
      ['bank', []],
      ['japan', [{ kind: 'calendar', name: 'bank' }]],
    ],
  );
  const yaml = await harness.call('exportCalendar', { params: { name: 'bank' } });
  assert.equal(yaml.text, 'kind: calendar\nname: bank\ninherits: japan\n');
});

test('calendars: what cannot be is refused, with its place', async () => {
  const refused = async (given: object): Promise<string> => {
    const { status, body } = await put('wrong', given);
    assert.equal(status, 422, JSON.stringify(body));
    return body.detail ?? '';
  };
  assert.match(await refused({ inherits: 'nowhere' }), /inherits there is no calendar "nowhere"/);
  assert.match(await refused({ closed: ['2026-02-30'] }), /closed\[0\] there is no day/);
  assert.match(await refused({ timezone: 'Mars/Base' }), /timezone there is no time zone/);
  const a = await put('circle-a');
  await put('circle-b', { inherits: 'circle-a' });
  const circle = await put('circle-a', { inherits: 'circle-b' }, etagOf(a.body.revision));
  assert.match(circle.body.detail ?? '', /goes in a circle: circle-a -> circle-b -> circle-a/);
  const days = await harness.call('getCalendarDays', {
    params: { name: 'japan' },
    query: { from: '2026-01-01', to: '2036-01-01' },
  });
  assert.equal(days.status, 400);
});

test('calendars: in use by a calendar or a rule: not deleted, and said by whom', async () => {
  const used = await put('used');
  await put('above-used', { inherits: 'used' });
  assert.equal((await putRule('night', { only: [{ calendar: 'nowhere' }] })).status, 422);
  const rule = await putRule('night', { only: [{ calendar: 'used', on: 'closed' }] });
  assert.equal(rule.status, 200, rule.text);
  const remove = () =>
    harness.call('deleteCalendar', { params: { name: 'used' }, ifMatch: etagOf(used.body.revision) });
  const refused = await remove();
  assert.equal(refused.status, 409);
  assert.match(
    refused.body.detail ?? '',
    /in use by the calendar "above-used", the notification rule "night"/,
  );
  const above = await harness.call('getCalendar', { params: { name: 'above-used' } });
  await harness.call('deleteCalendar', {
    params: { name: 'above-used' },
    ifMatch: etagOf(above.body.revision),
  });
  await harness.call('deleteRule', { params: { name: 'night' }, ifMatch: etagOf(rule.body.revision) });
  assert.equal((await remove()).status, 204);
  assert.equal((await harness.call('getCalendar', { params: { name: 'used' } })).status, 404);
});

test('calendars: import: shown first, then done; twice: nothing is left', async () => {
  const text = '国民の祝日・休日月日,国民の祝日・休日名称\n2027/1/1,元日\n2027/1/11,成人の日\n';
  await put('imported', { closed: [{ date: '2027-01-01', name: 'New Year' }], open: ['2027-01-11'] });
  const ask = (dryRun: boolean) =>
    harness.call('importHolidays', {
      params: { name: 'imported' },
      body: { content: holidays(text), dryRun },
    });
  const shown = await ask(true);
  assert.equal(shown.status, 200, shown.text);
  assert.deepEqual(shown.body.changes, [
    { date: '2027-01-01', name: '元日', change: 'renamed', before: 'New Year' },
    { date: '2027-01-11', name: '成人の日', change: 'kept_open', before: null },
  ]);
  const kept = await harness.call('getCalendar', { params: { name: 'imported' } });
  assert.deepEqual(kept.body.calendar.closed, [{ date: '2027-01-01', name: 'New Year' }]);
  assert.equal((await ask(false)).status, 200);
  const done = await harness.call('getCalendar', { params: { name: 'imported' } });
  assert.deepEqual(done.body.calendar.closed, [{ date: '2027-01-01', name: '元日' }]);
  assert.equal((await ask(true)).body.unchanged, 1);
  const wrong = await harness.call('importHolidays', {
    params: { name: 'imported' },
    body: { content: holidays('2027/1/1,元日\n2027/13/1,x\n') },
  });
  assert.equal(wrong.status, 422);
  assert.match(wrong.body.detail ?? '', /line 2: "2027\/13\/1" is no date/);
});

test('calendars: days run out and it is in use: told once, and again after the next import', async () => {
  const told = async () =>
    (
      await harness.database.query<{ message: string }>({
        text: "SELECT message FROM event WHERE code = 'calendar_ending' ORDER BY id",
      })
    ).map(({ message }) => message.split(':')[0]);
  await put('ending', { closed: ['2026-12-20'] });
  await harness.calendars.watch.look();
  assert.deepEqual(await told(), [], 'nothing uses it');
  await putRule('by-days', { except: [{ calendar: 'ending', on: 'closed' }] });
  await harness.calendars.watch.look();
  await harness.calendars.watch.look();
  assert.deepEqual(await told(), ['The calendar "ending" names no day after 2026-12-20']);
  const { body } = await harness.call('getCalendar', { params: { name: 'ending' } });
  assert.equal(body.ending, true);
  const far = await put('ending', { closed: ['2026-12-20', '2027-12-31'] }, etagOf(body.revision));
  assert.equal(far.body.ending, false);
  await harness.calendars.watch.look();
  assert.equal((await told()).length, 1);
});

test('calendars: the copy in memory is behind the database: caught up by the next look', async () => {
  await harness.database.query({
    text: `INSERT INTO calendar (name, definition, updated_by) VALUES ('by-hand', '{"kind": "calendar", "name": "by-hand", "closed": [], "open": []}', 'x')`,
  });
  assert.equal((await harness.call('getCalendar', { params: { name: 'by-hand' } })).status, 404);
  await harness.calendars.watch.look();
  assert.equal((await harness.call('getCalendar', { params: { name: 'by-hand' } })).status, 200);
});

test('calendars: a rule that tells on closed days: a day that is closed takes effect at once, and after a restart', async () => {
  let own = await startManagerHarness({ clock });
  const deliveries = async () =>
    (await own.database.query<{ count: number }>({ text: 'SELECT count(*) AS count FROM delivery' }))[0]
      ?.count;
  const say = (message: string) =>
    own.events.appendNow([
      {
        at: new Date(clock.epochMs()),
        priority: 'critical',
        code: 'backup_failed',
        node: null,
        message,
        details: {},
      },
    ]);
  try {
    const made = await own.call('putCalendar', {
      params: { name: 'duty' },
      body: { kind: 'calendar', name: 'duty' },
      ifMatch: null,
    });
    await own.call('putRule', {
      params: { name: 'duty' },
      body: {
        kind: 'notification',
        name: 'duty',
        codes: ['backup_failed'],
        times: { only: [{ calendar: 'duty', on: 'closed' }] },
        channel: { type: 'webhook', url: 'http://127.0.0.1:9/' },
      },
      ifMatch: null,
    });
    await say('on an open day');
    const close = await own.call('putCalendar', {
      params: { name: 'duty' },
      body: { kind: 'calendar', name: 'duty', closed: ['2026-11-26'] },
      ifMatch: etagOf(made.body.revision),
    });
    assert.equal(close.status, 200, close.text);
    await say('on a closed day');
    await waitFor(async () => (await deliveries()) === 1);
    own = await startManagerHarness({ clock, on: await own.halt() });
    await say('on a closed day, to the next master');
    await waitFor(async () => (await deliveries()) === 2);
    const bodies = await own.database.query<{ text: string }>({
      text: 'SELECT body::text AS text FROM delivery',
    });
    assert.equal(bodies.filter(({ text }) => text.includes('on an open day')).length, 0);
  } finally {
    await own.stop();
  }
});

test('calendars: too many: refused', async () => {
  await harness.database.query({
    text: `INSERT INTO calendar (name, definition, updated_by)
           SELECT 'many-' || n, jsonb_build_object('kind', 'calendar', 'name', 'many-' || n, 'closed', '[]'::jsonb, 'open', '[]'::jsonb), 'x'
           FROM generate_series(1, $1) AS n`,
    values: [calendarLimits.calendarsMax],
  });
  const refused = await put('one-more');
  assert.equal(refused.status, 409);
  assert.match(refused.body.detail ?? '', /There are 500 calendars already/);
});
