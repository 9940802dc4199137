/**
 * An export into a home in which no manager has been: `nezuban backup import FILE --home DIR`. PostgreSQL's version and files play no part, so this
 * carries the data over a major version, and to a newer release, whose manager brings the schema forward at its first start.
 *
 * The schema is made by the migrations that the export names, whose files never change. All rows come in one transaction, which is committed only when
 * the checksum at the end is right. Like a restore otherwise: see `restore-backup.ts`.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { systemTimers } from '@nezuban/platform/timers';
import { compareReleases } from '@nezuban/protocol/release';
import type * as z from 'zod';
import { ensureCluster, type ClusterOptions } from '../drivers/postgres/cluster.ts';
import { startPostgresServer } from '../drivers/postgres/server.ts';
import type { BackupContext } from './backup-context.ts';
import { BackupError } from './backup-error.ts';
import { toJson } from './backup-place.ts';
import { readBlocks } from './block-file.ts';
import { createByteCount } from './byte-count.ts';
import { copyIn, type CopyIn } from './copy-stream.ts';
import { connectTo, readFacts } from './database-facts.ts';
import {
  createLineCutter,
  END_OF_ROWS,
  EXPORT_FORMAT,
  exportEndSchema,
  exportHeaderSchema,
  exportKeysSchema,
  exportRowsSchema,
  exportSequencesSchema,
  exportTableSchema,
  isBound,
  type ExportHeader,
  type ExportTable,
} from './export-format.ts';
import { readPassphrase, unseal } from './key-files.ts';
import { adopt, assertFresh, inFreshHome } from './restore-backup.ts';

const MIGRATIONS = path.resolve(import.meta.dirname, '../../../manager/migrations');
const STOP_MS = 60_000;
const PROGRESS_BYTES = 8 * 1024 * 1024;
const LINE_FEED = 10;

export async function runImport(
  context: BackupContext,
  order: { readonly file: string; readonly passphraseFile: string | null; readonly json: boolean },
): Promise<void> {
  const file = path.resolve(order.file);
  const passphrase = order.passphraseFile === null ? null : readPassphrase(order.passphraseFile);
  const { header, rows, tables } = await importData(context, { file, passphrase });
  const { home } = context.layout;
  if (order.json) return context.say(JSON.stringify({ home, rows, tables, createdAt: header.createdAt }));
  context.say(
    `${rows} rows of ${tables} tables were read into ${home}, as they were at ${header.createdAt}.`,
  );
  context.say(`Start it with: nezuban manager --home ${home}`);
}

export type Imported = { readonly header: ExportHeader; readonly rows: number; readonly tables: number };

export async function importData(
  context: BackupContext,
  options: { readonly file: string; readonly passphrase: string | null },
): Promise<Imported> {
  const { file, passphrase } = options;
  if (!fs.existsSync(file)) throw new BackupError(`There is no file ${file}.`);
  assertFresh(context.layout.home);
  return await inFreshHome(context, file, async (cluster) => {
    const data = await ensureCluster(cluster, context.signal);
    const { imported, keys, facts } = await withServer(context, { cluster, data }, async (client) => {
      const read = await readInto(context, { client, file, passphrase });
      return { ...read, facts: await readFacts(client) };
    });
    const { createdAt, release } = imported.header;
    const from = { name: path.basename(file), release };
    await adopt(context, { cluster, data, keys, facts, timeline: 1, holdsUntil: createdAt, from });
    return imported;
  });
}

async function withServer<Result>(
  context: BackupContext,
  { cluster, data }: { readonly cluster: ClusterOptions; readonly data: string },
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const { runtime, user } = cluster;
  const server = startPostgresServer(systemTimers, {
    postgres: runtime.postgres,
    guard: runtime.guard,
    data,
    home: context.layout.home,
    user,
  });
  for (const stream of server.output) stream.resume();
  try {
    if (!(await server.ready)) throw new BackupError('PostgreSQL ended while it was starting.');
    const client = await connectTo(cluster.socketDirectory, context.layout.home);
    try {
      return await work(client);
    } finally {
      (client as unknown as { connection: { stream: { destroy: () => void } } }).connection.stream.destroy();
    }
  } finally {
    await server.stop(STOP_MS);
  }
}

type ReadOptions = { readonly client: pg.Client; readonly file: string; readonly passphrase: string | null };
type Read = { readonly imported: Imported; readonly keys: string };

async function readInto(context: BackupContext, options: ReadOptions): Promise<Read> {
  const reader = createReader(context, options);
  const lines = createLineCutter();
  await readBlocks(options.file, { onContent: async (chunk) => await reader.take(lines.cut(chunk)) });
  if (lines.rest().length > 0) throw cutOff(options.file);
  return await reader.finish();
}

/** States: header -> keys -> (table -> rows -> count)* -> sequences -> end. */
function createReader(context: BackupContext, { client, file, passphrase }: ReadOptions) {
  const hash = createHash('sha256');
  let header: ExportHeader | null = null;
  let keys: string | null = null;
  let copy: { readonly stream: CopyIn; readonly table: ExportTable } | null = null;
  let counted: number | null = null;
  let tables = 0;
  let rows = 0;
  let ended = false;
  const passed = createByteCount(PROGRESS_BYTES, (bytes) =>
    context.progress({ phase: 'copying', bytes, totalBytes: null }),
  );

  async function take(whole: Buffer): Promise<void> {
    context.signal.throwIfAborted();
    let at = 0;
    while (at < whole.length) {
      if (copy !== null) at += await takeRows(whole.subarray(at), copy);
      else {
        const end = whole.indexOf(LINE_FEED, at) + 1;
        await takeLine(whole.subarray(at, end));
        at = end;
      }
    }
    passed.add(whole.length);
  }

  /** Rows up to the line that ends them. Returns how much was taken. */
  async function takeRows(lines: Buffer, { stream, table }: NonNullable<typeof copy>): Promise<number> {
    const mark =
      lines.subarray(0, 3).toString('latin1') === `${END_OF_ROWS}\n`
        ? 0
        : lines.indexOf(`\n${END_OF_ROWS}\n`) + 1;
    const hasEnd = mark > 0 || lines.subarray(0, 3).toString('latin1') === `${END_OF_ROWS}\n`;
    const body = hasEnd ? lines.subarray(0, mark) : lines;
    if (body.length > 0) {
      hash.update(body);
      await stream.write(body).catch((error: unknown) => refuseRows(error, table));
    }
    if (!hasEnd) return lines.length;
    hash.update(`${END_OF_ROWS}\n`);
    counted = await stream.end().catch((error: unknown) => refuseRows(error, table));
    copy = null;
    return mark + END_OF_ROWS.length + 1;
  }

  function refuseRows(error: unknown, { table }: ExportTable): never {
    throw new BackupError(
      `${file} cannot be read: the rows of ${table} are refused (${(error as Error).message}).`,
      error,
    );
  }

  async function takeLine(line: Buffer): Promise<void> {
    const value = toJson(line.toString('utf8'));
    const end = exportEndSchema.safeParse(value);
    if (end.success && header !== null) {
      const { sha256 } = end.data;
      if (sha256 !== hash.digest('hex') || end.data.rows !== rows || end.data.tables !== tables)
        throw damaged();
      ended = true;
      return;
    }
    if (ended) throw damaged();
    hash.update(line);
    if (header === null) {
      header = judgeHeader(value, { file, release: context.layout.version });
      await makeSchema(client, header);
      return;
    }
    if (keys === null) {
      const { data } = exportKeysSchema.safeParse(value);
      if (data === undefined) throw damaged();
      keys = 'keys' in data ? data.keys : openKeys(data.sealedKeys, passphrase);
      return;
    }
    if (counted !== null) {
      if (read(exportRowsSchema, value).rows !== counted) throw damaged();
      rows += counted;
      tables += 1;
      counted = null;
      return;
    }
    const table = exportTableSchema.safeParse(value);
    if (table.success) copy = { table: table.data, stream: await beginTable(client, table.data) };
    else await setSequences(client, read(exportSequencesSchema, value).sequences);
  }

  function read<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
    const parsed = schema.safeParse(value);
    if (!parsed.success) throw damaged();
    return parsed.data;
  }

  function damaged(): BackupError {
    return new BackupError(
      `${file} is damaged: its content is not what was written. Nothing was kept of it.`,
    );
  }

  return {
    take,
    async finish(): Promise<Read> {
      if (!ended || header === null || keys === null) throw cutOff(file);
      await client.query('COMMIT');
      await client.query('ANALYZE');
      return { imported: { header, rows, tables }, keys };
    },
  };
}

function cutOff(file: string): BackupError {
  return new BackupError(`${file} is cut off: it has no end. Export once more.`);
}

function openKeys(sealedKeys: string, passphrase: string | null): string {
  if (passphrase === null)
    throw new BackupError(
      'The keys of this export are sealed: name the file with the passphrase with --passphrase-file.',
    );
  return unseal(Buffer.from(sealedKeys, 'base64'), passphrase);
}

function judgeHeader(
  value: unknown,
  { file, release }: { readonly file: string; readonly release: string },
): ExportHeader {
  const parsed = exportHeaderSchema.safeParse(value);
  if (!parsed.success) throw new BackupError(`${file} is no export of Nezuban.`);
  const { data } = parsed;
  if (data.format > EXPORT_FORMAT || compareReleases(data.release, release) > 0)
    throw new BackupError(
      `${file} was written by release ${data.release}, and this is release ${release}: install release ${data.release} or newer.`,
    );
  return data;
}

/** As the manager's own migrations make it (`manager/src/database/migrations.ts`), up to where the export's database was. */
async function makeSchema(client: pg.Client, { migrations }: ExportHeader): Promise<void> {
  await client.query(
    'CREATE TABLE schema_migration (number integer PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now(), oldest_release text)',
  );
  for (const { name, sha256 } of migrations) {
    const file = path.join(MIGRATIONS, path.basename(name));
    const sql = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
    if (createHash('sha256').update(sql).digest('hex') !== sha256)
      throw new BackupError(
        `The schema of the export needs ${name}, which this release has not, or has in another form: use the release that wrote the export, or a newer one.`,
      );
    await client.query('BEGIN');
    await client.query(sql);
    await client.query('COMMIT');
  }
  await client.query('BEGIN');
  await client.query('SET LOCAL idle_in_transaction_session_timeout = 0');
  // Foreign keys were right where the rows come from; their order plays no part then.
  await client.query('SET LOCAL session_replication_role = replica');
  await client.query(
    `DO $$ DECLARE name text; BEGIN FOR name IN SELECT c.oid::regclass::text FROM pg_class c
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
     LOOP EXECUTE 'TRUNCATE ' || name || ' CASCADE'; END LOOP; END $$`,
  );
}

async function beginTable(client: pg.Client, { table, columns, partitions }: ExportTable): Promise<CopyIn> {
  // Nothing else: the tables of PostgreSQL itself could be written as well, and say what it runs.
  const name = `public.${pg.escapeIdentifier(table)}`;
  if (partitions.length > 0) await makePartitions(client, name, partitions);
  const listed = columns.map((column) => pg.escapeIdentifier(column)).join(', ');
  return await copyIn(client, `COPY ${name} (${listed}) FROM STDIN`);
}

/** As they were there, in the place of those that the migrations have made: bounds move while a manager runs. */
async function makePartitions(
  client: pg.Client,
  table: string,
  partitions: ExportTable['partitions'],
): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    'SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass',
    [table],
  );
  for (const { name } of rows) await client.query(`DROP TABLE ${name}`);
  for (const { name, bound, options } of partitions) {
    if (!isBound(bound)) throw new BackupError(`The export names a partition that is none: ${name}.`);
    const storage = options.length === 0 ? '' : ` WITH (${options.join(', ')})`;
    await client.query(`CREATE TABLE ${pg.escapeIdentifier(name)} PARTITION OF ${table} ${bound}${storage}`);
  }
}

async function setSequences(client: pg.Client, sequences: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, last] of Object.entries(sequences))
    await client.query('SELECT setval($1::regclass, $2::bigint)', [pg.escapeIdentifier(name), last]);
}
