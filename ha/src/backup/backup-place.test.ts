// Where backups may be kept: not in what is backed up.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { backupNameSchema } from '@nezuban/protocol/backup/backup';
import { assertOutsideData, newBackupName } from './backup-place.ts';

test('backup place: in the folders of the manager, by name or through a link: refused; beside them and elsewhere: taken', () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'nz-place-'));
  try {
    const home = path.join(root, 'home');
    fs.mkdirSync(path.join(home, 'postgres', 'data'), { recursive: true });
    fs.symlinkSync(path.join(home, 'postgres'), path.join(root, 'link'));
    for (const inside of ['postgres', 'postgres/data/bk', 'manager/bk', 'manager/../keeper/x'])
      assert.throws(() => assertOutsideData(home, path.join(home, inside)), /backed up itself/, inside);
    assert.throws(() => assertOutsideData(home, path.join(root, 'link', 'bk')), /backed up itself/);
    for (const outside of [path.join(home, 'backups'), path.join(home, 'postgres-bk'), path.join(root, 'bk')])
      assertOutsideData(home, outside);
  } finally {
    fs.rmSync(root, { recursive: true });
  }
});

test('backup place: names of two backups within one second: sort by age', () => {
  const first = Temporal.Instant.from('2026-11-26T11:33:25.009Z');
  const names = [0, 1, 90, 990].map((later) => newBackupName(first.add({ milliseconds: later })));
  assert.deepEqual(names.toSorted(), names);
  for (const name of names) backupNameSchema.parse(name);
});

test('backup place: a new folder that several programs open at the same moment: all of them find it theirs', async () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'nz-place-'));
  const place = path.join(root, 'backups');
  // All begin when they see the file, so that they are in the same step at the same time.
  const begin = path.join(root, 'begin');
  const program = `
    import fs from 'node:fs';
    import { openPlace, readPlace } from '${path.join(import.meta.dirname, 'backup-place.ts')}';
    console.log('ready');
    while (!fs.existsSync('${begin}'));
    openPlace('${place}', '42');
    if (readPlace('${place}') !== '42') throw new Error('it is not there');
  `;
  try {
    const running = Array.from({ length: 4 }, () => {
      const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
        timeout: 30_000,
      });
      const ready = new Promise<void>((resolve) => run.child.stdout?.once('data', () => resolve()));
      return { run, ready };
    });
    const all = Promise.all(running.map(({ run }) => run));
    await Promise.race([all, Promise.all(running.map(({ ready }) => ready))]);
    fs.writeFileSync(begin, '');
    await all;
    assert.deepEqual(fs.readdirSync(place), ['place.json']);
  } finally {
    fs.rmSync(root, { recursive: true });
  }
});
