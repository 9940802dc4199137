/**
 * A disk that fills up in the middle of a backup, and of an export: one sentence, nothing left on it, and the backups of before untouched. The disk is
 * a small tmpfs, so it needs root.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { backup, backupWatched, closeHome, openHome, type Home } from '../testing/backup-home.ts';

const DISK_MB = 192;
/** Less than a backup of the home takes, compressed. */
const LEFT_BYTES = 256 * 1024;
const mayMount = process.platform === 'linux' && process.getuid?.() === 0;

describe('backup: full disk', { skip: mayMount ? false : 'only root may mount a small disk' }, () => {
  const scratch = fs.mkdtempSync('/tmp/nz-full-');
  const disk = path.join(scratch, 'disk');
  const filler = path.join(disk, 'filler');
  let home: Home;
  before(async () => {
    fs.chmodSync(scratch, 0o755);
    fs.mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'tmpfs', disk]);
    home = await openHome(path.join(scratch, 'a'), true);
    // Does not get small by compression.
    await home.client.query(
      `INSERT INTO event (at, priority, code, message)
       SELECT now(), 'info', 'manager_started', (SELECT string_agg(md5(random()::text), '') FROM generate_series(1, 50 + n % 2)) FROM generate_series(1, 2000) n`,
    );
  });
  after(async () => {
    if (home !== undefined) await closeHome(home);
    execFileSync('umount', [disk]);
    fs.rmSync(scratch, { recursive: true, force: true });
  });

  /** Somebody else takes the room. */
  const fill = (): void => {
    const { bavail, bsize } = fs.statfsSync(disk);
    const file = fs.openSync(filler, 'w');
    try {
      fs.ftruncateSync(file, 0);
      const part = Buffer.alloc(1024 * 1024, 1);
      for (let left = bavail * bsize - LEFT_BYTES; left > 0; left -= part.length)
        fs.writeSync(file, part, 0, Math.min(part.length, left));
    } finally {
      fs.closeSync(file);
    }
  };
  const makeRoom = (): void => fs.rmSync(filler, { force: true });

  test('backup: the disk fills up while the data comes in: one sentence, no draft is left, the backup of before is whole, the next one is made', async () => {
    const to = path.join(disk, 'backups');
    const create = ['create', '--home', home.path, '--to', to, '--json'];
    const first = await backup(...create);
    assert.equal(first.code, 0, first.stderr);
    const { name } = JSON.parse(first.stdout) as { name: string };

    let filled = false;
    const said = await backupWatched([...create, '--rate-max', '4000'], (line) => {
      // Told when it was looked whether there is room enough: the last moment at which there was.
      if (filled || !line.includes('"copying"')) return;
      filled = true;
      fill();
    });
    assert.ok(filled, said.stderr);
    assert.notEqual(said.code, 0);
    assert.match(said.stderr, /The disk of \S+backups is full: make room and try again\./);
    const backups = fs.readdirSync(to).filter((entry) => entry.startsWith('2') || entry.startsWith('.draft'));
    assert.deepEqual(backups, [name]);
    const verified = await backup('verify', name, '--from', to);
    assert.equal(verified.code, 0, verified.stderr);
    const refused = await backup(...create);
    assert.match(refused.stderr, /MB are needed and the disk of .* free: make room, or name another folder/);

    makeRoom();
    const next = await backup(...create, '--verify');
    assert.equal(next.code, 0, next.stderr);
  });

  test('export: the disk fills up: one sentence, and no half of a file', async () => {
    const file = path.join(disk, 'export.zst');

    fill();
    const said = await backup('export', file, '--home', home.path);
    makeRoom();
    assert.notEqual(said.code, 0, said.stdout);
    assert.match(said.stderr, /The disk of \S+export\.zst is full: make room and try again\./);
    assert.deepEqual(
      fs.readdirSync(disk).filter((entry) => entry.startsWith('export')),
      [],
    );
  });
});
