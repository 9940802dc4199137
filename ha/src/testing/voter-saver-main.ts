// A process that saves voter records without end, for tests that kill it: `voter-saver-main.ts FILE SAVES_MAX`.
// Responsible for three saves at a time, so that some stand for others, and for saying each acknowledged term before the next three begin.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { systemTimers } from '@nezuban/platform/timers';
import { createFileVoterStore } from '../drivers/voter-store/voter-store-file.ts';
import { SAMPLE_IDENTITY, voterRecord } from './voter-samples.ts';

const [, , file = '', savesMax = ''] = process.argv;
const store = createFileVoterStore({ timers: systemTimers }, { ...SAMPLE_IDENTITY, file });
const loaded = await store.load();
assert(loaded.ok, loaded.ok ? '' : loaded.sentence);

async function saveAndSay(term: number): Promise<void> {
  await store.save(voterRecord(term));
  fs.writeSync(1, `saved ${term}\n`);
}

const last = loaded.record.term + Number(savesMax);
for (let term = loaded.record.term; term < last; term += 3)
  await Promise.all([saveAndSay(term + 1), saveAndSay(term + 2), saveAndSay(term + 3)]);
await store.close();
fs.writeSync(1, 'done\n');
