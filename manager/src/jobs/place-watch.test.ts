// Circles of waits and lines that do not move, as operators are told of them: on a real PostgreSQL, over a restart, and with the way out.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { systemTimers } from '@nezuban/platform/timers';
import type { SessionId } from '@nezuban/protocol/ids';
import { testDatabase, type TestDatabase } from '@nezuban/tests/support/postgres';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createFakeAgentHub, type FakeAgentHub } from '../testing/fake-agent-hub.ts';
import { startJobsDomain, tester, type JobsDomain } from '../testing/jobs-domain.ts';
import { prepareDatabase } from '../testing/jobs-harness.ts';

/** Looks that are ten seconds apart are half a second apart here. */
const SPEED = 20;
const timers = {
  ...systemTimers,
  every: (ms: number, act: () => void) => systemTimers.every(ms / SPEED, act),
};
const base = { expected: null, actor: tester, requestId: 'test', query: {} } as const;

describe('watch of places', () => {
  let server: TestDatabase;
  let domain: JobsDomain;
  let hub: FakeAgentHub;
  before(async () => {
    server = await testDatabase();
    await prepareDatabase(server.config);
    hub = createFakeAgentHub({ nodes: ['local'], endingOf: () => 'never' });
    domain = await startJobsDomain({ address: server.config, hub, timers });
  });
  after(async () => {
    await domain.stop();
    assert.deepEqual(domain.broken, []);
    await server.drop();
  });
  const run = async (name: string): Promise<SessionId> =>
    (await domain.jobs.routes.runNet({ ...base, params: { name }, body: { parameters: {} } })).body.id;
  const view = async (id: SessionId) =>
    (await domain.jobs.routes.getSession({ ...base, params: { id }, body: undefined })).body;
  const why = async (id: SessionId) =>
    (await domain.jobs.routes.explainWaiting({ ...base, params: { id }, body: undefined })).body;
  const told = () => domain.events.committed.filter(({ code }) => code === 'waiting_circle');
  /** As the sink of a whole manager does. */
  const store = async (): Promise<void> => {
    for (const { at, code, details } of told())
      await domain.database.query({
        text: `INSERT INTO event (id, at, priority, code, message, details, search)
               VALUES (nextval(pg_get_serial_sequence('event', 'id')), $1, 'critical', $2, 'm', $3, 'm')`,
        values: [at, code, JSON.stringify(details)],
      });
  };
  const figures = () => domain.jobs.figures().places;

  test('a net that has started one which asks for its lock: told once over a restart, said to whoever asks, and resolved by a kill', async () => {
    await domain.apply('kind: jobnet\nname: b\nlocks: [x]\nunits:\n  - { name: o, type: or }\n');
    await domain.apply(
      'kind: jobnet\nname: a\nlocks: [x]\nunits:\n  - { name: s, type: net_start, net: b }\n',
    );
    const a = await run('a');
    const b = await waitFor(async () => {
      const work = (await view(a)).units[0]?.work;
      return work?.kind === 'net_start' && work.session;
    });
    const circle = `"s" of session ${a} of a waits for the end of session ${b}; session ${b} of b waits for the lock "x", which session ${a} holds`;
    const [event] = await waitFor(() => told().length > 0 && told());
    assert.equal(event?.details['circle'], circle);
    await store();
    for (const id of [a, b as SessionId])
      assert.ok((await why(id)).sentence.includes(circle), (await why(id)).sentence);
    await domain.stop();
    domain = await startJobsDomain({ address: server.config, hub, timers });
    await waitFor(() => figures().circles === 1);
    await waitFor(() => figures().lines.some(({ name }) => name === 'x'));
    const line = figures().lines.find(({ name }) => name === 'x');
    assert.deepEqual([line?.used, line?.places, line?.waiting], [1, 1, 1]);
    assert.ok((line?.oldestWaitMs ?? 0) > 0);
    await domain.jobs.routes.operateSession({ ...base, params: { id: a }, body: { operation: 'kill' } });
    await waitFor(async () => (await view(b as SessionId)).state === 'stopped');
    assert.equal((await view(a)).state, 'stopped');
    await waitFor(() => figures().circles === 0);
    assert.deepEqual(told(), [], 'the manager before has told it');
  });

  test('a line: stands while its holder works, moves when he has ended, and does not stand while it is paused', async () => {
    await domain.apply(
      'kind: jobnet\nname: l\ntarget: { node: local }\nunits:\n  - { name: u, command: x, locks: [y] }\n',
    );
    const first = await run('l');
    await waitFor(async () => (await view(first)).units[0]?.state === 'running');
    const second = await run('l');
    const third = await run('l');
    const line = () => figures().lines.find(({ name }) => name === 'y');
    await waitFor(() => (line()?.standsMs ?? 0) > 300);
    assert.equal(line()?.waiting, 2);
    for (const id of hub.runs.keys()) hub.end(id, 0);
    await waitFor(async () => (await view(second)).units[0]?.state === 'running');
    await waitFor(() => {
      const { waiting = 0, standsMs = 0, oldestWaitMs = 0 } = line() ?? {};
      return waiting === 1 && standsMs < oldestWaitMs;
    });
    await domain.jobs.routes.operateSession({ ...base, params: { id: third }, body: { operation: 'stop' } });
    await waitFor(() => line()?.waiting === 0);
    assert.equal(line()?.standsMs, 0);
  });
});
