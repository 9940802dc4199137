// Tests of the child's side of the keeper's channel, over real processes.
import assert from 'node:assert/strict';
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { test } from 'node:test';
import { waitFor } from '@nezuban/tests/support/wait-for';

const CHILD = path.join(import.meta.dirname, 'testing/channel-child-main.ts');

function start(mode = '') {
  const child = fork(CHILD, [mode], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const messages: unknown[] = [];
  let stdout = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.on('message', (message) => void messages.push(message));
  return {
    child,
    messages,
    said: () => stdout,
    exit: once(child, 'exit') as Promise<[number | null, string | null]>,
  };
}

async function started(mode = '') {
  const run = start(mode);
  run.child.send({ type: 'start', config: { name: 'x' } });
  await waitFor(() => run.messages.length > 0, { message: 'ready' });
  return run;
}

test('keeper channel: start, notice, stop: handlers called, exit code 0', async () => {
  const { child, messages, said, exit } = await started();
  assert.deepEqual(messages, [{ type: 'ready', consoleUrl: 'x' }]);
  const notice = {
    type: 'notice',
    code: 'process_restarted',
    at: 't',
    process: 'p',
    message: 'm',
    details: {},
  };
  child.send(notice);
  child.send({ type: 'start', config: { name: 'twice' } });
  child.send({ type: 'nonsense' });
  child.send({ type: 'stop', withinMs: 5_000, withJobs: true });
  assert.deepEqual(await exit, [0, null]);
  assert.equal(said(), 'start x\nnotice m\nstop keeper true\n');
});

test('keeper channel: duty right after the start: handed on in order, none before the start; reports arrive', async () => {
  const { child, messages, said, exit } = start();
  const standby = { type: 'duty', duty: { role: 'standby', master: null, says: 'nobody' } };
  child.send({ type: 'drain' });
  child.send({ type: 'start', config: { name: 'x' } });
  child.send(standby);
  child.send({ type: 'drain' });
  await waitFor(() => messages.length === 2, { message: 'ready and drained' });
  assert.deepEqual(messages[1], { type: 'drained' });
  child.send({ type: 'stop', withinMs: 5_000, withJobs: false });
  assert.deepEqual(await exit, [0, null]);
  assert.equal(said(), 'start x\nmessage duty\nmessage drain\nstop keeper false\n');
});

test('keeper channel: the channel closes: stops as "keeper-gone"', async () => {
  const { child, said, exit } = await started();
  child.disconnect();
  assert.deepEqual(await exit, [0, null]);
  assert.equal(said(), 'start x\nstop keeper-gone false\n');
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`keeper channel: ${signal}: stops as "signal"`, async () => {
    const { child, said, exit } = await started();
    child.kill(signal);
    assert.deepEqual(await exit, [0, null]);
    assert.equal(said(), 'start x\nstop signal false\n');
  });
}

test('keeper channel: a stop that hangs: ends at its bound with 1', async () => {
  const { child, exit } = await started('hang');
  child.send({ type: 'stop', withinMs: 50, withJobs: false });
  assert.deepEqual(await exit, [1, null]);
});

test('keeper channel: a start that fails: ends with 1 for a restart; a wrong configuration: the keeper is told', async () => {
  const failing = start('fail');
  failing.child.send({ type: 'start', config: { name: 'x' } });
  assert.deepEqual(await failing.exit, [1, null]);
  assert.deepEqual(failing.messages, []);
  assert.equal(failing.said(), 'start x\nstop failed false\n');

  const wrong = start();
  wrong.child.send({ type: 'start', config: { name: 1 } });
  assert.deepEqual(await wrong.exit, [1, null]);
  assert.equal((wrong.messages[0] as { type: string }).type, 'fatal');
});

test('keeper channel: stopped before it was started: ends with 0', async () => {
  const run = start();
  run.child.send({ type: 'stop', withinMs: 5_000, withJobs: false });
  assert.deepEqual(await run.exit, [0, null]);
});

test('keeper channel: started by hand: says who starts it', () => {
  const byHand = spawnSync(process.execPath, [CHILD], { encoding: 'utf8' });
  assert.equal(byHand.status, 1);
  assert.match(byHand.stderr, /this program is started by the keeper/);
});
