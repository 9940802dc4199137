// Tests of times, durations and sizes as people read them, in both languages.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFormat } from './format.ts';

const year = new Date().getUTCFullYear();

test('format: an instant: in the zone of the browser, the year only where it is another', () => {
  assert.equal(createFormat('en', 'Asia/Tokyo').instant(`${year}-03-05T16:00:01.000Z`), 'Mar 6, 01:00:01');
  assert.equal(createFormat('ja', 'Asia/Tokyo').instant(`${year}-03-05T16:00:01.000Z`), '3/6 01:00:01');
  assert.match(createFormat('ja', 'Asia/Tokyo').instant('2019-03-05T16:00:01.000Z'), /^2019\/3\/6 01:00:01$/);
  assert.equal(createFormat('en').utc('2026-03-05T16:00:01.250Z'), '2026-03-05 16:00:01 UTC');
});

test('format: durations: from tenths to days', () => {
  const { duration } = createFormat('en');
  assert.deepEqual([0, 1_290, 12_999, 65_000, 3_661_000, 90_000_000, -5].map(duration), [
    '0.0s',
    '1.2s',
    '12s',
    '1m 5s',
    '1h 1m',
    '1d 1h',
    '0.0s',
  ]);
});

test('format: how long ago and how soon', () => {
  const { relative } = createFormat('ja');
  const now = Date.parse('2026-03-05T16:00:00.000Z');
  assert.equal(relative('2026-03-05T15:57:00.000Z', now), '3 分前');
  assert.equal(relative('2026-03-05T18:00:00.000Z', now), '2 時間後');
});

test('format: sizes: in binary units', () => {
  assert.deepEqual([0, 1023, 1536, 5 * 1024 * 1024].map(createFormat('en').bytes), [
    '0 B',
    '1,023 B',
    '1.5 KiB',
    '5 MiB',
  ]);
});

test('sizes of disks: powers of 1000', () => {
  assert.deepEqual([0, 999, 1_240_000, 119_400_000_000, 2_000_000_000_000].map(createFormat('en').size), [
    '0 B',
    '999 B',
    '1.2 MB',
    '119 GB',
    '2 TB',
  ]);
});
