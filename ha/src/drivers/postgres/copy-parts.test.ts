/** Tests of the parts of a copy that need no server: archive, manifest, target, log lines, pace, and whether a rewind may be tried. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { rosterOf } from '../../testing/database-pair.ts';
import { checkManifest } from './backup-manifest.ts';
import { createCopyTarget } from './copy-target.ts';
import type { Inspected } from './data-directory.ts';
import { whyNotRewind } from './rewind.ts';
import { readLogLine } from './server-log.ts';
import { afterLife, FRESH_PACE, waitBeforeStart } from './start-pace.ts';
import { createTarReader } from './tar-reader.ts';

function tarHeader(name: string, type: string, size: number): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0);
  block.write(size.toString(8).padStart(11, '0'), 124);
  block.write(type, 156);
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

function tarOf(files: Readonly<Record<string, Buffer | null>>): Buffer {
  const parts = Object.entries(files).flatMap(([name, content]) =>
    content === null
      ? [tarHeader(`${name}/`, '5', 0)]
      : [tarHeader(name, '0', content.length), content, Buffer.alloc((512 - (content.length % 512)) % 512)],
  );
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

test('copy: an archive in pieces of any size: the same files', () => {
  const content = Buffer.from(Array.from({ length: 1500 }, (_, index) => index % 251));
  const archive = tarOf({
    base: null,
    'base/1': content,
    'base/2': Buffer.alloc(0),
    'base/3': content.subarray(0, 512),
  });
  for (const piece of [1, 7, 511, 512, 513, archive.length]) {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'nz-tar-'));
    try {
      const target = createCopyTarget({ directory: path.join(directory, 'x'), owner: null });
      const reader = createTarReader(target);
      for (let at = 0; at < archive.length; at += piece) reader.write(archive.subarray(at, at + piece));
      reader.end();
      assert.deepEqual(fs.readFileSync(path.join(directory, 'x/base/1')), content);
      assert.equal(fs.statSync(path.join(directory, 'x/base/2')).size, 0);
      assert.equal(fs.statSync(path.join(directory, 'x/base/3')).size, 512);
      assert.deepEqual([...target.received().keys()], ['base/1', 'base/2', 'base/3']);
    } finally {
      fs.rmSync(directory, { recursive: true });
    }
  }
});

test('copy: an archive that is cut off, damaged, or names a place outside: refused', () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'nz-tar-'));
  const read = (archive: Buffer) => {
    const reader = createTarReader(createCopyTarget({ directory: path.join(directory, 'x'), owner: null }));
    reader.write(archive);
    reader.end();
  };
  try {
    const archive = tarOf({ a: Buffer.alloc(1000) });
    assert.throws(() => read(archive.subarray(0, 900)), /cut off/);
    const damaged = Buffer.from(archive);
    damaged[3] = 66;
    assert.throws(() => read(damaged), /damaged/);
    assert.throws(() => read(tarOf({ '../a': Buffer.alloc(1) })), /outside/);
    assert.throws(() => read(tarHeader('pg_tblspc/1', '2', 0)), /several places/);
    assert.equal(fs.existsSync(path.join(directory, 'a')), false);
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
});

test('copy: the manifest: what is missing, cut short, altered, added, and a manifest that was altered itself', () => {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const lines = (checksum: string) =>
    `{ "PostgreSQL-Backup-Manifest-Version": 2,\n"Files": [\n` +
    `{ "Path": "base/1", "Size": 3, "Last-Modified": "x", "Checksum-Algorithm": "SHA256", "Checksum": "${checksum}" }\n],\n`;
  const seal = (text: string) => `${text}"Manifest-Checksum": "${sha256(text)}"}\n`;
  const manifest = seal(lines(sha256('abc')));
  const file = { size: 3, sha256: sha256('abc') };
  const check = (files: Record<string, typeof file>, text = manifest) =>
    checkManifest(text, new Map(Object.entries(files)));
  assert.equal(check({ 'base/1': file, 'pg_wal/000000010000000000000001': file }), null);
  assert.match(check({}) ?? '', /lacks the file base\/1/);
  assert.match(check({ 'base/1': { ...file, size: 2 } }) ?? '', /2 bytes .* instead of 3/);
  assert.match(check({ 'base/1': { ...file, sha256: sha256('abd') } }) ?? '', /damaged on its way/);
  assert.match(check({ 'base/1': file, 'base/9': file }) ?? '', /does not list/);
  assert.match(check({ 'base/1': file }, manifest.replace('base/1', 'base/2')) ?? '', /damaged/);
  assert.match(check({ 'base/1': file }, 'x') ?? '', /cannot be read/);
});

test('server log: what refuses a standby for good, what only ends its stream, what is neither', () => {
  const refused = [
    'FATAL:  could not receive data from WAL stream: ERROR:  requested WAL segment 000000010000000000000003 has already been removed',
    "FATAL:  could not start WAL streaming: ERROR:  requested starting point 0/5000000 on timeline 1 is not in this server's history",
    'LOG:  new timeline 2 forked off current database system timeline 1 before current recovery point 0/5000A28',
    'FATAL:  database system identifier differs between the primary and standby',
  ];
  for (const line of refused) assert.notEqual(readLogLine(line).refusal, null, line);
  const ended = readLogLine(
    'FATAL:  could not receive data from WAL stream: server closed the connection unexpectedly',
  );
  assert.deepEqual([ended.refusal, ended.streamEnded], [null, true]);
  const panic = readLogLine(
    '2026-01-01 00:00:00.000 UTC [7] PANIC:  could not write to file "pg_wal/xlogtemp.7": No space left',
  );
  assert.match(panic.severe ?? '', /No space left/);
  assert.deepEqual(readLogLine('LOG:  redo starts at 0/3000028'), {
    refusal: null,
    streamEnded: false,
    severe: null,
  });
});

test('start pace: a server that ends at once again and again: longer and longer, up to a bound; one that lived: at once', () => {
  let pace = FRESH_PACE;
  const waits = Array.from({ length: 12 }, () => {
    pace = afterLife(pace, 50);
    return waitBeforeStart(pace);
  });
  assert.deepEqual(waits.slice(0, 4), [0, 100, 200, 400]);
  assert.equal(waits.at(-1), 5_000);
  assert.equal(waitBeforeStart(afterLife(pace, 60_000)), 0);
});

test('rewind: only where our own record says that the histories part at a known position into another timeline', () => {
  const entry = (term: number, timeline: number, startLsn: number) => ({
    term,
    timeline,
    startLsn,
    member: 'a',
    lossy: false,
  });
  const before = { kind: 'present', lineage: 3 } as Inspected;
  const roster = (...lineage: ReturnType<typeof entry>[]) => rosterOf('a', ['a', 'b'], { lineage });
  assert.equal(whyNotRewind(before, roster(entry(3, 1, 10), entry(4, 2, 90)), null), null);
  assert.match(whyNotRewind(before, roster(entry(3, 1, 10)), null) ?? '', /has not parted/);
  assert.match(whyNotRewind(before, roster(entry(4, 2, 90)), null) ?? '', /not known to the roster/);
  assert.match(
    whyNotRewind(before, roster(entry(3, 1, 10), entry(4, 2, 0)), null) ?? '',
    /where the histories part/,
  );
  assert.match(whyNotRewind(before, roster(entry(3, 2, 10), entry(4, 2, 90)), null) ?? '', /same timeline/);
  assert.match(
    whyNotRewind(
      before,
      roster(entry(3, 1, 10), entry(4, 2, 90)),
      'requested WAL segment 1 has already been removed',
    ) ?? '',
    /is gone/,
  );
  assert.match(whyNotRewind({ kind: 'absent', trouble: null }, null, null) ?? '', /no directory/);
});
