// Tests of the home: which folder it is, and what is refused before anything is written into it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { HomeError, prepareHome, prepareRunDirectory, resolveHome, runDirectoryOf } from './home.ts';

const scratch = fs.mkdtempSync('/tmp/nz-platform-');
after(() => fs.rmSync(scratch, { recursive: true, force: true }));
const uid = process.getuid?.() ?? 0;
const rights = { uid, passableFor: null };
const sources = { flag: undefined, variable: undefined, uid: 1000, userHome: '/home/op', cwd: '/w' };

function refusal(work: () => void): string {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof HomeError, String(error));
    assert.ok(!error.message.includes('\n'), 'one sentence');
    return error.message;
  }
  return assert.fail('nothing was refused');
}

test('home: flag, variable, user, root: in this order', () => {
  assert.equal(resolveHome({ ...sources, flag: 'h', variable: '/v' }), '/w/h');
  assert.equal(resolveHome({ ...sources, variable: '/v' }), '/v');
  assert.equal(resolveHome(sources), '/home/op/.nezuban');
  assert.equal(resolveHome({ ...sources, uid: 0 }), '/var/lib/nezuban');
  assert.match(
    refusal(() => resolveHome({ ...sources, variable: '' })),
    /NEZUBAN_HOME is empty/,
  );
  assert.match(
    refusal(() => resolveHome({ ...sources, flag: 'a\nb' })),
    /line breaks/,
  );
});

test('home: absent, then prepared twice: private, with its layout version', () => {
  const home = path.join(scratch, 'deep/new');
  prepareHome(home, rights);
  prepareHome(home, rights);
  assert.equal(fs.statSync(home).mode & 0o777, 0o700);
  assert.deepEqual(fs.readdirSync(home), ['VERSION']);
});

test('home: an empty folder open to others: is taken and closed', () => {
  const home = path.join(scratch, 'empty');
  fs.mkdirSync(home, { mode: 0o755 });
  prepareHome(home, { uid, passableFor: process.getgid?.() ?? 0 });
  assert.equal(fs.statSync(home).mode & 0o777, 0o710);
});

test('home: in use and open to others, of another version, foreign, a file, no space: refused in one sentence', () => {
  const home = path.join(scratch, 'used');
  prepareHome(home, rights);
  fs.chmodSync(home, 0o755);
  assert.match(
    refusal(() => prepareHome(home, rights)),
    /open to other users \(mode 755\): run "chmod 700 /,
  );
  fs.chmodSync(home, 0o700);
  assert.match(
    refusal(() => prepareHome(home, { ...rights, uid: uid + 1 })),
    /belongs to user \d+, but this process/,
  );
  assert.match(
    refusal(() => prepareHome(home, { ...rights, freeBytesMin: Number.MAX_SAFE_INTEGER })),
    /has \d+ MB free, at least \d+ MB are needed/,
  );
  fs.writeFileSync(path.join(home, 'VERSION'), '99\n');
  assert.match(
    refusal(() => prepareHome(home, rights)),
    /layout version "99", this release works with 1/,
  );
  fs.rmSync(path.join(home, 'VERSION'));
  fs.writeFileSync(path.join(home, 'letter'), '');
  assert.match(
    refusal(() => prepareHome(home, rights)),
    /no VERSION file, so it is no home/,
  );
  assert.match(
    refusal(() => prepareHome(path.join(home, 'letter'), rights)),
    /is not a folder/,
  );
  assert.match(
    refusal(() => prepareHome(path.join(home, 'letter/x'), rights)),
    /a part of its path is not a folder/,
  );
  assert.match(
    refusal(() => prepareHome(path.join(scratch, 'x'.repeat(300)), rights)),
    /path is too long/,
  );
});

test('home: a start that was cut off while it wrote the version: goes on', () => {
  const home = path.join(scratch, 'cut-off');
  fs.mkdirSync(home, { mode: 0o700 });
  fs.writeFileSync(path.join(home, 'VERSION.4711.draft'), '');
  prepareHome(home, rights);
  assert.equal(fs.readFileSync(path.join(home, 'VERSION'), 'utf8'), '1\n');
});

test('run directory: short home, long home, as root: sockets always fit', () => {
  const long = `/srv/${'x'.repeat(120)}`;
  assert.equal(runDirectoryOf('/home/op/.nezuban', 1000), '/home/op/.nezuban/run');
  assert.match(runDirectoryOf(long, 1000), /^\/tmp\/nezuban-1000-[0-9a-f]{12}$/);
  assert.match(runDirectoryOf(long, 0), /^\/run\/nezuban-[0-9a-f]{12}$/);
  assert.notEqual(runDirectoryOf(long, 0), runDirectoryOf(`${long}y`, 0));
});

test('run directory: a symbolic link in its place: refused', () => {
  const directory = path.join(scratch, 'run');
  fs.symlinkSync('/tmp', directory);
  assert.match(
    refusal(() => prepareRunDirectory(directory, rights)),
    /belongs to somebody else/,
  );
});
