/** What the disk of the voter record promises, and what a crash takes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VoterRecord } from '@nezuban/protocol/pair/roster';
import { RecordDisk } from './disk.ts';
import { EventQueue } from './event-queue.ts';
import { Process } from './process.ts';
import { Random } from './random.ts';

function recordOf(term: number): VoterRecord {
  return { cluster: 'c', id: 'a', term, votedFor: null, roster: null, fence: null, maintenance: false };
}

function createDisk(): { queue: EventQueue; disk: RecordDisk; written: string[] } {
  const queue = new EventQueue();
  const written: string[] = [];
  const disk = new RecordDisk({
    queue,
    random: new Random(5, 1),
    hardware: new Process(1),
    written: (records, sequence) => written.push(`${sequence}:${records.map(({ term }) => term).join('+')}`),
    failed: () => written.push('failed'),
  });
  return { queue, disk, written };
}

test('disk: writes while one is under way: are written together, and the last one counts', () => {
  const { queue, disk, written } = createDisk();
  for (const term of [1, 2, 3]) disk.write(term, recordOf(term));
  assert.equal(disk.durable?.term, undefined);
  while (queue.step(1000));
  assert.deepEqual(written, ['1:1', '3:2+3']);
  assert.equal(disk.durable?.term, 3);
});

test('disk: crash: what waited is lost, the write under way may have arrived', () => {
  for (const reached of [true, false]) {
    const { queue, disk, written } = createDisk();
    disk.format(recordOf(0));
    disk.write(1, recordOf(1));
    disk.write(2, recordOf(2));
    disk.crash(reached);
    while (queue.step(1000));
    assert.equal(disk.durable?.term, reached ? 1 : 0);
    assert.deepEqual(written, reached ? ['0:0', '1:1'] : ['0:0']);
  }
});

test('disk: failing: the record stays as it was and the keeper is told', () => {
  const { queue, disk, written } = createDisk();
  disk.format(recordOf(0));
  disk.failing = true;
  disk.write(1, recordOf(1));
  while (queue.step(1000));
  assert.equal(disk.durable?.term, 0);
  assert.deepEqual(written, ['0:0', 'failed']);
});
