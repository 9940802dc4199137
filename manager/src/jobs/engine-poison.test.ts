// Reports and answers that can never be stored, or that break the reducer: nothing else may wait behind them, and each comes to an end. Real PostgreSQL.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import type { AttemptId, SessionId } from '@nezuban/protocol/ids';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { endedReceipt } from '../testing/ended-receipt.ts';
import { createFakeAgentHub, type FakeAgentHub } from '../testing/fake-agent-hub.ts';
import {
  createFakeEventSink,
  startJobs,
  storeNet,
  type FakeEventSink,
  type JobsHarness,
} from '../testing/jobs-harness.ts';
import { openLossyBench, type LossyBench } from '../testing/lossy-bench.ts';

/** More than the database counts. */
const tooLarge = 2 ** 70;

describe('engine: poison', () => {
  let bench: LossyBench;
  let hub: FakeAgentHub;
  let events: FakeEventSink;
  let jobs: JobsHarness;
  before(async () => {
    bench = await openLossyBench();
  });
  after(() => bench.close());
  afterEach(async () => {
    await jobs.stop();
    assert.deepEqual(jobs.broken, []);
    await bench.empty();
  });

  const running = async (): Promise<{ id: SessionId; attemptIds: readonly AttemptId[] }> => {
    hub = createFakeAgentHub({ nodes: ['host'], endingOf: () => 'never' });
    events = createFakeEventSink();
    jobs = await startJobs({ address: bench.server.config, hub, events, slowRetryMs: 300 });
    await storeNet(jobs.database, {
      kind: 'jobnet',
      name: 'net',
      target: { node: 'host' },
      units: [
        { name: 'a', command: 'a' },
        { name: 'b', command: 'b' },
        { name: 'w', type: 'event_wait', event: { codes: ['job_event'] }, after: ['b'] },
      ],
    });
    const { id } = await jobs.run('net');
    await waitFor(async () => (await jobs.view(id)).unitCounts.running === 2);
    const attemptIds = [...hub.runs.keys()].toSorted();
    return { id, attemptIds };
  };
  const unitsOf = async (id: SessionId) =>
    Object.fromEntries((await jobs.view(id)).units.map((unit) => [unit.path, unit]));

  test('a report that cannot be stored: its attempt is unknown, those beside it are taken, the agent goes on', async () => {
    const { id, attemptIds } = await running();
    const [first, second] = attemptIds;
    await jobs.engine.receipts({
      node: 'host',
      receipts: [endedReceipt(first, { stdoutBytes: tooLarge }), endedReceipt(second, { seq: 2 })],
    });
    const { a, b } = await unitsOf(id);
    assert.deepEqual(
      [a?.state, a?.endStatus, b?.state, b?.endStatus],
      ['ended', 'unknown', 'ended', 'normal'],
    );
    assert.match(
      a?.reason ?? '',
      /what its agent reported cannot be taken: .*(out of range|invalid input syntax)/,
    );
    assert.equal(events.committed.filter(({ code }) => code === 'attempt_unknown').length, 1);
    // The agent has missed the acknowledgement.
    await jobs.engine.receipts({ node: 'host', receipts: [endedReceipt(first, { stdoutBytes: tooLarge })] });
  });

  test('a report that cannot be stored, whose end gives a place to another session: unknown, the other gets it, the agent goes on', async () => {
    hub = createFakeAgentHub({ nodes: ['host'], endingOf: () => 'never' });
    events = createFakeEventSink();
    jobs = await startJobs({ address: bench.server.config, hub, events });
    await storeNet(jobs.database, {
      kind: 'jobnet',
      name: 'net',
      target: { node: 'host' },
      units: [{ name: 'a', command: 'a', locks: [{ name: 'l', count: 1 }] }],
    });
    const [one, two] = [await jobs.run('net'), await jobs.run('net')];
    await waitFor(async () => (await jobs.view(one.id)).unitCounts.running === 1);
    const [first] = hub.runs.keys();
    await jobs.engine.receipts({ node: 'host', receipts: [endedReceipt(first, { stdoutBytes: tooLarge })] });
    assert.equal((await unitsOf(one.id))['a']?.endStatus, 'unknown');
    await waitFor(async () => (await jobs.view(two.id)).unitCounts.running === 1);
    assert.equal(events.committed.filter(({ code }) => code === 'attempt_unknown').length, 1);
  });

  test('an answer that cannot be stored: its unit ends, nothing is tried for ever', async () => {
    const { id, attemptIds } = await running();
    await jobs.engine.receipts({
      node: 'host',
      receipts: attemptIds.map((each, at) => endedReceipt(each, { seq: at })),
    });
    await waitFor(async () => (await unitsOf(id))['w']?.state === 'running');
    const event = { id: 1, at: 0, code: 'x', priority: 'info', node: null, monitor: null, key: null };
    const answer = {
      kind: 'event_wait',
      event: { ...event, message: 'x', fields: {}, groups: { big: 1n as never } },
    } as const;
    await jobs.engine.tell(id, { type: 'workAnswered', unit: 3, run: 1, answer });
    const { w } = await unitsOf(id);
    assert.deepEqual([w?.state, w?.endStatus], ['ended', 'abnormal']);
    assert.match(w?.reason ?? '', /What came of its work cannot be taken/);
  });

  test('an input that breaks the reducer: told once; the session and all others go on', async () => {
    const { id, attemptIds } = await running();
    const broken = { type: 'admitted', unit: 99, node: null } as const;
    for (let round = 0; round < 2; round += 1)
      await assert.rejects(jobs.engine.tell(id, broken), /broke the engine/);
    const told = await waitFor(() => {
      const found = events.committed.filter(({ code }) => code === 'input_refused');
      return found.length > 0 && found;
    });
    assert.equal(told.length, 1);
    assert.match(told[0]?.message ?? '', new RegExp(`session ${id}.*has no unit 99`));
    await jobs.engine.receipts({
      node: 'host',
      receipts: attemptIds.map((each, at) => endedReceipt(each, { seq: at })),
    });
    await waitFor(async () => (await unitsOf(id))['w']?.state === 'running');
  });

  test('a session whose every change takes too long: told once; all others go on, and so does it when that is over', async () => {
    const { id, attemptIds } = await running();
    const other = await jobs.run('net');
    await waitFor(async () => (await jobs.view(other.id)).unitCounts.running === 2);
    await bench.admin.query(
      `CREATE FUNCTION be_slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = '57014'; END $$;
         CREATE TRIGGER be_slow BEFORE UPDATE ON session_unit FOR EACH ROW WHEN (OLD.session_id = ${id}) EXECUTE FUNCTION be_slow()`,
    );
    const slow = attemptIds.map((attempt, at) =>
      jobs.engine.receipts({ node: 'host', receipts: [endedReceipt(attempt, { seq: at })] }),
    );
    const others = [...hub.runs.keys()].filter((attempt) => attempt.startsWith(`${other.id}-`));
    await jobs.engine.receipts({
      node: 'host',
      receipts: others.map((attempt, at) => endedReceipt(attempt, { seq: 10 + at })),
    });
    await waitFor(async () => (await jobs.view(other.id)).unitCounts.ended === 2);
    await waitFor(() => events.committed.some(({ code }) => code === 'session_put_off'));
    await bench.admin.query('DROP FUNCTION be_slow CASCADE');
    await Promise.all(slow);
    await waitFor(async () => {
      // On a slow machine one may have been put aside after its tries.
      await jobs.aside.tryAgain();
      return (await unitsOf(id))['a']?.endStatus === 'normal';
    });
    assert.equal(events.committed.filter(({ code }) => code === 'session_put_off').length, 1);
  });

  test('a look that throws: its caller hears it, the engine goes on', async () => {
    const { id } = await running();
    const look = (): never => {
      throw new Error('cannot be shown');
    };
    await assert.rejects(jobs.engine.inspect(id, look), /cannot be shown/);
    await assert.rejects(jobs.engine.lookAtPlaces(look), /cannot be shown/);
    assert.equal((await jobs.view(id)).state, 'running');
  });
});
