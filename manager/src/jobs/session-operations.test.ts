// Operations on live sessions through the routes: on a real database, with agents that are away, late, and a manager that starts anew in
// the middle. What each operation does to a session is core's to test.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { OperationRequest } from '@nezuban/protocol/jobs/operate';
import type { AttemptId, SessionId, UnitPath } from '@nezuban/protocol/ids';
import type { SessionDetail } from '@nezuban/protocol/jobs/session';
import { CodedError } from '@nezuban/protocol/errors';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createFakeAgentHub, type FakeAgentHub } from '../testing/fake-agent-hub.ts';
import { startJobsDomain, tester, type JobsDomain, type JobsDomainOptions } from '../testing/jobs-domain.ts';
import { frameJobsTests } from '../testing/jobs-frame.ts';

const base = { expected: null, actor: tester, requestId: 'test' } as const;
const net = `kind: jobnet
name: night
target: { node: local }
units:
  - { name: a, command: work, target: { node: far } }
  - { name: b, command: work, after: [a] }
  - name: loads
    after: [b]
    units:
      - { name: x, command: work }
      - { name: y, command: work, after: [x] }
`;

describe('operations on live sessions', () => {
  let domain: JobsDomain;
  let hub: FakeAgentHub;
  const server = frameJobsTests(() => domain);

  const start = async (options: Partial<JobsDomainOptions> = {}): Promise<SessionId> => {
    hub = options.hub ?? createFakeAgentHub({ nodes: ['local', 'far'], endingOf: () => 'never' });
    domain = await startJobsDomain({ address: server().config, ...options, hub });
    await domain.apply(net);
    const { body } = await domain.jobs.routes.runNet({
      ...base,
      params: { name: 'night' },
      query: {},
      body: { parameters: {} },
    });
    return body.id;
  };
  const deafHub = (): FakeAgentHub => {
    const made = createFakeAgentHub({ nodes: ['local', 'far'], endingOf: () => 'never' });
    made.deafen('far');
    return made;
  };
  const restart = async (): Promise<void> => {
    await domain.stop();
    domain = await startJobsDomain({ address: server().config, hub });
  };
  const view = async (id: SessionId): Promise<SessionDetail> =>
    (await domain.jobs.routes.getSession({ ...base, params: { id }, query: {}, body: undefined })).body;
  const operate = async (
    id: SessionId,
    operation: OperationRequest['operation'],
    more: { unit?: string } & Partial<Omit<OperationRequest, 'unit'>> = {},
  ): Promise<SessionDetail> =>
    (
      await domain.jobs.routes.operateSession({
        ...base,
        params: { id },
        query: {},
        body: { ...more, operation, unit: more.unit as UnitPath | undefined },
      })
    ).body;
  const why = async (id: SessionId, unit?: string) =>
    (
      await domain.jobs.routes.explainWaiting({
        ...base,
        params: { id },
        query: unit === undefined ? {} : { unit: unit as UnitPath },
        body: undefined,
      })
    ).body;
  const unitOf = async (id: SessionId, path: string) => {
    const unit = (await view(id)).units.find((each) => each.path === path);
    assert.ok(unit !== undefined);
    return unit;
  };
  const running = async (id: SessionId, path: string): Promise<AttemptId> =>
    await waitFor(async () => {
      const unit = await unitOf(id, path);
      return unit.attempts[0]?.state === 'running' && unit.attempts[0].id;
    });
  const states = async (id: SessionId): Promise<Record<string, string>> =>
    Object.fromEntries(
      (await view(id)).units.map(({ path, state, endStatus }) => [
        path,
        endStatus === null ? state : `${state}:${endStatus}`,
      ]),
    );
  const audits = async () =>
    await domain.database.query<{ action: string; details: unknown }>({
      text: "SELECT action, details FROM audit WHERE action = 'operateSession' ORDER BY id DESC LIMIT 1",
    });

  test('rerun of what a refusal has kept from running: not for whoever may only run nets', async () => {
    await start();
    await domain.apply(`kind: jobnet
name: asks
target: { node: local }
units:
  - { name: ask, type: approval, question: "Go?" }
  - { name: "yes", command: x, after: [{ unit: ask, on: [true] }] }
`);
    const { id } = (
      await domain.jobs.routes.runNet({
        ...base,
        params: { name: 'asks' },
        query: {},
        body: { parameters: {} },
      })
    ).body;
    await domain.jobs.routes.decideApproval({
      ...base,
      params: { id },
      query: {},
      body: { unit: 'ask' as UnitPath, approve: false },
    });
    assert.deepEqual(await states(id), { ask: 'ended:normal', yes: 'not_run' });
    const permissions = {
      ...tester.permissions,
      everywhere: () => false,
      requireOnNet(right: string) {
        if (right === 'nets.correct') throw new CodedError('forbidden', 'no');
      },
    };
    const request = (operation: OperationRequest['operation'], unit: string) => ({
      ...base,
      params: { id },
      query: {},
      body: { operation, unit: unit as UnitPath },
      actor: { ...tester, permissions },
    });
    const { operateSession, previewOperation } = domain.jobs.routes;
    for (const handler of [operateSession, previewOperation])
      await assert.rejects(async () => await handler(request('rerun', 'yes')), {
        code: 'forbidden',
        message: /The approval "ask" has kept this from running/u,
      });
    await domain.jobs.routes.operateSession(request('rerun', 'ask'));
    assert.deepEqual(await states(id), { ask: 'running', yes: 'waiting' });
    await domain.jobs.routes.decideApproval({
      ...base,
      params: { id },
      query: {},
      body: { unit: 'ask' as UnitPath, approve: false },
    });
    await operate(id, 'rerun', { unit: 'yes' });
    assert.notEqual((await states(id))['yes'], 'not_run');
  });

  test('a unit that is not there: the refusal names it, not the session', async () => {
    const id = await start();
    await assert.rejects(operate(id, 'stop', { unit: 'loads/z' }), {
      code: 'not_found',
      message: /^Session \d+ has no unit "loads\/z"/,
    });
    await assert.rejects(operate((id + 1) as SessionId, 'stop', {}), /^CodedError: There is no session/);
  });

  test('suspend, restart, release: the pause stands in the database, and the audit log has the reason', async () => {
    const id = await start();
    hub.end(await running(id, 'a'), 0);
    await waitFor(async () => (await unitOf(id, 'b')).state === 'running');
    await operate(id, 'suspend', { reason: 'the plan changes' });
    assert.deepEqual((await audits())[0]?.details, { operation: 'suspend', reason: 'the plan changes' });
    hub.end(await running(id, 'b'), 0);
    await waitFor(async () => (await unitOf(id, 'b')).state === 'ended');
    await restart();
    const paused = await view(id);
    assert.deepEqual(
      [paused.paused?.kind, paused.paused?.reason, paused.units[2]?.state],
      ['suspended', 'the plan changes', 'waiting'],
    );
    assert.match(
      (await why(id, 'loads/y')).sentence,
      /its session was suspended by tester since .*: the plan changes/,
    );
    await operate(id, 'release');
    await running(id, 'loads/x');
  });

  test('interrupt, restart in the middle: the session ends as stopped when what ran has ended', async () => {
    const id = await start();
    const attempt = await running(id, 'a');
    assert.equal((await operate(id, 'interrupt')).state, 'stopping');
    await restart();
    assert.equal((await view(id)).paused?.kind, 'interrupted');
    hub.end(attempt, 0);
    await waitFor(async () => (await view(id)).state === 'stopped');
    assert.deepEqual(await states(id), {
      a: 'ended:normal',
      b: 'stopped',
      loads: 'stopped',
      'loads/x': 'stopped',
      'loads/y': 'stopped',
    });
    await operate(id, 'rerun_failed');
    await running(id, 'b');
  });

  test('an agent that is away: the unit is closed by hand, the late report becomes one event and changes nothing, even after the session has ended', async () => {
    const id = await start();
    const attempt = await running(id, 'a');
    await assert.rejects(
      operate(id, 'set_status', { unit: 'a', status: 'normal' }),
      /which is connected; stop or kill it/,
    );
    hub.disconnect('far');
    assert.ok((await unitOf(id, 'a')).operations.includes('set_status'));
    assert.match(
      (await why(id, 'b')).sentence,
      /^"b" waits for "a", which waits for the agent of "far", which is not connected/,
    );
    await operate(id, 'set_status', { unit: 'a', status: 'normal', reason: 'the file is there' });
    for (const path of ['b', 'loads/x', 'loads/y']) hub.end(await running(id, path), 0);
    await waitFor(async () => (await view(id)).state === 'ended');
    await restart();
    hub.connect('far');
    hub.end(attempt, 7);
    await waitFor(async () => (await unitOf(id, 'a')).attempts[0]?.byHand?.late);
    await hub.repeatReceipts(attempt);
    const late = domain.events.committed.filter(({ code }) => code === 'attempt_reported_late');
    assert.equal(late.length, 1);
    const unit = await unitOf(id, 'a');
    assert.deepEqual([unit.endStatus, unit.attempts[0]?.exitCode], ['normal', null]);
    assert.equal(hub.runs.get(attempt), 1);
  });

  test('an order that an agent may have, whose unit was closed by hand: taken back after a restart too, though the session has ended', async () => {
    const id = await start({ hub: deafHub() });
    await waitFor(async () => (await unitOf(id, 'a')).state === 'starting');
    hub.disconnect('far');
    await operate(id, 'set_status', { unit: 'a', status: 'normal' });
    for (const path of ['b', 'loads/x', 'loads/y']) hub.end(await running(id, path), 0);
    await waitFor(async () => (await view(id)).state === 'ended');
    await restart();
    hub.connect('far');
    await waitFor(async () => (await unitOf(id, 'a')).attempts[0]?.byHand?.late);
    assert.equal(hub.runs.get((await unitOf(id, 'a')).attempts[0]?.id as AttemptId), undefined);
  });

  test('preview: the same as the operation then does, and it changes nothing', async () => {
    const id = await start();
    hub.end(await running(id, 'a'), 1);
    await waitFor(async () => (await view(id)).state === 'ended');
    const { revision } = await view(id);
    const body = { operation: 'rerun_after_failed', oldAsWarning: true } as const;
    const { body: preview } = await domain.jobs.routes.previewOperation({
      ...base,
      params: { id },
      query: {},
      body,
    });
    assert.equal((await view(id)).revision, revision);
    assert.deepEqual(
      [preview.refusal, preview.endsAs, preview.units.map(({ unit, effects }) => [unit, effects.join()])],
      [
        null,
        'warning',
        [
          ['a', 'as_warning'],
          ['b', 'starts'],
          ['loads', 'begins_again'],
          ['loads/x', 'begins_again'],
          ['loads/y', 'begins_again'],
        ],
      ],
    );
    await operate(id, 'rerun_after_failed', { oldAsWarning: true });
    for (const path of ['b', 'loads/x', 'loads/y']) hub.end(await running(id, path), 0);
    await waitFor(async () => (await view(id)).state === 'ended');
    assert.equal((await view(id)).endStatus, preview.endsAs);
  });

  test('suspended and given a newer revision: new units wait for their turn, what ran stays, both revisions are told; a restart keeps it', async () => {
    const id = await start();
    hub.end(await running(id, 'a'), 0);
    await running(id, 'b');
    await domain.apply(`${net}  - { name: report, command: work, after: [loads] }\n`);
    await assert.rejects(operate(id, 'take_definition'), /it must be suspended first/);
    await operate(id, 'suspend');
    const { body: preview } = await domain.jobs.routes.previewOperation({
      ...base,
      params: { id },
      query: {},
      body: { operation: 'take_definition' },
    });
    assert.deepEqual(
      preview.units.map(({ unit, effects }) => [unit, effects.join()]),
      [['report', 'added']],
    );
    const taken = await operate(id, 'take_definition', { reason: 'the report was forgotten' });
    assert.deepEqual(
      [taken.netRevision, taken.definitions?.map(({ from, to, by }) => [from, to, by])],
      [2, [[1, 2, 'tester']]],
    );
    hub.end(await running(id, 'b'), 0);
    await waitFor(async () => (await unitOf(id, 'b')).state === 'ended');
    await restart();
    await operate(id, 'release');
    for (const path of ['loads/x', 'loads/y', 'report']) hub.end(await running(id, path), 0);
    const over = await waitFor(async () => {
      const session = await view(id);
      return session.state === 'ended' && session;
    });
    assert.deepEqual(
      over.units.map(({ path, endStatus, run }) => [path, endStatus, run]),
      [
        ['a', 'normal', 1],
        ['b', 'normal', 1],
        ['loads', 'normal', 1],
        ['loads/x', 'normal', 1],
        ['loads/y', 'normal', 1],
        ['report', 'normal', 1],
      ],
    );
    assert.equal(
      [...hub.runs.values()].every((count) => count === 1),
      true,
    );
  });

  test('a setting: operations need a reason', async () => {
    const id = await start({ settings: { operations: { reason: 'required' } } });
    await running(id, 'a');
    await assert.rejects(operate(id, 'stop'), { code: 'invalid_request' });
    assert.equal((await operate(id, 'stop', { reason: 'asked for' })).state, 'stopping');
    assert.equal((await unitOf(id, 'b')).reason, 'Stopped by tester: asked for before it ran.');
  });
});
