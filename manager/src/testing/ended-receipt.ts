// What an agent reports of a command that ran to its end, for tests. Called by the engine's tests and those of its reports.
import type { Receipt } from '@nezuban/protocol/agent/link';
import type { AttemptId } from '@nezuban/protocol/ids';

type Ended = Extract<Receipt, { readonly state: 'ended' }>;

/** Ended with exit code 0 and one byte of output, unless `more` says otherwise. An attempt that is not there yet has no name. */
export const endedReceipt = (attemptId: AttemptId | undefined, more: Partial<Ended> = {}): Receipt => ({
  seq: 1,
  attemptId: attemptId ?? ('' as AttemptId),
  at: new Date().toISOString(),
  state: 'ended',
  exitCode: 0,
  signal: null,
  startError: null,
  timedOut: false,
  cancelled: false,
  pid: 1,
  startedAt: null,
  endedAt: new Date().toISOString(),
  stdoutBytes: 1,
  stderrBytes: 0,
  droppedBytes: 0,
  leftovers: [],
  ...more,
});
