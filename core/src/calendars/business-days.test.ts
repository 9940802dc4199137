// Tests of business dates: closed days, the night before the day begins, moves, open days counted from the date, and how places and parameters ask.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calendarSchema } from '@nezuban/protocol/calendars/calendar';
import { businessDateRuleSchema } from '@nezuban/protocol/jobs/business-date';
import { jobNetSchema } from '@nezuban/protocol/jobs/definition';
import { judgeJobNet } from '../definitions/judge-job-net.ts';
import { formatJobNet } from '../definitions/format-job-net.ts';
import { planSession } from '../jobs/plan-session.ts';
import { readPlaces } from '../jobs/variables/places.ts';
import { businessDate, businessDaysOf } from './business-days.ts';
import { createCalendarBook } from './calendar.ts';

const definition = calendarSchema.parse({
  kind: 'calendar',
  name: 'bank',
  timezone: 'Asia/Tokyo',
  day_starts: '05:00',
  closed: ['2026-11-23'],
});
const book = createCalendarBook(new Map([['bank', definition]]));
const daysAt = (at: string, rule: object = {}) => {
  const calendar = book.find('bank');
  assert.ok(calendar !== null);
  const parsed = businessDateRuleSchema.parse({ calendar: 'bank', ...rule });
  return businessDaysOf(Date.parse(at), parsed, calendar);
};

test('business date: the day of the calendar: before its begin the one before; of a closed day as the rule says', () => {
  // Thursday 26 November.
  assert.equal(daysAt('2026-11-26T20:00:00+09:00')?.date, '2026-11-26');
  assert.equal(daysAt('2026-11-27T04:59:00+09:00')?.date, '2026-11-26');
  // Saturday; then Monday is a holiday.
  assert.equal(daysAt('2026-11-21T12:00:00+09:00')?.date, '2026-11-20');
  assert.equal(daysAt('2026-11-21T12:00:00+09:00', { if_closed: 'after' })?.date, '2026-11-24');
  assert.equal(daysAt('2026-11-21T12:00:00+09:00', { if_closed: 'keep' })?.date, '2026-11-21');
  assert.equal(daysAt('2026-11-24T12:00:00+09:00', { move_open_days: -1 })?.date, '2026-11-20');
});

test('business date: open days counted from it, by what was open when the session was planned', () => {
  const days = daysAt('2026-11-24T12:00:00+09:00');
  assert.ok(days !== null);
  assert.deepEqual(
    [-2, -1, 0, 1, 4].map((offset) => businessDate(days, offset)),
    ['2026-11-19', '2026-11-20', '2026-11-24', '2026-11-25', '2026-11-30'],
  );
  assert.equal(businessDate(days, 32), null);
});

const net = (more: object = {}) =>
  jobNetSchema.parse({
    kind: 'jobnet',
    name: 'n',
    timezone: 'Asia/Tokyo',
    parameters: [{ name: 'DAY', type: 'date', format: 'YYYYMMDD', default: 'business_date-1' }],
    business_date: { calendar: 'bank' },
    units: [
      { name: 'a', type: 'event_send', message: 'of {{business_date:YYYYMMDD}} after {{business_date:-1}}' },
    ],
    ...more,
  });

test('business date: places: with shift and format; far ones, wrong formats, and nets without a calendar are refused', () => {
  const problems = (text: string) => readPlaces(text, 'people').problems.length;
  for (const text of [
    '{{business_date}}',
    '{{business_date-1}}',
    '{{business_date:-1}}',
    '{{business_date+2:YYYY/MM/DD}}',
  ])
    assert.equal(problems(text), 0, text);
  for (const text of ['{{business_date-32}}', '{{business_date:QQ}}', '{{business_date.x}}'])
    assert.equal(problems(text), 1, text);
  // A template of another program stays what it is; a mistyped one of ours does not.
  assert.equal(readPlaces('{{business_date-99}}', 'program').problems.length, 1);
  assert.deepEqual(judgeJobNet(net()), []);
  const without = judgeJobNet(net({ business_date: undefined }));
  assert.deepEqual(
    [...new Set(without.map(({ path }) => path))],
    ['units[0].message', 'parameters[0].default'],
  );
  assert.match(formatJobNet(net()), /business_date:\n? *\{? *calendar: bank/);
});

test('business date: a session: fixed with its start, in parameters; without one a day that asks for it is refused', () => {
  const plan = (business: ReturnType<typeof daysAt>) =>
    planSession(
      {
        definition: net(),
        sessionId: 1 as never,
        nonce: 'abcdef',
        parameters: {},
        trigger: { type: 'manual', user: 'admin', ...(business === null ? {} : { business }) },
      },
      { now: 0, inventory: { nodes: new Map(), scopes: new Map() } },
    );
  const planned = plan(daysAt('2026-11-24T12:00:00+09:00'));
  assert.ok(planned.ok);
  assert.equal(planned.session.parameters['DAY'], '20261120');
  assert.match(JSON.stringify(planned.effects), /of 20261124 after 2026-11-20/);
  const refused = plan(null);
  assert.ok(!refused.ok);
  assert.match(JSON.stringify(refused.issues), /business_date/);
});
