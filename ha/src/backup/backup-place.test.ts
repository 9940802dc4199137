// Where backups may be kept: not in what is backed up.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
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
