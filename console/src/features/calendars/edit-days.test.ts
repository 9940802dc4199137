// Changing single days of a calendar: ranges that are cut, entries that come and go.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addEntry, entryOfDay, removeEntry, setDay, type Lists } from './edit-days.ts';

const lists: Lists = {
  closed: [
    { date: '12-31', name: '大晦日' },
    { date: '2026-12-29', to: '2027-01-03', name: '年末年始' },
    '2027-02-11',
  ],
  open: ['2027-02-13'],
};

test('calendar days: a day within a range is opened: the range is cut in two', () => {
  const next = setDay(lists, '2027-01-02', { choice: 'open', name: ' 初売り ' });
  assert.deepEqual(next.closed, [
    { date: '12-31', name: '大晦日' },
    { date: '2026-12-29', to: '2027-01-01', name: '年末年始' },
    { date: '2027-01-03', name: '年末年始' },
    '2027-02-11',
  ]);
  assert.deepEqual(next.open, [{ date: '2027-01-02', name: '初売り' }, '2027-02-13']);
});

test('calendar days: an end of a range, a single day, back to the rule', () => {
  assert.deepEqual(setDay(lists, '2026-12-29', { choice: 'rule', name: '' }).closed[1], {
    date: '2026-12-30',
    to: '2027-01-03',
    name: '年末年始',
  });
  assert.deepEqual(setDay(lists, '2027-02-13', { choice: 'rule', name: '' }).open, []);
  const closed = setDay(lists, '2027-02-13', { choice: 'closed', name: '' });
  assert.deepEqual([closed.open, closed.closed.at(-1)], [[], '2027-02-13']);
});

test('calendar days: what stands for a day: with its year alone', () => {
  assert.deepEqual(entryOfDay(lists, '2026-12-31'), { list: 'closed', name: '年末年始' });
  assert.equal(entryOfDay(lists, '2027-12-31'), null);
  assert.deepEqual(entryOfDay(lists, '2027-02-13'), { list: 'open', name: '' });
});

test('calendar days: entries: added in their place, removed by it', () => {
  const added = addEntry(lists, { list: 'closed', date: '08-13', to: '08-15', name: 'お盆' });
  assert.deepEqual(added.closed[0], { date: '08-13', to: '08-15', name: 'お盆' });
  assert.deepEqual(removeEntry(added, 'closed', 0), { ...lists, closed: lists.closed });
});
