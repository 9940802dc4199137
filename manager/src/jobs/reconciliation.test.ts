// What manager and agents know differently of attempts: found, repaired or told, each once. Real PostgreSQL, fake agents.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { systemClock } from '@nezuban/platform/clock';
import { systemTimers } from '@nezuban/platform/timers';
import type { AttemptId } from '@nezuban/protocol/ids';
import { testDatabase, type TestDatabase } from '@nezuban/tests/support/postgres';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createFakeAgentHub, type FakeAgentHub } from '../testing/fake-agent-hub.ts';
import { startJobsDomain, tester, type JobsDomain, type JobsDomainOptions } from '../testing/jobs-domain.ts';
import { prepareDatabase } from '../testing/jobs-harness.ts';

/** Time that goes twenty times as fast, for comparisons that are seconds apart. */
const SPEED = 20;
const startedAt = { epoch: systemClock.epochMs(), monotonic: systemClock.monotonicMs() };
const quick: Pick<JobsDomainOptions, 'clock' | 'timers'> = {
  clock: {
    ...systemClock,
    epochMs: () => startedAt.epoch + (systemClock.epochMs() - startedAt.epoch) * SPEED,
    monotonicMs: () => startedAt.monotonic + (systemClock.monotonicMs() - startedAt.monotonic) * SPEED,
  },
  timers: {
    ...systemTimers,
    after: (ms, act) => systemTimers.after(ms / SPEED, act),
    every: (ms, act) => systemTimers.every(ms / SPEED, act),
    sleep: async (ms, signal) => await systemTimers.sleep(ms / SPEED, signal),
  },
};

describe('reconciliation', () => {
  let database: TestDatabase;
  let domain: JobsDomain;
  let hub: FakeAgentHub;
  beforeEach(async () => {
    database = await testDatabase();
    await prepareDatabase(database.config);
  });
  afterEach(async () => {
    await domain.stop();
    assert.deepEqual(domain.broken, []);
    assert.deepEqual(
      domain.logger.lines.filter(({ message }) => /could not be told/.test(message)),
      [],
    );
    await database.drop();
  });
  const base = { params: {}, query: {}, body: undefined, actor: tester, expected: null };

  const start = async () => {
    hub = createFakeAgentHub({ nodes: ['local'], endingOf: () => 'never' });
    domain = await startJobsDomain({
      address: database.config,
      hub,
      settings: { reconciliation: { every_s: 5, agent_silent_after_s: 15 } },
      ...quick,
    });
    await domain.apply(
      'kind: jobnet\nname: waits\ntarget: { node: local }\nunits:\n  - { name: a, command: x }\n',
    );
    const { body } = await domain.jobs.routes.runNet({
      ...base,
      params: { name: 'waits' },
      body: { parameters: {} },
    } as never);
    const attemptId = await waitFor(() => [...hub.runs.keys()][0]);
    await running(body.id);
    return { id: body.id, attemptId };
  };
  const session = async (id: number) =>
    (await domain.jobs.routes.getSession({ ...base, params: { id } } as never)).body;
  const running = async (id: number) =>
    await waitFor(async () => (await session(id)).units[0]?.state === 'running');
  const view = async () => (await domain.jobs.routes.getReconciliation(base as never)).body;
  const told = (code: string) => domain.events.committed.filter((event) => event.code === code);
  /** The comparison and the one that confirms it. */
  const patience = { timeoutMs: 40_000 };

  test('both know the same: compared, and nothing said', async () => {
    await start();
    await waitFor(async () => (await view()).comparedAt !== null, patience);
    assert.deepEqual((await view()).strays, []);
    assert.equal(told('attempt_stray').length + told('agent_forgot').length, 0);
  });

  test('the agent has lost an attempt while it stayed connected: asked for, closed as unknown, told', async () => {
    const { id, attemptId } = await start();
    hub.lose(attemptId);
    const ended = await waitFor(async () => {
      const seen = await session(id);
      return seen.state === 'ended' && seen;
    }, patience);
    assert.equal(ended.endStatus, 'unknown');
    assert.match(ended.units[0]?.reason ?? '', /no record at the agent/);
    const [event] = await waitFor(() => {
      const events = told('agent_forgot');
      return events.length > 0 && events;
    }, patience);
    assert.match(event?.message ?? '', new RegExp(`no record of 1 attempts.*${attemptId}`));
    assert.equal(event?.node, 'local');
  });

  test('the agent has ended it and the receipt was lost: its receipt is asked for, the session ends as it did', async () => {
    const { id, attemptId } = await start();
    hub.endUnheard(attemptId, 0);
    const ended = await waitFor(async () => {
      const seen = await session(id);
      return seen.state === 'ended' && seen;
    }, patience);
    assert.equal(ended.endStatus, 'normal');
    assert.equal(domain.jobs.figures().reconciliation.repaired, 1);
  });

  test('the agent runs what nobody waits for: named once, shown, ended on request', async () => {
    await start();
    const stray = '77-abcdef-1.1.0.1' as AttemptId;
    hub.stray('local', stray);
    const [shown] = await waitFor(async () => {
      const { strays } = await view();
      return strays.length > 0 && strays;
    }, patience);
    assert.deepEqual([shown?.attemptId, shown?.node, shown?.pid, shown?.net], [stray, 'local', 4711, null]);
    const [event] = await waitFor(() => {
      const events = told('attempt_stray');
      return events.length > 0 && events;
    });
    assert.match(event?.message ?? '', /77-abcdef-1\.1\.0\.1 \(not known here\)/);
    await domain.jobs.routes.endStrayAttempt({
      ...base,
      params: { attemptId: stray },
      body: { killAfterSeconds: 1 },
    } as never);
    await waitFor(async () => (await view()).strays.length === 0, patience);
    assert.equal(told('attempt_stray').length, 1);
    assert.equal(
      (
        await domain.database.query({
          text: "SELECT FROM audit WHERE action = 'endStrayAttempt' AND target = $1",
          values: [stray],
        })
      ).length,
      1,
    );
    await assert.rejects(
      domain.jobs.routes.endStrayAttempt({
        ...base,
        params: { attemptId: stray },
        body: { killAfterSeconds: 1 },
      } as never),
      /nobody waits for/,
    );
  });

  test('the agent runs more than are listed: their number is told once, the rest comes up as others end', async () => {
    const { attemptId } = await start();
    hub.endUnheard(attemptId, 0);
    const ids = Array.from({ length: 203 }, (_, index) => `77-abcdef-1.${index + 1}.0.1` as AttemptId);
    for (const id of ids) hub.stray('local', id);
    const full = await waitFor(async () => {
      const seen = await view();
      return seen.straysLeftOut.length > 0 && seen;
    }, patience);
    assert.deepEqual(
      [full.strays.length, full.straysLeftOut, domain.jobs.figures().reconciliation.strays],
      [200, [{ node: 'local', attempts: 3 }], 203],
    );
    for (const id of ids.slice(0, 10)) hub.lose(id);
    const rest = await waitFor(async () => {
      const seen = await view();
      return seen.straysLeftOut.length === 0 && seen;
    }, patience);
    assert.equal(rest.strays.length, 193);
    const events = told('attempt_stray');
    assert.equal(events.length, 1);
    assert.match(
      events[0]?.message ?? '',
      /runs 203 attempts that nobody waits for.* 3 of them are not listed/,
    );
  });

  test('the agent vanishes during an attempt: shown at once, told once after its time, forgotten when it is back', async () => {
    const { id } = await start();
    hub.disconnect('local');
    await waitFor(async () => (await view()).silent.length === 1, patience);
    const [event] = await waitFor(() => {
      const events = told('agent_silent');
      return events.length > 0 && events;
    }, patience);
    assert.match(event?.message ?? '', /silent since .* 1 attempts/);
    const unit = (await session(id)).units[0];
    assert.match(unit?.reason ?? '', /agent of "local" has been silent since/);
    assert.equal(unit?.state, 'running', 'nobody knows, so nobody says that it has ended');
    hub.connect('local');
    await waitFor(async () => (await view()).silent.length === 0, patience);
    assert.equal((await session(id)).units[0]?.reason, null);
    assert.equal(told('agent_silent').length, 1);
  });
});
