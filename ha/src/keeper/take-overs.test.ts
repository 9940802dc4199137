// Tests of the history of changes of master.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { createTakeOvers, type TakeOverMoment } from './take-overs.ts';

const folder = fs.mkdtempSync('/tmp/nz-take-overs-');
after(() => fs.rmSync(folder, { recursive: true, force: true }));
const moment = (changes: Partial<TakeOverMoment>): TakeOverMoment => ({
  state: 'candidate',
  self: 'b',
  formerMaster: 'a',
  formerHeardAt: 1_000,
  resigned: false,
  forced: false,
  first: false,
  now: 2_600,
  ...changes,
});
const at = '2026-11-26T03:00:00.000Z';

test('take-overs: a master is lost: each step is measured, from its last word on', async () => {
  const file = path.join(folder, 'one.json');
  const logger = createMemoryLogger();
  const takeOvers = createTakeOvers({ logger }, { file });
  takeOvers.moved(moment({}));
  takeOvers.moved(moment({ state: 'promoting', now: 2_650 }));
  takeOvers.moved(moment({ state: 'master-alone', now: 2_800 }));
  takeOvers.opened(2_810);
  const one = takeOvers.served({ now: 3_010, at, term: 4 });
  assert.deepEqual(one?.steps, { detectMs: 1_600, electMs: 50, promoteMs: 160, openMs: 200 });
  assert.deepEqual([one?.kind, one?.from, one?.to, one?.totalMs], ['failover', 'a', 'b', 2_010]);
  assert.equal(
    takeOvers.served({ now: 9_000, at, term: 4 }),
    null,
    'a manager that restarts takes nothing over',
  );
  await waitFor(() => fs.existsSync(file), { message: 'the history on the disk' });
  assert.equal(createTakeOvers({ logger }, { file }).list()[0]?.term, 4);
});

test('take-overs: kinds: handed over, forced, started again, the very first', async () => {
  const logger = createMemoryLogger();
  const kindOf = async (changes: Partial<TakeOverMoment>) => {
    const file = path.join(folder, `kind-${Math.random()}.json`);
    const takeOvers = createTakeOvers({ logger }, { file });
    takeOvers.moved(moment(changes));
    takeOvers.opened(2_700);
    const kind = takeOvers.served({ now: 2_800, at, term: 2 })?.kind;
    await waitFor(() => fs.existsSync(file), { message: 'the history on the disk' });
    return kind;
  };
  assert.equal(await kindOf({ resigned: true }), 'switch');
  assert.equal(await kindOf({ forced: true }), 'forced');
  assert.equal(await kindOf({ formerMaster: 'b', first: false }), 'restart');
  assert.equal(await kindOf({ formerMaster: 'b', first: true }), 'first-start');
});

test('take-overs: a candidacy that fails: nothing is measured', () => {
  const logger = createMemoryLogger();
  const takeOvers = createTakeOvers({ logger }, { file: path.join(folder, 'none.json') });
  takeOvers.moved(moment({}));
  takeOvers.moved(moment({ state: 'waiting' }));
  assert.equal(takeOvers.served({ now: 3_000, at, term: 2 }), null);
});

test('take-overs: a damaged history: said, and begun anew', () => {
  const file = path.join(folder, 'damaged.json');
  fs.writeFileSync(file, '{');
  const memory = createMemoryLogger();
  assert.deepEqual(createTakeOvers({ logger: memory }, { file }).list(), []);
  assert.equal(memory.lines.length, 1);
});
