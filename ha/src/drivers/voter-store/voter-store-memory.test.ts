// Tests of the voter store where power, processes and flushes fail at any point, over a medium that forgets as a disk does.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { systemTimers } from '@nezuban/platform/timers';
import { SAMPLE_IDENTITY, voterRecord } from '../../testing/voter-samples.ts';
import { FILE_BYTES } from './slot-disk.ts';
import { createMemoryVoterStore, createVoterMedium, MEMORY_SECTOR_BYTES } from './voter-store-memory.ts';
import type { VoterStore } from './voter-store.ts';

const SECTORS = FILE_BYTES / MEMORY_SECTOR_BYTES;

/** What happens at the next flush; `killed` and `powerLost` also between two flushes, when the step saves nothing. */
type Fault = 'none' | 'flushFails' | 'killed' | 'powerLost';
type Step = {
  readonly saves: boolean;
  readonly fault: Fault;
  /** Of the sectors that were not flushed, those that reach the disk all the same. */
  readonly written: readonly boolean[];
};

const anyStep: fc.Arbitrary<Step> = fc.record({
  saves: fc.boolean(),
  fault: fc.constantFrom('none', 'none', 'flushFails', 'killed', 'powerLost'),
  written: fc.oneof(
    fc.constant(Array.from({ length: SECTORS }, () => false)),
    fc.constant(Array.from({ length: SECTORS }, () => true)),
    fc.array(fc.boolean(), { minLength: SECTORS, maxLength: SECTORS }),
  ),
});

/** Runs the steps, opening the store again whenever it is gone. Fails when something that was relied on is forgotten. */
async function run(steps: readonly Step[]): Promise<void> {
  const medium = createVoterMedium(voterRecord(0));
  let store: VoterStore | null = null;
  let now: Step | null = null;
  /** The highest term that somebody may have been told of: acknowledged by `save`, or returned by `load`. */
  let reliedOn = 0;
  let term = 0;

  function strike(): void {
    if (now?.fault === 'killed') medium.killUser();
    if (now?.fault === 'powerLost') medium.losePower((sector) => now?.written[sector] === true);
  }

  function beforeFlush(): void {
    strike();
    if (now?.fault === 'flushFails') throw new Error('EIO');
  }

  async function open(): Promise<VoterStore | null> {
    const opened = createMemoryVoterStore({ medium, timers: systemTimers, beforeFlush }, SAMPLE_IDENTITY);
    const loaded = await opened.load();
    if (!loaded.ok) {
      // Faults never damage both slots: only a disk that does not answer is a reason.
      assert.ok(loaded.refusal === 'io-error' && now?.fault !== 'none', loaded.sentence);
      return null;
    }
    assert.ok(loaded.record.term >= reliedOn, `term ${reliedOn} is forgotten for ${loaded.record.term}`);
    reliedOn = loaded.record.term;
    term = Math.max(term, loaded.record.term);
    return opened;
  }

  for (const step of [...steps, { saves: false, fault: 'none', written: [] } satisfies Step]) {
    now = step;
    store ??= await open();
    if (store === null) continue;
    if (!step.saves) {
      strike();
    } else {
      term += 1;
      const saved: boolean = await store.save(voterRecord(term)).then(
        () => true,
        () => false,
      );
      assert.equal(saved, step.fault === 'none');
      if (saved) reliedOn = term;
    }
    if (step.fault === 'none') continue;
    await store.close();
    store = null;
  }
  await store?.close();
}

test('voter store: flushes fail, the process is killed, power is lost: nothing that was acknowledged or loaded is forgotten', async () => {
  await fc.assert(fc.asyncProperty(fc.array(anyStep, { minLength: 1, maxLength: 12 }), run), {
    numRuns: 2_000,
  });
});

test('voter store: killed between write and flush, opened again, then power is lost: what was loaded stays', async () => {
  const none = Array.from({ length: SECTORS }, () => false);
  await run([
    { saves: true, fault: 'killed', written: none },
    { saves: false, fault: 'none', written: none },
    { saves: false, fault: 'powerLost', written: none },
  ]);
});

test('voter store: a flush failed, opened again, then power is lost: what was loaded stays', async () => {
  const none = Array.from({ length: SECTORS }, () => false);
  await run([
    { saves: true, fault: 'flushFails', written: none },
    { saves: false, fault: 'powerLost', written: none },
  ]);
});

test('voter store: there is no file: the voter does not vote', async () => {
  const medium = createVoterMedium(null);
  const store = createMemoryVoterStore({ medium, timers: systemTimers }, SAMPLE_IDENTITY);
  assert.deepEqual(await store.load(), {
    ok: false,
    refusal: 'absent',
    sentence:
      'This voter does not vote: the voter medium in memory cannot be used: it does not exist. Admit this host as a voter.',
  });
});
