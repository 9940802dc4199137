// Waits in tests for a condition, with a bound.
import { setTimeout as delay } from 'node:timers/promises';

const boundMs = 10_000;

export const waitFor = async (condition: () => boolean, what: () => string): Promise<void> => {
  const deadline = performance.now() + boundMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what()}`);
    await delay(10);
  }
};
