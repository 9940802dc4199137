// Lists, counts and live streams show what may be seen and nothing else; and a change of rights counts at the next request.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { startAccessBench } from '../testing/access-bench.ts';
import type { AccessBench } from '../testing/access-bench.ts';

let bench: AccessBench;
let nightly: string;
let batcher: string;
before(async () => {
  bench = await startAccessBench();
  await bench.makeRole({
    name: 'night',
    grants: [
      { effect: 'allow', rights: ['nets.*'], folder: 'night' },
      { effect: 'allow', rights: ['events.read'] },
    ],
  });
  await bench.makeRole({
    name: 'batch',
    grants: [{ effect: 'allow', rights: ['nodes.*', 'events.*'], scope: 'batch' }],
  });
  nightly = await bench.makeUser('nightly', ['night']);
  batcher = await bench.makeUser('batcher', ['batch']);
});
after(() => bench.stop());

/** What a live stream says, until it is left. */
const listen = async (token: string, topics: readonly string[]) => {
  const left = new AbortController();
  const said: string[] = [];
  let ended = false;
  const answer = await fetch(
    `${bench.url}/api/v1/live?${topics.map((topic) => `topic=${topic}`).join('&')}`,
    {
      headers: { authorization: `Bearer ${token}` },
      signal: left.signal,
    },
  );
  assert.equal(answer.status, 200);
  const reading = (async () => {
    for await (const piece of answer.body ?? []) said.push(Buffer.from(piece).toString('utf8'));
  })()
    .catch(() => undefined)
    .finally(() => (ended = true));
  await waitFor(() => said.join('').includes('hello'));
  return {
    said: () => said.join(''),
    ended: () => ended,
    async leave() {
      left.abort();
      await reading;
    },
  };
};

describe('visibility', () => {
  test('visibility: lists of nets, folders, sessions and events: those of the folder alone', async () => {
    const nets = await bench.must('listNets', {}, nightly);
    assert.deepEqual(
      nets.items.map(({ name }) => name),
      ['night/load'],
    );
    const folders = await bench.must('listNetFolders', {}, nightly);
    assert.deepEqual(
      folders.items.map(({ folder }) => folder),
      ['night'],
    );
    const sessions = await bench.must('listSessions', {}, nightly);
    assert.deepEqual([...new Set(sessions.items.map(({ net }) => net))], ['night/load']);
    const events = await bench.must('listEvents', { query: { limit: 500 } }, nightly);
    const about = new Set(events.items.map(({ details }) => details['net']));
    assert.ok(about.has('night/load') && !about.has('day/load'));
    const all = await bench.must('listEvents', { query: { limit: 500 } });
    assert.ok(all.items.some(({ details }) => details['net'] === 'day/load'));
    assert.doesNotMatch(JSON.stringify(await bench.must('exportDefinitions', {}, nightly)), /day\/load/);
  });

  test('visibility: lists of nodes and scopes: those of the scope alone; the counts too', async () => {
    const nodes = await bench.must('listNodes', {}, batcher);
    assert.deepEqual(
      nodes.items.map(({ name }) => name),
      ['n-batch'],
    );
    const scopes = await bench.must('listScopes', {}, batcher);
    assert.deepEqual(
      scopes.items.map(({ name }) => name),
      ['batch'],
    );
    const mine = (await bench.must('getSystem', {}, batcher)).counts;
    assert.deepEqual([mine.nodes, mine.nets, mine.runningSessions], [1, 0, 0]);
    const nights = (await bench.must('getSystem', {}, nightly)).counts;
    assert.deepEqual([nights.nodes, nights.nets, nights.runningSessions], [0, 1, 1]);
    const all = (await bench.must('getSystem')).counts;
    assert.deepEqual([all.nodes, all.nets, all.runningSessions], [3, 2, 2]);
  });

  test('visibility: events of nodes: those of the scope and those of none; confirming others: as if they were not there', async () => {
    const insert = async (node: string): Promise<number> => {
      const { rows } = await bench.client.query<{ id: string }>(
        `INSERT INTO event (at, priority, code, node, message) VALUES (now(), 'warning', 'agent_disconnected', $1, 'x') RETURNING id`,
        [node],
      );
      return Number(rows[0]?.id);
    };
    const [own, foreign, gone] = [
      await insert('n-batch'),
      await insert('n-web'),
      await insert('n-long-gone'),
    ];
    const events = await bench.must('listEvents', { query: { limit: 500 } }, batcher);
    const ids = new Set(events.items.map(({ id }) => id));
    assert.deepEqual([ids.has(own), ids.has(foreign), ids.has(gone)], [true, false, false]);
    const confirm = (id: number) =>
      bench.call(batcher, 'confirmEvents', { body: { ids: [id], confirmed: true } });
    assert.equal((await confirm(foreign)).status, 404);
    assert.equal((await confirm(own)).status, 200);
    const { rows } = await bench.client.query(
      'SELECT FROM event WHERE id = $1 AND confirmed_at IS NOT NULL',
      [foreign],
    );
    assert.equal(rows.length, 0, 'nothing was changed');
  });

  test('visibility: sessions that an event has started: only those of nets that may be seen', async () => {
    const { items } = await bench.must('listEvents', { query: { limit: 500 } }, nightly);
    const event = items.find(({ details }) => details['net'] === undefined)?.id;
    assert.ok(event !== undefined);
    const all = await bench.must('listSessions', {});
    for (const { id } of all.items)
      await bench.client.query(
        `INSERT INTO delivery (event_id, rule, channel, payload, state, next_try_at, session_id) VALUES ($1, 'r', 'jobnet', '{}', 'sent', NULL, $2)`,
        [event, id],
      );
    const chainOf = async (token?: string) =>
      (await bench.must('getEventChain', { params: { id: event } }, token)).sessions.length;
    const seen = all.items.filter(({ net }) => net === 'night/load').length;
    assert.ok(seen > 0 && seen < all.items.length);
    assert.equal(await chainOf(), all.items.length);
    assert.equal(await chainOf(nightly), seen);
  });

  test('visibility: denied in a folder: all but that, by list and by name', async () => {
    await bench.makeRole({
      name: 'not-day',
      grants: [{ effect: 'deny', rights: ['nets.*'], folder: 'day' }],
    });
    const denied = await bench.makeUser('denied', ['administrator', 'not-day']);
    assert.deepEqual(
      (await bench.must('listNets', {}, denied)).items.map(({ name }) => name),
      ['night/load'],
    );
    assert.equal((await bench.call(denied, 'getNet', { params: { name: 'day/load' } })).status, 404);
    assert.equal((await bench.call(denied, 'getSession', { params: { id: bench.day.session } })).status, 404);
  });

  test('visibility: open work and freezes of a folder or the manager: counted and told to who may see into it alone', async () => {
    const place = { kind: 'folder' as const, name: 'day' };
    await bench.must('freeze', { body: { place, reason: 'a secret of the day' } });
    const stream = await bench.must('getFrozen', {}, nightly);
    assert.doesNotMatch(JSON.stringify(stream), /day/);
    const open = async (token?: string) =>
      (await bench.must('getOpenWork', { query: { kind: 'manager' } }, token)).counts.sessions;
    assert.deepEqual([await open(), await open(nightly), await open(batcher)], [2, 1, 0]);
    await bench.must('resume', { body: { place } });
    const events = JSON.stringify(await bench.must('listEvents', { query: { limit: 500 } }));
    assert.match(events, /a secret of the day/);
    const seen = JSON.stringify(await bench.must('listEvents', { query: { limit: 500 } }, nightly));
    assert.doesNotMatch(seen, /a secret of the day/);
  });

  test('visibility: the live stream: of sessions, nets, events and nodes only those that may be seen', async () => {
    const stream = await listen(nightly, ['sessions', 'nets', 'events', 'nodes', 'pair']);
    await bench.must('runNet', { params: { name: 'day/load' }, body: {} });
    await bench.must('runNet', { params: { name: 'night/load' }, body: {} });
    const net = (name: string) =>
      bench.must('applyDefinitions', {
        body: `kind: jobnet\nname: ${name}\ntarget: { node: local }\nunits:\n  - { name: a, command: "true" }\n`,
      });
    await net('day/new');
    await net('night/new');
    await waitFor(() => stream.said().includes('night/new'));
    assert.match(stream.said(), /"net":"night\/load"/);
    assert.doesNotMatch(stream.said(), /day\//);
    await stream.leave();
  });

  test('visibility: rights that change: at the next request, and open streams end', async () => {
    const stream = await listen(nightly, ['sessions']);
    const { revision, role } = await bench.must('getRole', { params: { name: 'night' } });
    const grants = [{ effect: 'allow' as const, rights: ['nets.read' as const], folder: 'day' }];
    await bench.must('putRole', {
      params: { name: 'night' },
      body: { ...role, grants },
      ifMatch: `"${revision}"`,
    });
    assert.deepEqual(
      (await bench.must('listNets', {}, nightly)).items.map(({ name }) => name),
      ['day/load', 'day/new'],
    );
    await waitFor(() => stream.ended());
    // A scope that changes: the same.
    const { revision: of } = await bench.must('getScope', { params: { name: 'batch' } });
    await bench.must('putScope', {
      params: { name: 'batch' },
      body: { title: null, parent: 'all', nodes: ['n-batch', 'n-web'] },
      ifMatch: `"${of}"`,
    });
    assert.deepEqual(
      (await bench.must('listNodes', {}, batcher)).items.map(({ name }) => name),
      ['n-batch', 'n-web'],
    );
    // A user that is disabled, or loses a role: his token too.
    const user = await bench.must('getUser', { params: { name: 'batcher' } });
    await bench.must('updateUser', {
      params: { name: 'batcher' },
      body: { roles: [] },
      ifMatch: `"${user.revision}"`,
    });
    assert.equal((await bench.call(batcher, 'listNodes')).code, 'forbidden');
  });
});
