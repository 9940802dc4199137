/**
 * Which Debian packages each peer comes from, whether they are here, and, on demand only, their installation.
 *
 * Responsible for never leaving a service behind: packages start theirs when they are installed and at each boot.
 * Called by `main.ts`.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { PeerSettings } from './peer.ts';

const run = promisify(execFile);

export const POSTGRES_BIN = '/usr/lib/postgresql/15/bin';

/** A program of each package that the benchmark calls. */
const programs: Readonly<Record<PeerSettings['product'], Readonly<Record<string, string>>>> = {
  Patroni: {
    'postgresql-15': `${POSTGRES_BIN}/postgres`,
    patroni: '/usr/bin/patroni',
    'etcd-server': '/usr/bin/etcd',
    'etcd-client': '/usr/bin/etcdctl',
  },
  pg_auto_failover: {
    'postgresql-15': `${POSTGRES_BIN}/postgres`,
    'pg-auto-failover-cli': '/usr/bin/pg_autoctl',
    'postgresql-15-auto-failover': '/usr/lib/postgresql/15/lib/pgautofailover.so',
  },
};

/** Services that these packages bring; the benchmark starts its own processes. */
const services = ['etcd.service', 'patroni.service', 'postgresql.service'];
/** Debian asks this program before a package may start a service; 101 means no. */
const POLICY = '/usr/sbin/policy-rc.d';
const INSTALL_TIMEOUT_MS = 600_000;

export function missingPackages(product: PeerSettings['product']): string[] {
  return Object.entries(programs[product])
    .filter(([, program]) => !existsSync(program))
    .map(([name]) => name);
}

/** `patroni 3.0.2-1, etcd-server 3.4.23-4+b4, ...`: for the table. */
export async function versionsOf(product: PeerSettings['product']): Promise<string> {
  const names = Object.keys(programs[product]);
  const { stdout } = await run('dpkg-query', ['-W', '-f', '${Package} ${Version}\n', ...names]);
  return stdout.trim().split('\n').join(', ');
}

/** Installs Debian packages without letting any of their services start, now or at the next boot. */
export async function installPackages(names: readonly string[]): Promise<void> {
  const ownPolicy = !existsSync(POLICY);
  if (ownPolicy) {
    await writeFile(POLICY, '#!/bin/sh\nexit 101\n');
    await chmod(POLICY, 0o755);
  }
  try {
    await run('apt-get', ['install', '-y', '--no-install-recommends', ...names], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      timeout: INSTALL_TIMEOUT_MS,
      maxBuffer: 64 * 1024 * 1024,
    });
  } finally {
    if (ownPolicy) await rm(POLICY, { force: true });
  }
  if (!existsSync('/usr/bin/systemctl')) return;
  for (const service of services)
    if (existsSync(`/lib/systemd/system/${service}`)) await run('systemctl', ['disable', service]);
}
