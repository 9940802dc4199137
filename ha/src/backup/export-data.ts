/**
 * All data of a running manager as one file of text: `nezuban backup export FILE`. The format is in `export-format.ts`.
 *
 * One transaction sees one moment, however much is written meanwhile; nothing waits for it. Bounded memory: rows go from the socket through the
 * compressor to the disk. Written under another name, flushed, renamed.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { formatInstant } from '@nezuban/platform/clock';
import type { BackupContext } from './backup-context.ts';
import { BackupError, toBackupError } from './backup-error.ts';
import { flushFolderSync } from './backup-place.ts';
import { createBlockWriter } from './block-file.ts';
import { createByteCount } from './byte-count.ts';
import { copyOut } from './copy-stream.ts';
import { findSource } from './create-backup.ts';
import { connectTo, type DatabaseFacts } from './database-facts.ts';
import { END_OF_ROWS, EXPORT_FORMAT, type ExportHeader, type ExportTable } from './export-format.ts';
import { collectKeys, readPassphrase, seal } from './key-files.ts';

const PROGRESS_BYTES = 4 * 1024 * 1024;

export type Exported = {
  readonly tables: number;
  readonly rows: number;
  readonly bytes: number;
  readonly createdAt: string;
};

export async function runExport(
  context: BackupContext,
  order: { readonly file: string; readonly passphraseFile: string | null; readonly json: boolean },
): Promise<void> {
  const passphrase = order.passphraseFile === null ? null : readPassphrase(order.passphraseFile);
  const file = path.resolve(order.file);
  const exported = await exportData(context, { file, passphrase });
  if (order.json) return context.say(JSON.stringify({ file, ...exported }));
  context.say(
    `${exported.rows} rows of ${exported.tables} tables were written to ${file}, as they were at ${exported.createdAt}.`,
  );
  if (passphrase === null)
    context.say('The CA and the keys are in it as they are: keep it as closed as the home itself.');
}

export async function exportData(
  context: BackupContext,
  options: { readonly file: string; readonly passphrase: string | null },
): Promise<Exported> {
  const { file, passphrase } = options;
  if (fs.existsSync(file))
    throw new BackupError(`${file} is there already, and nothing is written over: name another file.`);
  const { socketDirectory, facts } = await findSource(context);
  const keys = collectKeys(context.layout.home);
  const client = await connectTo(socketDirectory, context.layout.home);
  const draft = `${file}.draft`;
  try {
    fs.rmSync(draft, { force: true });
    const writer = createBlockWriter(draft);
    try {
      const written = await writeAllTables(context, {
        client,
        facts,
        writer: writer.write,
        keys: sealed(keys, passphrase),
      });
      const { bytes } = writer.end();
      fs.renameSync(draft, file);
      flushFolderSync(path.dirname(file));
      return { ...written, bytes };
    } finally {
      writer.abandon();
    }
  } catch (error) {
    fs.rmSync(draft, { force: true });
    throw toBackupError(error, file);
  } finally {
    // A COPY that is under way is cut off, not waited for.
    (client as unknown as { connection: { stream: { destroy: () => void } } }).connection.stream.destroy();
  }
}

function sealed(keys: string, passphrase: string | null): object {
  return passphrase === null ? { keys } : { sealedKeys: seal(keys, passphrase).toString('base64') };
}

type Work = {
  readonly client: pg.Client;
  readonly facts: DatabaseFacts;
  readonly writer: (bytes: Uint8Array) => void;
  readonly keys: object;
};

async function writeAllTables(
  context: BackupContext,
  { client, facts, writer, keys }: Work,
): Promise<Omit<Exported, 'bytes'>> {
  const hash = createHash('sha256');
  const passed = createByteCount(PROGRESS_BYTES, (bytes) =>
    context.progress({ phase: 'copying', bytes, totalBytes: null }),
  );
  const put = (chunk: Uint8Array): void => {
    context.signal.throwIfAborted();
    hash.update(chunk);
    writer(chunk);
    passed.add(chunk.length);
  };
  const line = (value: object): void => put(Buffer.from(`${JSON.stringify(value)}\n`));

  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY');
  await client.query(`SET LOCAL idle_in_transaction_session_timeout = 0`);
  const { rows: now } = await client.query<{ now: Date }>('SELECT clock_timestamp() AS now');
  const createdAt = formatInstant(Temporal.Instant.fromEpochMilliseconds(now[0]?.now.getTime() ?? 0));
  line({
    product: 'nezuban',
    kind: 'export',
    format: EXPORT_FORMAT,
    release: context.layout.version,
    createdAt,
    managerId: facts.managerId,
    term: facts.term,
    migrations: [...facts.migrations],
  } satisfies ExportHeader);
  line(keys);
  const tables = await listTables(client);
  let rows = 0;
  for (const table of tables) {
    line(table);
    const columns = table.columns.map((column) => pg.escapeIdentifier(column)).join(', ');
    // A query, since COPY of a table alone leaves its partitions out.
    const text = `COPY (SELECT ${columns} FROM ${pg.escapeIdentifier(table.table)}) TO STDOUT`;
    const count = await copyOut(client, text, put);
    put(Buffer.from(`${END_OF_ROWS}\n`));
    line({ rows: count });
    rows += count;
  }
  line({ sequences: await readSequences(client) });
  await client.query('COMMIT');
  writer(
    Buffer.from(
      `${JSON.stringify({ end: true, tables: tables.length, rows, sha256: hash.digest('hex') })}\n`,
    ),
  );
  return { tables: tables.length, rows, createdAt };
}

/** Tables by name, each with the columns that are stored rather than computed; partitions belong to theirs. */
async function listTables(client: pg.Client): Promise<readonly ExportTable[]> {
  const { rows } = await client.query<ExportTable>(
    `SELECT c.relname AS "table",
            (SELECT json_agg(a.attname ORDER BY a.attnum) FROM pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '') AS columns,
            (SELECT coalesce(json_agg(json_build_object('name', p.relname, 'bound', pg_get_expr(p.relpartbound, p.oid), 'options', coalesce(p.reloptions, '{}')) ORDER BY p.relname), '[]')
             FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhrelid WHERE i.inhparent = c.oid) AS partitions
     FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
     ORDER BY c.relname`,
  );
  return rows;
}

/** Numbers that were given stay given. One that was never used is left out. */
async function readSequences(client: pg.Client): Promise<Record<string, string>> {
  const { rows } = await client.query<{ name: string; last: string }>(
    `SELECT sequencename AS name, last_value::text AS last FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL ORDER BY 1`,
  );
  return Object.fromEntries(rows.map(({ name, last }) => [name, last]));
}
