/** Runs a mutant from seed 1 on until a checker catches it. */
import { loadCopy, patchesOf, type Mutant } from './mutants.ts';
import { run } from './run.ts';

export interface Caught {
  readonly name: string;
  /** Null: it escaped. */
  readonly seed: number | null;
  readonly checker: string;
  readonly seconds: number;
}

export async function catchMutant(mutant: Mutant, seeds: number): Promise<Caught> {
  const { subject, remove } = await loadCopy(mutant.name, patchesOf(mutant));
  const start = performance.now();
  const result = (seed: number | null, checker: string): Caught => ({
    name: mutant.name,
    seed,
    checker,
    seconds: (performance.now() - start) / 1000,
  });
  try {
    for (let seed = 1; seed <= seeds; seed += 1) {
      const { found } = run({ seed, subject });
      if (found !== null) return result(seed, found.checker);
    }
    return result(null, '');
  } finally {
    remove();
  }
}
