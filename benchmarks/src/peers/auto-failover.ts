/**
 * pg_auto_failover: two PostgreSQL hosts and its monitor on a third.
 *
 * Responsible for its set-up. What is not named here is as shipped. Called by `series.ts` through `Peer`.
 */
import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { waitFor } from '@nezuban/tests/support/wait-for';
import type { Lab } from './lab.ts';
import { type DataHost, type HostName, type Peer, POSTGRES_PORT } from './peer.ts';

export interface AutoFailoverTiming {
  /** Settings of the monitor, `pgautofailover.*`, with their units. */
  readonly monitor: Readonly<Record<string, string>>;
  /** Seconds after which a master that hears neither monitor nor standby ends itself; null: as shipped. */
  readonly networkPartitionTimeout: number | null;
}

const START_TIMEOUT_MS = 180_000;
const POLL_MS = 200;
const PROGRAM = '/usr/bin/pg_autoctl';

const SETTLED_SQL = `SELECT count(*) FROM pgautofailover.node
  WHERE reportedstate = goalstate AND reportedstate IN ('primary', 'secondary') AND health = 1`;

export function createAutoFailover(lab: Lab, timing: AutoFailoverTiming): Peer {
  const dataOf = (host: HostName) => path.join(lab.folderOf(host), 'data');
  const monitor = `postgres://autoctl_node@${lab.addressOf('decider')}:${POSTGRES_PORT}/pg_auto_failover`;
  const access = ['--auth', 'trust', '--no-ssl', '--pgport', String(POSTGRES_PORT)];

  const askMonitor = (sql: string) => lab.run('client', ['psql', '-X', '-A', '-t', '-d', monitor, '-c', sql]);

  const startHost = async (host: DataHost) => {
    lab.start(host, [PROGRAM, 'run', '--pgdata', dataOf(host)]);
    await Promise.resolve();
  };

  const settled = async () => (await askMonitor(SETTLED_SQL)) === '2';

  const createHost = async (host: DataHost) => {
    await lab.run(host, [
      PROGRAM,
      'create',
      'postgres',
      '--pgdata',
      dataOf(host),
      ...access,
      '--name',
      host,
      '--hostname',
      lab.addressOf(host),
      '--monitor',
      monitor,
    ]);
    await appendFile(path.join(dataOf(host), 'pg_hba.conf'), 'host all all 0.0.0.0/0 trust\n');
    if (timing.networkPartitionTimeout !== null)
      await lab.run(host, [
        PROGRAM,
        'config',
        'set',
        '--pgdata',
        dataOf(host),
        'timeout.network_partition_timeout',
        String(timing.networkPartitionTimeout),
      ]);
    await startHost(host);
  };

  return {
    async start() {
      await lab.run('decider', [
        PROGRAM,
        'create',
        'monitor',
        '--pgdata',
        dataOf('decider'),
        ...access,
        '--hostname',
        lab.addressOf('decider'),
      ]);
      await appendFile(path.join(dataOf('decider'), 'pg_hba.conf'), 'host all all 0.0.0.0/0 trust\n');
      const settings = Object.entries(timing.monitor).map(([name, value]) => `${name} = '${value}'\n`);
      await appendFile(path.join(dataOf('decider'), 'postgresql.conf'), settings.join(''));
      lab.start('decider', [PROGRAM, 'run', '--pgdata', dataOf('decider')]);
      const limit = { timeoutMs: START_TIMEOUT_MS, intervalMs: POLL_MS };
      await waitFor(() => askMonitor('SELECT 1'), { ...limit, message: 'the monitor to answer' });
      await createHost('a');
      await createHost('b');
      await waitFor(settled, { ...limit, message: 'pg_auto_failover to have a standby in sync' });
    },
    startHost,
    settled,
  };
}
