/**
 * Patroni with etcd: two PostgreSQL hosts, one etcd on a third, synchronous mode on.
 *
 * Responsible for its configuration. What is not named here is as shipped. Called by `series.ts` through `Peer`.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { waitFor } from '@nezuban/tests/support/wait-for';
import type { Lab } from './lab.ts';
import { POSTGRES_BIN } from './packages.ts';
import { type DataHost, otherOf, type Peer, POSTGRES_PORT } from './peer.ts';

export interface PatroniTiming {
  /** Seconds. */
  readonly ttl: number;
  readonly loopWait: number;
  readonly retryTimeout: number;
}

const SCOPE = 'bench';
const ETCD_PORT = 2379;
const START_TIMEOUT_MS = 180_000;
const POLL_MS = 200;

export function createPatroni(lab: Lab, timing: PatroniTiming): Peer {
  const etcd = `${lab.addressOf('decider')}:${ETCD_PORT}`;
  const configOf = (host: DataHost) => path.join(lab.folderOf(host), 'patroni.yml');

  const configuration = (host: DataHost) => ({
    scope: SCOPE,
    name: host,
    restapi: { listen: `${lab.addressOf(host)}:8008`, connect_address: `${lab.addressOf(host)}:8008` },
    etcd3: { hosts: [etcd] },
    bootstrap: {
      dcs: {
        ttl: timing.ttl,
        loop_wait: timing.loopWait,
        retry_timeout: timing.retryTimeout,
        maximum_lag_on_failover: 1024 * 1024,
        synchronous_mode: true,
        postgresql: { use_pg_rewind: true, use_slots: true },
      },
      initdb: [{ encoding: 'UTF8' }, 'data-checksums'],
    },
    postgresql: {
      listen: `${lab.addressOf(host)}:${POSTGRES_PORT}`,
      connect_address: `${lab.addressOf(host)}:${POSTGRES_PORT}`,
      data_dir: path.join(lab.folderOf(host), 'data'),
      bin_dir: POSTGRES_BIN,
      pgpass: path.join(lab.folderOf(host), 'pgpass'),
      pg_hba: ['local all all trust', 'host all all 0.0.0.0/0 trust', 'host replication all 0.0.0.0/0 trust'],
      authentication: {
        superuser: { username: 'postgres', password: 'bench' },
        replication: { username: 'replicator', password: 'bench' },
        rewind: { username: 'rewinder', password: 'bench' },
      },
    },
  });

  /** The standby that Patroni would promote, as its own record in etcd says. */
  const syncStandby = async (): Promise<{ leader?: string; sync_standby?: string | null }> => {
    const text = await lab.run('client', [
      'etcdctl',
      `--endpoints=${etcd}`,
      'get',
      '--print-value-only',
      `/service/${SCOPE}/sync`,
    ]);
    return text === '' ? {} : (JSON.parse(text) as { leader?: string; sync_standby?: string | null });
  };

  const settled = async () => {
    const { leader, sync_standby: standby } = await syncStandby();
    return (leader === 'a' || leader === 'b') && standby === otherOf(leader);
  };

  const startHost = async (host: DataHost) => {
    // JSON is YAML.
    await writeFile(configOf(host), JSON.stringify(configuration(host)));
    lab.start(host, ['/usr/bin/patroni', configOf(host)]);
  };

  return {
    async start() {
      lab.start('decider', [
        '/usr/bin/etcd',
        '--name',
        'decider',
        '--data-dir',
        path.join(lab.folderOf('decider'), 'etcd'),
        '--listen-client-urls',
        `http://${etcd}`,
        '--advertise-client-urls',
        `http://${etcd}`,
      ]);
      await startHost('a');
      await startHost('b');
      await waitFor(settled, {
        timeoutMs: START_TIMEOUT_MS,
        intervalMs: POLL_MS,
        message: 'Patroni to have a synchronous standby',
      });
    },
    startHost,
    settled,
  };
}
