// An attempt as it begins: pending, with nothing known of it. For a real one, and for the preview of an order.
import type { AttemptRecord } from './session-state.ts';

export function newAttempt(
  identity: Pick<AttemptRecord, 'id' | 'unit' | 'run' | 'nodeIndex' | 'try' | 'node' | 'createdAt'>,
): AttemptRecord {
  return {
    ...identity,
    state: 'pending',
    cancelRequested: false,
    killRequested: false,
    endStatus: null,
    pid: null,
    exitCode: null,
    signal: null,
    reason: null,
    reasonSaid: null,
    timedOut: false,
    startedAt: null,
    endedAt: null,
    stdoutBytes: 0,
    stderrBytes: 0,
    outputCut: false,
    byHand: null,
    usage: null,
  };
}
