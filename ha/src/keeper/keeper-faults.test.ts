// The keeper over real processes: surroundings that do not allow a start. One sentence, the documented exit code, nothing left running.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { startProcess } from '@nezuban/tests/support/processes';
import { keeperRun, type KeeperRun } from '../testing/keeper-run.ts';

const AS_ROOT = process.getuid?.() === 0;
/** A user that owns nothing of ours. */
const NOBODY = { uid: 65_534, gid: 65_534 };

async function assertRefused(run: KeeperRun, sentence: RegExp, args?: readonly string[]): Promise<void> {
  const keeper = run.start(args);
  const { code } = await keeper.waitForEnd(60_000);
  assert.match(keeper.stderr().trim(), sentence);
  assert.equal(keeper.stderr().trim().split('\n').length, 1, keeper.stderr());
  assert.equal(code, args?.includes('--bogus') === true ? 2 : 5);
  await run.allGone();
}

async function initialised(run: KeeperRun): Promise<string> {
  const keeper = await run.startUntilReady();
  keeper.kill('SIGTERM');
  await keeper.waitForEnd();
  return path.join(run.home, 'postgres/data');
}

test('keeper: data directory of another PostgreSQL, open to others, foreign, or no data directory: refused', async () => {
  await using run = keeperRun();
  const data = await initialised(run);
  const versionFile = path.join(data, 'PG_VERSION');

  fs.writeFileSync(versionFile, '17\n');
  await assertRefused(run, /is of PostgreSQL 17, this release runs PostgreSQL 18/);
  fs.rmSync(versionFile);
  await assertRefused(run, /it has no PG_VERSION/);
  fs.writeFileSync(versionFile, '18\n');

  fs.chmodSync(data, 0o755);
  await assertRefused(run, /open to other users \(mode 755\): run "chmod 700/);
  fs.chmodSync(data, 0o700);
  if (AS_ROOT) {
    const { uid, gid } = fs.statSync(data);
    fs.chownSync(data, NOBODY.uid, NOBODY.gid);
    await assertRefused(run, /belongs to user 65534, PostgreSQL would run as "nezuban"/);
    fs.chownSync(data, uid, gid);
  }
  // PG_VERSION was written by us, which PostgreSQL as another user must read.
  if (AS_ROOT) fs.chmodSync(versionFile, 0o644);
  await run.startUntilReady();
});

test('keeper: the pid of a dead PostgreSQL belongs to another process of its user: starts all the same', async () => {
  await using run = keeperRun();
  const data = await initialised(run);
  const { uid, gid } = fs.statSync(data);
  await using other = startProcess(['/bin/sleep', '300'], { uid, gid });
  const file = path.join(data, 'postmaster.pid');
  fs.writeFileSync(
    file,
    `${other.pid}\n${data}\n1700000000\n5432\n${run.home}/run/postgres\n\n  1234567  42\nready   \n`,
    { mode: 0o600 },
  );
  fs.chownSync(file, uid, gid);
  await run.startUntilReady();
  assert.match(fs.readFileSync(path.join(run.home, 'log/keeper.log'), 'utf8'), /stale pid file is removed/);
});

test('keeper: a start that was cut off in initdb, and a runtime copy with an empty file: both are made anew', async () => {
  await using run = keeperRun();
  const data = await initialised(run);
  fs.renameSync(data, path.join(path.dirname(data), 'data.draft-4711'));
  const runtime = fs.readdirSync(path.join(run.home, 'runtime')).find((name) => name.startsWith('pg-')) ?? '';
  fs.truncateSync(path.join(run.home, 'runtime', runtime, 'bin/postgres'));
  fs.mkdirSync(path.join(run.home, 'runtime/pg-17.0.draft-4711'));
  const keeper = await run.startUntilReady();
  assert.match(keeper.stdout(), /once-only-password/, 'a new, empty database');
  assert.deepEqual(fs.readdirSync(path.dirname(data)), ['data']);
  assert.deepEqual(fs.readdirSync(path.join(run.home, 'runtime')).toSorted(), ['guard.sh', runtime]);
});

test('keeper: wrong options: all problems in one sentence', async () => {
  await using run = keeperRun();
  await assertRefused(
    run,
    /^nezuban: Wrong options: the option --bogus is unknown.*; --listen "x" is no HOST:PORT/,
    ['--bogus', '--listen', 'x'],
  );
});

test('keeper: unusable homes: each refused in one sentence', async () => {
  await using run = keeperRun();
  const at = (name: string) => ['--home', path.join(run.home, name)];
  fs.writeFileSync(path.join(run.home, 'file'), '');
  fs.mkdirSync(path.join(run.home, 'full'));
  fs.writeFileSync(path.join(run.home, 'full/letter.txt'), '');
  fs.mkdirSync(path.join(run.home, 'newer'), { mode: 0o700 });
  fs.writeFileSync(path.join(run.home, 'newer/VERSION'), '7\n');
  await assertRefused(run, /is not a folder: name another one with --home/, at('file'));
  await assertRefused(run, /cannot be used: a part of its path is not a folder/, at('file/below'));
  await assertRefused(run, /is not empty and has no VERSION file/, at('full'));
  await assertRefused(run, /has layout version "7", this release works with 1/, at('newer'));
  await assertRefused(run, /its path is too long/, at('x'.repeat(300)));
  await assertRefused(run, /cannot be used: .*\/proc\/nowhere/, ['--home', '/proc/nowhere/home']);
});

test('keeper: a home whose path is too long for sockets: works by a short run directory', async () => {
  await using run = keeperRun();
  const home = path.join(run.home, 'a'.repeat(60), 'b'.repeat(60));
  fs.mkdirSync(path.dirname(home), { mode: 0o755 });
  fs.chmodSync(run.home, 0o755);
  const keeper = run.start([
    '--home',
    home,
    '--listen',
    '127.0.0.1:0',
    '--agent-listen',
    '127.0.0.1:0',
    '--no-local-agent',
  ]);
  await keeper.waitForOutput(/is running\./, 60_000);
  const stop = await run.command('stop', '--home', home);
  assert.equal(stop.code, 0, stop.stderr);
  await run.allGone();
});
