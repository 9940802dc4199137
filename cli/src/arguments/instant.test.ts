// Times as people type them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseInstant } from './instant.ts';

process.env['TZ'] = 'Asia/Tokyo';
const options = { option: 'from', command: 'events', now: Date.parse('2026-11-22T09:00:00Z') };

test('instants: local, with a zone, and how long ago', () => {
  assert.equal(parseInstant('2026-11-22', options), '2026-11-21T15:00:00.000Z');
  assert.equal(parseInstant('2026-11-22 18:30', options), '2026-11-22T09:30:00.000Z');
  assert.equal(parseInstant('2026-11-22T18:30:01', options), '2026-11-22T09:30:01.000Z');
  assert.equal(parseInstant('2026-11-22T09:30:00Z', options), '2026-11-22T09:30:00.000Z');
  assert.equal(parseInstant('2h', options), '2026-11-22T07:00:00.000Z');
  assert.equal(parseInstant('7d', options), '2026-11-15T09:00:00.000Z');
  assert.equal(parseInstant('2h', { ...options, relative: 'ahead' }), '2026-11-22T11:00:00.000Z');
});

test('instants: a time of the day: the newest that has been, or the next; of yesterday', () => {
  // It is 18:00 in Tokyo.
  assert.equal(parseInstant('02:00', options), '2026-11-21T17:00:00.000Z');
  assert.equal(parseInstant('22:00', options), '2026-11-21T13:00:00.000Z');
  assert.equal(parseInstant('yesterday 22:00', options), '2026-11-21T13:00:00.000Z');
  assert.equal(parseInstant('today 22:00', options), '2026-11-22T13:00:00.000Z');
  assert.equal(parseInstant('02:00', { ...options, relative: 'ahead' }), '2026-11-22T17:00:00.000Z');
});

test('instants: anything else: refused with what would be right', () => {
  for (const text of ['yesterday', '2026-13-01', '22.11.2026', '2 h', '24:00', 'tomorrow 9:00'])
    assert.throws(() => parseInstant(text, options), /--from must be a time such as/);
});
