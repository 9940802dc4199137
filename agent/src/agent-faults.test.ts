// Every death of docs/internals/attempt-life.md, against a ledger that the commands append to: each ran exactly once, or is said to be unknown.
// The agent is the real program here, in a process of its own, so that it can be killed.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { openJournal } from './agent.ts';
import { Journal } from './journal/journal.ts';
import { AgentFixture } from './testing/agent-fixture.ts';
import { FakeManager, newAttemptId } from './testing/fake-manager.ts';
import { waitUntil } from './testing/wait-until.ts';
import { attemptOrderSchema } from '@nezuban/protocol/agent/link';

describe('agent faults', () => {
  let manager: FakeManager;
  let fixture: AgentFixture;

  beforeEach(async () => {
    manager = await FakeManager.start();
    fixture = new AgentFixture();
    await fixture.join(manager);
  });
  afterEach(async () => {
    await fixture.clean();
    await manager.stop();
  });

  /** Appends its own number, then takes a moment, so that kills fall into every phase. */
  const ledgerOrders = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      attemptId: newAttemptId(),
      command: `echo ${index} >> ${fixture.file('ledger')}; sleep 0.0${index % 10}; exit ${index % 3}`,
    }));

  const assertEachRanOnce = async (orders: readonly { attemptId: string }[]): Promise<void> => {
    for (const [index, order] of orders.entries()) {
      const ended = await manager.ended(order.attemptId, 60_000);
      assert.equal(ended.exitCode, index % 3);
      const finals = manager.receipts.filter(
        (receipt) => receipt.attemptId === order.attemptId && receipt.state === 'ended',
      );
      assert.equal(
        new Set(finals.map((receipt) => receipt.seq)).size,
        1,
        'one outcome, though it may be sent again',
      );
    }
    assert.deepEqual(
      fixture
        .lines('ledger')
        .map(Number)
        .toSorted((a, b) => a - b),
      orders.map((_, index) => index),
    );
  };

  /** Some of 60 attempts more than now, or nearly all. */
  const someMoreToRun = async (): Promise<void> => {
    const enough = Math.min(fixture.lines('ledger').length + 4, 58);
    await waitUntil(() => fixture.lines('ledger').length >= enough, 'some to run');
  };

  const anotherHello = (known: number) =>
    waitUntil(() => manager.hellos.length > known, 'the agent to come back');

  /** The waiter has written its outcome; its folder may be gone if an agent has taken it. */
  const exitRecord = (id: string) => {
    const folder = path.join(fixture.home, 'attempts', id);
    return waitUntil(
      () => !fs.existsSync(folder) || fs.existsSync(path.join(folder, 'exit')),
      'the exit record',
    );
  };

  /** As the manager does when an agent comes back: everything without a final receipt again. */
  const repeatUnfinished = (orders: readonly { attemptId: string; command: string }[]): void => {
    const open = orders.filter(
      (order) => !['ended', 'unknown', 'refused'].includes(manager.newest(order.attemptId)?.state ?? ''),
    );
    if (open.length > 0) manager.dispatch(...open);
  };

  test('agent killed: five times amid 60 attempts: each ran once', async () => {
    const orders = ledgerOrders(60);
    let agent = fixture.spawnProgram();
    await manager.connected();
    manager.dispatch(...orders);
    for (let round = 0; round < 5; round += 1) {
      await someMoreToRun();
      await fixture.kill(agent);
      const known = manager.hellos.length;
      agent = fixture.spawnProgram();
      await anotherHello(known);
      repeatUnfinished(orders);
    }
    await assertEachRanOnce(orders);
  });

  test('agent killed: the job goes on, and its exit code is known to the next agent', async () => {
    const agent = fixture.spawnProgram();
    await manager.connected();
    const id = manager.dispatchOne({
      command: `until [ -e ${fixture.file('go')} ]; do sleep 0.02; done; echo late; exit 42`,
    });
    await manager.running(id);
    await fixture.kill(agent);
    fs.writeFileSync(fixture.file('go'), '');
    await exitRecord(id);
    fixture.spawnProgram();
    const ended = await manager.ended(id);
    assert.equal(ended.exitCode, 42);
    assert.equal(await manager.wholeOutput(id), 'late\n');
  });

  test('agent killed: hints of waiters that outlived it reach the next agent at once', async () => {
    const agent = fixture.spawnProgram();
    await manager.connected();
    const id = manager.dispatchOne({ command: `until [ -e ${fixture.file('go')} ]; do sleep 0.01; done` });
    await manager.running(id);
    await fixture.kill(agent);
    const hellos = manager.hellos.length;
    fixture.spawnProgram();
    await anotherHello(hellos);
    fs.writeFileSync(fixture.file('go'), '');
    assert.equal((await manager.ended(id)).exitCode, 0);
  });

  test('agent killed: a cancel that it had taken is carried out by the next agent', async () => {
    const agent = fixture.spawnProgram();
    await manager.connected();
    const id = manager.dispatchOne({ command: 'trap "" TERM; while :; do sleep 0.05; done' });
    const waiter = await fixture.waiterPid(id);
    await manager.running(id);
    // The waiter cannot act on the signal before it is let go on.
    process.kill(waiter, 'SIGSTOP');
    manager.cancel(id, 100);
    await waitUntil(
      () => fs.existsSync(path.join(fixture.home, 'attempts', id, 'cancel')),
      'the cancel to be written',
    );
    await fixture.kill(agent);
    fixture.spawnProgram();
    process.kill(waiter, 'SIGCONT');
    const ended = await manager.ended(id);
    assert.equal(ended.cancelled, true);
    assert.equal(ended.signal, 'SIGKILL');
  });

  test('agent stopped by SIGTERM: exit 0, jobs go on, the next agent has their outcome', async () => {
    const agent = fixture.spawnProgram();
    await manager.connected();
    const id = manager.dispatchOne({
      command: `until [ -e ${fixture.file('go')} ]; do sleep 0.02; done; exit 9`,
    });
    await manager.running(id);
    assert.equal(await fixture.kill(agent, 'SIGTERM'), 0);
    fs.writeFileSync(fixture.file('go'), '');
    fixture.spawnProgram();
    assert.equal((await manager.ended(id)).exitCode, 9);
  });

  test('agent stopped with jobs: every command ends first', async () => {
    const agent = fixture.start();
    await manager.connected();
    const id = manager.dispatchOne({ command: 'trap "" TERM; while :; do sleep 0.05; done' });
    const { pid } = await manager.running(id);
    await agent.stop({ withJobs: true, withinMs: 10_000 });
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  });

  test('spawner killed: five times amid 60 attempts: each ran once', async () => {
    const orders = ledgerOrders(60);
    const agent = fixture.spawnProgram();
    await manager.connected();
    manager.dispatch(...orders);
    for (let round = 0; round < 5; round += 1) {
      await someMoreToRun();
      process.kill(await fixture.spawnerPid(agent.pid ?? 0), 'SIGKILL');
    }
    await assertEachRanOnce(orders);
  });

  test('spawner stopped, its agent killed: what it was given and not started never starts beside the next agent', async () => {
    const agent = fixture.spawnProgram();
    await manager.connected();
    const spawner = await fixture.spawnerPid(agent.pid ?? 0);
    process.kill(spawner, 'SIGSTOP');
    const orders = ledgerOrders(20);
    manager.dispatch(...orders);
    await waitUntil(
      () => orders.every((order) => manager.newest(order.attemptId)?.state === 'accepted'),
      'all to be accepted',
    );
    await fixture.kill(agent);
    fixture.spawnProgram();
    await assertEachRanOnce(orders);
    // Now the old spawner finds its requests in the pipe, with all folders tidied away.
    process.kill(spawner, 'SIGCONT');
    await waitUntil(() => !fs.existsSync(`/proc/${spawner}`), 'the old spawner to end');
    await waitUntil(
      () => fs.readdirSync(path.join(fixture.home, 'attempts')).every((name) => name === '.generation'),
      'its waiters to give up',
    );
    await assertEachRanOnce(orders);
  });

  test('waiter killed: unknown with what still runs, and never rerun', async () => {
    fixture.spawnProgram();
    await manager.connected();
    const order = { attemptId: newAttemptId(), command: `echo 0 >> ${fixture.file('ledger')}; sleep 60` };
    manager.dispatch(order);
    const { pid } = await manager.running(order.attemptId);
    process.kill(await fixture.waiterPid(order.attemptId), 'SIGKILL');
    const outcome = await manager.outcome(order.attemptId);
    assert.equal(outcome.state === 'unknown' && outcome.reason, 'the waiter was gone without an exit record');
    assert.ok(outcome.state === 'unknown' && outcome.leftovers.some((left) => left.pid === pid));
    const seen = manager.receipts.length;
    manager.dispatch(order);
    await waitUntil(() => manager.receipts.length > seen, 'the receipt again');
    assert.equal(manager.receipts.at(-1)?.state, 'unknown');
    assert.deepEqual(fixture.lines('ledger'), ['0']);
    process.kill(-pid, 'SIGKILL');
  });

  test('pid reused: a living process with another start time is not the waiter', async () => {
    const agent = fixture.spawnProgram();
    await manager.connected();
    const id = manager.dispatchOne({ command: 'sleep 60' });
    const { pid } = await manager.running(id);
    await fixture.kill(agent);
    process.kill(await fixture.waiterPid(id), 'SIGKILL');
    const file = path.join(fixture.home, 'attempts', id, 'waiter');
    // This test's own process has now "taken" the number.
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(/^pid \d+$/m, `pid ${process.pid}`));
    fixture.spawnProgram();
    assert.equal((await manager.outcome(id)).state, 'unknown');
    process.kill(-pid, 'SIGKILL');
  });

  test('host restarted: what ended has its outcome, all else is unknown, nothing is launched', async () => {
    const first = fixture.start({ bootId: 'boot-1' });
    await manager.connected();
    const running = manager.dispatchOne({ command: `echo 1 >> ${fixture.file('ledger')}; sleep 60` });
    const { pid } = await manager.running(running);
    const finished = manager.dispatchOne({
      command: `until [ -e ${fixture.file('go')} ]; do sleep 0.02; done; exit 4`,
    });
    await manager.running(finished);
    await fixture.stop(first);
    fs.writeFileSync(fixture.file('go'), '');
    await exitRecord(finished);
    // Accepted, and the host died before the spawner had it.
    const accepted = attemptOrderSchema.parse({
      attemptId: newAttemptId(),
      command: `echo 2 >> ${fixture.file('ledger')}`,
      killAfterMs: 100,
      outputBytesMax: 1000,
    });
    const journal = openJournal(fixture.home);
    journal.write([{ type: 'accept', order: accepted, at: new Date().toISOString(), bootId: 'boot-1' }]);
    journal.close();
    process.kill(-pid, 'SIGKILL');
    process.kill(await fixture.waiterPid(running), 'SIGKILL');

    fixture.start({ bootId: 'boot-2' });
    assert.equal((await manager.ended(finished)).exitCode, 4);
    for (const id of [running, accepted.attemptId]) {
      const outcome = await manager.outcome(id);
      assert.match(outcome.state === 'unknown' ? outcome.reason : outcome.state, /the host restarted/);
    }
    assert.deepEqual(fixture.lines('ledger'), ['1']);
  });

  test('journal not writable: nothing is accepted or answered; when it is again, the repeated order runs once', async () => {
    class BrokenJournal extends Journal {
      broken = false;
      override write(...parts: Parameters<Journal['write']>): void {
        if (this.broken) throw new Error('database or disk is full');
        super.write(...parts);
      }
    }
    const journal = new BrokenJournal(path.join(fixture.home, 'journal.db'));
    fixture.start({ journal });
    await manager.connected();
    const running = manager.dispatchOne({
      command: `until [ -e ${fixture.file('go')} ]; do sleep 0.02; done; exit 6`,
    });
    await manager.running(running);
    journal.broken = true;
    const order = { attemptId: newAttemptId(), command: `echo 0 >> ${fixture.file('ledger')}` };
    manager.dispatch(order);
    await waitUntil(
      () => manager.closes.some((close) => /cannot write its journal/.test(close.reason)),
      'the connection to be closed with the reason',
    );
    // A job that ends meanwhile keeps its result in its folder.
    fs.writeFileSync(fixture.file('go'), '');
    await exitRecord(running);
    assert.equal(manager.newest(order.attemptId), undefined);
    assert.deepEqual(fixture.lines('ledger'), []);
    journal.broken = false;
    assert.equal((await manager.ended(running)).exitCode, 6);
    manager.dispatch(order);
    assert.equal((await manager.ended(order.attemptId)).exitCode, 0);
    assert.deepEqual(fixture.lines('ledger'), ['0']);
    assert.ok(fixture.logger.lines.some((line) => /journal can be written again/.test(line.message)));
  });

  test('manager away: jobs go on, timeouts hold, results wait and are delivered once', async () => {
    fixture.start();
    await manager.connected();
    const slow = manager.dispatchOne({
      command: `until [ -e ${fixture.file('go')} ]; do sleep 0.02; done; echo waited; exit 5`,
    });
    const endless = manager.dispatchOne({ command: 'sleep 60', timeoutMs: 300, killAfterMs: 0 });
    await manager.running(slow);
    await manager.running(endless);
    await manager.goAway();
    fs.writeFileSync(fixture.file('go'), '');
    for (const id of [slow, endless]) await exitRecord(id);
    await manager.listen();
    assert.equal((await manager.ended(slow)).exitCode, 5);
    assert.equal(await manager.wholeOutput(slow), 'waited\n');
    assert.equal((await manager.ended(endless)).timedOut, true);
    const count = manager.receipts.filter((receipt) => receipt.state === 'ended').length;
    const hellos = manager.hellos.length;
    manager.kick();
    await anotherHello(hellos);
    await manager.ended(manager.dispatchOne({ command: 'true' }));
    assert.equal(
      manager.receipts.filter((receipt) => receipt.state === 'ended').length,
      count + 1,
      'what was acknowledged is not sent again',
    );
  });

  test('manager without acknowledgements: receipts and output come again after a break', async () => {
    fixture.start();
    await manager.connected();
    manager.acknowledging = false;
    const id = manager.dispatchOne({ command: 'echo once' });
    await manager.ended(id);
    const seen = manager.receipts.length;
    manager.acknowledging = true;
    manager.kick();
    await waitUntil(() => manager.receipts.length > seen, 'the receipt again');
    assert.equal(await manager.wholeOutput(id), 'once\n');
  });

  test('stale master: its connection is closed, nothing is remembered, the true master may send the same attempt', async () => {
    fixture.start();
    await manager.connected();
    await manager.ended(manager.dispatchOne({ command: 'true' }));
    const order = { attemptId: newAttemptId(), command: `echo 0 >> ${fixture.file('ledger')}` };
    manager.send({ type: 'dispatch', term: 0, attempts: [{ ...order, killAfterMs: 0, outputBytesMax: 0 }] });
    await waitUntil(
      () => manager.closes.some((close) => close.code === 1008 && close.reason === 'stale term, 1 is known'),
      'the close',
    );
    await waitUntil(() => manager.connections > 0, 'the agent to come back');
    const greeted = manager.hellos.length;
    manager.term = 0;
    manager.kick();
    await waitUntil(() => manager.hellos.length > greeted + 1, 'a refused welcome and another try');
    assert.equal(manager.hellos.at(-1)?.highestTerm, 1);
    manager.term = 2;
    await waitUntil(() => {
      if (manager.connections > 0) manager.dispatch(order);
      return manager.newest(order.attemptId)?.state === 'ended';
    }, 'the attempt of the true master');
    assert.deepEqual(fixture.lines('ledger'), ['0']);
  });

  test('bad frame: the connection is closed with 1008, and the agent comes back', async () => {
    fixture.start();
    await manager.connected();
    const welcomes = () =>
      fixture.logger.lines.filter((line) => line.message === 'connected to the manager').length;
    const welcomed = (count: number) =>
      waitUntil(() => welcomes() === count && manager.connections === 1, 'the welcome');
    const closed = (count: number) => waitUntil(() => manager.closes.length === count, 'the close');
    for (const [index, frame] of ['not json', '{"type":"dispatch"}', '{"type":"surprise"}'].entries()) {
      await welcomed(index + 1);
      manager.sendRaw(frame);
      await closed(index + 1);
      assert.equal(manager.closes.at(-1)?.code, 1008);
    }
    await welcomed(4);
    assert.equal((await manager.ended(manager.dispatchOne({ command: 'exit 1' }))).exitCode, 1);
  });

  test('certificate: at two thirds of its life: renewed over the link, and used from then on', async () => {
    manager.certificateLifeMs = 3_000;
    fs.rmSync(path.join(fixture.home, 'identity.json'));
    await fixture.join(manager);
    const before = fs.readFileSync(path.join(fixture.home, 'identity.json'), 'utf8');
    fixture.start({
      clock: {
        epochMs: () => Date.now() + 2_500,
        now: () => Temporal.Now.instant(),
        monotonicMs: () => performance.now(),
      },
    });
    await manager.connected();
    await waitUntil(
      () => fs.readFileSync(path.join(fixture.home, 'identity.json'), 'utf8') !== before,
      'the new identity',
    );
    const hellos = manager.hellos.length;
    manager.kick();
    await anotherHello(hellos);
    assert.ok(fixture.logger.lines.some((line) => line.message === 'the certificate has been renewed'));
  });
});
