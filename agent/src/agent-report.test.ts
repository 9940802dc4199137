// What an agent says when it is asked what runs: its attempts, and processes of attempts of which it has lost the record.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { AgentFixture } from './testing/agent-fixture.ts';
import { FakeManager } from './testing/fake-manager.ts';
import { waitUntil } from './testing/wait-until.ts';

describe('agent report', () => {
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
  const report = async () => {
    const count = manager.reports.length;
    manager.send({ type: 'listAttempts', term: manager.term });
    return waitUntil(() => manager.reports[count], 'the report');
  };
  const isAlive = (pid: number): boolean => {
    try {
      return !/^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
    } catch {
      return false;
    }
  };

  test('report: what runs, with its pid; what has ended is not in it', async () => {
    fixture.start();
    await manager.connected();
    const id = manager.dispatchOne({ command: 'sleep 60' });
    await manager.ended(manager.dispatchOne({ command: 'true' }));
    const { pid } = await manager.running(id);
    const { items, unrecorded } = await report();
    assert.deepEqual(
      items.map((item) => [item.attemptId, item.pid]),
      [[id, pid]],
    );
    assert.deepEqual(unrecorded, []);
  });

  test('another agent on the same host: what it runs is not told', async () => {
    const sleep = spawn('sleep', ['60'], {
      env: { NEZUBAN_ATTEMPT_ID: '1-abcdef-9.9.9.9', NEZUBAN_AGENT: 'another' },
      stdio: 'ignore',
    });
    fixture.start();
    await manager.connected();
    assert.deepEqual((await report()).unrecorded, []);
    sleep.kill();
  });

  test('state lost while a command runs: said as one without a record, never run again, ended on request', async () => {
    const first = fixture.start();
    await manager.connected();
    const id = manager.dispatchOne({
      command: `echo x >> ${fixture.file('ledger')}; sleep 60 & trap "" TERM; sleep 60`,
    });
    const { pid } = await manager.running(id);
    await fixture.stop(first);
    const identity = fs.readFileSync(path.join(fixture.home, 'identity.json'));
    fs.rmSync(fixture.home, { recursive: true });
    fs.mkdirSync(fixture.home, { mode: 0o700 });
    fs.writeFileSync(path.join(fixture.home, 'identity.json'), identity, { mode: 0o600 });
    const hellos = manager.hellos.length;
    fixture.start();
    await waitUntil(() => manager.hellos.length > hellos, 'the agent to come back');

    const { items, unrecorded } = await report();
    assert.deepEqual(items, []);
    assert.equal(unrecorded[0]?.attemptId, id);
    assert.match(unrecorded[0]?.command ?? '', /sleep 60/);

    manager.send({ type: 'query', term: manager.term, attemptIds: [id] });
    const unknown = await waitUntil(
      () => manager.receipts.find((receipt) => receipt.attemptId === id && receipt.state === 'unknown'),
      'the answer',
    );
    assert.match(unknown.state === 'unknown' ? unknown.reason : '', /no record/);
    // A manager that has given it may give it again: the id is remembered from the question on.
    manager.send({
      type: 'dispatch',
      term: manager.term,
      attempts: [{ attemptId: id, command: 'true', killAfterMs: 0, outputBytesMax: 0 }],
    });
    assert.equal((await report()).unrecorded.length, 1, 'what runs without a waiter of ours is still told');
    manager.cancel(id, 200);
    await waitUntil(() => !isAlive(pid), 'the command to end');
    await waitUntil(async () => (await report()).unrecorded.length === 0, 'nothing of it to be left');
    assert.deepEqual(fixture.lines('ledger'), ['x']);
  });
});
