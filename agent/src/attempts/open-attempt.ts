// What the agent holds in memory of an attempt that has not ended. Owned by attempt-runner.ts; changed by it, the watch and the launch queue.
import type { AttemptOrder } from '@nezuban/protocol/agent/link';
import type { AttemptId } from '@nezuban/protocol/ids';
import type { OpenAttempt as StoredAttempt } from '../journal/journal.ts';
import type { WaiterRecord } from './attempt-record.ts';

export type OpenAttempt = {
  readonly id: AttemptId;
  readonly order: AttemptOrder;
  /** Boot in which it was accepted. */
  readonly bootId: string;
  state: 'accepted' | 'running';
  /** Its row is on disk; nothing is done before. */
  committed: boolean;
  /** Monotonic time of the hand-over to the present generation. */
  handedOverAt: number | null;
  /** Handed over, and its command not yet seen to start. */
  launching: boolean;
  /** Launches that were given up. */
  tries: number;
  waiter: WaiterRecord | null;
  cancel: { killAfterMs: number; signalledAt: number } | null;
  /** It is not to start any more. Not in the journal: who asked for that hears that it runs, or asks again. */
  withdrawn: boolean;
  /** It has ended, and variables are being taken out of what it wrote. */
  capturing: boolean;
  /** Its outcome is on the way into the journal. */
  settled: boolean;
};

/** Something of it must not stay on this host when it has ended. */
export function holdsSecrets({ secrets, files, stdin, script }: AttemptOrder): boolean {
  return [secrets, files, stdin, script].some((part) => part !== undefined);
}

/** A secret will be taken out of its output, and until then nobody knows where it stands: nothing is sent before the end. */
export function isOutputHeld({ captures }: AttemptOrder): boolean {
  return captures?.items.some(({ secret }) => secret === true) ?? false;
}

export type OpenAttempts = Map<AttemptId, OpenAttempt>;

export function newAttempt(order: AttemptOrder, bootId: string): OpenAttempt {
  return {
    id: order.attemptId,
    order,
    bootId,
    state: 'accepted',
    committed: false,
    handedOverAt: null,
    launching: false,
    tries: 0,
    waiter: null,
    cancel: null,
    withdrawn: false,
    capturing: false,
    settled: false,
  };
}

export function fromJournal(stored: StoredAttempt): OpenAttempt {
  const { order, bootId, state, cancelKillAfterMs } = stored;
  const cancel =
    cancelKillAfterMs === null ? null : { killAfterMs: cancelKillAfterMs, signalledAt: -Infinity };
  return { ...newAttempt(order, bootId), state, committed: true, cancel };
}
