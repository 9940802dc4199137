// What changes of rules and rights would stop: shown before, told afterwards, over real HTTP on a whole manager.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { RunAsRule } from '@nezuban/protocol/settings/job-bounds';
import type { EventCode } from '@nezuban/protocol/events/event';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { startAccessBench, type AccessBench } from '../../testing/access-bench.ts';

describe('outlook of rights', () => {
  let bench: AccessBench;
  /** Writes job nets anywhere, and runs those of `night` and `day`. */
  let bob: string;
  before(async () => {
    bench = await startAccessBench();
    await bench.makeRole({
      name: 'author',
      grants: [{ effect: 'allow', rights: ['nets.read', 'nets.write'] }],
    });
    await bench.makeRole({
      name: 'runner',
      grants: [{ effect: 'allow', rights: ['nets.run'] }],
    });
    bob = await bench.makeUser('bob', ['author', 'runner']);
  });
  after(() => bench?.stop());

  const apply = async (yaml: string, token = bob) =>
    await bench.must('applyDefinitions', { body: yaml }, token);
  const eventsOf = async (code: EventCode) =>
    (await bench.must('listEvents', { query: { code: [code] } })).items;
  const roles = async (name: string, of: string[]) => {
    const { revision, title } = await bench.must('getUser', { params: { name } });
    await bench.must('updateUser', {
      params: { name },
      body: { title, roles: of, disabled: false },
      ifMatch: `"${revision}"`,
    });
  };
  const saveRules = async (rules: readonly RunAsRule[]) => {
    const { revision } = await bench.must('getSettings', { params: { section: 'run_as' } });
    await bench.must('putSettings', {
      params: { section: 'run_as' },
      body: { rules: [...rules] },
      ifMatch: revision === 0 ? null : `"${revision}"`,
    });
  };

  test('rules for users: what they would refuse is shown, by its place, and told once they are saved', async () => {
    const shown = await bench.must('previewRunAs', {
      body: { rules: [{ node: 'n-web', users: ['@agent'] }] },
    });
    assert.deepEqual(shown, {
      items: [
        {
          net: 'night/load',
          unit: 'a',
          what: 'unit',
          target: { node: 'n-batch' },
          user: null,
          group: null,
          isNew: true,
        },
      ],
      newCount: 1,
      oldCount: 0,
      newNets: 1,
      hidden: 0,
    });
    await bench.makeRole({
      name: 'day-rules',
      grants: [
        { effect: 'allow', rights: ['settings.write'] },
        { effect: 'allow', rights: ['nets.read'], folder: 'day' },
      ],
    });
    const elsewhere = await bench.makeUser('ruler', ['day-rules']);
    const partly = await bench.must('previewRunAs', { body: { rules: [] } }, elsewhere);
    assert.deepEqual(
      [partly.newCount, partly.hidden, partly.items.map(({ net }) => net)],
      [2, 1, ['day/load']],
    );
    // What another net's reference names is judged by rules without roles alone.
    await apply(
      'kind: jobnet\nname: day/ref\nunits:\n  - { name: r, type: net_ref, net: night/load, target: { node: n-web } }\n',
    );
    const byRole = await bench.must('previewRunAs', {
      body: {
        rules: [
          { node: 'n-batch', users: ['@agent'] },
          { node: 'n-web', users: ['@agent'], roles: ['author'] },
        ],
      },
    });
    assert.deepEqual(
      byRole.items.map(({ net, unit }) => `${net} ${unit}`),
      // The folder of this net has a rule that counts; the place that the reference chose has none.
      ['day/ref r/a'],
    );
    assert.deepEqual(await eventsOf('rules_refuse_units'), []);
    await saveRules([{ node: 'n-web', users: ['@agent'] }]);
    const [told, ...more] = await eventsOf('rules_refuse_units');
    assert.deepEqual(more, []);
    assert.deepEqual(told?.details, { net: 'night/load', units: 'a', count: 1, actor: 'admin' });
    await saveRules([{ users: ['@agent'] }]);
    assert.equal((await eventsOf('rules_refuse_units')).length, 1, 'what is allowed again is no news');
  });

  test('roles of an author: the starts that stop and the releases that will be refused are shown, and told', async () => {
    const starts = 'units:\n  - { name: s, type: net_start, net: night/load }\n';
    await apply(`kind: jobnet\nname: day/starts\n${starts}`);
    await apply(`kind: jobnet\nname: day/starts\ntitle: now\n${starts}`);
    await bench.must(
      'planNetRelease',
      {
        params: { name: 'day/starts' },
        body: { revision: 1, at: '2099-01-01T00:00:00.000Z' },
      },
      bob,
    );
    await apply(
      'kind: jobnet\nname: day/load\ntimezone: UTC\ntarget: { node: n-web }\nschedules:\n  - { name: yearly, cron: "0 0 1 1 *" }\nunits:\n  - { name: a, command: a }\n',
    );
    // The schedules are taken up a moment after they were saved.
    await waitFor(
      async () => (await bench.must('listComingStarts', { query: { limit: 1 } })).items.length > 0,
    );
    const { at } = await bench.must(
      'prepareStart',
      {
        params: { name: 'day/load' },
        body: { schedule: 'yearly', hold: true, units: {}, parameters: {} },
      },
      bob,
    );
    const shown = await bench.must('previewAccess', {
      body: { kind: 'user', name: 'bob', roles: ['author'] },
    });
    assert.deepEqual(shown.counts, { refused: 3, allowed: 0, kept: 0 });
    const [start, release, preparation] = shown.items;
    assert.deepEqual(preparation, {
      what: 'preparation',
      author: 'bob',
      net: 'day/load',
      schedule: 'yearly',
      at,
      becomes: 'refused',
    });
    assert.deepEqual(start, {
      what: 'start',
      author: 'bob',
      net: 'day/starts',
      other: 'night/load',
      units: ['s'],
      unitCount: 1,
      becomes: 'refused',
    });
    assert.ok(release?.what === 'release');
    assert.match(release.lacks ?? '', /nets\.run/);
    const ofRole = await bench.must('previewAccess', {
      body: {
        kind: 'role',
        name: 'runner',
        grants: [{ effect: 'allow', rights: ['nets.run'], folder: 'day' }],
      },
    });
    assert.deepEqual(ofRole.counts, { refused: 2, allowed: 0, kept: 0 });
    assert.deepEqual(await eventsOf('rights_stop_start'), []);
    await roles('bob', ['author']);
    const [toldOfStart] = await eventsOf('rights_stop_preparation');
    assert.deepEqual(toldOfStart?.details, {
      net: 'day/load',
      schedule: 'yearly',
      author: 'bob',
      plannedFor: at,
      actor: 'admin',
    });
    const [told] = await eventsOf('rights_stop_start');
    assert.deepEqual(told?.details, {
      net: 'day/starts',
      other: 'night/load',
      author: 'bob',
      units: 's',
      actor: 'admin',
    });
    assert.equal((await eventsOf('rights_stop_release')).length, 1);
    const back = await bench.must('previewAccess', {
      body: { kind: 'user', name: 'bob', roles: ['author', 'runner'] },
    });
    assert.deepEqual(back.counts, { refused: 0, allowed: 3, kept: 0 });
  });

  test('a deleted user: what he has left behind goes on by the roles that he had, and what was taken from him stays taken', async () => {
    const run = async () => {
      const { id } = await bench.must('runNet', { params: { name: 'day/starts' }, body: {} });
      return await bench.waitForEnd(id);
    };
    await roles('bob', ['author', 'runner']);
    const kept = await bench.must('previewAccess', { body: { kind: 'user', name: 'bob', roles: null } });
    assert.deepEqual(kept.counts, { refused: 0, allowed: 0, kept: 3 });
    await roles('bob', ['author']);
    await bench.must('deleteUser', { params: { name: 'bob' } });
    const session = await run();
    assert.match(
      session.units.find(({ path }) => path === 's')?.reason ?? '',
      /bob, who has brought this start/,
    );
    await bench.must('putRole', {
      params: { name: 'author' },
      body: { name: 'author', grants: [{ effect: 'allow', rights: ['nets.*'] }] },
      ifMatch: `"${(await bench.must('getRole', { params: { name: 'author' } })).revision}"`,
    });
    const gone = await bench.must('previewAccess', {
      body: { kind: 'role', name: 'author', grants: null },
    });
    assert.deepEqual(gone.counts, { refused: 3, allowed: 0, kept: 0 });
  });
});
