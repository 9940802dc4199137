/**
 * The peer: rsyslog with ompgsql into a database of the same PostgreSQL, as its Debian packages set it up.
 *
 * Responsible for its configuration (imudp, one queue in memory for batches, as its manual advises for databases) and its life. Called by
 * `intake.ts`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { once } from 'node:events';
import pg from 'pg';
import { waitFor } from '@nezuban/tests/support/wait-for';
import type { Store } from './trial.ts';

const RSYSLOGD = '/usr/sbin/rsyslogd';
const SCHEMA = '/usr/share/dbconfig-common/data/rsyslog-pgsql/install/pgsql';
export const rsyslogPackages = ['rsyslog', 'rsyslog-pgsql'] as const;
export const hasRsyslog = (): boolean => existsSync(RSYSLOGD) && existsSync(SCHEMA);

export type Rsyslog = Store & { readonly stop: () => Promise<void> };

export async function startRsyslog(
  directory: string,
  server: { readonly host: string; readonly port: number; readonly user: string; readonly database: string },
  port: number,
): Promise<Rsyslog> {
  const admin = new pg.Client(server);
  await admin.connect();
  await admin.query('CREATE DATABASE syslog');
  await admin.end();
  const database = new pg.Client({ ...server, database: 'syslog' });
  await database.connect();
  await database.query(await readFile(SCHEMA, 'utf8'));
  const configuration = path.join(directory, 'rsyslog.conf');
  await writeFile(
    configuration,
    `global(workDirectory="${directory}")
module(load="imudp" threads="1")
module(load="ompgsql")
input(type="imudp" port="${port}" address="127.0.0.1" rcvbufSize="4m")
action(type="ompgsql" server="${server.host}" port="${server.port}" user="${server.user}" pass="" db="syslog"
  queue.type="LinkedList" queue.size="5000000" queue.dequeueBatchSize="2048" queue.workerThreads="1")
`,
  );
  const child: ChildProcess = spawn(
    RSYSLOGD,
    ['-n', '-f', configuration, '-i', path.join(directory, 'rsyslog.pid')],
    { stdio: 'ignore' },
  );
  const stored = async (): Promise<number> => {
    const { rows } = await database.query<{ last: string | null }>(
      `SELECT last_value AS last FROM systemevents_id_seq`,
    );
    return Number(rows[0]?.last ?? 0);
  };
  await waitFor(async () => child.exitCode === null && (await listens(port)), {
    timeoutMs: 15_000,
    message: 'rsyslog to listen',
  });
  return {
    name: 'rsyslog',
    targets: [`127.0.0.1:${port}`],
    stored,
    async count(run) {
      const { rows } = await database.query<{ rows: string; distinct: string }>(
        `SELECT count(*) AS rows, count(DISTINCT message) AS distinct FROM systemevents WHERE message LIKE '%run=' || $1 || ' %'`,
        [run],
      );
      return { rows: Number(rows[0]?.rows ?? 0), distinct: Number(rows[0]?.distinct ?? 0) };
    },
    async stop() {
      if (child.exitCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      await database.end();
    },
  };
}

async function listens(port: number): Promise<boolean> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return (await readFile('/proc/net/udp', 'utf8')).includes(`:${hex} `);
}
