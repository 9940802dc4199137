// The contract of the voter store, proven on each implementation.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backends } from '../../testing/voter-places.ts';
import {
  fileWith,
  resealed,
  slotWith,
  crowdedVoterRecord,
  voterRecord,
  wideVoterRecord,
} from '../../testing/voter-samples.ts';
import { SLOT_BYTES } from './slot-disk.ts';
import { VoterStoreError, type VoterStore } from './voter-store.ts';

const ASSERTION = { code: 'ERR_ASSERTION' };
const zeros = new Uint8Array(SLOT_BYTES);

async function loadOk(store: VoterStore) {
  const loaded = await store.load();
  assert(loaded.ok, loaded.ok ? '' : loaded.sentence);
  return loaded;
}

/** What a new store finds, in few words. */
async function look(open: () => VoterStore): Promise<string> {
  const store = open();
  const loaded = await store.load();
  await store.close();
  return loaded.ok
    ? [`term ${loaded.record.term}`, `sequence ${loaded.sequence}`, ...loaded.warnings].join(', ')
    : loaded.refusal;
}

/** The reasons of saves that were rejected; a save that succeeded is `saved`. */
async function outcomes(saves: readonly Promise<void>[]): Promise<readonly string[]> {
  const settled = await Promise.allSettled(saves);
  return settled.map((one) =>
    one.status === 'fulfilled'
      ? 'saved'
      : one.reason instanceof VoterStoreError
        ? one.reason.reason
        : String(one.reason),
  );
}

for (const { name, createPlace, tearBytes } of backends) {
  test(`voter store: in ${name}, saved and opened again: the newest record, its sequence one higher with each save`, async () => {
    await using place = await createPlace(wideVoterRecord(7));
    const store = place.open();
    assert.deepEqual(await store.load(), {
      ok: true,
      record: wideVoterRecord(7),
      sequence: 2,
      warnings: [],
    });
    for (const term of [8, 9, 10]) {
      await store.save(wideVoterRecord(term));
      const onDisk = Buffer.from(place.read()).toString('latin1');
      assert.ok(onDisk.includes(`"term":${term},`) && onDisk.includes(`"term":${term - 1},`));
    }
    await store.close();
    const again = place.open();
    assert.deepEqual((await loadOk(again)).record, wideVoterRecord(10));
    await again.close();
    assert.equal(await look(place.open), 'term 10, sequence 5');
  });

  test(`voter store: in ${name}, saves while one is being written: the newest stands for those before it, in order`, async () => {
    await using place = await createPlace(voterRecord(0));
    const store = place.open();
    await loadOk(store);
    const hold = place.holdFlush();
    const settled: number[] = [];
    const save = async (term: number) => {
      await store.save(voterRecord(term));
      settled.push(term);
    };
    const first = save(1);
    await hold.begun();
    const later = Array.from({ length: 99 }, (_, n) => save(n + 2));
    assert.deepEqual(settled, []);
    hold.release();
    await Promise.all([first, ...later]);
    assert.deepEqual(
      settled,
      Array.from({ length: 100 }, (_, n) => n + 1),
    );
    await store.close();
    assert.equal(await look(place.open), 'term 100, sequence 4', 'two writes for a hundred saves');
  });

  test(`voter store: in ${name}, a record changed by its owner after the call: what was saved is what was given`, async () => {
    await using place = await createPlace(voterRecord(0));
    const store = place.open();
    await loadOk(store);
    const hold = place.holdFlush();
    const first = store.save(voterRecord(1));
    await hold.begun();
    const record = { ...voterRecord(2) };
    const second = store.save(record);
    record.term = 99;
    hold.release();
    await Promise.all([first, second]);
    await store.close();
    assert.equal(await look(place.open), 'term 2, sequence 4');
  });

  test(`voter store: in ${name}, a flush fails: refused from then on, without another write, until opened again`, async () => {
    await using place = await createPlace(voterRecord(1));
    const store = place.open();
    await loadOk(store);
    await store.save(voterRecord(2));
    const hold = place.holdFlush();
    const saves = [store.save(voterRecord(3))];
    await hold.begun();
    saves.push(store.save(voterRecord(4)), store.save(voterRecord(5)));
    place.failFlushes(true);
    hold.release();
    assert.deepEqual(await outcomes(saves), ['save-failed', 'save-failed', 'save-failed']);
    place.failFlushes(false);
    const before = place.read();
    await assert.rejects(store.save(voterRecord(6)), {
      name: 'VoterStoreError',
      reason: 'save-failed',
      message:
        'the voter record could not be saved (EIO: i/o error, fdatasync); nothing is saved until the store is reopened',
    });
    await store.close();
    assert.deepEqual(place.read(), before);
    // Its save was rejected, yet its bytes were there to be read: now they are on the disk.
    const again = place.open();
    assert.equal((await loadOk(again)).record.term, 3);
    await again.save(voterRecord(7));
    await again.close();
    assert.equal(await look(place.open), 'term 7, sequence 5');
  });

  test(`voter store: in ${name}, a flush fails at load: refused, since what was read may not be on the disk`, async () => {
    await using place = await createPlace(voterRecord(1));
    place.failFlushes(true);
    const refused = await place.open().load();
    assert.ok(!refused.ok && refused.refusal === 'io-error');
    assert.match(
      refused.sentence,
      /^This voter does not vote: .* cannot be written: EIO.*Repair the disk or the rights, and start again\.$/,
    );
    place.failFlushes(false);
    assert.equal(await look(place.open), 'term 1, sequence 2');
  });

  test(`voter store: in ${name}, what is there is no record to vote by: refused by its reason, and let go`, async () => {
    await using place = await createPlace(voterRecord(1));
    const older = slotWith(41, voterRecord(41));
    const newer = slotWith(42, voterRecord(42));
    const torn = new Uint8Array(Buffer.concat([newer.subarray(0, 64), zeros.subarray(64)]));
    const cases: readonly (readonly [string, Uint8Array | null])[] = [
      ['absent', null],
      ['empty', new Uint8Array()],
      ['empty', fileWith(zeros, zeros)],
      ['torn', older],
      ['torn', new Uint8Array([...fileWith(older, newer), 0])],
      ['torn', fileWith(torn, torn)],
      ['torn', fileWith(torn, zeros)],
      ['foreign-cluster', fileWith(older, slotWith(42, voterRecord(42, { cluster: 'other' })))],
      ['foreign-voter', fileWith(older, slotWith(42, voterRecord(42, { id: 'other' })))],
      [
        'unreadable-version',
        fileWith(
          older,
          resealed(newer, (slot) => slot.writeUInt32LE(2, 8)),
        ),
      ],
      [
        'invalid-record',
        fileWith(
          older,
          resealed(newer, (slot) => slot.write('null', 28)),
        ),
      ],
      ['invalid-record', fileWith(newer, slotWith(42, voterRecord(43)))],
    ];
    for (const [refusal, bytes] of cases) {
      place.replace(bytes);
      const store = place.open();
      const loaded = await store.load();
      assert.ok(!loaded.ok && loaded.refusal === refusal, `${refusal}: ${JSON.stringify(loaded)}`);
      assert.match(loaded.sentence, /^This voter does not vote: the voter .+ cannot be used: .+\. .+\.$/);
      assert.deepEqual(await outcomes([store.save(voterRecord(50))]), ['closed']);
      if (bytes !== null) assert.deepEqual(place.read(), bytes, 'nothing was written to it');
      // Not closed by us: a refused store holds nothing.
      place.replace(fileWith(older, newer));
      assert.equal(await look(place.open), 'term 42, sequence 42');
    }
  });

  test(`voter store: in ${name}, a write cut off at any ${tearBytes} bytes: the older record with a warning, and saving goes on`, async () => {
    await using place = await createPlace(voterRecord(1));
    const older = slotWith(41, wideVoterRecord(41));
    // Differs from the new one in its first bytes and in its last.
    const before = slotWith(40, wideVoterRecord(40, { maintenance: true }));
    const after = slotWith(42, wideVoterRecord(42));
    const seen = new Set<string>();
    for (let at = 0; at <= SLOT_BYTES; at += tearBytes) {
      const slot = new Uint8Array(Buffer.concat([after.subarray(0, at), before.subarray(at)]));
      place.replace(fileWith(slot, older));
      const store = place.open();
      const { sequence, record, warnings } = await loadOk(store);
      assert.equal(record.term, sequence);
      seen.add([sequence, ...warnings].join(', '));
      await store.save(voterRecord(43));
      await store.close();
      assert.equal(await look(place.open), `term 43, sequence ${sequence + 1}`);
    }
    assert.deepEqual([...seen], ['41', '41, the other slot was torn: used sequence 41', '42']);
  });

  test(`voter store: in ${name}, a second opener: refused while the first is open, welcome after`, async () => {
    await using place = await createPlace(voterRecord(1));
    const first = place.open();
    await loadOk(first);
    assert.equal(await look(place.open), 'in-use');
    await first.save(voterRecord(2));
    assert.equal(await look(place.open), 'in-use');
    await first.close();
    assert.equal(await look(place.open), 'term 2, sequence 3');
  });

  test(`voter store: in ${name}, used against its contract: a broken invariant, and nothing is written`, async () => {
    await using place = await createPlace(voterRecord(1));
    const store = place.open();
    await assert.rejects(store.save(voterRecord(2)), ASSERTION);
    await loadOk(store);
    await assert.rejects(store.load(), ASSERTION);
    const before = place.read();
    await assert.rejects(store.save(voterRecord(2, { id: 'other' })), ASSERTION);
    await assert.rejects(store.save(voterRecord(2, { cluster: 'other' })), ASSERTION);
    await assert.rejects(store.save(voterRecord(-2)), ASSERTION);
    await assert.rejects(store.save(crowdedVoterRecord()), {
      ...ASSERTION,
      message: /at most two members hold data/,
    });
    assert.deepEqual(place.read(), before);
    await store.save(voterRecord(2));
    await store.close();
    assert.equal(await look(place.open), 'term 2, sequence 3');
  });

  test(`voter store: in ${name}, closed with saves under way: they are finished first, later ones refused`, async () => {
    await using place = await createPlace(voterRecord(1));
    const store = place.open();
    await loadOk(store);
    const saves = [store.save(voterRecord(2)), store.save(voterRecord(3)), store.save(voterRecord(4))];
    const closed = [store.close(), store.close()];
    saves.push(store.save(voterRecord(5)));
    assert.deepEqual(await outcomes(saves), ['saved', 'saved', 'saved', 'closed']);
    await Promise.all(closed);
    await store.close();
    assert.equal(await look(place.open), 'term 4, sequence 4');
  });

  test(`voter store: in ${name}, closed while a flush hangs: over within the bound, the saves' outcome unknown`, async () => {
    await using place = await createPlace(voterRecord(1));
    const store = place.open({ closeWaitMs: 20 });
    await loadOk(store);
    const hold = place.holdFlush();
    const saves = [store.save(voterRecord(2))];
    await hold.begun();
    saves.push(store.save(voterRecord(3)));
    await store.close();
    assert.deepEqual(await outcomes([...saves, store.save(voterRecord(4))]), ['closed', 'closed', 'closed']);
    hold.release();
  });

  test(`voter store: in ${name}, closed before or during the load: nothing is held`, async () => {
    await using place = await createPlace(voterRecord(1));
    await place.open().close();
    const store = place.open();
    const loading = store.load();
    await store.close();
    const loaded = await loading;
    assert.ok(!loaded.ok && loaded.refusal === 'io-error', JSON.stringify(loaded));
    assert.equal(await look(place.open), 'term 1, sequence 2');
  });
}
