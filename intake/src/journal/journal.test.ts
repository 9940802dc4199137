// Tests of the journal: what is durable comes back, in order; what a crash, a full or a broken disk leave behind; the bound of its size.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { encodeRecord } from '@nezuban/protocol/intake/record-codec';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createFaultyDisk, diskError, type Fault } from '../testing/faulty-disk.ts';
import { BOUND, createJournalBench, entry, readAll, textOf } from '../testing/journal-bench.ts';
import { createJournalDisk } from './journal-disk.ts';
import { createRecordBuffer, writeRecord } from './record-buffer.ts';
import { SEGMENT_HEAD_BYTES } from './segment-format.ts';

const segmentsIn = (directory: string): string[] =>
  fs
    .readdirSync(directory)
    .filter((name) => name.endsWith('.seg'))
    .sort();
const nothing = (): void => undefined;

test('record buffer: any record: the same bytes as the plain encoder', () => {
  fc.assert(
    fc.property(
      fc.record({
        seq: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
        receivedUs: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
        flags: fc.integer({ min: 0, max: 15 }),
        port: fc.integer({ min: 0, max: 65_535 }),
        address: fc.uint8Array({ minLength: 16, maxLength: 16 }),
        payload: fc.uint8Array({ maxLength: 300 }),
        extra: fc.option(fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 })),
      }),
      ({ seq, extra, ...fields }) => {
        const buffer = createRecordBuffer(20_000);
        const bytes = extra === null ? new Uint8Array(0) : Buffer.from(JSON.stringify(extra));
        if (bytes.length > 4_096) return;
        writeRecord(buffer, seq, { ...fields, protocol: 2, extra: bytes });
        const plain = encodeRecord({ ...fields, seq, extra, protocol: 'custom' }, crc32);
        assert.deepEqual(Buffer.from(buffer.bytes.subarray(0, buffer.used)), Buffer.from(plain));
      },
    ),
  );
});

test('journal: written, closed, opened again: all of it in order, numbers go on', async (t) => {
  const bench = createJournalBench();
  t.after(bench.clean);
  const first = await bench.open();
  for (let n = 1; n <= 1_000; n += 1) assert.equal(first.append(entry(`line ${n}`)), n);
  await first.whenDurable(1_000);
  const { journalId } = first.status();
  await first.close();

  const second = await bench.open();
  assert.equal(second.status().journalId, journalId);
  assert.equal(second.append(entry('line 1001')), 1_001);
  await second.whenDurable(1_001);
  const records = await readAll(second, 1, 5_000);
  assert.deepEqual(
    records.map(({ seq }) => seq),
    Array.from({ length: 1_001 }, (_, n) => n + 1),
  );
  assert.deepEqual(
    records.map(textOf),
    records.map(({ seq }) => `line ${seq}`),
  );
  assert.deepEqual((await readAll(second, 990)).map(({ seq }) => seq)[0], 990);
  assert.deepEqual(await readAll(second, 1_002), []);
});

test('journal: nobody waits for it: it becomes durable by itself', async (t) => {
  const bench = createJournalBench();
  t.after(bench.clean);
  const journal = await bench.open();
  let woken = 0;
  journal.onDurable(() => (woken += 1));
  journal.append(entry('alone'));
  await waitFor(() => woken > 0 && journal.status().durableSeq === 1);
});

test('journal: cut at any byte: exactly the whole records before it come back, and it goes on', async (t) => {
  const bench = createJournalBench();
  t.after(bench.clean);
  const journal = await bench.open();
  const sizes: number[] = [];
  for (let n = 1; n <= 6; n += 1) {
    const one = entry('x'.repeat(n * 7), {
      extra: n % 3 === 0 ? Buffer.from('{"a":"b"}') : new Uint8Array(0),
    });
    sizes.push(46 + one.extra.length + one.payload.length);
    await journal.whenDurable(journal.append(one));
  }
  await journal.close();
  const [name = ''] = segmentsIn(bench.directory);
  const whole = fs.readFileSync(path.join(bench.directory, name));
  assert.equal(whole.length, SEGMENT_HEAD_BYTES + sizes.reduce((sum, size) => sum + size, 0));
  for (let length = 0; length <= whole.length; length += 1) {
    for (const left of segmentsIn(bench.directory)) fs.rmSync(path.join(bench.directory, left));
    fs.writeFileSync(path.join(bench.directory, name), whole.subarray(0, length));
    let end = SEGMENT_HEAD_BYTES;
    const expected = sizes.filter((size) => (end += size) <= length).length;
    const again = await bench.open();
    assert.equal((await readAll(again)).length, expected, `cut at ${length}`);
    assert.deepEqual(again.takeDamaged(), [], `cut at ${length}`);
    // Now and then, since each costs a sync.
    if (length % 20 === 0) assert.equal(again.append(entry('next')), expected + 1);
    await again.close();
  }
});

test('journal: damaged anywhere: never a crash, the records that are whole come back, and it is said', async (t) => {
  const bench = createJournalBench();
  t.after(bench.clean);
  const journal = await bench.open();
  for (let n = 1; n <= 200; n += 1) journal.append(entry(`line ${n} ${'x'.repeat(n)}`));
  await journal.whenDurable(200);
  await journal.close();
  const [name = ''] = segmentsIn(bench.directory);
  const file = path.join(bench.directory, name);
  const whole = fs.readFileSync(file);
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: SEGMENT_HEAD_BYTES, max: whole.length - 1 }),
      fc.uint8Array({ minLength: 1, maxLength: 700 }),
      async (at, junk) => {
        for (const left of segmentsIn(bench.directory)) fs.rmSync(path.join(bench.directory, left));
        const bytes = Buffer.from(whole);
        bytes.set(junk.subarray(0, Math.min(junk.length, whole.length - at)), at);
        fs.writeFileSync(file, bytes);
        const again = await bench.open();
        const records = await readAll(again);
        for (const record of records) assert.ok(textOf(record).startsWith(`line ${record.seq} `));
        // Those that the junk does not touch.
        let end = SEGMENT_HEAD_BYTES;
        let untouched = 0;
        for (let n = 1; n <= 200; n += 1) {
          const start = end;
          end += 46 + Buffer.byteLength(`line ${n} ${'x'.repeat(n)}`);
          if (end <= at || start >= at + junk.length) untouched += 1;
        }
        assert.ok(records.length >= untouched);
        const isTail = records.at(-1)?.seq !== 200;
        if (records.length < 200 && !isTail) assert.equal(again.takeDamaged().length, 1);
        await again.close();
      },
    ),
    { numRuns: 150 },
  );
});

test('journal: a damaged place in an earlier segment: stepped over while it is read, told once', async (t) => {
  const bench = createJournalBench();
  t.after(bench.clean);
  const first = await bench.open();
  for (let n = 1; n <= 50; n += 1) first.append(entry(`line ${n}`));
  await first.close();
  const second = await bench.open();
  second.append(entry('line 51'));
  await second.whenDurable(51);
  const [name = ''] = segmentsIn(bench.directory);
  const file = path.join(bench.directory, name);
  const bytes = fs.readFileSync(file);
  bytes.fill(0, SEGMENT_HEAD_BYTES + 53 * 10 + 5, SEGMENT_HEAD_BYTES + 53 * 12);
  fs.writeFileSync(file, bytes);
  const numbers = (await readAll(second)).map(({ seq }) => seq);
  assert.equal(numbers.at(-1), 51);
  assert.ok(numbers.length >= 47 && numbers.length < 51);
  await readAll(second);
  assert.equal(second.takeDamaged().length, 1);
});

test('journal: the sync fails: those who wait are told, it is written again into a new segment, nothing is lost or doubled', async (t) => {
  const bench = createJournalBench();
  t.after(bench.clean);
  const fault: { current: Fault } = { current: nothing };
  const journal = await bench.open({ disk: createFaultyDisk(createJournalDisk(bench.directory), fault) });
  await journal.whenDurable(journal.append(entry('line 1')));
  fault.current = (operation) => {
    if (operation === 'sync') throw diskError('EIO');
  };
  await assert.rejects(journal.whenDurable(journal.append(entry('line 2'))), /cannot be written: EIO/);
  assert.equal(journal.isFailing(), true);
  assert.equal(journal.isPressed(), true);
  await assert.rejects(journal.whenDurable(journal.append(entry('line 3'))), /EIO/);
  let relieved = false;
  journal.onRelief(() => (relieved = true));
  fault.current = nothing;
  await waitFor(() => journal.status().durableSeq === 3);
  assert.equal(relieved, true);
  assert.deepEqual((await readAll(journal)).map(textOf), ['line 1', 'line 2', 'line 3']);
  await journal.close();
  assert.deepEqual((await readAll(await bench.open())).map(textOf), ['line 1', 'line 2', 'line 3']);
});

test('journal: a disk without room, then with: waits in memory within its bound, then all is there', async (t) => {
  const bench = createJournalBench();
  t.after(bench.clean);
  const fault: { current: Fault } = {
    current: (operation) => {
      if (operation === 'create') throw diskError('ENOSPC');
    },
  };
  const journal = await bench.open({ disk: createFaultyDisk(createJournalDisk(bench.directory), fault) });
  const big = 'x'.repeat(60_000);
  let taken = 0;
  while (journal.append(entry(big)) !== 0) taken += 1;
  assert.ok(taken > 300 && taken < 500, `${taken}`);
  await waitFor(() => journal.isFailing());
  fault.current = nothing;
  await waitFor(() => journal.status().durableSeq === taken);
  assert.equal((await readAll(journal)).length, taken);
});

test('journal: a disk that stands still: senders are told after the bound', async (t) => {
  const bench = createJournalBench();
  t.after(bench.clean);
  const { promise: still, resolve: go } = Promise.withResolvers<void>();
  const fault: { current: Fault } = { current: (operation) => (operation === 'sync' ? still : undefined) };
  const journal = await bench.open({ disk: createFaultyDisk(createJournalDisk(bench.directory), fault) });
  await assert.rejects(journal.whenDurable(journal.append(entry('slow'))), /did not take the message within/);
  go();
  await waitFor(() => journal.status().durableSeq === 1);
});

test('journal: full: nothing is overwritten, new ones are refused until something is processed', async (t) => {
  const bench = createJournalBench();
  t.after(bench.clean);
  const journal = await bench.open();
  const text = 'x'.repeat(50_000);
  let last = 0;
  for (;;) {
    const seq = journal.append(entry(text));
    if (seq !== 0) last = seq;
    else if (journal.status().durableSeq === last) break;
    else await journal.whenDurable(last);
  }
  assert.ok(journal.status().bytes <= BOUND && journal.status().bytes > BOUND * 0.98);
  assert.equal(journal.isPressed(), true);
  assert.equal(journal.append(entry('one more')), 0);
  const told = journal.append(entry('{"note":"full"}', { protocol: 3 }), 'control');
  assert.equal(told, last + 1);
  assert.equal((await readAll(journal, 1, 4_000_000))[0]?.seq, 1);

  let relieved = false;
  journal.onRelief(() => (relieved = true));
  await journal.whenDurable(told);
  journal.processed(Math.floor(last / 2));
  assert.equal(relieved, true);
  // More than the reserve that was left.
  for (let n = 1; n <= 20; n += 1) assert.equal(journal.append(entry(text)), told + n);
  await journal.whenDurable(told + 20);
  const { firstSeq, bytes } = journal.status();
  assert.ok(firstSeq > 1 && firstSeq <= last / 2 + 1, `${firstSeq}`);
  assert.ok(bytes <= BOUND);
  assert.equal((await readAll(journal)).at(-1)?.seq, told + 20);
});

test('journal: the disk is short: takes what is left for it and no more, gives up what only the inspector wants, goes on when there is room', async (t) => {
  const bench = createJournalBench();
  t.after(bench.clean);
  const journal = await bench.open();
  const text = 'x'.repeat(50_000);
  for (let n = 1; n <= 200; n += 1) await journal.whenDurable(journal.append(entry(text)));
  journal.setDiskRoom(2_000_000);
  let last = 200;
  for (;;) {
    const seq = journal.append(entry(text));
    if (seq === 0) break;
    last = seq;
    await journal.whenDurable(seq);
  }
  assert.ok(last > 220 && last < 240, `${last}`);
  assert.equal(journal.isPressed(), true);
  // The first segment is full of processed ones: it is given up for the sake of what comes.
  journal.processed(last);
  assert.equal(journal.isPressed(), false);
  for (let n = 1; n <= 50; n += 1) await journal.whenDurable(journal.append(entry(text)));
  assert.ok(journal.status().firstSeq > 1);
  journal.setDiskRoom(-1);
  assert.equal(journal.append(entry(text)), 0);
  journal.setDiskRoom(50_000_000);
  assert.equal(journal.append(entry(text)), last + 51);
});

test('journal: its end was lost, but a manager had processed it: no number is given twice', async (t) => {
  const bench = createJournalBench();
  t.after(bench.clean);
  const first = await bench.open();
  await first.whenDurable(first.append(entry('line 1')));
  const { journalId } = first.status();
  await first.close();
  const second = await bench.open({ processedSeq: 900, journalId });
  assert.equal(second.append(entry('line 901')), 901);
  const other = await bench.open({ processedSeq: 900, journalId: 'another one' });
  assert.equal(other.status().processedSeq, 0);
});
