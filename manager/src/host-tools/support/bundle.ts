// What goes into a support bundle.
// Responsible for collecting it within bounds, whatever of the manager works, and for that every byte passes the mask. What cannot be had is a
// line in the bundle, not the end of it. Not responsible for the file on disk and for what the person reads (`command.ts`).
import { createHash } from 'node:crypto';
import { lstatSync, openSync, closeSync, fstatSync, readSync, readdirSync } from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { askIntakeStatus } from '@nezuban/platform/intake-status';
import type { Database } from '../../database/database.ts';
import type { DoctorContext } from '../doctor/context.ts';
import { diagnoseWith } from '../doctor/doctor.ts';
import { renderDiagnosis } from '../doctor/command.ts';
import { secretsOfDatabase, secretsOfHome } from './known-secrets.ts';
import { createMask, type Mask } from './mask.ts';
import type { TarEntry } from './tar.ts';

export type Bundle = {
  readonly entries: readonly TarEntry[];
  /** For the person: what is in it. */
  readonly contents: readonly { readonly name: string; readonly bytes: number; readonly about: string }[];
};

/** Of each log the end: the newest lines say most. */
const LOG_BYTES_MAX = 2 * 1024 * 1024;
const LOGS_MAX = 20;
const FILES_LISTED_MAX = 5_000;
const EVENTS_MAX = 500;
const ENTRY_BYTES_MAX = 8 * 1024 * 1024;
const METRICS_MS = 5_000;

type Part = { readonly name: string; readonly about: string; readonly make: (mask: Mask) => Promise<string> };

export const makeBundle = async (context: DoctorContext): Promise<Bundle> => {
  const { host, database } = context;
  const notes: string[] = [];
  const known = secretsOfHome(host.home);
  if (database !== null) {
    try {
      known.push(...(await secretsOfDatabase(database, host.home)));
    } catch (error) {
      notes.push(
        `Secrets of the database could not be read; they are masked by their form alone: ${messageOf(error)}`,
      );
    }
  }
  const mask = createMask(known);
  const parts = [
    ...hostParts(context),
    ...(database === null ? [] : databaseParts(database)),
    ...logParts(host.home),
  ];
  const entries: TarEntry[] = [];
  const contents: { name: string; bytes: number; about: string }[] = [];
  for (const { name, about, make } of parts) {
    let text: string;
    try {
      text = await make(mask);
    } catch (error) {
      notes.push(`${name} could not be made: ${mask.text(messageOf(error))}`);
      continue;
    }
    const content = Buffer.from(text).subarray(0, ENTRY_BYTES_MAX);
    entries.push({ name: `nezuban-support/${name}`, content });
    contents.push({ name, bytes: content.length, about });
  }
  const manifest = {
    product: 'Nezuban',
    at: context.now.toISOString(),
    release: context.release,
    notes,
    files: entries.map(({ name, content }) => ({
      name,
      bytes: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
    })),
  };
  entries.unshift({
    name: 'nezuban-support/README.txt',
    content: Buffer.from(readme(contents, notes)),
  });
  // Sums of files are no secrets, and the mask would take them for keys.
  entries.push({
    name: 'nezuban-support/manifest.json',
    content: Buffer.from(JSON.stringify(manifest, null, 2)),
  });
  return { entries, contents };
};

const hostParts = (context: DoctorContext): Part[] => {
  const { host, keeper, pair, kind, release } = context;
  return [
    {
      name: 'doctor.txt',
      about: 'what "nezuban doctor" finds',
      make: async (mask) => mask.text(renderDiagnosis(await diagnoseWith(context)).join('\n')),
    },
    {
      name: 'doctor.json',
      about: 'the same for programs',
      make: async (mask) => mask.json(await diagnoseWith(context)),
    },
    {
      name: 'versions.json',
      about: 'releases, operating system, processors, memory',
      make: async (mask) =>
        mask.json({
          release,
          kind,
          node: process.versions.node,
          openssl: process.versions.openssl,
          timeZones: process.versions['tz'],
          system: `${os.type()} ${os.release()} ${os.arch()}`,
          hostname: os.hostname(),
          processors: os.cpus().length,
          memoryBytes: os.totalmem(),
          uptimeSeconds: Math.round(os.uptime()),
          timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
        }),
    },
    { name: 'keeper.json', about: 'which processes run', make: async (mask) => mask.json(keeper) },
    { name: 'pair.json', about: 'how the pair is', make: async (mask) => mask.json(pair) },
    {
      name: 'intake.json',
      about: 'what the intake of this host hears traps on, its journal, its loudest sources; no contents',
      make: async (mask) => mask.json(await askIntakeStatus(path.join(host.runDirectory, 'intake.sock'))),
    },
    {
      name: 'files.txt',
      about: 'names, sizes, owners and rights of the files of the home; no contents',
      make: async (mask) => mask.text(listFiles(host.home).join('\n')),
    },
    {
      name: 'metrics.txt',
      about: 'the metrics of the running manager',
      make: async (mask) => mask.text(await readMetrics(keeper?.consoleUrl ?? null)),
    },
  ];
};

const databaseParts = (database: Database): Part[] => {
  const table = (name: string, about: string, text: string): Part => ({
    name: `database/${name}.json`,
    about,
    make: async (mask) => mask.json(await database.query({ text })),
  });
  return [
    table(
      'settings',
      'settings of the manager',
      'SELECT section, value, revision, updated_at FROM setting ORDER BY section',
    ),
    table(
      'events',
      `the last ${EVENTS_MAX} events, without comments`,
      `SELECT id, at, priority, code, node, message, details FROM event ORDER BY id DESC LIMIT ${EVENTS_MAX}`,
    ),
    table(
      'self-watch',
      'what the manager has told of itself',
      'SELECT id, level, since FROM self_watch ORDER BY id',
    ),
    table(
      'notifications',
      'names and kinds of notification rules, without addresses and secrets',
      `SELECT name, definition -> 'channel' ->> 'type' AS channel, secret_box IS NOT NULL AS has_secret, updated_at FROM notification_rule ORDER BY name LIMIT 1000`,
    ),
    table(
      'counts',
      'how many there are of everything',
      `SELECT (SELECT count(*) FROM net) AS nets, (SELECT count(*) FROM node) AS nodes, (SELECT count(*) FROM app_user) AS users,
         (SELECT count(*) FROM notification_rule) AS rules, (SELECT count(*) FROM session WHERE state IN ('running', 'stopping')) AS open_sessions`,
    ),
    table(
      'nodes',
      'nodes and the releases of their agents',
      'SELECT name, platform, agent_version, joined_at, last_seen_at, told_connected FROM node ORDER BY name LIMIT 5000',
    ),
    table(
      'sizes',
      'sizes of tables and indexes',
      `SELECT c.relname AS name, c.relkind AS kind, pg_total_relation_size(c.oid) AS bytes, c.reltuples::bigint AS rows,
         s.n_dead_tup AS dead, s.last_autovacuum, s.last_autoanalyze
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
       WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'i') ORDER BY pg_total_relation_size(c.oid) DESC LIMIT 500`,
    ),
    table(
      'schema',
      'tables, columns and migrations',
      `SELECT 'migration' AS kind, name AS of, sha256 AS detail FROM schema_migration
       UNION ALL SELECT 'column', table_name || '.' || column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2`,
    ),
    table(
      'postgresql',
      'settings of PostgreSQL that are not its defaults',
      `SELECT name, setting, unit, source FROM pg_settings WHERE source NOT IN ('default', 'override') AND name <> 'primary_conninfo' ORDER BY name`,
    ),
    table(
      'activity',
      'what its connections do, without the text of their queries',
      `SELECT application_name, state, wait_event_type, wait_event, xact_start, state_change, backend_type FROM pg_stat_activity ORDER BY backend_start LIMIT 200`,
    ),
  ];
};

const logParts = (home: string): Part[] =>
  logFiles(home).map((file) => ({
    name: `logs/${path.relative(home, file).replaceAll('/', '_').slice(-60)}`,
    about: 'the end of a log, secrets masked',
    make: async (mask) => mask.log(readEnd(file, LOG_BYTES_MAX)),
  }));

const logFiles = (home: string): string[] =>
  [path.join(home, 'log'), path.join(home, 'agent', 'log')]
    .flatMap((folder) =>
      namesIn(folder)
        .filter((name) => /\.log(\.1)?$/.test(name))
        .map((name) => path.join(folder, name)),
    )
    .slice(0, LOGS_MAX);

/** From the first whole line on. */
const readEnd = (file: string, bytesMax: number): string => {
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const length = Math.min(size, bytesMax);
    const buffer = Buffer.alloc(length);
    readSync(descriptor, buffer, 0, length, size - length);
    const text = buffer.toString('utf8');
    return size > length ? text.slice(text.indexOf('\n') + 1) : text;
  } finally {
    closeSync(descriptor);
  }
};

/** Not into the database and the outputs of attempts: thousands of names that say nothing. */
const NOT_INTO = new Set(['base', 'pg_wal', 'pg_xact', 'attempts', 'runtime', 'global', 'pg_multixact']);

const listFiles = (home: string): string[] => {
  const lines: string[] = [];
  const folders = [home];
  for (
    let folder = folders.shift();
    folder !== undefined && lines.length < FILES_LISTED_MAX;
    folder = folders.shift()
  )
    for (const name of namesIn(folder)) {
      const file = path.join(folder, name);
      const stat = lstatSync(file, { throwIfNoEntry: false });
      if (stat === undefined) continue;
      const mode = (stat.mode & 0o7777).toString(8).padStart(4, '0');
      lines.push(
        `${stat.isDirectory() ? 'd' : '-'}${mode} ${stat.uid}:${stat.gid} ${String(stat.size).padStart(12)} ${stat.mtime.toISOString()} ${path.relative(home, file)}`,
      );
      if (stat.isDirectory() && !NOT_INTO.has(name)) folders.push(file);
    }
  return lines.slice(0, FILES_LISTED_MAX);
};

const namesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    return [];
  }
};

const readMetrics = async (consoleUrl: string | null): Promise<string> => {
  if (consoleUrl === null) throw new Error('the manager does not answer');
  const { port, protocol } = new URL(consoleUrl);
  if (protocol !== 'http:')
    throw new Error('the console is served by TLS; ask it yourself: /metrics with an API token');
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const request = http.get({ host: '127.0.0.1', port, path: '/metrics', timeout: METRICS_MS, agent: false });
  let text = '';
  request.on('response', (response) => {
    response.setEncoding('utf8');
    response.on('data', (part: string) => (text += text.length < ENTRY_BYTES_MAX ? part : ''));
    response.on('end', () => resolve(text));
  });
  request.on('timeout', () => request.destroy(new Error('no answer in time')));
  request.on('error', reject);
  return await promise;
};

const readme = (contents: Bundle['contents'], notes: readonly string[]): string =>
  [
    'Support bundle of Nezuban.',
    '',
    'Secrets are masked: passwords, tokens, keys, addresses of webhooks and mail servers behind their host, values of environment variables of jobs.',
    'Names of hosts, nodes, job nets and users, and addresses in your network are not: look before you pass it on.',
    '',
    ...contents.map(({ name, bytes, about }) => `${name.padEnd(34)} ${String(bytes).padStart(9)}  ${about}`),
    ...(notes.length === 0 ? [] : ['', 'Not everything could be had:', ...notes.map((note) => `  ${note}`)]),
    '',
  ].join('\n');

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
