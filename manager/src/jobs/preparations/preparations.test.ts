// Preparations of coming starts on a real database: applied in the commit that makes the session, through restarts and changes of the definition;
// what comes to nothing is told; starts further ahead are skipped, moved and begun.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Clock } from '@nezuban/platform/clock';
import type { UnitPath } from '@nezuban/protocol/ids';
import type { StartPreparation } from '@nezuban/protocol/jobs/start-preparation';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createFakeAgentHub, type FakeAgentHub } from '../../testing/fake-agent-hub.ts';
import type { People } from '../../ports.ts';
import { startJobsDomain, tester, type JobsDomain } from '../../testing/jobs-domain.ts';
import { frameJobsTests } from '../../testing/jobs-frame.ts';

const base = { expected: null, actor: tester, requestId: 'test' } as const;
const params = { name: 'monthly' };
type StandingOf = People['standingOf'];
const schedule = 'first';
const net = `kind: jobnet
name: monthly
timezone: UTC
target: { node: local }
parameters:
  - { name: MODE, default: full }
  - { name: KEY, type: secret, required: false }
schedules:
  - { name: first, cron: "0 0 1 * *", parameters: { MODE: quick } }
units:
  - { name: a, command: work }
  - { name: b, command: work, after: [a] }
  - { name: c, command: work, after: [b] }
`;

describe('preparations of coming starts', () => {
  let domain: JobsDomain;
  let hub: FakeAgentHub;
  let ahead = 0;
  const clock: Clock = {
    epochMs: () => Date.now() + ahead,
    now: () => Temporal.Instant.fromEpochMilliseconds(Date.now() + ahead),
    monotonicMs: () => performance.now(),
  };
  const server = frameJobsTests(() => domain, ['moved_start', 'schedule_state', 'start_preparation']);

  /** Of all others nobody knows. */
  const former = { ...tester, name: 'former' };
  const standingOf: StandingOf = async (name) =>
    await Promise.resolve(
      name === former.name ? { roles: [], permissions: { ...tester.permissions, onNet: () => false } } : null,
    );
  const start = async (): Promise<void> => {
    hub = createFakeAgentHub({ nodes: ['local'] });
    domain = await startJobsDomain({ address: server().config, hub, clock, standingOf });
  };
  const restart = async (): Promise<void> => {
    await domain.stop();
    await start();
  };
  const begin = async (definition = net): Promise<readonly string[]> => {
    ahead = 0;
    await start();
    await domain.apply(definition);
    await waitFor(async () => (await coming()).length > 0);
    const [first] = await coming();
    const at = new Date(first?.at ?? '');
    return [0, 1, 2].map((month) =>
      new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + month, 1)).toISOString(),
    );
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
  type Body = Parameters<JobsDomain['jobs']['routes']['prepareStart']>[0]['body'];
  const prepare = async (
    at: string | undefined,
    wish: Partial<Body>,
    actor = base.actor,
  ): Promise<StartPreparation> =>
    (
      await domain.jobs.routes.prepareStart({
        ...base,
        actor,
        params,
        query: {},
        body: {
          schedule,
          hold: false,
          units: {},
          parameters: {},
          ...(at === undefined ? {} : { at }),
          ...wish,
        },
      })
    ).body;
  const change = async (at: string | undefined, body: { change: 'skip' | 'move' | 'start'; to?: string }) =>
    (
      await domain.jobs.routes.changeComingStart({
        ...base,
        params,
        query: {},
        body: { schedule, ...(at === undefined ? {} : { at }), ...body },
      })
    ).body.session;
  const withdraw = async (at: string): Promise<unknown> =>
    await domain.jobs.routes.withdrawStartPreparation({
      ...base,
      params,
      query: { schedule, at },
      body: undefined,
    });
  const listed = async (actor = base.actor) =>
    (await domain.jobs.routes.listStartPreparations({ ...base, actor, params, query: {}, body: undefined }))
      .body.items;
  const sessions = async () =>
    await domain.database.query<{
      id: number;
      trigger: { prepared?: { by: string; reason: string | null } };
      parameters: Record<string, string>;
      marks: { paused?: unknown } | null;
      secret_box: Buffer | null;
    }>({ text: 'SELECT id, trigger, parameters, marks, secret_box FROM session ORDER BY id' });
  const units = async (id: number) =>
    Object.fromEntries(
      (
        await domain.database.query<{ unit: number; state: string }>({
          text: 'SELECT unit, state FROM session_unit WHERE session_id = $1',
          values: [id],
        })
      ).map(({ unit, state }) => [unit, state]),
    );
  const told = (code: string) => domain.events.committed.filter((event) => event.code === code);
  /** The clock goes on to just behind this time while no manager runs. */
  const passTo = async (at: string): Promise<void> => {
    await domain.stop();
    ahead = Date.parse(at) + 1000 - Date.now();
    await start();
  };
  const unitsOf = (changes: Record<string, 'hold' | 'release' | 'skip'>) =>
    changes as Record<UnitPath, 'hold' | 'release' | 'skip'>;

  test('prepared: through a restart: the session begins as it was said, in one commit, once; the next start is as ever', async () => {
    const [first = ''] = await begin();
    const said = await prepare(undefined, {
      units: unitsOf({ b: 'hold', c: 'skip' }),
      parameters: { MODE: 'none', KEY: 'very-secret-1' },
      priority: 5,
      reason: 'month end',
    });
    assert.equal(said.at, first);
    assert.deepEqual(said.wish?.parameters, { MODE: 'none', KEY: null });
    // A secret that is kept is kept for whoever has given it, and nobody else is told that he may.
    assert.deepEqual(said.keepableSecrets, ['KEY']);
    assert.deepEqual((await listed(former))[0]?.keepableSecrets, []);
    const again = { schedule, at: first, hold: false, units: {}, parameters: { MODE: 'mine', KEY: null } };
    await assert.rejects(
      domain.jobs.routes.prepareStart({
        ...base,
        actor: { ...base.actor, name: 'somebody-else' },
        params,
        query: {},
        body: again,
      }),
      { code: 'missing_parameter' },
    );
    await waitFor(async () => (await coming())[0]?.prepared?.reason === 'month end');
    await passTo(first);
    const [session] = await waitFor(async () => {
      const found = await sessions();
      return found.length > 0 && found;
    });
    assert.deepEqual(session?.parameters, { MODE: 'none', KEY: '{{secret}}' });
    assert.match(session.secret_box?.toString() ?? '', /very-secret-1/);
    assert.equal(session.trigger.prepared?.by, tester.name);
    const { 1: begun, ...prepared } = await units(session.id);
    assert.deepEqual(prepared, { 2: 'held', 3: 'skipped' });
    assert.ok(begun === 'starting' || begun === 'running' || begun === 'ended', `${begun}`);
    assert.deepEqual(await listed(), []);
    await restart();
    assert.equal((await sessions()).length, 1);
    assert.equal((await coming())[0]?.prepared, undefined);
    const audit = await domain.database.query<{ details: object }>({
      text: "SELECT details FROM audit WHERE action = 'prepareStart' ORDER BY id DESC LIMIT 1",
    });
    assert.deepEqual(audit[0]?.details, {
      schedule,
      at: first,
      hold: false,
      units: { b: 'hold', c: 'skip' },
      parameters: ['MODE', 'KEY'],
      priority: 5,
      reason: 'month end',
    });
  });

  test('prepared: the commit of the start fails: the preparation is still there, and is applied by the next try', async () => {
    const [first = ''] = await begin();
    await prepare(first, { hold: true });
    await domain.database.query({
      text: `CREATE FUNCTION refuse_spending() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
               PERFORM pg_terminate_backend(pg_backend_pid()); RETURN OLD; END $$`,
    });
    await domain.database.query({
      text: 'CREATE TRIGGER refuse_spending BEFORE DELETE ON start_preparation FOR EACH ROW EXECUTE FUNCTION refuse_spending()',
    });
    await passTo(first);
    await waitFor(() =>
      domain.logger.lines.some((line) => JSON.stringify(line).includes('has to wait for the database')),
    );
    assert.deepEqual(await sessions(), []);
    await domain.database.query({ text: 'DROP FUNCTION refuse_spending CASCADE' });
    await restart();
    const [session] = await waitFor(async () => {
      const found = await sessions();
      return found.length > 0 && found;
    });
    assert.notEqual(session?.marks?.paused, undefined);
    assert.deepEqual(await units(session?.id ?? 0), {});
    assert.deepEqual(await listed(), []);
  });

  test('prepared: a unit to be held is gone when the start comes: the session begins suspended, and it is told', async () => {
    const [first = ''] = await begin();
    await prepare(first, { units: unitsOf({ b: 'hold' }) });
    await domain.apply(net.replace('name: b', 'name: bb').replace('after: [b]', 'after: [bb]'));
    await passTo(first);
    await waitFor(() => told('start_preparation_unfit').length > 0);
    assert.equal(told('start_preparation_unfit')[0]?.details['misfits'], 'b');
    assert.equal(hub.orders.size, 0);
  });

  test('prepared: by somebody who may not run the net any more: the session begins suspended without it, it is told, and spent', async () => {
    const [first = ''] = await begin();
    await prepare(first, { units: unitsOf({ b: 'skip' }), parameters: { MODE: 'none' } }, former);
    await passTo(first);
    await waitFor(() => told('start_preparation_refused').length > 0);
    const [session] = await sessions();
    assert.deepEqual(session?.parameters, { MODE: 'quick' });
    assert.notEqual(session?.marks?.paused, undefined);
    assert.equal(session?.trigger.prepared, undefined);
    assert.equal(hub.orders.size, 0);
    assert.deepEqual(await listed(), []);
    assert.deepEqual(told('start_preparation_lost'), []);
  });

  test('prepared: by the owner of the host, who is no user: done, whatever a user of that name may', async () => {
    const [first = ''] = await begin();
    await prepare(first, { units: unitsOf({ a: 'hold' }) }, { ...former, holdsAlways: true });
    await passTo(first);
    await waitFor(() => told('start_prepared').length > 0);
    assert.equal((await units((await sessions())[0]?.id ?? 0))['1'], 'held');
  });

  test('prepared: several missed starts that one makes up for: it begins as the last of them was prepared, the others are told', async () => {
    const [first = '', second = ''] = await begin();
    await prepare(first, { parameters: { MODE: 'none' } });
    await prepare(second, { hold: true });
    await passTo(new Date(Date.parse(second) + 7_200_000).toISOString());
    await waitFor(() => told('start_preparation_lost').length > 0);
    const [session, ...more] = await sessions();
    assert.deepEqual(more, []);
    assert.notEqual(session?.marks?.paused, undefined);
    assert.deepEqual(session?.parameters, { MODE: 'quick' });
    assert.deepEqual(
      told('start_preparation_lost').map(({ details }) => [details['at'], details['why']]),
      [[first, 'passed']],
    );
    assert.deepEqual(await listed(), []);
  });

  test('prepared: what never comes is told once: its schedule has changed, its net is gone', async () => {
    const [first = '', second = ''] = await begin();
    await prepare(first, { hold: true });
    await domain.apply(net.replace('"0 0 1 * *"', '"0 5 1 * *"'));
    await waitFor(() => told('start_preparation_lost').length === 1);
    assert.equal(told('start_preparation_lost')[0]?.details['why'], 'no_such_start');
    await prepare(second.replace('T00', 'T05'), { hold: true });
    await domain.jobs.routes.deleteNet({
      ...base,
      params,
      query: {},
      body: undefined,
    });
    await waitFor(() => told('start_preparation_lost').length === 2);
    assert.equal(told('start_preparation_lost')[1]?.details['why'], 'gone');
    assert.deepEqual(await listed(), []);
  });

  test('refused: a unit that is not there, a kept secret by name, nothing at all, another one meanwhile, no such start', async () => {
    const [first = ''] = await begin();
    await assert.rejects(prepare(first, { units: unitsOf({ d: 'hold' }) }), {
      code: 'invalid_request',
      message: /there is no unit "d"/,
    });
    await assert.rejects(prepare(first, { parameters: { KEY: '{{secret.root}}' } }), {
      code: 'missing_parameter',
    });
    await assert.rejects(prepare(first, {}), { code: 'invalid_request' });
    await assert.rejects(prepare('2031-01-02T00:00:00.000Z', { hold: true }), {
      code: 'precondition_failed',
    });
    const { id } = await prepare(first, { hold: true, replaces: null });
    await assert.rejects(prepare(first, { priority: 2, replaces: null }), { code: 'precondition_failed' });
    assert.equal((await prepare(first, { priority: 2, replaces: id })).wish?.hold, false);
    assert.equal((await listed()).length, 1);
    await withdraw(first);
    await assert.rejects(withdraw(first), { code: 'precondition_failed' });
    assert.deepEqual(await listed(), []);
    const audit = await domain.database.query<{ details: { at: string } }>({
      text: "SELECT details FROM audit WHERE action = 'withdrawStartPreparation'",
    });
    assert.equal(audit[0]?.details.at, first);
  });

  test('a start further ahead: skipped, taken back, moved with its preparation, begun in its place', async () => {
    const [first = '', second = '', third = ''] = await begin();
    await change(second, { change: 'skip' });
    await assert.rejects(change(second, { change: 'skip' }), {
      code: 'precondition_failed',
      message: /left out already/,
    });
    assert.equal((await listed())[0]?.leftOut, 'skipped');
    await withdraw(second);
    await prepare(second, { hold: true, reason: 'look first' });
    await change(second, { change: 'move', to: new Date(Date.now() + 3_600_000).toISOString() });
    const [moved] = await coming();
    assert.equal(moved?.movedFrom, second);
    assert.equal(moved.prepared?.reason, 'look first');
    assert.notEqual(await change(moved.at, { change: 'start' }), null);
    assert.notEqual((await sessions())[0]?.marks?.paused, undefined);
    await change(third, { change: 'skip' });
    await passTo(first);
    await waitFor(async () => (await sessions()).length === 2);
    const [next] = await waitFor(async () => {
      const items = await coming();
      return items[0]?.at !== undefined && items[0].at > third && items;
    });
    assert.ok(next !== undefined);
    assert.deepEqual(told('start_preparation_lost'), []);
  });

  test('left out further ahead: once its time has passed, no restart brings it back', async () => {
    const [first = '', second = ''] = await begin();
    await change(second, { change: 'skip' });
    await passTo(first);
    await waitFor(async () => (await sessions()).length === 1);
    await passTo(second);
    await waitFor(async () => (await listed()).length === 0);
    await restart();
    await waitFor(async () => ((await coming())[0]?.at ?? '') > second);
    await restart();
    assert.equal((await sessions()).length, 1);
    assert.deepEqual(told('start_preparation_lost'), []);
  });

  test('a start that was moved to the time of another: each is had by its own time', async () => {
    const [, second = '', third = ''] = await begin();
    await change(second, { change: 'move', to: third });
    const own = await prepare(third, { hold: true });
    assert.deepEqual([own.at, own.movedTo], [third, null]);
    const moved = await prepare(second, { priority: 2 });
    assert.deepEqual([moved.at, moved.movedTo], [second, third]);
    await withdraw(third);
    assert.deepEqual(
      (await listed()).map(({ at, wish }) => [at, wish?.priority]),
      [[second, 2]],
    );
  });

  test('begun in its place, the schedule changed and changed back: it does not come again', async () => {
    const [first = '', second = ''] = await begin();
    assert.notEqual(await change(second, { change: 'start' }), null);
    await domain.apply(net.replace('"0 0 1 * *"', '"0 5 1 * *"'));
    await waitFor(async () => (await coming())[0]?.at.endsWith('T05:00:00.000Z'));
    await domain.apply(net);
    await waitFor(async () => (await coming())[0]?.at === first);
    assert.deepEqual(
      (await listed()).map(({ at, leftOut }) => [at, leftOut]),
      [[second, 'begun']],
    );
  });
});
