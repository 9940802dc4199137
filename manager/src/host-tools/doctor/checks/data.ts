// The database and what lies in it, the backups of it, the certificates, the pair.
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { formatBytes } from '@nezuban/core/self-watch/sentences';
import type { Database } from '../../../database/database.ts';
import { loadMigrations } from '../../../database/migrations.ts';
import type { DoctorContext } from '../context.ts';
import { ok, problem, warning, type Finding } from '../finding.ts';

const LONG_TRANSACTION_MIN = 10;
const BACKUP_DAYS_WARNING = 2;
const CERTIFICATE_DAYS = { warning: 30, problem: 3 } as const;
const DAY_MS = 86_400_000;

export const checkDatabase = async ({
  database,
  databaseError,
  keeper,
  kind,
}: DoctorContext): Promise<Finding[]> => {
  if (kind !== 'manager') return [];
  if (database === null)
    return [
      keeper === null
        ? warning('database.reached', 'The database does not run, since the manager does not.', {
            type: ['nezuban manager'],
          })
        : problem('database.reached', `The database is not reached: ${databaseError ?? 'no answer'}.`, {
            means: 'The manager cannot serve without it; its keeper starts it again by itself.',
            type: ['nezuban manager status', 'tail -n 50 HOME/log/postgres.log'],
          }),
    ];
  const [row] = await database.query<{
    version: string;
    size: number;
    standby: boolean;
    minutes: number | null;
  }>({
    text: `SELECT current_setting('server_version') AS version, pg_database_size(current_database()) AS size, pg_is_in_recovery() AS standby,
             (SELECT extract(epoch FROM max(now() - xact_start))::bigint / 60 FROM pg_stat_activity
              WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()) AS minutes`,
  });
  const findings = [
    ok(
      'database.reached',
      `PostgreSQL ${row?.version ?? '?'} answers${row?.standby === true ? ' (it follows the master)' : ''}; the database has ${formatBytes(row?.size ?? 0)}.`,
    ),
  ];
  if ((row?.minutes ?? 0) >= LONG_TRANSACTION_MIN)
    findings.push(
      warning('database.transactions', `A transaction has been open for ${row?.minutes} minutes.`, {
        means: 'Dead rows cannot be cleared meanwhile, and the database grows.',
        type: ['nezuban support bundle, and look at database/activity.json'],
      }),
    );
  return [...findings, ...(await checkSchema(database)), ...(await checkSelfWatch(database))];
};

const checkSchema = async (database: Database): Promise<Finding[]> => {
  const known = await loadMigrations();
  const rows = await database.query<{ name: string; sha256: string }>({
    text: 'SELECT name, sha256 FROM schema_migration ORDER BY number',
  });
  const changed = rows.find(({ name, sha256 }) =>
    known.some((one) => one.name === name && one.sha256 !== sha256),
  );
  if (changed !== undefined)
    return [
      problem(
        'schema.version',
        `The database was made by another build: ${changed.name} differs from this release's.`,
        {
          means: 'This release does not start on it.',
          type: ['Install the release that made it.'],
        },
      ),
    ];
  if (rows.length > known.length)
    return [
      warning(
        'schema.version',
        `The schema is newer (${rows.at(-1)?.name}) than this release knows (${known.at(-1)?.name}).`,
        {
          type: ['nezuban upgrade --check'],
        },
      ),
    ];
  if (rows.length < known.length)
    return [
      warning('schema.version', `${known.length - rows.length} migrations are not applied yet.`, {
        means: 'They are applied when a manager of this release takes duty.',
        type: ['nezuban upgrade --check'],
      }),
    ];
  return [ok('schema.version', `The schema is that of this release (${rows.at(-1)?.name ?? 'none'}).`)];
};

/** What the manager itself has told and not taken back. */
const checkSelfWatch = async (database: Database): Promise<Finding[]> => {
  const rows = await database.query<{ id: string; level: string; since: Date }>({
    text: 'SELECT id, level, since FROM self_watch ORDER BY level, id LIMIT 50',
  });
  if (rows.length === 0) return [ok('self-watch', 'The manager watches itself and has found nothing.')];
  return rows.map(({ id, level, since }) =>
    (level === 'critical' ? problem : warning)(
      'self-watch',
      `The manager has told of "${id}" (${level}, since ${since.toISOString()}).`,
      { type: ['nezuban events --code self_watch_raised'] },
    ),
  );
};

export const checkBackup = async ({ database, now }: DoctorContext): Promise<Finding[]> => {
  if (database === null) return [];
  const [row] = await database.query<{ ended_at: Date | null; failed: number }>({
    text: `SELECT (SELECT max(ended_at) FROM backup_run WHERE ok) AS ended_at,
             (SELECT count(*) FROM backup_run WHERE NOT ok AND id > coalesce((SELECT max(id) FROM backup_run WHERE ok), 0)) AS failed`,
  });
  const advice = {
    means: 'What happened since the last one is lost with this host, or with both of a pair.',
    type: ['nezuban backup create', 'Every night by itself: nezuban help backup schedule'],
  };
  if (row?.ended_at == null) return [warning('backup.age', 'No backup of this manager is known.', advice)];
  const days = (now.getTime() - row.ended_at.getTime()) / DAY_MS;
  const says = `The last backup was made ${row.ended_at.toISOString()} (${days.toFixed(1)} days ago).`;
  if (row.failed > 0)
    return [
      problem('backup.age', `${says} ${row.failed} have failed since.`, {
        ...advice,
        type: ['nezuban backup status', ...advice.type],
      }),
    ];
  return [days > BACKUP_DAYS_WARNING ? warning('backup.age', says, advice) : ok('backup.age', says)];
};

export const checkCertificates = async ({ host, kind, now }: DoctorContext): Promise<Finding[]> => {
  if (kind !== 'manager') return [];
  const ca = path.join(host.home, 'manager', 'ca');
  const found = [
    {
      name: 'CA',
      pem: read(path.join(ca, 'ca.crt')),
      renew: 'It is good for twenty years; every agent has to be enrolled anew before it ends.',
    },
    {
      name: 'server certificate',
      pem: fieldOf(path.join(ca, 'server.json')),
      renew: 'nezuban admin renew-certificate',
    },
    {
      name: 'certificate of this host in the pair',
      pem: fieldOf(path.join(host.home, 'keeper', 'pair.json')),
      renew: 'It renews itself while both hosts are connected: nezuban pair status',
    },
  ];
  const findings = found.flatMap(({ name, pem, renew }) =>
    pem === null ? [] : [judgeLife(name, pem, { now, renew })],
  );
  const server = found[1]?.pem;
  if (server != null && new X509Certificate(server).checkHost(os.hostname()) === undefined)
    findings.push(
      warning('certificate.names', `The server certificate does not name this host (${os.hostname()}).`, {
        means: 'Whoever asks for the manager by that name is warned.',
        type: ['nezuban admin renew-certificate'],
      }),
    );
  return findings;
};

export const judgeLife = (
  name: string,
  pem: string,
  { now, renew }: { readonly now: Date; readonly renew: string },
): Finding => {
  const { validToDate, validFromDate } = new X509Certificate(pem);
  const days = (validToDate.getTime() - now.getTime()) / DAY_MS;
  const says = `The ${name} is good until ${validToDate.toISOString().slice(0, 10)} (${Math.floor(days)} days).`;
  const advice = { means: 'After that nobody trusts it, and connections are refused.', type: [renew] };
  if (validFromDate > now)
    return problem(
      'certificate.life',
      `The ${name} is not good before ${validFromDate.toISOString()}: is the clock right?`,
      advice,
    );
  if (days < CERTIFICATE_DAYS.problem) return problem('certificate.life', says, advice);
  // An agent's lives 90 days and renews with 30 left.
  return days < CERTIFICATE_DAYS.warning / 2
    ? warning('certificate.life', says, advice)
    : ok('certificate.life', says);
};

export const checkPair = async ({ pair }: DoctorContext): Promise<Finding[]> => {
  if (pair === null) return [];
  if (pair.mode === 'single')
    return [
      ok(
        'pair.state',
        'This is a single manager; a second host would take over when it is lost (nezuban pair create).',
      ),
    ];
  const findings: Finding[] = [];
  if (pair.redundancy === 'redundant')
    findings.push(ok('pair.state', `The pair is redundant. ${pair.summary}`));
  else
    findings.push(
      (pair.redundancy === 'no-master' ? problem : warning)(
        'pair.state',
        `The pair is not redundant (${pair.redundancy}). ${pair.summary}`,
        {
          type: ['nezuban pair status', 'nezuban pair recover'],
        },
      ),
    );
  for (const { code, priority, says, command } of pair.advice) {
    if (priority === 'info' || code === 'clock_differs') continue;
    findings.push(
      (priority === 'critical' ? problem : warning)(
        `pair.${code}`,
        says,
        command === null ? {} : { type: [command] },
      ),
    );
  }
  return findings;
};

const read = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
};

/** The field `certificate` of a JSON file. */
const fieldOf = (file: string): string | null => {
  const text = read(file);
  if (text === null) return null;
  const { certificate } = JSON.parse(text) as { certificate?: unknown };
  return typeof certificate === 'string' ? certificate : null;
};
