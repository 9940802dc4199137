// Tests of the lists of nets and sessions: folders, text, time, trigger, and the history of a net.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { testDatabase, type TestDatabase } from '@nezuban/tests/support/postgres';
import { createDatabase, type Database } from '../database/database.ts';
import { prepareDatabase, storeNet } from '../testing/jobs-harness.ts';
import { loadNetHistory, summariseHistory } from './net-history.ts';
import { foldersOf, listNetFolders, listNets, type NetsQuery } from './net-lists.ts';
import { listSessions, type SessionsQuery } from './session-lists.ts';

const names = ['alone', 'night/a', 'night/b', 'night/deep/c', 'nightly/d', '夜間/決済'];

describe('lists', () => {
  let server: TestDatabase;
  let database: Database;
  before(async () => {
    server = await testDatabase();
    await prepareDatabase(server.config);
    database = createDatabase({ address: server.config, logger: createMemoryLogger(), name: 'lists' });
    for (const name of names)
      await storeNet(database, {
        kind: 'jobnet',
        name,
        units: [{ name: 'a', command: 'true', target: { node: 'x' } }],
      });
    await database.query({ text: "UPDATE net SET title = 'ｹｯｻｲ Batch' WHERE name = 'night/b'" });
    await database.query({ text: "UPDATE net_revision SET title = 'ｹｯｻｲ Batch' WHERE net = 'night/b'" });
    await database.query({
      text: `INSERT INTO session (id, nonce, net, net_revision, state, end_status, run, trigger, parameters, created_at, ended_at, revision, unit_counts)
             SELECT g, 'n', ($1::text[])[1 + g % 6], 1, CASE WHEN g = 60 THEN 'stopped' ELSE 'ended' END, CASE WHEN g % 10 = 1 THEN 'abnormal' ELSE 'normal' END, 1,
               CASE WHEN g % 20 = 0 THEN '{"type":"manual","user":"a"}' ELSE '{"type":"schedule","schedule":"s","dueAt":"2026-01-01T00:00:00Z"}' END::jsonb, '{}',
               timestamptz '2026-01-01' + g * interval '1 h', timestamptz '2026-01-01' + g * interval '1 h' + g * interval '1 s', 1, '{}'
             FROM generate_series(1, 60) g`,
      values: [names],
    });
  });
  after(async () => {
    await database.stop();
    await server.drop();
  });

  const nets = async (query: Partial<NetsQuery>) =>
    (
      await listNets(database, {
        after: undefined,
        text: undefined,
        folder: undefined,
        direct: false,
        limit: 50,
        ...query,
      })
    ).map(({ name }) => name);
  const sessions = async (query: Partial<SessionsQuery>) =>
    (await listSessions(database, { limit: 50, ...query })).map(({ id }) => id);

  test('nets: of a folder: those below it, not those of a folder that begins alike', async () => {
    assert.deepEqual(await nets({ folder: 'night' }), ['night/a', 'night/b', 'night/deep/c']);
    assert.deepEqual(await nets({ folder: 'night', direct: true }), ['night/a', 'night/b']);
    assert.deepEqual(await nets({ folder: '夜間', direct: true }), ['夜間/決済']);
    assert.deepEqual(await nets({ direct: true }), ['alone']);
    assert.deepEqual(await nets({ folder: 'night', after: 'night/a', limit: 1 }), ['night/b']);
  });

  test('nets: by text in name or title: case and width are the same', async () => {
    assert.deepEqual(await nets({ text: 'ケッサイ' }), ['night/b']);
    assert.deepEqual(await nets({ text: 'NIGHT', folder: 'nightly' }), ['nightly/d']);
  });

  test('sessions: by time: begun in it, ended in it, or ran at some moment of it; long ago, open, and of a net', async () => {
    const at = (hours: number): string => new Date(Date.UTC(2026, 0, 1) + hours * 3_600_000).toISOString();
    const ids = async (query: Partial<SessionsQuery>) =>
      (await sessions({ ...query })).toSorted((a, b) => a - b);
    // One runs for two days, one still.
    await database.query({ text: `UPDATE session SET ended_at = created_at + interval '50 h' WHERE id = 2` });
    await database.query({ text: `UPDATE session SET state = 'running', ended_at = NULL WHERE id = 4` });
    for (const now of [undefined, Date.UTC(2026, 0, 4)]) {
      assert.deepEqual(await ids({ from: at(30), to: at(32), now }), [30, 31]);
      assert.deepEqual(await ids({ from: at(30), to: at(32), time: 'running', now }), [2, 4, 30, 31]);
      assert.deepEqual(await ids({ from: at(51.9), to: at(52.001), time: 'ended', now }), [2]);
      assert.deepEqual(await ids({ from: at(59), time: 'ended', now }), [59, 60]);
      assert.deepEqual(await ids({ from: at(59), time: 'running', now }), [4, 59, 60]);
      assert.deepEqual(await ids({ to: at(3), time: 'running', now }), [1, 2]);
      assert.deepEqual(await ids({ from: at(30), to: at(32), time: 'running', net: 'night/b', now }), [2]);
      assert.deepEqual(await ids({ from: at(30), to: at(36), endStatuses: ['abnormal'], now }), [31]);
    }
    await database.query({
      text: `UPDATE session SET ended_at = created_at + id * interval '1 s', state = 'ended' WHERE id IN (2, 4)`,
    });
  });

  test('nets: hidden ones: left out of the list and of the counts', async () => {
    const visible = (place: (value: unknown) => string) =>
      `n.name <> ALL (${place(['night/a', 'alone'])}::text[])`;
    assert.deepEqual(await nets({ folder: 'night', visible }), ['night/b', 'night/deep/c']);
    assert.equal((await listNetFolders(database, visible)).netsOutside, 0);
  });

  test('net folders: all of them, with what lies in and below each, and the worst of how those ended last', async () => {
    assert.deepEqual(await listNetFolders(database), {
      items: [
        { folder: 'night', nets: 2, netsBelow: 3, worstLast: 'normal' },
        { folder: 'night/deep', nets: 1, netsBelow: 1, worstLast: 'normal' },
        { folder: 'nightly', nets: 1, netsBelow: 1, worstLast: 'normal' },
        { folder: '夜間', nets: 1, netsBelow: 1, worstLast: 'normal' },
      ],
      netsOutside: 1,
    });
    assert.deepEqual(foldersOf([{ folder: 'a/b/c', nets: 2, ends: ['normal', 'warning'] }]).items, [
      { folder: 'a', nets: 0, netsBelow: 2, worstLast: 'warning' },
      { folder: 'a/b', nets: 0, netsBelow: 2, worstLast: 'warning' },
      { folder: 'a/b/c', nets: 2, netsBelow: 2, worstLast: 'warning' },
    ]);
    const nested = foldersOf([
      { folder: 'a', nets: 1, ends: ['unknown'] },
      { folder: 'a/b', nets: 1, ends: ['abnormal'] },
      { folder: 'new', nets: 1, ends: [] },
    ]).items;
    assert.deepEqual(
      nested.map(({ worstLast }) => worstLast),
      ['abnormal', 'abnormal', null],
    );
  });

  test('net folders: the last session failed, or has not ended yet: the failure, or how the one before ended', async () => {
    // 57 is the last of night/deep/c, 55 of night/a; 49 comes before it.
    const worst = async (change: string) => {
      await database.query({ text: `UPDATE session SET ${change}` });
      const { items } = await listNetFolders(database);
      return items.map(({ folder, worstLast }) => [folder, worstLast]).slice(0, 2);
    };
    const kept = await database.query<{ id: number; state: string; end_status: string }>({
      text: 'SELECT id, state, end_status FROM session WHERE id IN (49, 55, 57)',
    });
    assert.deepEqual(await worst("end_status = 'abnormal' WHERE id = 57"), [
      ['night', 'abnormal'],
      ['night/deep', 'abnormal'],
    ]);
    assert.deepEqual(await worst("end_status = 'warning' WHERE id IN (57, 49)"), [
      ['night', 'warning'],
      ['night/deep', 'warning'],
    ]);
    await worst("end_status = 'normal' WHERE id = 57");
    assert.deepEqual(await worst("state = 'running', end_status = NULL WHERE id = 55"), [
      ['night', 'warning'],
      ['night/deep', 'normal'],
    ]);
    for (const { id, state, end_status } of kept)
      await database.query({
        text: 'UPDATE session SET state = $2, end_status = $3 WHERE id = $1',
        values: [id, state, end_status],
      });
  });

  test('sessions: each filter, alone and together: newest first, only what fits', async () => {
    assert.deepEqual(await sessions({ limit: 3 }), [60, 59, 58]);
    assert.deepEqual(await sessions({ limit: 2, before: 58 }), [57, 56]);
    assert.deepEqual(await sessions({ net: 'night/a', limit: 2 }), [55, 49]);
    assert.deepEqual(await sessions({ folder: 'night', limit: 4 }), [57, 56, 55, 51]);
    assert.deepEqual(await sessions({ folder: 'no/such' }), []);
    assert.deepEqual(await sessions({ states: ['stopped'] }), [60]);
    assert.deepEqual(await sessions({ triggers: ['manual'] }), [60, 40, 20]);
    assert.deepEqual(await sessions({ text: 'けっさい' }), []);
    assert.deepEqual(await sessions({ text: 'ケッサイ', endStatuses: ['abnormal'] }), []);
    assert.deepEqual(await sessions({ text: '決済', limit: 2 }), [59, 53]);
    assert.deepEqual(await sessions({ from: '2026-01-01T10:00:00Z', to: '2026-01-01T12:00:00Z' }), [11, 10]);
    assert.deepEqual(await sessions({ folder: 'night', endStatuses: ['abnormal'], before: 51 }), [31, 21, 1]);
  });

  test('net history: durations, how often it went well, what is usual; a net that never ran; one that is not there', async () => {
    const history = await loadNetHistory(database, 'night/a', 5);
    assert.deepEqual(
      history?.sessions.map(({ id, durationMs }) => [id, durationMs]),
      [55, 49, 43, 37, 31].map((id) => [id, id * 1000]),
    );
    assert.deepEqual(history?.statistics, {
      ended: 5,
      normal: 4,
      successRate: 0.8,
      medianMs: 43_000,
      p90Ms: 55_000,
    });
    assert.equal(await loadNetHistory(database, 'no/such', 5), null);
    assert.deepEqual(summariseHistory([]), {
      ended: 0,
      normal: 0,
      successRate: null,
      medianMs: null,
      p90Ms: null,
    });
  });
});
