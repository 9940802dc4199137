// The advice after a rotation: the command that works here.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBareDatabase, type BareDatabase } from '../../testing/bare-database.ts';
import { adviseBackup, readBackupFolder } from './advise-backup.ts';

let bare: BareDatabase;
before(async () => {
  bare = await openBareDatabase();
});
after(async () => {
  await bare.stop();
});

const advice = async (): Promise<string> => adviseBackup(await readBackupFolder(bare.database));

test('advice to make a backup: no folder is set, then one is, then what is stored is unreadable: the command that works', async () => {
  assert.equal(await advice(), 'nezuban backup create --to DIR');
  const store = async (value: object) =>
    await bare.database.query({
      text: `INSERT INTO setting (section, value, revision, updated_by) VALUES ('backup', $1, 1, 'test')
             ON CONFLICT (section) DO UPDATE SET value = $1`,
      values: [JSON.stringify(value)],
    });
  await store({ directory: '/backup/nezuban', daily_at: '02:00' });
  assert.equal(await advice(), 'nezuban backup now');
  await store({ directory: 5 });
  assert.equal(await advice(), 'nezuban backup create --to DIR');
});
