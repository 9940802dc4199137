// Tells browsers how the pair is, at most once a second: the first change at once, then the newest.
// Called by master.ts.
import type { Timers } from '@nezuban/platform/timers';
import type { PairStatus } from '@nezuban/protocol/pair/status';
import type { LiveBus } from '../ports.ts';

/** A person reads no faster, and the keeper speaks at each change. */
const PAUSE_MS = 1_000;

export const createPairLive = (ports: { readonly live: LiveBus; readonly timers: Timers }) => {
  let newest: PairStatus | null = null;
  let cancel: (() => void) | undefined;

  const send = (): void => {
    cancel = undefined;
    if (newest === null) return;
    ports.live.publish({ type: 'pair', status: newest });
    newest = null;
    cancel = ports.timers.after(PAUSE_MS, send);
  };

  return {
    changed(status: PairStatus): void {
      newest = status;
      if (cancel === undefined) send();
    },
    stop(): void {
      newest = null;
      cancel?.();
      cancel = undefined;
    },
  };
};
