// Spawner and waiters alone, without an agent: requests in, files and hints out.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { attemptOrderSchema } from '@nezuban/protocol/agent/link';
import { attemptIdSchema } from '@nezuban/protocol/ids';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { AttemptFolders } from '../attempts/attempt-folders.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { openHintPipe, parseHint, type Hint } from './hint-pipe.ts';
import { createSpawner, type Spawner } from './spawner-client.ts';

describe('spawner', () => {
  let home: string;
  let folders: AttemptFolders;
  let spawner: Spawner;
  let hints: Hint[];
  let pipe: { close: () => void };
  const id = attemptIdSchema.parse('1-abcdef-0.0.0.0');

  beforeEach(() => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), 'nz-spawner-'));
    folders = new AttemptFolders(home);
    hints = [];
    pipe = openHintPipe(path.join(home, 'hints'), (items) => hints.push(...items));
    spawner = createSpawner(
      {
        logger: createMemoryLogger(),
        writeGeneration: (generation) => folders.writeGeneration(generation),
        onGeneration: () => undefined,
      },
      { home, agentMark: 'a', locale: {} },
    );
    spawner.start();
  });
  afterEach(async () => {
    await spawner.stop();
    pipe.close();
    fs.rmSync(home, { recursive: true, force: true });
  });
  const order = (command: string) =>
    attemptOrderSchema.parse({ attemptId: id, command, killAfterMs: 100, outputBytesMax: 1000 });
  const ledger = () => path.join(home, 'ledger');
  const ended = () => waitUntil(() => folders.readExit(id), 'the exit record');

  test('launch: twice in one breath: one waiter claims, the other leaves no trace', async () => {
    const work = order(`echo x >> ${ledger()}; sleep 0.2`);
    spawner.launch(work);
    spawner.launch(work);
    await ended();
    assert.equal(fs.readFileSync(ledger(), 'utf8'), 'x\n');
    await waitUntil(
      () => fs.readdirSync(path.join(home, 'attempts')).every((name) => !name.startsWith('.claim')),
      'the drafts to go',
    );
    // The record is on the disk before the hint has come through the pipe.
    await waitUntil(() => hints.some(({ type }) => type === 'ended'), 'the hint of the end');
    assert.deepEqual(
      hints.map((hint) => hint.type).filter((type) => type !== 'output'),
      ['started', 'ended'],
    );
  });

  test('launch: of an older generation: nothing starts, nothing stays', async () => {
    folders.writeGeneration('a-newer-one');
    spawner.launch(order(`echo x >> ${ledger()}`));
    await spawner.stop();
    await waitUntil(
      () => fs.readdirSync(path.join(home, 'attempts')).every((name) => name === '.generation'),
      'the claim to be taken back',
    );
    assert.equal(fs.existsSync(ledger()), false);
  });

  test('launch: claimed by the agent: nothing starts', async () => {
    assert.equal(folders.claim(id), true);
    spawner.launch(order(`echo x >> ${ledger()}`));
    const other = attemptIdSchema.parse('1-abcdef-1.0.0.0');
    spawner.launch({ ...order('true'), attemptId: other });
    await waitUntil(() => folders.readExit(other), 'a later launch');
    assert.equal(folders.readWaiter(id), null);
    assert.equal(fs.existsSync(ledger()), false);
  });

  test('claim: by the agent after a waiter: lost', async () => {
    spawner.launch(order('sleep 0.3'));
    await waitUntil(() => folders.readWaiter(id), 'the claim');
    assert.equal(folders.claim(id), false);
    await ended();
  });

  test('cancel: between fork and exec: TERM ends the child, which does not ignore it as its waiter does', async () => {
    const fifo = path.join(home, 'fifo');
    execFileSync('mkfifo', [fifo]);
    // It waits there for somebody who writes, before it becomes the command.
    spawner.launch({ ...order(`echo x >> ${ledger()}`), stdinFile: fifo });
    await waitUntil(() => folders.readStarted(id), 'the child');
    const waiter = folders.readWaiter(id);
    assert.ok(waiter);
    folders.writeCancel(id, 60_000);
    process.kill(waiter.pid, 'SIGUSR1');
    const exit = await ended();
    assert.deepEqual([exit.cancelled, exit.signal], [true, os.constants.signals.SIGTERM]);
    assert.equal(fs.existsSync(ledger()), false);
  });

  test('replace: the old one does not even end: another takes the work, the old one is killed', async () => {
    const old = spawner.pid() ?? 0;
    process.kill(old, 'SIGSTOP');
    spawner.replace();
    spawner.launch(order('true'));
    await ended();
    assert.notEqual(spawner.pid(), old);
    await waitUntil(() => !fs.existsSync(`/proc/${old}`), 'the old one to be gone');
  });

  test('launch: folder not writable: given up with a reason, nothing ran', async () => {
    fs.rmSync(path.join(home, 'attempts'), { recursive: true });
    fs.writeFileSync(path.join(home, 'attempts'), '');
    spawner.launch(order(`echo x >> ${ledger()}`));
    const [hint] = await waitUntil(() => hints.length > 0 && hints, 'the hint');
    assert.equal(hint?.type, 'givenUp');
    assert.match(
      hint?.type === 'givenUp' ? hint.reason : '',
      /cannot make the attempt's folder: Not a directory/,
    );
    assert.equal(fs.existsSync(ledger()), false);
  });

  test('hint: what is none: left out', () => {
    for (const line of ['', 'x', 's', 's not-an-id', 'z 1-abcdef-0.0.0.0'])
      assert.equal(parseHint(line), null, line);
    assert.deepEqual(parseHint('f 1-abcdef-0.0.0.0 gen cannot fork: no memory'), {
      type: 'givenUp',
      id,
      generation: 'gen',
      reason: 'cannot fork: no memory',
    });
  });
});
