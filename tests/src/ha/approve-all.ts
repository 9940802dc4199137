/**
 * Approves whatever sessions of the load ask for, while hosts change places: what is refused or not answered is asked for again.
 *
 * Called by `pair-load.ts`.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { operations } from '@nezuban/protocol/api/operations';
import type { Pair } from './pair.ts';

const LOOK_EVERY_MS = 300;

export function startApproving(pair: Pair): { readonly stop: () => Promise<void> } {
  const stopped = new AbortController();
  const run = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      await approveOnce(pair).catch(() => undefined);
      await delay(LOOK_EVERY_MS, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  };
  const running = run();
  return {
    async stop() {
      stopped.abort();
      await running;
    },
  };
}

/** A decision whose answer was lost may have been taken: asked once more with the same run, it changes nothing. */
async function approveOnce(pair: Pair): Promise<void> {
  const { items } = await pair.api.call(operations.listApprovals, {});
  for (const { sessionId, unit, run, refusal } of items) {
    if (refusal !== null) continue;
    await pair.api
      .call(operations.decideApproval, { params: { id: sessionId }, body: { unit, run, approve: true } })
      .catch(() => undefined);
  }
}
