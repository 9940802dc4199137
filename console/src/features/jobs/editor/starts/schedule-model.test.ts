// Schedules of a draft as a form changes them: names that are free, and keys that go when another takes their place.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scheduleSchema } from '@nezuban/protocol/jobs/schedule';
import {
  copyOfSchedule,
  newSchedule,
  schedulesOf,
  timesOfText,
  withCalendar,
  withField,
  withStartsBy,
} from './schedule-model.ts';

const month = {
  name: 'month-end',
  times: ['26:00'],
  calendar: 'bank',
  days: ['open -1'],
  if_closed: 'before',
  shift_days_max: 3,
};

test('schedule form: a new one: named as none beside it, and right as it is', () => {
  const first = newSchedule([]);
  assert.equal(first.name, 'schedule');
  assert.equal(newSchedule([first]).name, 'schedule-2');
  assert.ok(scheduleSchema.safeParse(first).success);
  assert.equal(copyOfSchedule(month, [month, { name: 'month-end-2' }]).name, 'month-end-3');
});

test('schedule form: from times to a cron expression: keys that need times go, the calendar stays', () => {
  const cron = withStartsBy(month, 'cron');
  assert.deepEqual(cron, { name: 'month-end', calendar: 'bank', cron: '0 22 * * *' });
  assert.ok(scheduleSchema.safeParse(cron).success);
  assert.deepEqual(withStartsBy(cron, 'times'), { name: 'month-end', calendar: 'bank', times: ['22:00'] });
  assert.equal(withStartsBy(month, 'times'), month);
});

test('schedule form: no calendar any more, or one instead of a zone: what goes with it goes', () => {
  assert.deepEqual(withCalendar(month, undefined), { name: 'month-end', times: ['26:00'] });
  assert.deepEqual(withCalendar({ name: 'a', cron: '0 1 * * *', timezone: 'UTC' }, 'bank'), {
    name: 'a',
    cron: '0 1 * * *',
    calendar: 'bank',
  });
  assert.deepEqual(withField(month, 'days', undefined)['days'], undefined);
});

test('schedule form: times as they are typed: blanks, commas, full width', () => {
  assert.deepEqual(timesOfText('22:00, 06:30'), ['22:00', '06:30']);
  assert.deepEqual(timesOfText(' ２２：００、６ '), ['22:00', '6']);
  assert.deepEqual(timesOfText(''), []);
});

test('schedule form: what is no list of schedules: left to YAML', () => {
  assert.deepEqual(schedulesOf(undefined), []);
  assert.equal(schedulesOf('x'), null);
  assert.equal(schedulesOf([{ cron: '0 1 * * *' }]), null);
  assert.deepEqual(schedulesOf([month]), [month]);
});
