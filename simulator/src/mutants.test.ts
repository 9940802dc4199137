/** The mutants: each patch still fits the core, and a sample of them is caught. `npm run sim -- --mutants` tries all. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catchMutant } from './catch-mutant.ts';
import { mutants } from './mutant-list.ts';
import { loadCopy, patchesOf } from './mutants.ts';
import { run } from './run.ts';
import { realSubject } from './subject.ts';

/** Mutants that need more seeds than this are tried by the command alone. */
const SAMPLE_SEEDS_MAX = 1500;

test('mutants: names: each occurs once', () => {
  assert.equal(new Set(mutants.map(({ name }) => name)).size, mutants.length);
});

test('mutants: a copy without a change: behaves like the core itself', async () => {
  const { subject, remove } = await loadCopy('unchanged', []);
  try {
    for (const seed of [1, 2, 3])
      assert.equal(run({ seed, subject }).hash, run({ seed, subject: realSubject }).hash);
  } finally {
    remove();
  }
});

test('mutants: a patch that no longer fits: refused', async () => {
  const patch = { file: 'voter.ts', find: 'this text is not there', replace: '' };
  await assert.rejects(loadCopy('unfit', [patch]), /occurs 0 times in voter\.ts/);
});

for (const mutant of mutants) {
  if (mutant.seeds > SAMPLE_SEEDS_MAX) {
    test(`mutants: ${mutant.name}: its patch fits`, async () =>
      (await loadCopy(mutant.name, patchesOf(mutant))).remove());
    continue;
  }
  test(`mutants: ${mutant.name}: caught`, async () => {
    const { seed } = await catchMutant(mutant, mutant.seeds);
    assert.ok(seed !== null, `${mutant.says}: escaped ${mutant.seeds} seeds`);
  });
}
