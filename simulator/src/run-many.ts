/** Runs a row of seeds in this thread and adds them up. Called by `main.ts` and by each of its worker threads. */
import type { Subject } from './core.ts';
import { run } from './run.ts';
import { addResult, createTally, type Failure, type Tally } from './tally.ts';

export interface Row {
  readonly from: number;
  /** Every how many seeds; more than one where threads share the work. */
  readonly step: number;
  /** Seeds to run at most; Infinity until the time is over. */
  readonly seeds: number;
  readonly durationMs: number;
}

/** Seeds between looks at the clock. */
const LOOK_EVERY = 20;

export function runMany(row: Row, subject: Subject, failed: (failure: Failure) => void): Tally {
  const { from, step, seeds, durationMs } = row;
  const tally = createTally();
  const start = performance.now();
  for (let index = 0; index < seeds; index += 1) {
    if (index % LOOK_EVERY === 0 && performance.now() - start >= durationMs) break;
    addResult(tally, run({ seed: from + index * step, subject }));
    const failure = tally.failures.at(-1);
    if (failure?.seed === from + index * step) failed(failure);
  }
  tally.cpuMs = performance.now() - start;
  return tally;
}
