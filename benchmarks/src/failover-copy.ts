/**
 * How fast the second host gets its copy of the data, beside `cp` of the same directory on the same disk.
 *
 * Called by `failover.ts` before and while the second host joins.
 */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import type { Pair } from '@nezuban/tests/ha/pair';
import type { MemberName } from '@nezuban/tests/ha/network';
import { connectToDatabase } from './failover-commits.ts';

export interface CopyFigures {
  readonly megabytes: number;
  readonly perSecond: number;
}

const MIB = 1024 * 1024;
const POLL_MS = 50;
const COPY_TIMEOUT_MS = 600_000;
/** Rows of about 1 KiB that do not compress. */
const FILL_ROWS_PER_MIB = 900;

/** Makes the database that large, with bytes that cannot be told from real ones by their size. */
export async function fillDatabase(
  pair: Pair,
  { master, megabytes }: { master: MemberName; megabytes: number },
): Promise<void> {
  const client = await connectToDatabase(pair, master);
  await client.query('CREATE UNLOGGED TABLE bench_fill (words text)');
  await client.query(
    `INSERT INTO bench_fill SELECT string_agg(md5(random()::text), '') FROM generate_series(1, ${megabytes * FILL_ROWS_PER_MIB}) AS row, generate_series(1, 32) GROUP BY row`,
  );
  // An unlogged table is not copied; now it is an ordinary one, with its pages in the log.
  await client.query('ALTER TABLE bench_fill SET LOGGED');
  await client.query('CHECKPOINT').catch(() => undefined);
  await client.end();
}

/** Watches the copy of that member from its first byte to its last, by what its keeper says. */
export async function watchCopy(pair: Pair, name: MemberName): Promise<CopyFigures | null> {
  let first: { at: number; bytes: number } | null = null;
  let last: { at: number; bytes: number } | null = null;
  for (const until = performance.now() + COPY_TIMEOUT_MS; performance.now() < until;) {
    const view = (await pair.self(name))?.view;
    const copy = view?.copy ?? null;
    const at = performance.now();
    if (copy !== null && copy.phase === 'copying') {
      first ??= { at, bytes: copy.bytes };
      last = { at, bytes: copy.bytes };
    } else if (first !== null || view?.state === 'standby-in-sync') break;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  if (first === null || last === null || last.at === first.at) return null;
  const bytes = last.bytes - first.bytes;
  return { megabytes: last.bytes / MIB, perSecond: bytes / MIB / ((last.at - first.at) / 1000) };
}

export function measureCp(pair: Pair, name: MemberName): CopyFigures {
  const source = path.join(pair.hosts[name].home, 'postgres/data');
  const target = path.join(pair.scratch, 'cp-of-data');
  const megabytes = Number(
    execFileSync('du', ['-sm', '--apparent-size', source], { encoding: 'utf8' }).split('\t')[0],
  );
  const began = performance.now();
  execFileSync('sh', ['-c', `cp -r "$1" "$2" && sync "$2"`, 'sh', source, target], { stdio: 'ignore' });
  const seconds = (performance.now() - began) / 1000;
  execFileSync('rm', ['-rf', target]);
  return { megabytes, perSecond: megabytes / seconds };
}
