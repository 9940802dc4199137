// What breaks in the engine breaks one report, one session or one line, is told by name, and everything else goes on. Real PostgreSQL.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { limitsOf, type Limits } from '@nezuban/core/jobs/admission/limits';
import { placeFacts } from '@nezuban/core/jobs/admission/place-views';
import type { Session } from '@nezuban/core/jobs/session-state';
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
import { reportTriesMax } from './engine-poison.ts';

const queue = (name: string) => ({
  definition: { kind: 'queue' as const, name, places: 1, timezone: 'UTC' },
  paused: null,
});

describe('engine: faults', () => {
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

  const start = async (limits?: Limits): Promise<void> => {
    hub = createFakeAgentHub({ nodes: ['host'], endingOf: () => 'never' });
    events = createFakeEventSink();
    jobs = await startJobs({
      address: bench.server.config,
      hub,
      events,
      ...(limits === undefined ? {} : { limits }),
    });
  };
  const net = async (name: string, asks: object = {}): Promise<void> => {
    await storeNet(jobs.database, {
      kind: 'jobnet',
      name,
      target: { node: 'host' },
      units: [{ name: 'a', command: 'a', ...asks }],
    });
  };
  const attemptOf = (id: SessionId): AttemptId | undefined =>
    [...hub.runs.keys()].find((each) => each.startsWith(`${id}-`));
  const runs = async (id: SessionId) => {
    await waitFor(async () => (await jobs.view(id)).unitCounts.running === 1);
  };
  const told = async (code: string) =>
    await waitFor(() => {
      const found = events.committed.filter((each) => each.code === code);
      return found.length > 0 && found;
    });
  const aside = async () =>
    await jobs.database.query<{ attempt_closed: boolean; state: string; reason: string }>({
      text: 'SELECT * FROM report_aside',
    });
  /** What is in memory breaks, until it is read back. */
  const breakSession = async (id: SessionId, harm: (session: Session) => void) => {
    await jobs.engine.inspect(id, harm);
  };

  test('a report that cannot be stored, nor anything in its place: put aside after some tries, the agent goes on, and it is taken once that is mended', async () => {
    await start();
    await net('net');
    const [one, two] = [await jobs.run('net'), await jobs.run('net')];
    await Promise.all([runs(one.id), runs(two.id)]);
    await bench.admin.query(
      `ALTER TABLE attempt ADD CONSTRAINT injected CHECK (session_id <> ${one.id} OR end_status IS NULL)`,
    );
    try {
      const reports = [
        endedReceipt(attemptOf(one.id), { seq: 1 }),
        endedReceipt(attemptOf(two.id), { seq: 2 }),
      ];
      const report = async () => await jobs.engine.receipts({ node: 'host', receipts: reports });
      for (let tries = 1; tries < reportTriesMax; tries += 1) await assert.rejects(report, /injected/);
      assert.deepEqual(await aside(), []);
      await report();
      assert.equal((await jobs.view(two.id)).state, 'ended');
      assert.equal((await jobs.view(one.id)).unitCounts.running, 1);
      const [row] = await aside();
      assert.deepEqual([row?.attempt_closed, row?.state], [false, 'ended']);
      assert.match(row?.reason ?? '', /injected/);
      const [event] = await told('report_put_aside');
      assert.equal(event?.details['session'], one.id);
      // The agent has missed the acknowledgement; nothing doubles.
      await report();
      await jobs.aside.tryAgain();
      assert.equal((await aside()).length, 1);
    } finally {
      await bench.admin.query('ALTER TABLE attempt DROP CONSTRAINT injected');
    }
    await jobs.aside.tryAgain();
    const taken = await jobs.view(one.id);
    assert.deepEqual([taken.state, taken.units[0]?.endStatus], ['ended', 'normal']);
    assert.deepEqual(await aside(), []);
    assert.equal((await told('report_put_aside')).length, 1);
  });

  test('a report that can be put nowhere: it stays with its agent', async () => {
    await start();
    await net('net');
    const { id } = await jobs.run('net');
    await runs(id);
    await bench.admin.query('ALTER TABLE report_aside ADD CONSTRAINT injected CHECK (false)');
    try {
      const tooLarge = endedReceipt(attemptOf(id), { stdoutBytes: 2 ** 70 });
      await assert.rejects(jobs.engine.receipts({ node: 'host', receipts: [tooLarge] }), /injected/);
      assert.equal((await jobs.view(id)).unitCounts.running, 1);
    } finally {
      await bench.admin.query('ALTER TABLE report_aside DROP CONSTRAINT injected');
    }
  });

  test('a session that cannot be read at a start: it stands and is told, all others go on, its reports are put aside, and it goes on once it reads', async () => {
    await start();
    await net('bad');
    await net('good');
    const [bad, good] = [await jobs.run('bad'), await jobs.run('good')];
    await Promise.all([runs(bad.id), runs(good.id)]);
    const report = endedReceipt(attemptOf(bad.id));
    const goodReport = endedReceipt(attemptOf(good.id), { seq: 2 });
    await jobs.crash();
    const definition = await bench.admin.query("SELECT definition FROM net_revision WHERE net = 'bad'");
    await bench.admin.query(`UPDATE net_revision SET definition = '{"units": 5}' WHERE net = 'bad'`);
    await start();
    const [event] = await told('session_stands');
    assert.equal(event?.details['session'], bad.id);
    await jobs.engine.receipts({ node: 'host', receipts: [report, goodReport] });
    assert.equal((await jobs.view(good.id)).state, 'ended');
    assert.deepEqual(
      (await aside()).map(({ attempt_closed: closed }) => closed),
      [false],
    );
    const stop = {
      sessionId: bad.id,
      operation: 'stop',
      unit: undefined,
      actor: 'x',
      alsoWrite: () => Promise.resolve(),
    } as const;
    await assert.rejects(jobs.engine.operate(stop), { code: 'session_stands' });
    await bench.admin.query("UPDATE net_revision SET definition = $1 WHERE net = 'bad'", [
      definition.rows[0].definition,
    ]);
    // Whoever asks for it reads it anew.
    await jobs.engine.operate(stop);
    await jobs.aside.tryAgain();
    await waitFor(async () => ['ended', 'stopped'].includes((await jobs.view(bad.id)).state));
    assert.deepEqual(await aside(), []);
    assert.equal((await told('session_stands')).length, 1);
  });

  test('places of a queue break: whoever waits for it stands, is told by name and asks why; other queues go on', async () => {
    const whole = limitsOf([queue('bad'), queue('good')]);
    let isBroken = true;
    await start({
      ...whole,
      places(resource, now) {
        if (isBroken && resource === 'queue bad') throw new Error('injected');
        return whole.places(resource, now);
      },
    });
    await net('bad', { queue: 'bad' });
    await net('good', { queue: 'good' });
    await net('free');
    const bad = await jobs.run('bad');
    const [good, free] = [await jobs.run('good'), await jobs.run('free')];
    await Promise.all([runs(good.id), runs(free.id)]);
    const [event, ...more] = await told('places_stand');
    assert.match(event?.message ?? '', /queue "bad".*injected/);
    assert.deepEqual(more, []);
    const facts = await jobs.engine.lookAtPlaces((book, session) => {
      const owner = session(bad.id);
      return owner === null ? [] : placeFacts({ book, session, now: 0 }, owner, 1);
    });
    assert.deepEqual(
      facts.map(({ code }) => code),
      ['place_broken'],
    );
    isBroken = false;
    await jobs.engine.setLimits(whole);
    await runs(bad.id);
  });

  test('a unit breaks when it is given its place: it is passed over and told, those behind it and the job that freed the place go on', async () => {
    await start(limitsOf([queue('q')]));
    await net('net', { queue: 'q' });
    const [first, second, third] = [await jobs.run('net'), await jobs.run('net'), await jobs.run('net')];
    await runs(first.id);
    await breakSession(second.id, (session) => {
      Object.defineProperty(session.units[1], 'state', {
        get: () => 'queued',
        set: () => {
          throw new Error('injected');
        },
      });
    });
    await jobs.engine.receipts({ node: 'host', receipts: [endedReceipt(attemptOf(first.id))] });
    assert.equal((await jobs.view(first.id)).state, 'ended');
    await runs(third.id);
    const [event] = await told('input_refused');
    assert.deepEqual([event?.details['session'], event?.details['input']], [second.id, 'admitted']);
    // Somebody has seen to it.
    await jobs.engine.receipts({ node: 'host', receipts: [endedReceipt(attemptOf(third.id))] });
    await jobs.engine.setLimits(limitsOf([queue('q')]));
    await runs(second.id);
  });

  test('a session breaks where all look at changed nodes: it is left out and told, the look goes on', async () => {
    await start();
    await net('net');
    const [one, two] = [await jobs.run('net'), await jobs.run('net')];
    await Promise.all([runs(one.id), runs(two.id)]);
    await breakSession(one.id, ({ units }) => {
      Object.defineProperty(units, Symbol.iterator, {
        value: () => {
          throw new Error('injected');
        },
      });
    });
    await jobs.engine.freezesChanged();
    const [event] = await told('input_refused');
    assert.deepEqual([event?.details['session'], event?.details['input']], [one.id, 'nodesChanged']);
    await jobs.engine.receipts({ node: 'host', receipts: [endedReceipt(attemptOf(one.id))] });
    assert.equal((await jobs.view(one.id)).state, 'ended');
  });
});
