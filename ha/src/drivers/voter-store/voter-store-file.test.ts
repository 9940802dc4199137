// Tests of the voter store on a real disk: creation, its lock, threads that hang or die, a clogged pool, a full disk, killed processes.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { systemTimers } from '@nezuban/platform/timers';
import { startProcess } from '@nezuban/tests/support/processes';
import { createScratchHome } from '@nezuban/tests/support/scratch-home';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { holdFlushOf } from '../../testing/voter-places.ts';
import { SAMPLE_IDENTITY, crowdedVoterRecord, voterRecord } from '../../testing/voter-samples.ts';
import { FILE_BYTES } from './slot-disk.ts';
import { createFileVoterStore, createVoterFile } from './voter-store-file.ts';
import type { VoterStore } from './voter-store.ts';

const SAVER = path.resolve(import.meta.dirname, '../../testing/voter-saver-main.ts');
const FAULTY_THREAD = new URL('../../testing/faulty-voter-store-worker-main.ts', import.meta.url);

function openStore(file: string, more: { readonly faulty?: boolean; readonly closeWaitMs?: number } = {}) {
  const { faulty = false, ...options } = more;
  const ports = { timers: systemTimers, ...(faulty ? { threadProgram: FAULTY_THREAD } : {}) };
  return createFileVoterStore(ports, { ...SAMPLE_IDENTITY, ...options, file });
}

async function createFile(folder: string, term = 1): Promise<string> {
  const file = path.join(folder, 'voter');
  assert.deepEqual(await createVoterFile(file, voterRecord(term)), { ok: true });
  return file;
}

async function termOf(store: VoterStore): Promise<number> {
  const loaded = await store.load();
  assert(loaded.ok, loaded.ok ? '' : loaded.sentence);
  return loaded.record.term;
}

/** Opens, looks and closes. */
async function look(file: string): Promise<number | string> {
  const store = openStore(file);
  const loaded = await store.load();
  await store.close();
  return loaded.ok ? loaded.record.term : loaded.refusal;
}

test('voter store: the file is created: two slots, private, nothing else but its lock; a draft of a creation that was cut off is replaced', async () => {
  await using scratch = createScratchHome();
  fs.writeFileSync(path.join(scratch.path, 'voter.draft'), 'half');
  const file = await createFile(scratch.path, 7);
  const stat = fs.statSync(file);
  assert.deepEqual([stat.size, stat.mode & 0o777], [FILE_BYTES, 0o600]);
  assert.deepEqual(fs.readdirSync(scratch.path).toSorted(), ['voter', 'voter.lock']);
  const lock = fs.statSync(`${file}.lock`);
  assert.deepEqual([lock.size, lock.mode & 0o777], [0, 0o600]);
  assert.equal(await look(file), 7);
});

test('voter store: the file is created where one is, or may be: never overwritten', async () => {
  await using scratch = createScratchHome();
  const file = await createFile(scratch.path);
  const before = fs.readFileSync(file);
  assert.deepEqual(await createVoterFile(file, voterRecord(2)), {
    ok: false,
    refusal: 'exists',
    sentence: `The voter file ${file} exists already: it is not overwritten.`,
  });
  const store = openStore(file);
  await termOf(store);
  const inUse = await createVoterFile(file, voterRecord(2));
  assert.ok(!inUse.ok && inUse.refusal === 'in-use');
  await store.close();
  assert.deepEqual(fs.readFileSync(file), before);
  const nowhere = await createVoterFile(path.join(scratch.path, 'no/voter'), voterRecord(2));
  assert.ok(!nowhere.ok && nowhere.refusal === 'io-error', JSON.stringify(nowhere));
  await assert.rejects(createVoterFile(`${file}.2`, crowdedVoterRecord()), { code: 'ERR_ASSERTION' });
  assert.deepEqual(fs.readdirSync(scratch.path).toSorted(), ['voter', 'voter.lock']);
});

test('voter store: several create the file at once: one of them has', async () => {
  await using scratch = createScratchHome();
  const file = path.join(scratch.path, 'voter');
  const created = await Promise.all([1, 2, 3, 4].map((term) => createVoterFile(file, voterRecord(term))));
  const winner = created.findIndex(({ ok }) => ok) + 1;
  assert.equal(created.filter(({ ok }) => ok).length, 1);
  assert.equal(await look(file), winner);
});

test('voter store: what is there is no file, or the thread cannot start: refused as an error of the disk', async () => {
  await using scratch = createScratchHome();
  fs.mkdirSync(path.join(scratch.path, 'voter'));
  assert.equal(await look(path.join(scratch.path, 'voter')), 'io-error');
  assert.equal(await look(path.join(scratch.path, 'absent/voter')), 'absent');
  execFileSync('/usr/bin/mkfifo', [path.join(scratch.path, 'pipe')]);
  assert.equal(await look(path.join(scratch.path, 'pipe')), 'io-error');
  const file = path.join(scratch.path, 'voter2');
  const threadProgram = new URL('./no-such-program.ts', import.meta.url);
  const store = createFileVoterStore({ timers: systemTimers, threadProgram }, { ...SAMPLE_IDENTITY, file });
  const loaded = await store.load();
  assert.ok(!loaded.ok && loaded.refusal === 'io-error', JSON.stringify(loaded));
});

test('voter store: another process has the file open: refused until that process is killed', async () => {
  await using scratch = createScratchHome();
  const file = await createFile(scratch.path);
  await using saver = startSaver(file, 1_000_000);
  await saver.waitForOutput(/^saved 4$/m);
  assert.equal(await look(file), 'in-use');
  saver.kill('SIGKILL');
  await saver.waitForEnd();
  assert.ok((await look(file)) !== 'in-use');
});

test('voter store: the file is open here, and others here have tried: another process is still refused', async () => {
  await using scratch = createScratchHome();
  const file = await createFile(scratch.path);
  const store = openStore(file);
  await termOf(store);
  // Of one process, closing any descriptor of the lock's file would give up the lock.
  assert.equal(await look(file), 'in-use');
  assert.equal((await createVoterFile(file, voterRecord(2))).ok, false);
  await using saver = startSaver(file, 3);
  await saver.waitForOutput(
    /cannot be used: another process or thread holds it\. Stop the other process first\./,
  );
  await saver.waitForEnd();
  await store.save(voterRecord(2));
  await store.close();
  assert.equal(await look(file), 2);
});

test('voter store: the thread dies: the save fails, everything after is refused, and the file can be opened again', async () => {
  await using scratch = createScratchHome();
  const file = await createFile(scratch.path);
  const store = openStore(file, { faulty: true });
  await termOf(store);
  fs.writeFileSync(`${file}.end-flush`, '');
  await assert.rejects(store.save(voterRecord(2)), {
    reason: 'save-failed',
    message: /the thread of the voter file ended with 7/,
  });
  await assert.rejects(store.save(voterRecord(3)), { reason: 'save-failed' });
  await store.close();
  assert.equal(await look(file), 2);
});

test('voter store: closed while a flush hangs: nobody may open the file before that flush has ended', async () => {
  await using scratch = createScratchHome();
  const file = await createFile(scratch.path);
  const store = openStore(file, { faulty: true, closeWaitMs: 20 });
  await termOf(store);
  const hold = holdFlushOf(file);
  const save = store.save(voterRecord(2));
  await hold.begun();
  await store.close();
  await assert.rejects(save, { reason: 'closed' });
  assert.equal(await look(file), 'in-use');
  const created = await createVoterFile(file, voterRecord(9));
  assert.ok(!created.ok && created.refusal === 'in-use');
  hold.release();
  assert.equal(
    await waitFor(async () => numberOrNull(await look(file)), { message: 'the end of the lock' }),
    2,
  );
});

function numberOrNull(value: number | string): number | null {
  return typeof value === 'number' ? value : null;
}

test('voter store: every thread of the pool is stuck: saving goes on', async () => {
  await using scratch = createScratchHome();
  const file = await createFile(scratch.path);
  const store = openStore(file);
  await termOf(store);
  const pipe = path.join(scratch.path, 'pipe');
  execFileSync('/usr/bin/mkfifo', [pipe]);
  // More than the pool has threads: each waits for a writer, and a request behind them is not even begun.
  const stuck = Array.from({ length: 16 }, () => fs.promises.open(pipe, 'r'));
  let poolAnswered = false;
  const behind = fs.promises.stat(file).then(() => (poolAnswered = true));
  await store.save(voterRecord(2));
  await store.close();
  assert.equal(await look(file), 2);
  assert.equal(poolAnswered, false, 'the pool is stuck');
  // For reading and writing, opening a named pipe never waits.
  const otherEnd = fs.openSync(pipe, 'r+');
  for (const handle of await Promise.all(stuck)) await handle.close();
  await behind;
  fs.closeSync(otherEnd);
});

test('voter store: the process may not make any file longer: saving goes on, since the file is never grown', async () => {
  await using scratch = createScratchHome();
  const file = await createFile(scratch.path, 0);
  // In blocks of 512 bytes, as POSIX has it: the length of the voter file.
  const limited = ['/bin/sh', '-c', `ulimit -f ${FILE_BYTES / 512}; exec "$0" "$@"`] as const;
  await using saver = startProcess([...limited, process.execPath, SAVER, file, '300']);
  assert.deepEqual(await saver.waitForEnd(60_000), { code: 0, signal: null });
  assert.equal(await look(file), 300);
});

test('voter store: the disk is full to the last byte: saved, closed, opened and saved again', async (t) => {
  await using scratch = createScratchHome();
  const folder = path.join(scratch.path, 'disk');
  fs.mkdirSync(folder);
  if (!mountSmallDisk(t, folder)) return;
  try {
    const file = await createFile(folder, 0);
    // Before it is opened: a voter must also start on a full disk.
    fillDisk(folder);
    const store = openStore(file);
    await termOf(store);
    for (let term = 1; term <= 50; term += 1) await store.save(voterRecord(term));
    await store.close();
    assertFull(folder);
    const again = openStore(file);
    assert.equal(await termOf(again), 50);
    await again.save(voterRecord(51));
    await again.close();
    assert.equal(await look(file), 51);
    const created = await createVoterFile(path.join(folder, 'second'), voterRecord(1));
    assert.ok(!created.ok && created.refusal === 'io-error');
    assert.deepEqual(fs.readdirSync(folder).toSorted(), ['filler', 'second.lock', 'voter', 'voter.lock']);
  } finally {
    execFileSync('/bin/umount', [folder]);
  }
});

/** False where this user may not mount; the test with `ulimit` then stands alone. */
function mountSmallDisk(t: TestContext, folder: string): boolean {
  try {
    execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder], { stdio: 'pipe' });
    return true;
  } catch (error) {
    t.diagnostic(`no small disk could be mounted: ${String(error)}`);
    return false;
  }
}

function fillDisk(folder: string): void {
  const descriptor = fs.openSync(path.join(folder, 'filler'), 'wx');
  for (let bytes = 64 * 1024; bytes >= 1; bytes = Math.floor(bytes / 2)) {
    while (takes(descriptor, bytes));
  }
  fs.closeSync(descriptor);
  assertFull(folder);
}

function assertFull(folder: string): void {
  assert.throws(() => fs.appendFileSync(path.join(folder, 'filler'), 'x'), { code: 'ENOSPC' });
}

function takes(descriptor: number, bytes: number): boolean {
  try {
    return fs.writeSync(descriptor, new Uint8Array(bytes)) === bytes;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}

test('voter store: killed while it saves, twenty times: nothing acknowledged is forgotten', async () => {
  await using scratch = createScratchHome();
  const file = await createFile(scratch.path, 0);
  let term = 0;
  // Each round is killed behind another number of saves, and so at another moment of a save.
  for (let round = 0; round < 20; round += 1) term = await saveUntilKilled(file, term, 3 * (1 + round * 2));
});

/** Starts at term `before`, and is killed somewhere behind that many saves. Returns the term that is loaded then. */
async function saveUntilKilled(file: string, before: number, saves: number): Promise<number> {
  await using saver = startSaver(file, 1_000_000);
  const closed = once(saver.child, 'close');
  await waitFor(() => lastSaved(saver.stdout(), before) >= before + saves, {
    intervalMs: 1,
    message: () => `${saves} saves: ${saver.stderr()}`,
  });
  saver.kill('SIGKILL');
  await closed;
  const acknowledged = lastSaved(saver.stdout(), before);
  const store = openStore(file);
  const term = await termOf(store);
  await store.close();
  // At most the three that were under way are newer.
  assert.ok(term >= acknowledged && term <= acknowledged + 3, `${acknowledged} acknowledged, ${term} loaded`);
  return term;
}

function startSaver(file: string, savesMax: number) {
  return startProcess([process.execPath, SAVER, file, String(savesMax)]);
}

function lastSaved(output: string, before: number): number {
  const lines = output.trimEnd().split('\n');
  const words = lines.findLast((line) => /^saved \d+$/.test(line));
  return words === undefined ? before : Number(words.slice('saved '.length));
}
