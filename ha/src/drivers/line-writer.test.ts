/** Lines that nobody reads: the writer goes on, and says later what is missing. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { createScratchHome } from '@nezuban/tests/support/scratch-home';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createLineWriter, LINES_MAX } from './line-writer.ts';

test('line writer: lines: in order, all of them', async () => {
  await using home = createScratchHome();
  const file = path.join(home.path, 'log');
  const descriptor = fs.openSync(file, 'a');
  const log = createLineWriter(descriptor);
  const lines = Array.from({ length: LINES_MAX }, (_, n) => `line ${n} 寝ず番`);
  for (const line of lines) log.write(line);
  await log.flush();
  await log.flush();
  fs.closeSync(descriptor);
  assert.deepEqual(fs.readFileSync(file, 'utf8').trimEnd().split('\n'), lines);
});

test('line writer: a reader that is stopped: nothing waits for it, lines are dropped and counted', async () => {
  await using home = createScratchHome();
  const fifo = path.join(home.path, 'fifo');
  const read = path.join(home.path, 'read');
  execFileSync('mkfifo', [fifo]);
  const reader = spawn('/bin/sh', ['-c', `cat ${fifo} >${read}`], { stdio: 'ignore' });
  const descriptor = fs.openSync(fifo, 'w');
  reader.kill('SIGSTOP');
  const cat = await waitFor(() => childOf(reader.pid ?? 0));
  process.kill(cat, 'SIGSTOP');
  const log = createLineWriter(descriptor);
  const long = 'x'.repeat(1_000);
  // Two pipes full, and then some: each write returns at once.
  for (let n = 0; n < 3 * LINES_MAX; n += 1) log.write(`${n} ${long}`);
  process.kill(cat, 'SIGCONT');
  reader.kill('SIGCONT');
  await log.flush();
  log.write('the last one');
  await log.flush();
  fs.closeSync(descriptor);
  const lines = await waitFor(() => {
    const text = fs.readFileSync(read, 'utf8').trimEnd().split('\n');
    return text.includes('the last one') && text;
  });
  assert.ok(lines.some((line) => /^\d{4} lines of this log are missing/.test(line)));
  assert.ok(lines[0]?.startsWith('0 x'));
});

test('line writer: a reader that is gone: no matter', async () => {
  await using home = createScratchHome();
  const descriptor = fs.openSync(path.join(home.path, 'file'), 'w');
  fs.closeSync(descriptor);
  const log = createLineWriter(descriptor);
  log.write('a line');
  await log.flush();
});

function childOf(pid: number): number | null {
  const text = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? null : Number(text.split(' ')[0]);
}
