// The runner with a real journal and real folders, and a spawner that only takes notes: bounds, refusals, launches that are given up.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { saidByAgent } from '@nezuban/protocol/agent/agent-said';
import { attemptOrderSchema, type AttemptOrder } from '@nezuban/protocol/agent/link';
import { systemClock } from '@nezuban/platform/clock';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { Journal } from '../journal/journal.ts';
import { agentLimits } from '../limits.ts';
import { newAttemptId } from '../testing/fake-manager.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { AttemptFolders } from './attempt-folders.ts';
import { createAttemptRunner, type AttemptRunner } from './attempt-runner.ts';

class SmallDisk extends AttemptFolders {
  free = Number.MAX_SAFE_INTEGER;
  override freeBytes(): number {
    return this.free;
  }
}

describe('attempt runner', () => {
  let home: string;
  let journal: Journal;
  let folders: SmallDisk;
  let runner: AttemptRunner;
  let launched: AttemptOrder[];
  const resent: string[] = [];

  beforeEach(() => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), 'nz-runner-'));
    journal = new Journal(path.join(home, 'journal.db'));
    folders = new SmallDisk(home);
    launched = [];
    const spawner = {
      launch: (work: AttemptOrder) => void launched.push(work),
      replace: () => undefined,
      generation: () => 'now',
      pid: () => null,
    };
    const deaf = () => undefined;
    runner = createAttemptRunner(
      {
        journal,
        folders,
        spawner,
        clock: systemClock,
        logger: createMemoryLogger(),
        onReceipts: deaf,
        onOutput: deaf,
        onJournalFault: deaf,
      },
      { bootId: 'boot', agentMark: 'a' },
    );
    runner.start();
  });
  afterEach(() => {
    runner.stop();
    journal.close();
    fs.rmSync(home, { recursive: true, force: true });
  });

  const order = () =>
    attemptOrderSchema.parse({
      attemptId: newAttemptId(),
      command: 'true',
      killAfterMs: 0,
      outputBytesMax: 0,
    });
  const dispatch = (...orders: AttemptOrder[]): void => runner.dispatch(orders, (id) => resent.push(id));
  const receipt = (id: AttemptOrder['attemptId']): Promise<Record<string, unknown>> =>
    waitUntil(() => {
      const stored = journal.find(id);
      return stored ? (JSON.parse(stored.json) as Record<string, unknown>) : undefined;
    }, `a receipt of ${id}`);

  test('dispatch: the disk nearly full: refused and remembered, what is open goes on', async () => {
    const [before, full, after] = [order(), order(), order()];
    dispatch(before);
    await waitUntil(() => launched.length === 1, 'the launch');
    folders.free = agentLimits.diskFreeBytesMin - 1;
    dispatch(full);
    const refused = await receipt(full.attemptId);
    assert.deepEqual([refused['state'], refused['code']], ['refused', 'agent_full']);
    folders.free = agentLimits.diskFreeBytesMin;
    dispatch(full, after);
    await waitUntil(() => launched.length === 2, 'the next launch');
    assert.deepEqual(launched, [before, after]);
    assert.deepEqual(resent, [full.attemptId]);
  });

  test('dispatch: nothing is launched before its row is on disk', async () => {
    const work = order();
    dispatch(work);
    assert.equal(launched.length, 0);
    assert.equal(journal.find(work.attemptId), null);
    await waitUntil(() => launched.length === 1, 'the launch');
    assert.equal((await receipt(work.attemptId))['state'], 'accepted');
  });

  test('launches: five hundred at once: no more under way than the bound, each in its turn', async () => {
    const orders = Array.from({ length: 500 }, order);
    dispatch(...orders);
    const bound = Math.max(4, agentLimits.launchesPerProcessor * os.availableParallelism());
    await waitUntil(() => launched.length === bound, 'the first launches');
    const started = {
      pid: process.pid,
      start: fs.readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ')[19],
    };
    for (const [index, work] of orders.entries()) {
      assert.equal(launched.length, Math.min(index + bound, orders.length));
      const folder = path.join(home, 'attempts', work.attemptId);
      fs.mkdirSync(folder);
      fs.writeFileSync(
        path.join(folder, 'waiter'),
        `pid ${started.pid}\nstart ${started.start}\nboot boot\nend\n`,
      );
      fs.writeFileSync(path.join(folder, 'started'), `pid 1\nstart 1\nat 1\nend\n`);
      runner.hints([{ type: 'started', id: work.attemptId }]);
    }
    assert.deepEqual(launched, orders);
  });

  test('launch given up again and again: ended, it did not run, and no late waiter can start it', async () => {
    const work = order();
    dispatch(work);
    await waitUntil(() => launched.length === 1, 'the launch');
    for (let count = 0; count < agentLimits.launchTriesMax; count += 1) {
      runner.hints([
        {
          type: 'givenUp',
          id: work.attemptId,
          generation: 'now',
          reason: saidByAgent('agent_fork', { trouble: 'no memory' }),
        },
      ]);
    }
    await waitUntil(() => runner.openCount() === 0, 'the end');
    const ended = await receipt(work.attemptId);
    assert.deepEqual(
      [ended['state'], ended['startError'], ended['startErrorSaid'], ended['pid']],
      ['ended', 'cannot fork: no memory', { code: 'agent_fork', values: { trouble: 'no memory' } }, null],
    );
    assert.deepEqual(
      fs.readdirSync(path.join(home, 'attempts', work.attemptId)),
      ['agent'],
      'the claim stays until the next generation',
    );
    runner.spawnerReady();
    assert.equal(fs.existsSync(path.join(home, 'attempts', work.attemptId)), false);
  });

  test('launch given up, then a new generation: handed over once to it, the pause adds none', async () => {
    const [work, later] = [order(), order()];
    dispatch(work, later);
    await waitUntil(() => launched.length === 2, 'the launches');
    const giveUp = ({ attemptId }: AttemptOrder) =>
      runner.hints([
        { type: 'givenUp', id: attemptId, generation: 'now', reason: { text: 'cannot fork', said: null } },
      ]);
    giveUp(work);
    runner.spawnerReady();
    assert.deepEqual(launched.slice(2), [work, later]);
    // Its pause begins later than the other's, so the other's is over when it is handed over again.
    giveUp(later);
    await waitUntil(() => launched.length > 4, 'the pause to end');
    assert.deepEqual(launched.slice(4), [later], 'a second request in one generation could run it again');
  });

  test('launch given up by an older generation: no matter', async () => {
    const work = order();
    dispatch(work);
    await waitUntil(() => launched.length === 1, 'the launch');
    for (let count = 0; count < agentLimits.launchTriesMax; count += 1) {
      runner.hints([
        { type: 'givenUp', id: work.attemptId, generation: 'before', reason: { text: 'x', said: null } },
      ]);
    }
    assert.equal(runner.openCount(), 1);
    assert.equal((await receipt(work.attemptId))['state'], 'accepted');
  });

  test('new generation: what has no claim is handed over again, what has one is not', async () => {
    const [claimed, unclaimed] = [order(), order()];
    dispatch(claimed, unclaimed);
    await waitUntil(() => launched.length === 2, 'the launches');
    fs.mkdirSync(path.join(home, 'attempts', claimed.attemptId));
    fs.writeFileSync(
      path.join(home, 'attempts', claimed.attemptId, 'waiter'),
      `pid ${process.pid}\nstart 0\nboot boot\nend\n`,
    );
    runner.spawnerReady();
    assert.deepEqual(launched.slice(2), [unclaimed]);
    await waitUntil(
      () => runner.openCount() === 1,
      'the claimed one to be unknown: that waiter does not live',
    );
    assert.equal((await receipt(claimed.attemptId))['state'], 'unknown');
  });
});
