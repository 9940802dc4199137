// Watches the live stream to know when to look again. The stream only wakes: what is shown is always loaded anew, so that a lost
// message, a restart of the manager or a proxy that swallows streams costs time, never truth. Reopens by itself with backoff.
import { setTimeout as delay } from 'node:timers/promises';
import type { LiveMessage } from '@nezuban/protocol/api/live';
import type { ApiClient, Call } from './client.ts';
import { createSseParser } from './sse.ts';

/** While the stream is open, look anyway this often: a half-open connection tells nothing. */
const openPollMs = 10_000;
/** Without a stream, look this often at first, then less often. */
const closedPollMs = { first: 250, last: 4_000 } as const;

export type LiveWatch = {
  /** Resolves when something may have changed since the last call, or when it is time to look anyway. */
  next(): Promise<void>;
  /** Something was seen to move: without a stream, look more often again. */
  hurry(): void;
  close(): Promise<void>;
};

export type LiveWatchOptions = {
  readonly query: NonNullable<Call<'openLive'>['query']>;
  readonly signal: AbortSignal;
  /** Whether this message is a reason to look. */
  readonly concerns: (message: LiveMessage) => boolean;
};

/** Starts watching at once. `close` ends the stream and every timer. */
export const createLiveWatch = (api: ApiClient, options: LiveWatchOptions): LiveWatch => {
  const ending = new AbortController();
  const signal = AbortSignal.any([options.signal, ending.signal]);
  let isOpen = false;
  let woken = Promise.withResolvers<void>();
  let closedMs: number = closedPollMs.first;

  const wake = () => woken.resolve();
  /** Ends early by `until`, or at the end of all. */
  const sleep = async (ms: number, until?: Promise<void>): Promise<void> => {
    const over = new AbortController();
    const time = delay(ms, undefined, { signal: AbortSignal.any([signal, over.signal]) }).catch(
      () => undefined,
    );
    await Promise.race([time, ...(until === undefined ? [] : [until])]);
    over.abort();
  };

  const readStream = async () => {
    const stream = await api.open('openLive', { query: options.query }, signal);
    const parse = createSseParser();
    for await (const chunk of stream) {
      for (const data of parse(chunk)) {
        const message = JSON.parse(data) as LiveMessage;
        isOpen = true;
        if (message.type === 'hello' || message.type === 'reload' || options.concerns(message)) wake();
      }
    }
  };
  const keepOpen = async () => {
    let pauseMs: number = closedPollMs.first;
    while (!signal.aborted) {
      try {
        await readStream();
        pauseMs = closedPollMs.first;
      } catch {
        // Whoever waits polls meanwhile, and says what is wrong if that fails too.
        pauseMs = Math.min(pauseMs * 2, closedPollMs.last);
      }
      isOpen = false;
      wake();
      if (!signal.aborted) await sleep(pauseMs);
    }
  };
  const running = keepOpen();

  return {
    next: async () => {
      await sleep(isOpen ? openPollMs : closedMs, woken.promise);
      if (!isOpen) closedMs = Math.min(closedMs * 1.5, closedPollMs.last);
      woken = Promise.withResolvers();
      options.signal.throwIfAborted();
    },
    hurry: () => {
      closedMs = closedPollMs.first;
    },
    close: async () => {
      ending.abort();
      await running;
    },
  };
};
