/**
 * Waiting in tests: for a condition, with a bound, never for a fixed time.
 *
 * Responsible for polling a condition until it holds, and for saying what was waited for when it does not.
 * Not responsible for judging the value; the test asserts on what it gets back.
 * Called by tests that watch real processes, sockets and databases.
 */
import { setTimeout as delay } from 'node:timers/promises';

/** The bound of a hang, not of a test: a machine busy with other work passes seconds now and then, never minutes. */
const DEFAULT_TIMEOUT_MS = 120_000;
/** Often enough that a test loses no visible time, rare enough to leave the cores to what is tested. */
const DEFAULT_INTERVAL_MS = 15;

export interface WaitOptions {
  readonly timeoutMs?: number;
  readonly intervalMs?: number;
  /** What is waited for, as the end of the sentence "waited N ms for ...". A function is asked at the time-out. */
  readonly message?: string | (() => string);
  readonly signal?: AbortSignal;
}

type Falsy = false | 0 | '' | null | undefined;

/**
 * Polls `condition` until it returns something truthy, and returns that.
 * A condition that throws counts as not holding yet; the last error becomes the cause of the time-out.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  options: WaitOptions = {},
): Promise<Exclude<Awaited<T>, Falsy>> {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const deadline = performance.now() + timeoutMs;
  let lastError: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value) return value as Exclude<Awaited<T>, Falsy>;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() >= deadline) throw timedOut(timeoutMs, options, lastError);
    await delay(
      options.intervalMs ?? DEFAULT_INTERVAL_MS,
      undefined,
      options.signal && { signal: options.signal },
    );
  }
}

function timedOut(timeoutMs: number, options: WaitOptions, cause: unknown): Error {
  const said = typeof options.message === 'function' ? options.message() : options.message;
  const reason = cause instanceof Error ? ` (last error: ${cause.message})` : '';
  return new Error(`waited ${timeoutMs} ms in vain for ${said ?? 'the condition'}${reason}`, { cause });
}
