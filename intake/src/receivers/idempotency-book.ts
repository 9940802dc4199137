/**
 * Idempotency keys of requests that were taken: who repeats one because the answer was lost is answered again and not heard again.
 *
 * Responsible for this process's memory of keys, bounded by count and age. After a restart it is filled from the journal (`remembered-keys.ts`).
 * Called by `http-receiver.ts`.
 */
import { createHash } from 'node:crypto';
import { receiverLimits } from './receiver-limits.ts';
import type { SinkAnswer } from './receiver.ts';

export type IdempotencyBook = {
  /**
   * Runs `hear` unless the key was taken before, then gives its answer. `other-body`: the key was used for something else. Answers other than
   * `taken`, and failures, are not remembered: the sender is to come again.
   */
  readonly once: (
    request: KeyedRequest,
    hear: () => Promise<SinkAnswer>,
  ) => Promise<SinkAnswer | 'other-body'>;
  /** It was taken before this process began. */
  readonly remember: (request: KeyedRequest) => void;
};

/** `address`: canonical text. */
export type KeyedRequest = { readonly address: string; readonly key: string; readonly body: Uint8Array };

type Entry = { readonly digest: string; readonly answer: Promise<SinkAnswer>; readonly sinceMs: number };

export function createIdempotencyBook(
  now: () => number,
  keysMax: number = receiverLimits.idempotencyKeysMax,
): IdempotencyBook {
  /** In the order of their age. */
  const entries = new Map<string, Entry>();

  function forgetOld(): void {
    for (const [id, entry] of entries) {
      const isOld = now() - entry.sinceMs > receiverLimits.idempotencyMs;
      if (!isOld && entries.size < keysMax) return;
      entries.delete(id);
    }
  }

  const idOf = ({ address, key }: KeyedRequest): string => `${address} ${key}`;
  const digestOf = ({ body }: KeyedRequest): string => createHash('sha256').update(body).digest('base64');

  return {
    remember(request) {
      forgetOld();
      entries.set(idOf(request), {
        digest: digestOf(request),
        answer: Promise.resolve('taken'),
        sinceMs: now(),
      });
    },
    async once(request, hear) {
      const id = idOf(request);
      const digest = digestOf(request);
      const known = entries.get(id);
      if (known !== undefined && now() - known.sinceMs <= receiverLimits.idempotencyMs)
        return known.digest === digest ? known.answer : 'other-body';
      forgetOld();
      const entry: Entry = { digest, answer: hear(), sinceMs: now() };
      entries.delete(id);
      entries.set(id, entry);
      const forget = (): void => {
        if (entries.get(id) === entry) entries.delete(id);
      };
      try {
        const answer = await entry.answer;
        if (answer !== 'taken') forget();
        return answer;
      } catch (error) {
        forget();
        throw error;
      }
    },
  };
}
