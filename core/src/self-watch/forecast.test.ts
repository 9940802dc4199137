// The forecast of a full disk: right for one that fills, silent for one on which files come and go.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forecastDisk, type DiskSample } from './forecast.ts';

const MINUTE_MS = 60_000;
const GB = 1e9;

const samples = (count: number, freeAt: (minute: number) => number): DiskSample[] =>
  Array.from({ length: count }, (_, minute) => ({ atMs: minute * MINUTE_MS, freeBytes: freeAt(minute) }));

test('forecast: a disk that fills by 1 GB an hour: full in as many hours as it has GB', () => {
  const forecast = forecastDisk(samples(61, (minute) => 50 * GB - (minute / 60) * GB));
  assert.equal(Math.round((forecast?.bytesPerHour ?? 0) / 1e6), 1000);
  assert.equal(Math.round(forecast?.fullInHours ?? 0), 49);
});

test('forecast: noise of a few MB around it: still seen', () => {
  const forecast = forecastDisk(
    samples(61, (minute) => 10 * GB - (minute / 60) * GB + ((minute * 7) % 5) * 4e6),
  );
  assert.ok(Math.abs((forecast?.fullInHours ?? 0) - 9) < 0.5);
});

test('forecast: files come and go, or nothing happens, or it empties: not in sight', () => {
  for (const freeAt of [
    (minute: number) => 10 * GB - ((minute * 37) % 11) * 0.1 * GB,
    () => 10 * GB,
    (minute: number) => 10 * GB + minute * 1e6,
  ])
    assert.equal(forecastDisk(samples(61, freeAt))?.fullInHours, null);
});

test('forecast: one file copied minutes ago, or too few looks: nothing is said', () => {
  assert.equal(forecastDisk(samples(9, (minute) => 10 * GB - minute * GB)), null);
  assert.equal(forecastDisk(samples(19, (minute) => 10 * GB - minute * 0.1 * GB)), null);
  assert.equal(forecastDisk([]), null);
});

test('forecast: a slow trickle: years away is not in sight', () => {
  assert.equal(forecastDisk(samples(61, (minute) => 900 * GB - minute * 1e3))?.fullInHours, null);
});
