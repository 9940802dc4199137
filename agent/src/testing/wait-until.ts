// Waiting in the agent's tests: for a condition, with a bound, never for a fixed time.
import { setTimeout as delay } from 'node:timers/promises';

const intervalMs = 10;
/** The bound of a hang, not of a test: a machine busy with other work passes seconds now and then, never minutes. */
const defaultTimeoutMs = 120_000;

export async function waitUntil<T>(
  look: () => T | Promise<T>,
  what: string,
  timeoutMs: number = defaultTimeoutMs,
): Promise<Exclude<T, undefined | null | false>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await look();
    if (value !== undefined && value !== null && value !== false)
      return value as Exclude<T, undefined | null | false>;
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
    await delay(intervalMs);
  }
}
