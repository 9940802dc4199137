// PostgreSQL as the keeper's supervisor launches it: everything that has to be so before each start, then the server.
// Responsible for the order of these steps. Called by the keeper.
import path from 'node:path';
import type { Logger } from '@nezuban/platform/logger';
import { FatalLaunchError } from '@nezuban/platform/supervisor';
import type { Timers } from '@nezuban/platform/timers';
import { ensureCluster } from '../drivers/postgres/cluster.ts';
import { clearLeftovers } from '../drivers/postgres/leftovers.ts';
import { PostgresError } from '../drivers/postgres/postgres-error.ts';
import { ensureRuntime, locatePostgresPackage } from '../drivers/postgres/runtime.ts';
import { startPostgresServer, type PostgresServer } from '../drivers/postgres/server.ts';
import type { ServerUser } from '../drivers/postgres/server-user.ts';

export type PostgresServiceOptions = {
  readonly home: string;
  readonly socketDirectory: string;
  readonly user: ServerUser;
  readonly ownUserName: string;
};

export async function launchPostgres(
  ports: { readonly timers: Timers; readonly logger: Logger },
  options: PostgresServiceOptions,
  signal: AbortSignal,
): Promise<PostgresServer> {
  try {
    const root = path.join(options.home, 'postgres');
    const runtime = ensureRuntime(locatePostgresPackage(), path.join(options.home, 'runtime'));
    await clearLeftovers(ports, path.join(root, 'data'));
    signal.throwIfAborted();
    const { user, socketDirectory, ownUserName } = options;
    const data = await ensureCluster({ runtime, user, root, socketDirectory, ownUserName }, signal);
    signal.throwIfAborted();
    return startPostgresServer(ports.timers, {
      postgres: runtime.postgres,
      guard: runtime.guard,
      home: options.home,
      data,
      user,
    });
  } catch (error) {
    if (error instanceof PostgresError) throw new FatalLaunchError('postgres', error.message, error);
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      throw new FatalLaunchError(
        'disk_full',
        `The disk of ${options.home} is full, so PostgreSQL cannot be started: make room and start again.`,
        error,
      );
    }
    throw error;
  }
}
