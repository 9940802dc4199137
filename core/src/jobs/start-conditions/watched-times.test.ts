// Tests of times that start conditions watch: minutes of a part of the day, over midnight, on days of a calendar.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calendarSchema } from '@nezuban/protocol/calendars/calendar';
import { createCalendarBook } from '../../calendars/calendar.ts';
import { openWatchedTimes, timesBetween } from './watched-times.ts';

test('watched times: every so many minutes: both ends included, over midnight, the whole day', () => {
  assert.deepEqual(timesBetween(30, { from: '08:00', until: '09:00' }), ['08:00', '08:30', '09:00']);
  assert.deepEqual(timesBetween(60, { from: '23:00', until: '01:30' }), ['23:00', '00:00', '01:00']);
  assert.equal(timesBetween(1, {}).length, 1440);
  assert.deepEqual(timesBetween(1440, {}), ['00:00']);
});

test('watched times: in the zone, on open days alone', () => {
  const times = openWatchedTimes({ every_minutes: 30, from: '08:00', until: '08:30' }, 'Asia/Tokyo');
  const at = (text: string): number => Date.parse(text);
  assert.equal(times.next(at('2026-11-26T23:00:00Z')), at('2026-11-26T23:30:00Z'));
  assert.equal(times.last(at('2026-11-27T05:00:00Z')), at('2026-11-26T23:30:00Z'));
  const calendar = calendarSchema.parse({ kind: 'calendar', name: 'bank', timezone: 'Asia/Tokyo' });
  const book = createCalendarBook(new Map([['bank', calendar]]));
  const open = openWatchedTimes({ times: ['09:00'], calendar: 'bank' }, 'UTC', book);
  // From Friday to Monday.
  assert.equal(open.next(at('2026-11-27T00:00:00Z')), at('2026-11-30T00:00:00Z'));
});
