/**
 * How a client with two addresses finds the master: it asks both who it is, and takes the first that says yes.
 *
 * Responsible for the asking, side by side, so that a host that does not answer holds up nobody. Called by the loads.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Caller } from './http-call.ts';

export interface Target {
  readonly name: string;
  /** `https://HOST:PORT` */
  readonly url: string;
}

export const MASTER_PATH = '/health/master';
/** A host that is cut off never answers; the next question may reach it. */
const ASK_TIMEOUT_MS = 1_000;
const ASK_PAUSE_MS = 20;

export interface MasterFinder {
  /** Who it was when it was last looked for. */
  current(): Target | null;
  /** Looks anew. Rejects only when the signal aborts. */
  find(signal: AbortSignal): Promise<Target>;
}

export function createMasterFinder(caller: Caller, targets: readonly Target[]): MasterFinder {
  let current: Target | null = null;
  let running: Promise<Target> | null = null;

  const look = async (signal: AbortSignal): Promise<Target> => {
    const done = new AbortController();
    const either = AbortSignal.any([signal, done.signal]);
    const askOne = async (target: Target): Promise<Target> => {
      for (;;) {
        either.throwIfAborted();
        const { status } = await caller.call({
          url: `${target.url}${MASTER_PATH}`,
          method: 'GET',
          timeoutMs: ASK_TIMEOUT_MS,
          signal: either,
        });
        if (status === 200) return target;
        await delay(ASK_PAUSE_MS, undefined, { signal: either });
      }
    };
    try {
      current = await Promise.any(targets.map(askOne));
      return current;
    } finally {
      done.abort();
    }
  };

  return {
    current: () => current,
    find(signal) {
      // Several writers that look at once share one search.
      running ??= look(signal).finally(() => (running = null));
      return running;
    },
  };
}
