// A suspended session that is given a definition of its own, on a real database: units in the middle and taken out, a manager that starts anew,
// a commit that fails, another session that waits for what is gone. What it does to a session is core's to test.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { OperationRequest } from '@nezuban/protocol/jobs/operate';
import type { AttemptId, SessionId, UnitPath } from '@nezuban/protocol/ids';
import type { SessionDetail } from '@nezuban/protocol/jobs/session';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createFakeAgentHub, type FakeAgentHub } from '../testing/fake-agent-hub.ts';
import { startJobsDomain, tester, type JobsDomain } from '../testing/jobs-domain.ts';
import { frameJobsTests } from '../testing/jobs-frame.ts';

const base = { expected: null, actor: tester, requestId: 'test' } as const;
const head = `kind: jobnet
name: night
target: { node: local }
units:
  - { name: a, command: work }
  - { name: b, command: work, after: [a] }
`;
const night = `${head}  - name: loads
    after: [b]
    units:
      - { name: x, command: work }
      - { name: y, command: work, after: [x] }
  - { name: report, command: work, after: [loads] }
`;
/** In the middle, inside a net, and one taken out. */
const edited = `${head.replace('  - { name: b', '  - { name: first, command: work }\n  - { name: b')}  - { name: check, command: work, after: [b, first] }
  - name: loads
    after: [check]
    units:
      - { name: z, command: work }
      - { name: x, command: work, after: [z] }
`;

describe('definitions of sessions', () => {
  let domain: JobsDomain;
  let hub: FakeAgentHub;
  const server = frameJobsTests(() => domain);

  const run = async (name: string): Promise<SessionId> =>
    (await domain.jobs.routes.runNet({ ...base, params: { name }, query: {}, body: { parameters: {} } })).body
      .id;
  const start = async (): Promise<SessionId> => {
    hub = createFakeAgentHub({ nodes: ['local'], endingOf: () => 'never' });
    domain = await startJobsDomain({ address: server().config, hub });
    await domain.apply(night);
    return await run('night');
  };
  const restart = async (): Promise<void> => {
    await domain.stop();
    domain = await startJobsDomain({ address: server().config, hub });
  };
  const view = async (id: SessionId): Promise<SessionDetail> =>
    (await domain.jobs.routes.getSession({ ...base, params: { id }, query: {}, body: undefined })).body;
  const operate = async (id: SessionId, operation: OperationRequest['operation'], revision?: number) =>
    (
      await domain.jobs.routes.operateSession({
        ...base,
        params: { id },
        query: {},
        body: { operation, ...(revision === undefined ? {} : { revision }) },
      })
    ).body;
  const change = async (id: SessionId, yaml: string, reason?: string): Promise<SessionDetail> =>
    (
      await domain.jobs.routes.changeSessionDefinition({
        ...base,
        params: { id },
        query: {},
        body: { yaml, ...(reason === undefined ? {} : { reason }) },
      })
    ).body;
  const preview = async (id: SessionId, yaml: string) =>
    (
      await domain.jobs.routes.previewSessionDefinition({
        ...base,
        params: { id },
        query: {},
        body: { yaml },
      })
    ).body;
  const running = async (id: SessionId, path: string): Promise<AttemptId> =>
    await waitFor(async () => {
      const unit = (await view(id)).units.find((each) => each.path === path);
      return unit?.attempts[0]?.state === 'running' && unit.attempts[0].id;
    });
  const states = async (id: SessionId): Promise<Record<string, string>> =>
    Object.fromEntries(
      (await view(id)).units.map(({ path, state, endStatus }) => [path, endStatus ?? state]),
    );
  const rows = async (id: SessionId) =>
    await domain.database.query<{ unit: number; state: string }>({
      text: 'SELECT unit, state FROM session_unit WHERE session_id = $1 ORDER BY unit',
      values: [id],
    });

  test('units in the middle and inside a net, one taken out: previewed, taken at once, kept over a restart, run once; the job net stays as it is', async () => {
    const id = await start();
    hub.end(await running(id, 'a'), 0);
    const attempt = await running(id, 'b');
    await assert.rejects(change(id, edited), /it must be suspended first/);
    await operate(id, 'suspend');
    const was = await view(id);
    const told = await preview(id, edited);
    assert.deepEqual(
      told.units.map(({ unit, effects }) => [unit, effects.join()]),
      [
        ['first', 'added,starts_on_release'],
        ['check', 'added'],
        ['loads', 'redefined'],
        ['loads/z', 'added'],
        ['loads/x', 'redefined'],
        ['loads/y', 'removed'],
        ['report', 'removed'],
      ],
    );
    assert.equal((await view(id)).revision, was.revision, 'a preview changes nothing');
    const taken = await change(id, edited, 'the check was forgotten');
    assert.deepEqual(
      [taken.netRevision, taken.definitions?.map(({ from, to, reason }) => [from, to, reason])],
      [2, [[1, 2, 'the check was forgotten']]],
    );
    assert.deepEqual(
      taken.units.map(({ path }) => path),
      ['a', 'first', 'b', 'check', 'loads', 'loads/z', 'loads/x'],
    );
    assert.ok(
      domain.events.committed.some(
        ({ code, details }) => code === 'session_redefined' && details['added'] === 3,
      ),
    );
    const audited = await domain.database.query<{ action: string; target: string }>({
      text: 'SELECT action, target FROM audit ORDER BY id DESC LIMIT 2',
    });
    assert.deepEqual(
      audited.map(({ action, target }) => `${action} ${target}`),
      [`operateSession ${id}`, 'changeSessionDefinition night'],
    );
    const { body: net } = await domain.jobs.routes.getNet({
      ...base,
      params: { name: 'night' },
      query: {},
      body: undefined,
    });
    assert.equal(net.revision, 1, 'the job net stays as it is');
    await restart();
    const restored = await view(id);
    assert.deepEqual(
      restored.units.map(({ path, state, attempts }) => [path, state, attempts.length]),
      taken.units.map(({ path, state, attempts }) => [path, state, attempts.length]),
    );
    hub.end(attempt, 0);
    await waitFor(async () => (await states(id))['b'] === 'normal');
    await operate(id, 'release');
    for (const path of ['first', 'check', 'loads/z', 'loads/x']) hub.end(await running(id, path), 0);
    await waitFor(async () => (await view(id)).state === 'ended');
    assert.deepEqual(new Set(Object.values(await states(id))), new Set(['normal']));
    assert.ok([...hub.runs.values()].every((count) => count === 1));
    // Ended and out of memory, its units are still found by their paths.
    const { body: attempts } = await domain.jobs.routes.listAttempts({
      ...base,
      params: { id },
      query: { unit: 'check' as UnitPath, limit: 10 },
      body: undefined,
    });
    assert.deepEqual(
      attempts.items.map(({ exitCode }) => exitCode),
      [0],
    );
  });

  test('a commit that fails: the session is as it was, in memory and stored; afterwards it can be taken, and the former definition again', async () => {
    const id = await start();
    await running(id, 'a');
    await operate(id, 'suspend');
    const was = [await states(id), await rows(id)];
    await domain.database.query({
      text: `CREATE FUNCTION no_other_definition() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the disk is full' USING ERRCODE = '53100'; END $$`,
    });
    await domain.database.query({
      text: 'CREATE TRIGGER no_other_definition BEFORE UPDATE ON session FOR EACH ROW WHEN (OLD.net_revision <> NEW.net_revision) EXECUTE FUNCTION no_other_definition()',
    });
    await assert.rejects(change(id, edited));
    assert.deepEqual([await states(id), await rows(id)], was);
    await domain.database.query({ text: 'DROP TRIGGER no_other_definition ON session' });
    await domain.database.query({ text: 'DROP FUNCTION no_other_definition' });
    await waitFor(async () => (await change(id, edited).catch(() => null)) !== null);
    const taken = await operate(id, 'take_definition', 1);
    assert.deepEqual(
      taken.units.map(({ path }) => path),
      ['a', 'b', 'loads', 'loads/x', 'loads/y', 'report'],
    );
    assert.deepEqual(await states(id), was[0]);
    await restart();
    assert.deepEqual(await states(id), was[0]);
  });

  test('another session waits for a unit that is taken out: it is told that there is none', async () => {
    const id = await start();
    await running(id, 'a');
    await domain.apply(
      'kind: jobnet\nname: other\nunits:\n  - { name: w, type: net_wait, nets: [{ net: night, unit: report }] }\n',
    );
    const other = await run('other');
    await waitFor(async () => (await states(other))['w'] === 'running');
    await operate(id, 'suspend');
    await change(id, edited);
    await waitFor(async () =>
      (await view(other)).units[0]?.reason?.includes(`session ${id} of night has no unit "report"`),
    );
    await operate(other, 'stop');
  });

  test('a text that is no definition of its net: refused with the place, and nothing is kept', async () => {
    const id = await start();
    await running(id, 'a');
    await operate(id, 'suspend');
    await assert.rejects(change(id, edited.replace('name: night', 'name: day')), /the job net "night"/);
    await assert.rejects(change(id, edited.replace('after: [a]', 'after: [nobody]')), /session\.yaml/);
    await assert.rejects(
      change(id, edited.replace('{ name: a, command: work }', '{ name: a, command: other }')),
      /"a" is under way with the old definition/,
    );
    const revisions = await domain.database.query({ text: 'SELECT FROM net_revision' });
    assert.equal(revisions.length, 1);
  });
});
