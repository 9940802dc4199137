/**
 * A memory of what was there within some time, in two halves of which the older is dropped whole: bounded, and cheap at any rate.
 */
import type { Clock } from '@nezuban/platform/clock';

export type TwoHalves<Value> = {
  readonly get: (key: string) => Value | undefined;
  readonly set: (key: string, value: Value) => void;
  readonly delete: (key: string) => void;
};

/** What is set stays for `halfMs` to twice that; shorter only if more than `halfMax` come in that time. */
export const createTwoHalves = <Value>(
  clock: Pick<Clock, 'monotonicMs'>,
  limits: { readonly halfMs: number; readonly halfMax: number },
): TwoHalves<Value> => {
  let younger = new Map<string, Value>();
  let older = new Map<string, Value>();
  let sinceMs = clock.monotonicMs();
  const turn = (): void => {
    const elapsedMs = clock.monotonicMs() - sinceMs;
    if (elapsedMs < limits.halfMs && younger.size < limits.halfMax) return;
    older = elapsedMs < 2 * limits.halfMs ? younger : new Map();
    younger = new Map();
    sinceMs += elapsedMs;
  };
  return {
    get(key) {
      turn();
      return younger.get(key) ?? older.get(key);
    },
    set(key, value) {
      turn();
      younger.set(key, value);
    },
    delete(key) {
      younger.delete(key);
      older.delete(key);
    },
  };
};
