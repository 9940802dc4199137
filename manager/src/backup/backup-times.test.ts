// When a backup is due, as a table.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextBackupAt, RETRY_MS, scheduleSince, type BackupTimes } from './backup-times.ts';

const at = (text: string): number => Temporal.Instant.from(text).epochMilliseconds;
const times = (over: Partial<BackupTimes>): BackupTimes => ({
  dailyAt: '02:00',
  timezone: 'Asia/Tokyo',
  since: at('2026-11-20T00:00:00Z'),
  lastMade: null,
  lastFailed: null,
  ...over,
});

test('backup times: without a time of day: never', () => {
  assert.equal(nextBackupAt(times({ dailyAt: null }), at('2026-11-26T00:00:00Z')), null);
});

test('backup times: after the last one: the next day at its time, in the zone of the manager', () => {
  const lastMade = at('2026-11-25T17:00:00Z');
  assert.equal(nextBackupAt(times({ lastMade }), at('2026-11-26T00:00:00Z')), at('2026-11-26T17:00:00Z'));
});

test('backup times: the manager was away at the time: due since then, once, however many days it were', () => {
  const lastMade = at('2026-11-22T17:00:00Z');
  const now = at('2026-11-26T03:00:00Z');
  assert.equal(nextBackupAt(times({ lastMade }), now), at('2026-11-23T17:00:00Z'));
  assert.ok((nextBackupAt(times({ lastMade: now }), now) ?? 0) > now, 'one makes up for all');
});

test('backup times: a new schedule: the first one at its next time, nothing before it is made up', () => {
  assert.equal(
    nextBackupAt(times({ since: at('2026-11-26T00:00:00Z') }), at('2026-11-26T01:00:00Z')),
    at('2026-11-26T17:00:00Z'),
  );
});

test('backup times: a new schedule, and the manager starts again over its first time: made up, not put off by a day', () => {
  const since = scheduleSince({ changedAt: '2026-11-25T01:00:00.000Z', resumedAt: null });
  const now = at('2026-11-25T17:00:30Z');
  assert.equal(nextBackupAt(times({ since }), now), at('2026-11-25T17:00:00Z'));
});

test('backup times: a restored manager that is resumed: counted from then, not from the settings that it was restored with', () => {
  const resumedAt = at('2026-11-26T03:00:00Z');
  const since = scheduleSince({ changedAt: '2026-11-20T00:00:00.000Z', resumedAt });
  assert.equal(nextBackupAt(times({ since }), resumedAt), at('2026-11-26T17:00:00Z'));
  assert.equal(scheduleSince({ changedAt: null, resumedAt: null }), 0);
});

test('backup times: it failed: tried again after a pause, not at once and not only the next day', () => {
  const lastMade = at('2026-11-24T17:00:00Z');
  const lastFailed = at('2026-11-25T17:00:05Z');
  assert.equal(nextBackupAt(times({ lastMade, lastFailed }), lastFailed + 1000), lastFailed + RETRY_MS);
});

test('backup times: clocks go forward over the time of day: still once that day', () => {
  const lastMade = at('2026-03-28T01:30:00Z');
  const due = nextBackupAt(
    times({ timezone: 'Europe/Berlin', dailyAt: '02:30', lastMade }),
    at('2026-03-28T12:00:00Z'),
  );
  assert.equal(due, at('2026-03-29T01:30:00Z'));
});
