// Tests of the files that both hosts of a pair must have alike.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { hasAllSharedFiles, readSharedFiles, writeSharedFiles } from './shared-files.ts';

const scratch = fs.mkdtempSync('/tmp/nz-shared-');
after(() => fs.rmSync(scratch, { recursive: true, force: true }));

function home(name: string, files: Readonly<Record<string, string>>): string {
  const folder = path.join(scratch, name);
  fs.mkdirSync(path.join(folder, 'manager/ca'), { recursive: true });
  for (const [file, content] of Object.entries(files))
    fs.writeFileSync(path.join(folder, 'manager', file), content);
  return folder;
}
const keys = { 'secret-key': 's', 'ca/ca.key': 'k', 'ca/ca.crt': 'c' };

test('shared files: a host that has none takes them over, private, and has the same digest', () => {
  const master = home('m1', { ...keys, 'local-token': 't' });
  const standby = home('s1', { 'ca/server.json': 'of another CA' });
  assert.equal(hasAllSharedFiles(readSharedFiles(standby)), false);
  writeSharedFiles(standby, readSharedFiles(master));
  assert.equal(readSharedFiles(standby).digest, readSharedFiles(master).digest);
  assert.equal(fs.statSync(path.join(standby, 'manager/ca/ca.key')).mode & 0o777, 0o600);
  assert.equal(
    fs.existsSync(path.join(standby, 'manager/ca/server.json')),
    false,
    'it was signed by another CA',
  );
});

test('shared files: the master has no one-time password any more: removed here too; a key is never removed', () => {
  const standby = home('s2', { ...keys, 'one-time-password': 'p' });
  writeSharedFiles(standby, readSharedFiles(home('m2', { 'ca/ca.key': 'k', 'ca/ca.crt': 'c' })));
  const names = readSharedFiles(standby).files.map((file) => file.path);
  assert.deepEqual(names, ['secret-key', 'ca/ca.key', 'ca/ca.crt']);
});

test('shared files: names from the network that are none of ours are not written', () => {
  const standby = home('s3', {});
  writeSharedFiles(standby, {
    files: [{ path: '../../escaped', content: Buffer.from('x').toString('base64') }],
    digest: 'd',
  });
  assert.equal(fs.existsSync(path.join(scratch, 'escaped')), false);
  assert.deepEqual(readSharedFiles(standby).files, []);
});

test('shared files: the master has other keys: taken over, and those of before are kept beside', () => {
  const standby = home('s4', { ...keys, 'local-token': 'before' });
  writeSharedFiles(
    standby,
    readSharedFiles(home('m4', { ...keys, 'secret-key': 'other', 'local-token': 't' })),
  );
  const read = (name: string) => fs.readFileSync(path.join(standby, 'manager', name), 'utf8');
  assert.deepEqual([read('secret-key'), read('secret-key.former')], ['other', 's']);
  assert.equal(fs.existsSync(path.join(standby, 'manager/local-token.former')), false);
  assert.equal(fs.existsSync(path.join(standby, 'manager/ca/ca.key.former')), false, 'it is the same');
});

test('shared files: an exchange of the authority is finished: the old key stays nowhere', () => {
  const next = { certificate: 'new c', key: 'new k' };
  const exchange = JSON.stringify({ phase: 'finishing', next });
  const standby = home('s5', { ...keys, 'ca/exchange.json': exchange });
  writeSharedFiles(
    standby,
    readSharedFiles(home('m5', { ...keys, 'ca/ca.key': next.key, 'ca/ca.crt': next.certificate })),
  );
  assert.deepEqual(fs.readdirSync(path.join(standby, 'manager/ca')).toSorted(), ['ca.crt', 'ca.key']);
  assert.equal(fs.readFileSync(path.join(standby, 'manager/ca/ca.key'), 'utf8'), next.key);
});
