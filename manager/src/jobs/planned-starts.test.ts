// Temporary changes of scheduled starts on a real database: skipped, moved, begun at once; what is refused; that a moved one is begun once.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SessionId } from '@nezuban/protocol/ids';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createFakeAgentHub, type FakeAgentHub } from '../testing/fake-agent-hub.ts';
import { startJobsDomain, tester, type JobsDomain } from '../testing/jobs-domain.ts';
import { frameJobsTests } from '../testing/jobs-frame.ts';

const base = { expected: null, actor: tester, requestId: 'test' } as const;
/** Its next start is never near. */
const net = `kind: jobnet
name: yearly
timezone: UTC
target: { node: local }
schedules:
  - { name: new-year, cron: "0 0 1 1 *" }
units:
  - { name: a, command: work }
`;

describe('planned starts', () => {
  let domain: JobsDomain;
  let hub: FakeAgentHub;
  const server = frameJobsTests(() => domain, ['moved_start', 'schedule_state', 'start_preparation']);

  const start = async (definition = net): Promise<void> => {
    hub = createFakeAgentHub({ nodes: ['local'] });
    domain = await startJobsDomain({ address: server().config, hub });
    await domain.apply(definition);
    await waitFor(async () => (await coming()).length === 1);
  };
  const coming = async () =>
    (
      await domain.jobs.routes.listComingStarts({
        ...base,
        params: {},
        query: { limit: 10 },
        body: undefined,
      })
    ).body.items;
  const change = async (
    body: Omit<Parameters<JobsDomain['jobs']['routes']['changeComingStart']>[0]['body'], 'schedule'>,
  ): Promise<SessionId | null> =>
    (
      await domain.jobs.routes.changeComingStart({
        ...base,
        params: { name: 'yearly' },
        query: {},
        body: { schedule: 'new-year', ...body },
      })
    ).body.session;
  const sessions = async () =>
    await domain.database.query<{ trigger: unknown }>({ text: 'SELECT trigger FROM session ORDER BY id' });
  const firstAt = async (): Promise<string> => (await coming())[0]?.at ?? '';

  test('skip: the next start is passed over, this once, and audited with its reason', async () => {
    await start();
    const first = await firstAt();
    await change({ change: 'skip', at: first, reason: 'no business' });
    const second = await waitFor(async () => {
      const now = await firstAt();
      return now !== '' && now !== first && now;
    });
    assert.equal(new Date(second).getUTCFullYear(), new Date(first).getUTCFullYear() + 1);
    await assert.rejects(change({ change: 'skip', at: first }), { code: 'precondition_failed' });
    const [entry] = await domain.database.query<{ details: { change: string; at: string; reason: string } }>({
      text: "SELECT details FROM audit WHERE action = 'changeComingStart' ORDER BY id DESC LIMIT 1",
    });
    assert.deepEqual(entry?.details, {
      schedule: 'new-year',
      change: 'skip',
      at: first,
      reason: 'no business',
    });
    assert.equal((await sessions()).length, 0);
  });

  test('skip: the times of the schedule are changed, and it still has that start: it stays skipped', async () => {
    await start();
    const first = await firstAt();
    await change({ change: 'skip', at: first });
    await domain.apply(net.replace('"0 0 1 1 *"', '"0 0 1 1,2 *"'));
    const next = await waitFor(async () => {
      const now = await firstAt();
      return !now.endsWith('-01-01T00:00:00.000Z') && now;
    });
    assert.equal(next, first.replace('-01-01T', '-02-01T'));
  });

  test('start: begun at once in its place, as a session of the schedule', async () => {
    await start();
    const first = await firstAt();
    assert.notEqual(await change({ change: 'start' }), null);
    await waitFor(async () => (await firstAt()) !== first);
    assert.deepEqual(
      (await sessions()).map(({ trigger }) => trigger),
      [{ type: 'schedule', schedule: 'new-year', dueAt: first, by: tester.name, onBehalfOf: tester.name }],
    );
  });

  test('move: begun once at the new time, also after a restart; the start after it stays', async () => {
    await start();
    const first = await firstAt();
    await change({ change: 'move', to: new Date(Date.now() + 3_600_000).toISOString() });
    const [moved] = await coming();
    assert.equal(moved?.movedFrom, first);
    // Moved again, to now.
    await change({ change: 'move', at: moved.at, to: new Date(Date.now() + 200).toISOString() });
    await domain.stop();
    domain = await startJobsDomain({ address: server().config, hub });
    await waitFor(async () => (await sessions()).length === 1);
    assert.deepEqual((await sessions())[0]?.trigger, {
      type: 'schedule',
      schedule: 'new-year',
      dueAt: first,
      by: tester.name,
      onBehalfOf: tester.name,
    });
    const rest = await waitFor(async () => {
      const items = await coming();
      return items.length === 1 && items;
    });
    assert.equal(rest[0]?.movedFrom, undefined);
    assert.equal((await sessions()).length, 1);
  });

  test('move: a session has not ended and the net skips then: skipped as at its own time, and no failure', async () => {
    await start(
      net.replace('target:', 'overlap: skip\ntarget:').replace('command: work', 'hold: true, command: work'),
    );
    const first = await firstAt();
    await change({ change: 'start' });
    const second = await waitFor(async () => {
      const now = await firstAt();
      return now !== first && now;
    });
    await domain.jobs.routes.prepareStart({
      ...base,
      params: { name: 'yearly' },
      query: {},
      body: { schedule: 'new-year', hold: true, units: {}, parameters: {} },
    });
    await change({ change: 'move', to: new Date(Date.now() + 100).toISOString() });
    const told = await waitFor(() => {
      const found = domain.events.committed.filter(({ code }) => code.startsWith('schedule_'));
      return found.length > 0 && found;
    });
    assert.deepEqual(
      told.map(({ code, priority }) => [code, priority]),
      [['schedule_skipped', 'warning']],
    );
    assert.match(told[0]?.message ?? '', /moved to .*, was skipped: A session of "yearly" has not ended/);
    assert.equal((await sessions()).length, 1);
    assert.equal((await domain.database.query({ text: 'SELECT FROM moved_start' })).length, 0);
    await waitFor(() => domain.events.committed.some(({ code }) => code === 'start_preparation_lost'));
    assert.equal(
      (await domain.database.query({ text: 'SELECT FROM start_preparation WHERE wish IS NOT NULL' })).length,
      0,
    );
    assert.ok((await firstAt()) > second, 'it does not come at its own time either');
  });

  test('refused: a schedule that is not there, a move without a time', async () => {
    await start();
    await assert.rejects(
      domain.jobs.routes.changeComingStart({
        ...base,
        params: { name: 'yearly' },
        query: {},
        body: { schedule: 'other', change: 'skip' },
      }),
      { code: 'not_found' },
    );
    await assert.rejects(change({ change: 'move' }), { code: 'invalid_request' });
  });
});
