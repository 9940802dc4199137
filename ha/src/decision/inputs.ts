/**
 * Everything that the decision core can be told.
 *
 * Responsible for the list; `table.ts` has a cell for each of them in each state. Called by the keeper's drivers and the simulator.
 */
import type { PairMessage } from '@nezuban/protocol/pair/messages';
import type { Lsn, Term, Token, VoterId } from '@nezuban/protocol/pair/roster';

/** What the actor that owns the data directory reports, at its start and whenever something changes. */
export interface DatabaseReport {
  /** `absent`: no usable directory (none, foreign, half copied). */
  readonly runs: 'absent' | 'stopped' | 'standby' | 'primary';
  /** Token found in the directory; null too when the master's server has refused it for good (WAL gone, another history). */
  readonly token: Token | null;
  /** Term of the last promotion that the data contains, by our own record in the directory; 0 without one. */
  readonly lineage: Term;
  readonly flushed: Lsn;
  /** As a standby: connected to its upstream. */
  readonly streaming: boolean;
  /** Probe writes and disk are well, as far as one can tell in this role. */
  readonly healthy: boolean;
}

/** An operator's word. `id` comes back in the `reply`. */
export type Command = { readonly id: string } & (
  | { readonly do: 'switch' }
  | { readonly do: 'recover' }
  | { readonly do: 'maintenance'; readonly on: boolean }
  /** Odd sets only, or exactly the two members with a tie breaker. */
  | {
      readonly do: 'set-voters';
      readonly voters: readonly VoterId[];
      readonly members: readonly VoterId[];
      readonly tieBreaker: 'witness' | 'fence' | 'manual';
    }
  /** Tie breaker `manual`: "the peer is off". */
  | { readonly do: 'promote'; readonly peerIsOff: boolean }
  /** `confirmedOff`: each of these is off and will be started again only connected to this host. */
  | {
      readonly do: 'force-master';
      readonly confirmedOff: readonly VoterId[];
      readonly agentsHeardOtherAgoMs: number | null;
    }
);

export type Input =
  | { readonly type: 'message'; readonly message: PairMessage }
  /** The time that `wakeAt` named has come, or simply time has passed. */
  | { readonly type: 'tick' }
  /** This record, and so every earlier one, is on disk. */
  | { readonly type: 'persisted'; readonly sequence: number }
  | { readonly type: 'persist-failed'; readonly why: string }
  | ({ readonly type: 'database' } & DatabaseReport)
  /** PostgreSQL has ended without being asked. */
  | { readonly type: 'database-lost' }
  /** `term`: that of the effect which asked for it, here and below. */
  | { readonly type: 'promoted'; readonly term: Term; readonly timeline: number; readonly startLsn: Lsn }
  | { readonly type: 'primary-restarted'; readonly term: Term; readonly recoveryEnd: Lsn }
  /**
   * As a primary, at least every 250 ms and at each change: who streams under which name, and how far it has flushed; `acked` as in
   * messages.
   */
  | {
      readonly type: 'replication';
      readonly connectedAs: string | null;
      readonly flushed: Lsn;
      readonly lag: number;
      readonly acked: Lsn;
      /** Commits wait for the standby now. */
      readonly waiting: boolean;
    }
  | { readonly type: 'probe'; readonly id: number; readonly stage: 'waiting' | 'returned' }
  | { readonly type: 'drained' }
  /** `end`: position of the shutdown checkpoint; null when it was not a clean stop. */
  | { readonly type: 'database-stopped'; readonly end: Lsn | null }
  | { readonly type: 'stood-down'; readonly term: Term }
  /** The guard has killed the tree. */
  | { readonly type: 'guard-fired' }
  /** The directory is new, with a fresh token; the report is part of it, so that nobody copies it twice. */
  | ({ readonly type: 'copied' } & DatabaseReport)
  | { readonly type: 'copy-failed'; readonly why: string }
  | { readonly type: 'fence-result'; readonly attempt: number; readonly ok: boolean }
  /** The manager, or another process that the service needs, ends again and again on this host. */
  | { readonly type: 'service-given-up'; readonly process: string }
  /** Boot and monotonic clock disagree: the host was frozen. A jump of the wall clock alone is none of this. */
  | { readonly type: 'clock-jumped' }
  /** An agent knows a master of this term. */
  | { readonly type: 'agent-term'; readonly term: Term }
  /** Agents on other hosts that may become witnesses, the best first. */
  | { readonly type: 'witness-candidates'; readonly ids: readonly VoterId[] }
  | { readonly type: 'command'; readonly command: Command };

export type InputType = Input['type'];
