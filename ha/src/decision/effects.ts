/**
 * What the decision core demands of the world, as data.
 *
 * Effects are carried out in the order in which they are returned. None of them waits for another one: where something must be on
 * disk or decided first, the core itself waits for the input that says so and only then returns the effect. What the database's actor
 * reports arrives in the order in which it happened, and after `stood-down` nothing arrives of what was asked before. The actor waits
 * by itself before it starts, again and again, a server that ends at once.
 * Called by the keeper's drivers and by the simulator.
 */
import type { PairMessage } from '@nezuban/protocol/pair/messages';
import type { Term, VoterId, VoterRecord } from '@nezuban/protocol/pair/roster';
import type { StateName } from './state.ts';

export type Effect =
  /** Write this record; answer with `persisted` or `persist-failed`. Later records stand for earlier ones. */
  | { readonly type: 'persist'; readonly sequence: number; readonly record: VoterRecord }
  | { readonly type: 'send'; readonly message: PairMessage }
  /** A transition or a note that an operator reads; `row` is its stable name. */
  | { readonly type: 'log'; readonly row: string; readonly state: StateName; readonly says: string }
  /** The guard kills the whole tree at this time of the keeper's monotonic clock; null: nothing to guard. */
  | { readonly type: 'guard'; readonly until: number | null }
  /**
   * Write `standby.signal` and run PostgreSQL as a standby: of `upstream` under the name `as`, or of nobody. Idempotent; if it
   * runs already only its upstream changes. Nothing but this and `restart-primary` ever starts PostgreSQL.
   */
  | { readonly type: 'run-standby'; readonly upstream: VoterId | null; readonly as: string }
  /** Cut the stream, set the names to the placeholder, promote. Answer: `promoted`, or `database-lost`. */
  | { readonly type: 'promote'; readonly term: Term }
  /** Start the crashed primary again as primary, names = placeholder, nobody let in. Answer: `primary-restarted`. */
  | { readonly type: 'restart-primary'; readonly term: Term }
  /** Write `synchronous_standby_names` and reload. '' frees every waiting commit at once. */
  | { readonly type: 'set-names'; readonly names: string }
  /** One tiny commit on its own connection; answers `probe` when it is seen waiting, and again when it returns. */
  | { readonly type: 'probe'; readonly id: number }
  /** Let the application in, announce the term to the agents, act. */
  | { readonly type: 'open-service'; readonly term: Term }
  /** Stop taking work, let commits end, checkpoint. Answer: `drained`. A later `open-service` ends it. */
  | { readonly type: 'drain' }
  /** Fast stop. Answer: `database-stopped`. */
  | { readonly type: 'stop-database' }
  /** Kill manager and PostgreSQL until none is left, at the latest by `deadline`. Answer: `stood-down` with the term. Cancels all of the above. */
  | { readonly type: 'stand-down'; readonly term: Term; readonly deadline: number }
  /** Remove the token, then rewind or copy the directory from that member. Answer: `copied` with the new report, or `copy-failed`. */
  | { readonly type: 'copy'; readonly from: VoterId; readonly epoch: number }
  /** Run the fence command against the peer. Answer: `fence-result` with this attempt. */
  | { readonly type: 'fence'; readonly peer: VoterId; readonly attempt: number }
  /** The answer to a command of an operator. */
  | { readonly type: 'reply'; readonly command: string; readonly ok: boolean; readonly says: string };
