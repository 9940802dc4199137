// What is watched, as sentences: every kind has both, none has a hole.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { watchKinds } from '@nezuban/protocol/self-watch/self-watch';
import { formatBytes, tellCleared, tellRaised } from './sentences.ts';

const facts = {
  freeBytes: 1.5e9,
  totalBytes: 100e9,
  length: 10_000,
  lengthMax: 20_000,
  placeKind: 'lock',
  waiting: 3,
  expiresAt: '2027-01-02T03:04:05.000Z',
};

test('self-watch sentences: every kind: raised and cleared, without a hole', () => {
  for (const kind of watchKinds)
    for (const tell of [tellRaised, tellCleared])
      assert.doesNotMatch(
        tell({ kind, subject: 'x', value: 4.25, facts }).message,
        /undefined|null|NaN/,
        kind,
      );
});

test('self-watch sentences: a disk: percent, free and total', () => {
  const { message, details } = tellRaised({
    kind: 'disk_free_percent',
    subject: '/data',
    value: 1.53,
    facts,
  });
  assert.equal(message, 'The disk of /data has 1.5% free (1.5 GB of 100 GB)');
  assert.deepEqual(details, { path: '/data', freePercent: 1.5, free: '1.5 GB', total: '100 GB' });
});

test('self-watch sentences: bytes: three digits at most', () => {
  assert.deepEqual([0, 999, 1500, 12_345_678, 5e12].map(formatBytes), [
    '0 B',
    '999 B',
    '1.5 kB',
    '12.3 MB',
    '5.0 TB',
  ]);
});
