// Versions of job nets on a real database: their history with author and reason, differences, restores, and releases at a date, over an
// outage and with two managers. Called by the test runner.
import type { Said } from '@nezuban/protocol/sentences/sentence';
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { createFakeClock, type FakeClock } from '@nezuban/platform/testing/fake-clock';
import { systemTimers } from '@nezuban/platform/timers';
import type { Right } from '@nezuban/protocol/access/rights';
import { CodedError } from '@nezuban/protocol/errors';
import { jobNetSchema } from '@nezuban/protocol/jobs/definition';
import type { NetRelease } from '@nezuban/protocol/jobs/net-version';
import { testDatabase, type TestDatabase } from '@nezuban/tests/support/postgres';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { allPermissions } from '../../access/actor-permissions.ts';
import type { Standing } from '../../ports.ts';
import { createFakeAgentHub } from '../../testing/fake-agent-hub.ts';
import { startJobsDomain, tester, type JobsDomain } from '../../testing/jobs-domain.ts';
import { prepareDatabase } from '../../testing/jobs-harness.ts';

const base = { expected: null, actor: tester, requestId: 'test' } as const;
const START = '2026-03-01T12:00:00.000Z';
const AT = '2026-03-01T13:00:00.000Z';
const HOUR_MS = 3_600_000;
const page = { limit: 50 } as const;

const yamlOf = (command: string, extra = '') =>
  `kind: jobnet\nname: night/a\ntarget: { node: local }\n${extra}units:\n  - { name: a, command: "${command}" }\n`;
const daily = 'schedules:\n  - { name: s, times: ["13:00"], timezone: UTC }\n';

describe('net versions', () => {
  let server: TestDatabase;
  let clock: FakeClock;
  let running: JobsDomain[] = [];
  /** Of everybody; null: he is gone. */
  let people: Standing | null = null;
  before(async () => {
    server = await testDatabase();
    await prepareDatabase(server.config);
  });
  after(() => server.drop());
  afterEach(async () => {
    await running[0]?.database.query({
      text: 'TRUNCATE net, net_release, net_revision, session, session_unit, attempt, attempt_output, run_key, schedule_state, audit CASCADE',
    });
    for (const domain of running) {
      await domain.stop();
      assert.deepEqual(domain.broken, []);
    }
    running = [];
    people = null;
  });

  const start = async (at: string = START) => {
    clock = createFakeClock(at);
    return await startAnother();
  };
  const startAnother = async () => {
    const domain = await startJobsDomain({
      address: server.config,
      hub: createFakeAgentHub({ nodes: ['local'] }),
      clock,
      standingOf: () => Promise.resolve(people),
      timers: { ...systemTimers, after: clock.after, every: clock.every },
    });
    running.push(domain);
    return domain;
  };
  const stop = async (domain: JobsDomain) => {
    running = running.filter((each) => each !== domain);
    await domain.stop();
  };
  const apply = async ({ jobs }: JobsDomain, body: string, reason?: string) =>
    await jobs.routes.applyDefinitions({ ...base, params: {}, query: { dry_run: false, reason }, body });
  const revisions = async ({ jobs }: JobsDomain, net = 'night/a') =>
    (await jobs.routes.listNetRevisions({ ...base, params: { name: net }, query: page, body: undefined }))
      .body.items;
  const restore = async ({ jobs }: JobsDomain, revision: number, reason?: string) =>
    (
      await jobs.routes.restoreNetRevision({
        ...base,
        params: { name: 'night/a', revision },
        query: {},
        body: { reason },
      })
    ).body;
  const plan = async (
    { jobs }: JobsDomain,
    body: {
      revision?: number;
      yaml?: string;
      at?: string;
      ifChanged?: NetRelease['ifChanged'];
      reason?: string;
    },
  ) =>
    (
      await jobs.routes.planNetRelease({
        ...base,
        params: { name: 'night/a' },
        query: {},
        body: { ifChanged: 'refuse', ...body },
      })
    ).body;
  const releases = async ({ jobs }: JobsDomain) =>
    (await jobs.routes.listNetReleases({ ...base, params: {}, query: page, body: undefined })).body.items;
  const cancel = async ({ jobs }: JobsDomain, id: number) =>
    (
      await jobs.routes.cancelNetRelease({
        ...base,
        params: { id },
        query: {},
        body: { reason: 'not needed' },
      })
    ).body;
  const commandOf = async ({ jobs }: JobsDomain) => {
    const { body } = await jobs.routes.getNet({
      ...base,
      params: { name: 'night/a' },
      query: {},
      body: undefined,
    });
    const [unit] = body.definition.units;
    return unit?.type === 'command' ? unit.command : null;
  };
  const remove = async ({ jobs }: JobsDomain, reason?: string) =>
    await jobs.routes.deleteNet({ ...base, params: { name: 'night/a' }, query: { reason }, body: undefined });
  const closed = async (domain: JobsDomain, id: number) =>
    await waitFor(async () => {
      const release = (await releases(domain)).find((each) => each.id === id);
      return release !== undefined && release.state !== 'planned' && release;
    });
  /** The same while time goes on: a timer that is set in the moment when the clock is put forward counts from there. */
  const closedInTime = async (domain: JobsDomain, id: number) =>
    await waitFor(async () => {
      const release = (await releases(domain)).find((each) => each.id === id);
      if (release !== undefined && release.state !== 'planned') return release;
      await clock.advance(1_000);
      return false;
    });
  const sessions = async ({ database }: JobsDomain) =>
    await database.query<{ net_revision: number }>({ text: 'SELECT net_revision FROM session ORDER BY id' });
  const audited = async ({ database }: JobsDomain) =>
    (await database.query<{ action: string }>({ text: 'SELECT action FROM audit ORDER BY id' })).map(
      ({ action }) => action,
    );

  test('history: author, time, kind and reason of each change; what changes nothing makes no revision', async () => {
    const domain = await start();
    await apply(domain, yamlOf('one'), 'first form');
    await apply(domain, yamlOf('one'), 'nothing new');
    const definition = jobNetSchema.parse({
      kind: 'jobnet',
      name: 'night/a',
      target: { node: 'local' },
      units: [{ name: 'a', type: 'command', command: 'two' }],
    });
    await domain.jobs.routes.putNet({
      ...base,
      params: { name: 'night/a' },
      query: { reason: '修正' },
      body: definition,
    });
    assert.deepEqual(
      (await revisions(domain)).map(({ revision, kind, createdBy, reason, createdAt, inForce }) => [
        revision,
        kind,
        createdBy,
        reason,
        createdAt,
        inForce,
      ]),
      [
        [2, 'put', 'tester', '修正', START, true],
        [1, 'apply', 'tester', 'first form', START, false],
      ],
    );
    const told = domain.events.committed.filter(({ code }) => code === 'definition_changed');
    assert.deepEqual(
      told.map(({ details }) => details['reason']),
      ['first form', '修正'],
    );
  });

  test('history: pages, each revision once', async () => {
    const domain = await start();
    for (const command of ['1', '2', '3', '4', '5']) await apply(domain, yamlOf(command));
    const seen: number[] = [];
    for (let cursor: string | undefined, more = true; more;) {
      const { body } = await domain.jobs.routes.listNetRevisions({
        ...base,
        params: { name: 'night/a' },
        query: { limit: 2, cursor },
        body: undefined,
      });
      seen.push(...body.items.map(({ revision }) => revision));
      cursor = body.nextCursor ?? undefined;
      more = cursor !== undefined;
    }
    assert.deepEqual(seen, [5, 4, 3, 2, 1]);
  });

  test('difference: by parts and as texts; without numbers the one in force against the one before', async () => {
    const domain = await start();
    await apply(domain, yamlOf('one'));
    await apply(domain, yamlOf('two', daily));
    const { body } = await domain.jobs.routes.diffNetRevisions({
      ...base,
      params: { name: 'night/a' },
      query: {},
      body: undefined,
    });
    assert.deepEqual([body.from.revision, body.to.revision], [1, 2]);
    assert.deepEqual(
      body.changes.map(({ part, name, change }) => [part, name, change]),
      [
        ['schedule', 's', 'added'],
        ['unit', 'a', 'changed'],
      ],
    );
    assert.match(body.before, /command: one/);
    assert.match(body.after, /command: two/);
  });

  test('restore: a new revision with the old content; what is in force already changes nothing', async () => {
    const domain = await start();
    await apply(domain, yamlOf('one'));
    await apply(domain, yamlOf('two'));
    assert.deepEqual(await restore(domain, 1, 'two was wrong'), { change: 'updated', revision: 3 });
    assert.equal(await commandOf(domain), 'one');
    assert.deepEqual(await restore(domain, 1), { change: 'unchanged', revision: 3 });
    const [newest] = await revisions(domain);
    assert.deepEqual([newest?.kind, newest?.fromRevision, newest?.reason], ['restore', 1, 'two was wrong']);
    await assert.rejects(restore(domain, 9), { code: 'not_found' });
  });

  test('a deleted net: its history stays, says who deleted it and why, and a restore brings it back', async () => {
    const domain = await start();
    await apply(domain, yamlOf('one', daily));
    await remove(domain, 'replaced');
    const [last] = await revisions(domain);
    assert.deepEqual(last?.deleted, { at: START, by: 'tester', reason: 'replaced' });
    assert.equal(last?.inForce, false);
    assert.deepEqual(await restore(domain, 1, 'not replaced yet'), { change: 'created', revision: 2 });
    assert.equal(await commandOf(domain), 'one');
    await waitFor(async () => {
      const { body } = await domain.jobs.routes.listComingStarts({
        ...base,
        params: {},
        query: { limit: 10 },
        body: undefined,
      });
      return body.items.length === 1;
    });
  });

  test('release at a date: not before; then a new revision, with audit and events; sessions keep theirs', async () => {
    const domain = await start();
    await apply(domain, yamlOf('one'));
    await domain.jobs.routes.runNet({
      ...base,
      params: { name: 'night/a' },
      query: {},
      body: { parameters: {} },
    });
    const planned = await plan(domain, { yaml: yamlOf('two'), at: AT, reason: 'month end' });
    assert.deepEqual(
      [planned.state, planned.revision, planned.baseRevision, planned.changedSince],
      ['planned', 2, 1, false],
    );
    await clock.advance(HOUR_MS - 1);
    assert.equal(await commandOf(domain), 'one');
    await clock.advance(1);
    const release = await closed(domain, planned.id);
    assert.deepEqual(
      [release.state, release.outcome, release.releasedRevision, release.closedBy],
      ['released', 'in_force', 3, 'release'],
    );
    assert.equal(await commandOf(domain), 'two');
    const [newest] = await revisions(domain);
    assert.deepEqual(
      [newest?.kind, newest?.fromRevision, newest?.reason, newest?.createdBy],
      ['release', 2, 'month end', 'tester'],
    );
    const told = domain.events.committed.filter(({ code }) => code === 'net_released');
    assert.deepEqual(
      told.map(({ priority }) => priority),
      ['info'],
    );
    assert.ok((await audited(domain)).includes('planNetRelease'));
    assert.equal((await audited(domain)).filter((action) => action === 'releaseNet').length, 2);
    const { body } = await domain.jobs.routes.getSession({
      ...base,
      params: {
        id: (await domain.jobs.routes.listSessions({ ...base, params: {}, query: page, body: undefined }))
          .body.items[0]!.id,
      },
      query: {},
      body: undefined,
    });
    assert.equal(body.netRevision, 1);
  });

  test('release at the very instant of a start: the start runs what was released, once', async () => {
    const domain = await start();
    await apply(domain, yamlOf('one', daily));
    const planned = await plan(domain, { yaml: yamlOf('two', daily), at: AT });
    await clock.advance(HOUR_MS);
    await closed(domain, planned.id);
    await waitFor(async () => (await sessions(domain)).length > 0);
    assert.deepEqual(await sessions(domain), [{ net_revision: 3 }]);
  });

  test('release with a new schedule: a start that falls on its instant happens', async () => {
    const domain = await start();
    await apply(domain, yamlOf('one'));
    const planned = await plan(domain, { yaml: yamlOf('two', daily), at: AT });
    await clock.advance(HOUR_MS);
    await closed(domain, planned.id);
    await waitFor(async () => (await sessions(domain)).length > 0);
    assert.deepEqual(await sessions(domain), [{ net_revision: 3 }]);
  });

  test('release of a net that was changed meanwhile: refused and told; with "replace" it wins', async () => {
    const domain = await start();
    await apply(domain, yamlOf('one'));
    const refused = await plan(domain, { yaml: yamlOf('two'), at: AT });
    const replacing = await plan(domain, {
      yaml: yamlOf('three'),
      at: '2026-03-01T14:00:00.000Z',
      ifChanged: 'replace',
    });
    await apply(domain, yamlOf('hot fix'));
    assert.deepEqual(
      (await releases(domain)).map(({ changedSince }) => changedSince),
      [true, true],
    );
    await clock.advance(HOUR_MS);
    const first = await closed(domain, refused.id);
    assert.deepEqual([first.state, first.outcome, first.releasedRevision], ['refused', 'changed', null]);
    assert.equal(await commandOf(domain), 'hot fix');
    const told = domain.events.committed.find(({ code }) => code === 'net_release_refused');
    assert.equal(told?.priority, 'warning');
    await clock.advance(HOUR_MS);
    assert.equal((await closedInTime(domain, replacing.id)).state, 'released');
    assert.equal(await commandOf(domain), 'three');
  });

  test('releases one after the other: an earlier planned one is no change meanwhile', async () => {
    const domain = await start();
    await apply(domain, yamlOf('one'));
    const first = await plan(domain, { yaml: yamlOf('two'), at: AT });
    const second = await plan(domain, { yaml: yamlOf('three'), at: '2026-03-01T14:00:00.000Z' });
    await clock.advance(HOUR_MS);
    await closed(domain, first.id);
    await clock.advance(HOUR_MS);
    assert.equal((await closed(domain, second.id)).outcome, 'in_force');
    assert.equal(await commandOf(domain), 'three');
  });

  test('release at once; of what is in force: no revision; of a net that is not there yet: it is made', async () => {
    const domain = await start();
    const made = await plan(domain, { yaml: yamlOf('one') });
    assert.deepEqual([made.state, made.baseRevision, made.releasedRevision], ['released', null, 2]);
    assert.equal(await commandOf(domain), 'one');
    const same = await plan(domain, { revision: 1 });
    assert.deepEqual([same.state, same.outcome, same.releasedRevision], ['released', 'unchanged', null]);
    assert.equal((await revisions(domain)).length, 2);
  });

  test('a planned release: cancelled it does not happen, and cannot be cancelled twice; deleting the net cancels it', async () => {
    const domain = await start();
    await apply(domain, yamlOf('one'));
    const planned = await plan(domain, { yaml: yamlOf('two'), at: AT });
    const cancelled = await cancel(domain, planned.id);
    assert.deepEqual(
      [cancelled.state, cancelled.outcome, cancelled.detail, cancelled.closedBy],
      ['cancelled', 'cancelled', 'not needed', 'tester'],
    );
    await assert.rejects(cancel(domain, planned.id), { code: 'operation_refused' });
    const other = await plan(domain, { revision: 2, at: AT });
    await remove(domain);
    await clock.advance(HOUR_MS);
    const [newest] = await releases(domain);
    assert.deepEqual([newest?.id, newest?.state, newest?.outcome], [other.id, 'cancelled', 'net_deleted']);
    await assert.rejects(commandOf(domain), { code: 'not_found' });
  });

  test('cancelling: asks for the right to write the very net of the release', async () => {
    const domain = await start();
    await apply(domain, yamlOf('one'));
    const planned = await plan(domain, { yaml: yamlOf('two'), at: AT });
    const asked: string[] = [];
    const stranger = {
      ...tester,
      permissions: {
        ...tester.permissions,
        requireOnNet(right: string, net: string, missing: string | Said) {
          asked.push(`${right} ${net}`);
          throw new CodedError('not_found', missing);
        },
      },
    };
    await assert.rejects(
      domain.jobs.routes.cancelNetRelease({
        ...base,
        actor: stranger,
        params: { id: planned.id },
        query: {},
        body: {},
      }),
      { code: 'not_found' },
    );
    assert.deepEqual(asked, ['nets.write night/a']);
    assert.equal((await releases(domain))[0]?.state, 'planned');
  });

  test('a long outage: at the next start it happens, late, and that is told', async () => {
    const first = await start();
    await apply(first, yamlOf('one'));
    const planned = await plan(first, { yaml: yamlOf('two'), at: AT });
    await stop(first);
    clock = createFakeClock('2026-03-01T16:00:00Z');
    const second = await startAnother();
    const release = await closed(second, planned.id);
    assert.deepEqual([release.state, release.closedAt], ['released', '2026-03-01T16:00:00.000Z']);
    const told = await waitFor(() => second.events.committed.find(({ code }) => code === 'net_released'));
    assert.deepEqual([told.priority, told.details['lateMinutes']], ['warning', 180]);
    assert.match(told.message, /180 minutes later than planned/);
  });

  test('two managers on one database at the time of a release: one revision, told once', async () => {
    const first = await start();
    await apply(first, yamlOf('one'));
    const planned = await plan(first, { yaml: yamlOf('two'), at: AT });
    const second = await startAnother();
    await clock.advance(HOUR_MS);
    await closed(second, planned.id);
    await Promise.all([first, second].map((domain) => domain.jobs.drain(1_000)));
    assert.deepEqual(
      (await revisions(second)).map(({ kind }) => kind),
      ['release', 'prepare', 'apply'],
    );
    const told = [first, second].flatMap(({ events }) =>
      events.committed.filter(({ code }) => code === 'net_released'),
    );
    assert.equal(told.length, 1);
  });

  test('a planned definition that is not valid any more: refused and told, and what follows happens', async () => {
    const domain = await start();
    await apply(domain, yamlOf('one', daily));
    const planned = await plan(domain, { yaml: yamlOf('two', daily), at: AT });
    await domain.database.query({
      text: `UPDATE net_revision SET definition = jsonb_set(definition, '{timezone}', '"Moon/Crater"') WHERE revision = 2`,
    });
    await clock.advance(HOUR_MS);
    const release = await closed(domain, planned.id);
    assert.deepEqual([release.state, release.outcome], ['refused', 'invalid']);
    assert.match(release.detail ?? '', /timezone/);
    await waitFor(async () => (await sessions(domain)).length > 0);
    assert.deepEqual(await sessions(domain), [{ net_revision: 1 }]);
  });

  test('who planned a release may not do all of it any more: refused and told; while he may, it happens', async () => {
    const domain = await start();
    const standing = (...withheld: Right[]): Standing => {
      const has = (right: Right) => !withheld.includes(right);
      return { roles: [], permissions: { ...allPermissions, holds: has, onNet: has } };
    };
    await apply(domain, yamlOf('one'));
    const secret = yamlOf('two', 'parameters:\n  - { name: P, type: secret, default: "{{secret.db}}" }\n');
    for (const right of ['secrets.use', 'nets.write'] as const) {
      const at = new Date(clock.epochMs() + HOUR_MS).toISOString();
      const planned = await plan(domain, { yaml: secret, at });
      people = standing(right);
      await clock.advance(HOUR_MS);
      const refused = await closedInTime(domain, planned.id);
      assert.deepEqual([refused.state, refused.outcome], ['refused', 'invalid']);
      assert.match(refused.detail ?? '', right === 'secrets.use' ? /"secrets\.use"/ : /may not change/);
    }
    assert.equal(await commandOf(domain), 'one');
    const told = domain.events.committed.findLast(({ code }) => code === 'net_release_refused');
    assert.match(told?.message ?? '', /may not do all that it does any more: tester may not change/);
    people = standing();
    await plan(domain, { yaml: yamlOf('three'), at: '2026-03-01T18:00:00.000Z' });
    await clock.advance(6 * HOUR_MS);
    await waitFor(async () => (await commandOf(domain)) === 'three');
  });

  test('a plan that cannot be: neither or another net in the text, an unknown revision, a net that is not valid', async () => {
    const domain = await start();
    await apply(domain, yamlOf('one'));
    await assert.rejects(plan(domain, { revision: 7, at: AT }), { code: 'not_found' });
    await assert.rejects(plan(domain, { yaml: yamlOf('x').replace('night/a', 'night/b'), at: AT }), {
      code: 'invalid_definition',
    });
    assert.equal((await releases(domain)).length, 0);
    assert.equal((await revisions(domain)).length, 1);
  });
});
