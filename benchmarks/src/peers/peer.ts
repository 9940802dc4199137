/**
 * What the benchmark demands of a peer: one product with one set of settings, on two hosts that hold data and a third one that decides.
 *
 * Responsible for the shapes alone. Implemented by `patroni.ts` and `auto-failover.ts`, driven by `series.ts`.
 */
import type { Lab } from './lab.ts';

/** The two hosts with data, the one with etcd or the monitor, and the one on which the client runs. */
export const hostNames = ['a', 'b', 'decider', 'client'] as const;
export type HostName = (typeof hostNames)[number];
export type DataHost = 'a' | 'b';

export const otherOf = (host: DataHost): DataHost => (host === 'a' ? 'b' : 'a');

export const POSTGRES_PORT = 5432;

export interface Peer {
  /** Sets everything up and returns when a standby is in sync. */
  readonly start: () => Promise<void>;
  /** Starts the programs of a host whose processes were killed, as its service manager would. */
  readonly startHost: (host: DataHost) => Promise<void>;
  /** Whether the product itself says that master and standby are in their places, so that the next fault may come. */
  readonly settled: () => Promise<boolean>;
}

export interface PeerSettings {
  /** For `--only`, and for the table. */
  readonly name: string;
  readonly product: 'Patroni' | 'pg_auto_failover';
  /** What is set, in the words of the product. */
  readonly says: string;
  /** Deaths of each kind when `--deaths` says nothing. */
  readonly deaths: number;
  /** Longest turn of the product's own loop: faults come at a drawn moment of it. */
  readonly loopMs: number;
  /** No product needs longer than this, or it will never do it. */
  readonly giveUpMs: number;
  readonly create: (lab: Lab) => Peer;
}
