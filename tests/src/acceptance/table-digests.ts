/**
 * What is in a database of the product, one digest a table: to tell whether two hold the same, whatever version of PostgreSQL they lie in.
 *
 * Responsible for reading the database under a home, whether its manager runs or not. Writes nothing. Called by prove-upgrade-main.ts.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { waitFor } from '../support/wait-for.ts';

const ROLE = 'nezuban';
const DATABASE = 'nezuban';
const PORT = 5432;
const START_MS = 300_000;
/** Lines of `postmaster.pid`, as PostgreSQL has had them since 9.1. */
const SOCKET_LINE = 4;

export type Digests = {
  readonly server: string;
  /** By table, and by sequence. */
  readonly of: ReadonlyMap<string, string>;
  readonly rows: number;
};

/** Of the database of a manager that runs. */
export async function digestsOfRunning(home: string): Promise<Digests> {
  const lines = fs.readFileSync(path.join(home, 'postgres/data/postmaster.pid'), 'utf8').split('\n');
  return await readDigests(lines[SOCKET_LINE] ?? '');
}

/** Of a home in which nothing runs: its PostgreSQL is started for it alone, with a socket below `scratch`, and stopped again. */
export async function digestsAtRest(home: string, scratch: string): Promise<Digests> {
  const data = path.join(home, 'postgres/data');
  const { uid, gid } = fs.statSync(data);
  const sockets = fs.mkdtempSync(path.join(scratch, 's-'));
  fs.chownSync(sockets, uid, gid);
  const runtime = fs.readdirSync(path.join(home, 'runtime')).find((name) => name.startsWith('pg-'));
  const postgres = path.join(home, 'runtime', runtime ?? '', 'bin/postgres');
  const server = spawn(postgres, ['-D', data, '-k', sockets], { uid, gid, cwd: '/', stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  try {
    return await waitFor(async () => await readDigests(sockets), {
      timeoutMs: START_MS,
      intervalMs: 200,
      message: `the database of ${home}`,
    });
  } finally {
    server.kill('SIGINT');
    await ended;
  }
}

/** Tables and sequences whose content is not the same in both. */
export function differences(one: Digests, other: Digests): readonly string[] {
  const names = new Set([...one.of.keys(), ...other.of.keys()]);
  return [...names].filter((name) => one.of.get(name) !== other.of.get(name)).toSorted();
}

async function readDigests(host: string): Promise<Digests> {
  const client = new pg.Client({ host, port: PORT, user: ROLE, database: DATABASE });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class
       WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition`,
    );
    const of = new Map<string, string>();
    let rows = 0;
    for (const { name } of tables) {
      // Bytes rather than a language's order; in which partition a row lies counts too.
      const { rows: found } = await client.query<{ count: number; digest: string | null }>(
        `SELECT count(*)::int AS count, md5(string_agg(line, '' ORDER BY line)) AS digest
         FROM (SELECT md5(t.tableoid::regclass::text || t::text) COLLATE "C" AS line FROM ${pg.escapeIdentifier(name)} t) lines`,
      );
      const { count = 0, digest = null } = found[0] ?? {};
      of.set(name, `${count} ${digest ?? 'empty'}`);
      rows += count;
    }
    const { rows: sequences } = await client.query<{ name: string; last: string | null }>(
      `SELECT sequencename AS name, last_value::text AS last FROM pg_sequences WHERE schemaname = 'public'`,
    );
    for (const { name, last } of sequences) of.set(`sequence ${name}`, last ?? 'unused');
    const { rows: said } = await client.query<{ version: string }>(
      `SELECT current_setting('server_version') AS version`,
    );
    return { server: said[0]?.version ?? '', of, rows };
  } finally {
    await client.end();
  }
}
