/** A set of seeds through whole runs, twice where it must be the same, and all seeds that once found something. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { run } from './run.ts';
import { runMany } from './run-many.ts';
import { realSubject } from './subject.ts';

const SEEDS = 1500;
const SEEDS_TWICE = 25;
/** On a busy machine the rest of the seeds is left to `npm run sim`. */
const DURATION_MS = 30_000;

const regressionsFile = path.join(import.meta.dirname, '../seeds/regressions.txt');

test('simulator: one seed twice: the same events to the last one', () => {
  for (let seed = 1; seed <= SEEDS_TWICE; seed += 1) {
    const first = run({ seed, subject: realSubject });
    const second = run({ seed, subject: realSubject });
    assert.equal(first.hash, second.hash, `seed ${seed}`);
    assert.equal(first.events, second.events, `seed ${seed}`);
  }
});

test('simulator: with the readable trace: the same run', () => {
  const lines: string[] = [];
  const traced = run({ seed: 3, subject: realSubject, print: (line) => lines.push(line) });
  assert.equal(traced.hash, run({ seed: 3, subject: realSubject }).hash);
  assert.ok(lines.length > 50);
});

test('simulator: a row of seeds: no rule of the protocol is broken', (t) => {
  const tally = runMany({ from: 1, step: 1, seeds: SEEDS, durationMs: DURATION_MS }, realSubject, () => {});
  t.diagnostic(`${tally.seeds} seeds, ${tally.elections} elections, ${tally.acknowledged} commits`);
  assert.deepEqual(tally.failures, []);
  assert.ok(tally.elections > tally.seeds / 2, 'clusters must come into service');
  assert.ok(tally.acknowledged > tally.seeds, 'commits must be acknowledged');
});

test('simulator: seeds that once found something: find nothing now', () => {
  const lines = fs.readFileSync(regressionsFile, 'utf8').split('\n');
  const seeds = lines.map((line) => Number.parseInt(line, 10)).filter((seed) => !Number.isNaN(seed));
  const found = seeds
    .map((seed) => run({ seed, subject: realSubject }))
    .filter((result) => result.found !== null);
  assert.deepEqual(
    found.map(({ seed, found: what }) => ({ seed, ...what })),
    [],
  );
});
