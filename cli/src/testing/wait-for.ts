// Waits in tests for a condition, with a bound.
import { setTimeout as delay } from 'node:timers/promises';

/** The bound of a hang, not of a test: a busy machine passes seconds now and then, never minutes. */
const boundMs = 120_000;

export const waitFor = async (condition: () => boolean, what: () => string): Promise<void> => {
  const deadline = performance.now() + boundMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what()}`);
    await delay(10);
  }
};
