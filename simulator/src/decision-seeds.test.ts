/** A few seeds of every layout, small enough to be run under coverage together with the unit tests of the decision core. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from './run.ts';
import { realSubject } from './subject.ts';

const SEEDS = 100;

test('decision core: a few seeds: no rule is broken, and every layout is among them', () => {
  const layouts = new Set<string>();
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const { found, options } = run({ seed, subject: realSubject });
    assert.equal(found, null, `seed ${seed}: ${found?.checker}: ${found?.says}`);
    layouts.add(options.layout);
  }
  assert.deepEqual([...layouts].toSorted(), ['fence', 'manual', 'single', 'witness', 'witnesses']);
});
