// The table of docs/internals/attempt-life.md: from what is known and what is seen of one attempt to what follows.
// Pure. Called by attempt-runner.ts for each attempt that has not ended: after a hint, once a second, and at start.
import { saidByAgent, type AgentReason } from '@nezuban/protocol/agent/agent-said';
import type { ExitRecord, StartedRecord, WaiterRecord } from './attempt-record.ts';

export type Known = {
  readonly state: 'accepted' | 'running';
  /** Boot in which it was accepted. */
  readonly bootId: string;
  /** Given to the spawner of the present generation. */
  readonly handedOver: boolean;
};

export type Seen = {
  /** Null: nobody has claimed the attempt. */
  readonly waiter: WaiterRecord | null;
  /** Pid and start time are both those of a living process. Looked at before the exit record is read. */
  readonly waiterAlive: boolean;
  readonly started: StartedRecord | null;
  readonly exit: ExitRecord | null;
};

export type Verdict =
  | { readonly type: 'wait' }
  /** Nobody has it, nobody will: hand it to the spawner. */
  | { readonly type: 'launch' }
  | { readonly type: 'running'; readonly started: StartedRecord }
  | { readonly type: 'ended'; readonly exit: ExitRecord }
  | { readonly type: 'unknown'; readonly reason: AgentReason };

export function settle(known: Known, seen: Seen, bootId: string): Verdict {
  if (seen.exit) return { type: 'ended', exit: seen.exit };
  if (known.bootId !== bootId) return { type: 'unknown', reason: saidByAgent('agent_host_restarted') };
  if (!seen.waiter)
    return known.handedOver || known.state === 'running' ? lostOrWaiting(known) : { type: 'launch' };
  if (!seen.waiterAlive) return { type: 'unknown', reason: goneReason(seen) };
  if (known.state === 'accepted' && seen.started) return { type: 'running', started: seen.started };
  return { type: 'wait' };
}

/** A running attempt had a claimed folder; that it is gone means that somebody removed it. */
function lostOrWaiting(known: Known): Verdict {
  return known.state === 'running'
    ? { type: 'unknown', reason: saidByAgent('agent_folder_gone') }
    : { type: 'wait' };
}

function goneReason(seen: Seen): AgentReason {
  return saidByAgent(seen.started ? 'agent_waiter_gone' : 'agent_waiter_gone_early');
}
