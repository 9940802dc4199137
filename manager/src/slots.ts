// Work of which only so much may go on at once, because each takes a core or a connection that others need.
// Responsible for the order, first come first served, and for refusing those for whom there is no room to wait. Called by password hashing
// and by searches.
import { thing } from '@nezuban/protocol/sentences/thing';
import { say } from '@nezuban/protocol/sentences/sentence';
import { CodedError } from '@nezuban/protocol/errors';

export type Slots = { readonly run: <Result>(work: () => Promise<Result>) => Promise<Result> };

export type SlotsOptions = {
  readonly atOnce: number;
  readonly waitingMax: number;
  /** What there is too much of, in the sentence "Too many ... at once." */
  readonly what: string;
};

const RETRY_AFTER_S = 5;

export const createSlots = ({ atOnce, waitingMax, what }: SlotsOptions): Slots => {
  const waiting: (() => void)[] = [];
  let free = atOnce;
  return {
    async run(work) {
      if (free > 0) free -= 1;
      else {
        if (waiting.length >= waitingMax)
          throw new CodedError('too_many_requests', say('problem_too_many_at_once', { what: thing(what) }), {
            retryAfterSeconds: RETRY_AFTER_S,
          });
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next === undefined) free += 1;
        else next();
      }
    },
  };
};
