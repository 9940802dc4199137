// A viewer of one scope sees no node of another in the status view, nor its share in a roll-up; and changes nothing there.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { createDatabase, type Database } from '../database/database.ts';
import { startAccessBench, type AccessBench } from '../testing/access-bench.ts';
import { createEventSink } from './event-sink.ts';

let bench: AccessBench;
let database: Database;
let batcher: string;
before(async () => {
  bench = await startAccessBench();
  await bench.makeRole({
    name: 'batch',
    grants: [{ effect: 'allow', rights: ['nodes.*', 'events.*'], scope: 'batch' }],
  });
  batcher = await bench.makeUser('batcher', ['batch']);
  database = createDatabase({ address: bench.database.config, logger: createMemoryLogger(), name: 'test' });
  const sink = createEventSink({
    database,
    live: { publish: () => undefined, watches: () => false },
    deliveries: { plan: async () => false, wake: () => undefined },
  });
  const draft = {
    at: new Date(),
    code: 'trap_received',
    message: 'm',
    details: {},
    monitor: 'snmp',
    key: 'k',
  } as const;
  await sink.appendNow([
    { ...draft, node: 'n-batch', priority: 'warning' },
    { ...draft, node: 'n-web', priority: 'critical' },
    { ...draft, node: 'stranger', priority: 'critical' },
  ]);
});
after(async () => {
  await database.stop();
  await bench.stop();
});

test('status visibility: the tree: own scope and node alone, nothing of others in any sum', async () => {
  const all = await bench.must('getStatusTree', {});
  assert.equal(all.overall.worst, 'critical');
  assert.equal(all.scopes.find(({ name }) => name === 'web')?.worst, 'critical');
  assert.ok(
    all.nodes.some(({ name }) => name === 'stranger'),
    'senders that are no nodes are there, too',
  );
  const own = await bench.must('getStatusTree', {}, batcher);
  assert.deepEqual(
    own.scopes.map(({ name, worst, nodes }) => [name, worst, nodes]),
    [['batch', 'warning', 1]],
  );
  assert.deepEqual(
    own.nodes.map(({ name, worst }) => [name, worst]),
    [['n-batch', 'warning']],
  );
  assert.equal(own.overall.counts.critical, 0);
  assert.doesNotMatch(JSON.stringify(own), /web|stranger/);
});

test('status visibility: the list, a scope of others, changes and bulk confirmation: as if they were not there', async () => {
  const entries = await bench.must('listStatus', { query: { monitor: 'snmp' } }, batcher);
  assert.deepEqual(
    entries.items.map(({ node }) => node),
    ['n-batch'],
  );
  assert.equal((await bench.call(batcher, 'getStatusTree', { query: { scope: 'web' } })).status, 404);
  const changed = await bench.call(batcher, 'changeStatus', {
    body: { entries: [{ node: 'n-web', monitor: 'snmp', key: 'k' }], action: 'clear' },
  });
  assert.equal(changed.status, 404);
  const preview = await bench.must(
    'confirmMatchingEvents',
    { body: { filter: { monitor: 'snmp' }, state: 'confirmed', preview: true } },
    batcher,
  );
  assert.equal(preview.matching, 1);
  const done = await bench.must(
    'confirmMatchingEvents',
    { body: { filter: { monitor: 'snmp' }, state: 'confirmed', up_to_id: preview.upToId } },
    batcher,
  );
  assert.equal(done.changed, 1);
  const rest = await bench.must('listEvents', { query: { monitor: 'snmp', confirm: 'unconfirmed' } });
  assert.equal(rest.items.length, 2);
});

test('status visibility: filters: of others only those for everybody; only who may confirm makes one', async () => {
  const viewer = await bench.makeUser('looker', ['viewer']);
  const put = async (token: string, name: string, shared: boolean) =>
    await bench.call(token, 'putEventFilter', {
      params: { name },
      body: { filter: { priority: ['critical'], min_count: 3 }, shared },
    });
  assert.equal((await put(viewer, 'mine', false)).status, 200);
  assert.equal((await put(viewer, 'ours', true)).status, 403);
  assert.equal((await put(batcher, 'ours', true)).status, 200);
  assert.equal((await put(batcher, 'private', false)).status, 200);
  const seen = await bench.must('listEventFilters', {}, viewer);
  assert.deepEqual(
    seen.items.map(({ name, filter }) => [name, filter.min_count]),
    [
      ['mine', 3],
      ['ours', 3],
    ],
  );
  assert.equal((await bench.call(viewer, 'deleteEventFilter', { params: { name: 'ours' } })).status, 403);
  assert.equal((await bench.call(viewer, 'deleteEventFilter', { params: { name: 'private' } })).status, 404);
  assert.equal((await bench.call(batcher, 'deleteEventFilter', { params: { name: 'ours' } })).status, 204);
});
