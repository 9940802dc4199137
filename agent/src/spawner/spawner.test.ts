// Spawner and waiters alone, without an agent: requests in, files and hints out.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
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

function readOrEmpty(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

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
    spawner = create();
    spawner.start();
  });
  const create = (processesPerAttempt?: number) =>
    createSpawner(
      {
        logger: createMemoryLogger(),
        writeGeneration: (generation) => folders.writeGeneration(generation),
        onGeneration: () => undefined,
      },
      {
        home,
        agentMark: 'a',
        locale: {},
        ...(processesPerAttempt === undefined ? {} : { withoutCgroup: { processesPerAttempt } }),
      },
    );
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
      hint?.type === 'givenUp' ? hint.reason.text : '',
      /cannot make the attempt's folder: Not a directory/,
    );
    assert.equal(fs.existsSync(ledger()), false);
  });

  describe('on a host without cgroups', () => {
    /** Each leaves the session, hears no TERM, and ends by itself after five minutes, should nothing else end it. */
    const each = () => `setsid(); open my $f, ">>", "${ledger()}"; print $f "$$\\n"; close $f;`;
    const perl = (words: string) => `exec perl -MPOSIX -e '$SIG{TERM} = "IGNORE"; ${words}'`;
    const lives = (pid: string) => /^State:\s+[^ZX]/m.test(readOrEmpty(`/proc/${pid}/status`));
    const pids = () => readOrEmpty(ledger()).trim().split('\n');
    beforeEach(async () => {
      await spawner.stop();
      spawner = create(40);
      spawner.start();
    });

    test('processes: more than the default, which nobody asked for: all ended, by that limit', async () => {
      const other = attemptIdSchema.parse('1-abcdef-1.0.0.0');
      spawner.launch({ ...order(`until [ -e ${home}/go ]; do sleep 0.05; done; exit 3`), attemptId: other });
      spawner.launch(order(perl(`for (1 .. 400) { next if fork; ${each()} sleep 300; exit } sleep 300`)));
      const exit = await ended();
      assert.deepEqual(
        [exit.signal, exit.cancelled, exit.timedOut],
        [os.constants.signals.SIGKILL, false, false],
      );
      assert.deepEqual(
        [exit.usage.limit, exit.leftovers],
        [{ name: 'processes', max: 40, isDefault: true }, []],
      );
      assert.ok(pids()[0] !== '' && !pids().some(lives));
      fs.writeFileSync(`${home}/go`, '');
      assert.equal((await waitUntil(() => folders.readExit(other), 'the other')).exitCode, 3);
    });

    test('processes: the first of many ends at once: those left behind are told, and ended', async () => {
      const more = `select undef, undef, undef, 0.02 while getppid == $first; fork; fork; ${each()}`;
      const words = `my $first = $$; for (1 .. 20) { next if fork; ${more} sleep 300; exit } exit 4`;
      spawner.launch(order(`${perl(words)} >/dev/null 2>&1`));
      const exit = await ended();
      assert.deepEqual([exit.exitCode, exit.leftovers.length > 0], [4, true]);
      // Some may be ended before they have said who they are.
      await waitUntil(() => pids()[0] !== '' && !pids().some(lives), 'their end');
    });
  });

  test('members: hundreds of children of a waiter die at once: it lives, and goes on', () => {
    const words = `use Nezuban::Members; $SIG{CHLD} = sub { };
      for (1 .. 400) { next if fork; $SIG{CHLD} = 'DEFAULT'; sleep 60; exit } Nezuban::Members::signal({ subreaper => 1 }, 'KILL');
      my $gone = 0; for (1 .. 1000) { $gone++ if waitpid(-1, 0) > 0; last if $gone == 400 } print $gone;`;
    const perl = spawnSync('/usr/bin/perl', [`-I${import.meta.dirname}`, '-e', words], { encoding: 'utf8' });
    assert.deepEqual([perl.stdout, perl.stderr], ['400', '']);
  });

  test('tidying: groups of waiters that are gone go, but for those that hold something', () => {
    // A folder that is not empty stands in for a group with a process: neither can be removed.
    const gone = spawnSync('/bin/true').pid;
    const groups = path.join(home, 'groups');
    const names = ['empty', 'held', 'empty-too'].map((name) => `nezuban.${name}.${gone}`);
    for (const name of [...names, `nezuban.lives.${process.pid}`, 'nezuban.agent', 'other'])
      fs.mkdirSync(path.join(groups, name), { recursive: true });
    fs.mkdirSync(path.join(groups, names[1] ?? '', 'process'));
    const tidy = 'use Nezuban::Kernel; Nezuban::Kernel::remove_empty_cgroups($ARGV[0]);';
    execFileSync('/usr/bin/perl', [`-I${import.meta.dirname}`, '-e', tidy, groups]);
    const stays = ['nezuban.agent', names[1], `nezuban.lives.${process.pid}`, 'other'];
    assert.deepEqual(new Set(fs.readdirSync(groups)), new Set(stays));
  });

  test('hint: what is none: left out', () => {
    for (const line of ['', 'x', 's', 's not-an-id', 'z 1-abcdef-0.0.0.0'])
      assert.equal(parseHint(line), null, line);
    assert.deepEqual(parseHint('f 1-abcdef-0.0.0.0 gen cannot fork: no memory'), {
      type: 'givenUp',
      id,
      generation: 'gen',
      reason: { text: 'cannot fork: no memory', said: null },
    });
  });
});
