// The home of this host as the programs of this folder see it, whether its manager runs or not.
// Responsible for finding it, for who may use it (its owner, or root), and for a connection to its database by the Unix socket.
// Not responsible for what is done with it. Made by main.ts.
import { statSync } from 'node:fs';
import path from 'node:path';
import { createLogger } from '@nezuban/platform/logger';
import { runDirectoryOf } from '@nezuban/platform/home';
import { databasePlace } from '@nezuban/protocol/keeper/database-place';
import { createDatabase, type Database, type DatabaseAddress } from '../database/database.ts';
import { createKeeperClient, type KeeperClient } from './keeper-client.ts';
import { ToolError, toolExitCodes } from './tool-error.ts';

export type Host = {
  readonly home: string;
  readonly runDirectory: string;
  readonly keeper: KeeperClient;
  readonly address: DatabaseAddress;
  /** Of the home; null: there is none. */
  readonly owner: number | null;
  readonly uid: number;
  /** The person at the terminal, for the audit log. */
  readonly person: string;
  /** As the environment says; empty: nothing. */
  readonly locale: string;
};

export type HostOptions = {
  readonly home: string;
  readonly uid: number;
  readonly person: string;
  readonly locale?: string;
};

export const openHost = ({ home, uid, person, locale = '' }: HostOptions): Host => {
  const owner = ownerOf(home);
  // The keeper's: root looks at the home of another user too.
  const runDirectory = runDirectoryOf(home, owner ?? uid);
  return {
    home,
    runDirectory,
    owner,
    uid,
    person,
    locale,
    keeper: createKeeperClient(runDirectory),
    address: {
      host: path.join(runDirectory, databasePlace.socketFolder),
      port: databasePlace.port,
      user: databasePlace.role,
      database: databasePlace.name,
    },
  };
};

/** Only root and the owner of the home. Throws a ToolError otherwise. */
export const assertMayAdminister = ({ home, owner, uid }: Host): void => {
  if (owner === null)
    throw new ToolError(`There is no home of Nezuban at ${home}.`, {
      exitCode: toolExitCodes.unreachable,
      hints: ['Name its home with --home DIR, or with NEZUBAN_HOME.'],
    });
  if (uid === owner || uid === 0) return;
  throw new ToolError(`Only the owner of ${home} (user ${owner}) and root may do this.`, {
    exitCode: toolExitCodes.refused,
    hints: ['Run it as that user, for instance with sudo -u.'],
  });
};

/** A few connections of a tool's own to this host's database; whoever asks for it stops it. */
export const openDatabase = (host: Host, name: string): Database =>
  createDatabase({
    address: host.address,
    logger: createLogger({ process: 'host-tools', level: 'error' }),
    name,
    connectionsMax: 2,
  });

/**
 * The database, for the time of `work`. It runs as long as the keeper does, also where the manager itself does not come up.
 * Throws a ToolError if it is not reached, or if this host stands by: there nothing can be written.
 */
export const withDatabase = async <Result>(
  host: Host,
  work: (database: Database) => Promise<Result>,
): Promise<Result> => {
  const database = openDatabase(host, 'nezuban-host-tools');
  try {
    await assertPrimary(host, database);
    return await work(database);
  } finally {
    await database.stop();
  }
};

const assertPrimary = async (host: Host, database: Database): Promise<void> => {
  let standby: boolean;
  try {
    const [row] = await database.query<{ standby: boolean }>({
      text: 'SELECT pg_is_in_recovery() AS standby',
    });
    standby = row?.standby === true;
  } catch (cause) {
    const status = await host.keeper.status();
    throw new ToolError(
      status === null
        ? `The manager of ${host.home} does not run, and with it its database: this needs the database.`
        : `The database of ${host.home} does not answer although its manager runs.`,
      {
        exitCode: toolExitCodes.unreachable,
        hints:
          status === null
            ? ['Start it with "nezuban manager", then type this again. It may run on, nobody is disturbed.']
            : ['See what is wrong with: nezuban doctor'],
        cause,
      },
    );
  }
  if (!standby) return;
  const pair = await host.keeper.pairStatus();
  throw new ToolError(
    `This host stands by; ${pair?.master?.name ?? 'another host'} is on duty, and only there can this be done.`,
    { exitCode: toolExitCodes.refused, hints: [`Type it on ${pair?.master?.name ?? 'the other host'}.`] },
  );
};

const ownerOf = (home: string): number | null => {
  try {
    const stat = statSync(home);
    return stat.isDirectory() ? stat.uid : null;
  } catch {
    return null;
  }
};
