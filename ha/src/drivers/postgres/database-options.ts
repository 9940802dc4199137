/**
 * What the database's actor needs: its ports and options. Given by whoever creates it (`ha/src/keeper/start-command.ts`).
 */
import type { VoterId } from '@nezuban/protocol/pair/roster';
import type { DatabaseActorEvents } from '../ports.ts';
import type { ServerLifePorts } from './server-life.ts';
import type { ServerUser } from './server-user.ts';

export type DatabaseActorPorts = ServerLifePorts & { readonly events: DatabaseActorEvents };

export type DatabaseActorOptions = {
  /** `HOME`: programs in `runtime`, data in `postgres/data`, the operator's settings in `postgres/operator.conf`. */
  readonly home: string;
  /** Where the local server listens. */
  readonly socketDirectory: string;
  /**
   * Where a local process listens as `.s.PGSQL.5432` and carries the bytes to the master's server. The server's user must be able to enter it
   * and to connect.
   */
  readonly upstreamDirectory: string;
  readonly user: ServerUser;
  /** Name of the user that we run as. */
  readonly ownUserName: string;
  readonly member: VoterId;
  /** Of the cluster that this host belongs to; null: whatever lies here. A directory of another one is that of another manager. */
  readonly systemIdentifier: string | null;
  /** For a brand-new single or first member: without a roster and a directory, an empty cluster is created. */
  readonly createIfAbsent: boolean;
  /** `fast`: the server stops by itself when this process dies. `guarded`: somebody else kills it then. */
  readonly endsWithKeeper: 'fast' | 'guarded';
  /** Bound of a copy, in KiB per second; null: none. */
  readonly copyRateMax: number | null;
  /** Folder with `pg_rewind` of the same major version; null: every return is a full copy. */
  readonly toolsDirectory: string | null;
  /** Tests lower it. */
  readonly frozenMs?: number;
  /** Tests raise it. */
  readonly freeBytesMin?: number;
};
