/**
 * How quickly a running manager is backed up, beside `cp` of the same data on the same disk: `npm run bench:backup [-- MEGABYTES]`.
 *
 * A manager's database is filled with events that compress about as real ones do. Then: `cp -r` of the data directory with `sync`, `nezuban backup create`,
 * `verify`, and `restore`, each from the same files in the page cache. Stated in MB of data a second, and as a part of what `cp` does.
 */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { choosePlace, repositoryRoot, startProduct } from '@nezuban/tests/acceptance/product';
import { createScratchHome } from '@nezuban/tests/support/scratch-home';

const run = promisify(execFile);
const launcher = path.join(repositoryRoot, 'cli/bin/nezuban');
const wantedMegabytes = Number(process.argv[2] ?? 512);
/** What a row of `fill` takes in the database. */
const ROWS_A_MEGABYTE = 1_300;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

async function fill(home: string): Promise<void> {
  const host = path.join(home, 'run/postgres');
  const client = new pg.Client({ host, port: 5432, user: 'nezuban', database: 'nezuban' });
  await client.connect();
  await client.query(
    `INSERT INTO event (at, priority, code, node, message, details)
     SELECT now(), 'info', 'unit_ended', 'node-' || n % 97, 'Unit step-' || n % 1013 || ' of night/settlement ended normal after ' || n % 5003 || ' ms: ' || md5(n::text) || md5((n + 1)::text),
            jsonb_build_object('session', n % 9973, 'unit', md5((n / 7)::text)) FROM generate_series(1, $1::int) n`,
    [wantedMegabytes * ROWS_A_MEGABYTE],
  );
  await client.query('CHECKPOINT');
  await client.end();
}

async function sizeOf(folder: string): Promise<number> {
  const { stdout } = await run('du', ['-sm', '--exclude=pg_wal', folder]);
  return Number.parseInt(stdout, 10);
}

await using scratch = createScratchHome();
fs.chmodSync(scratch.path, 0o711);
const home = path.join(scratch.path, 'home');
const product = await startProduct(await choosePlace(home), { args: ['--no-local-agent'] });
try {
  await fill(home);
  const data = path.join(home, 'postgres/data');
  const megabytes = await sizeOf(data);
  const backups = path.join(scratch.path, 'backups');
  const copy = path.join(scratch.path, 'copy');
  const copied = await timed(async () => {
    await run('cp', ['-r', data, copy]);
    await run('sync', ['-f', copy]);
  });
  const steps = {
    create: await timed(() => run(launcher, ['backup', 'create', '--home', home, '--to', backups])),
    verify: await timed(() => run(launcher, ['backup', 'verify', '--from', backups])),
    restore: await timed(() =>
      run(launcher, ['backup', 'restore', '--from', backups, '--home', path.join(scratch.path, 'restored')]),
    ),
  };
  const stored = await sizeOf(backups);
  console.log(`${megabytes} MB of data; the backup takes ${stored} MB`);
  const line = (name: string, seconds: number): void =>
    console.log(
      `${name.padEnd(8)} ${seconds.toFixed(1).padStart(6)} s ${(megabytes / seconds).toFixed(0).padStart(5)} MB/s ${(copied / seconds).toFixed(2).padStart(6)} x cp`,
    );
  line('cp', copied);
  for (const [name, seconds] of Object.entries(steps)) line(name, seconds);
} finally {
  await product.stop();
}
