// The map of nets on a real database: kept with each definition, read from either end, bounded, and without what may not be seen.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { systemTimers } from '@nezuban/platform/timers';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { jobNetSchema } from '@nezuban/protocol/jobs/definition';
import { netMapLimits } from '@nezuban/protocol/jobs/net-relation';
import { testDatabase, type TestDatabase } from '@nezuban/tests/support/postgres';
import { createDatabase, type Database } from '../database/database.ts';
import { loadMigrations, migrate } from '../database/migrations.ts';
import { connectWhenReady } from '../database/wait-for-database.ts';
import { loadNetMap, type MapQuery } from './net-map.ts';
import { deleteNet, saveNet } from './net-store.ts';

let server: TestDatabase;
let database: Database;
before(async () => {
  server = await testDatabase();
  const client = await connectWhenReady(server.config, systemTimers);
  await migrate(client, await loadMigrations());
  await client.end();
  database = createDatabase({ address: server.config, logger: createMemoryLogger(), name: 'net-map' });
});
after(async () => {
  await database.stop();
  await server.drop();
});

const save = async (name: string, units: readonly object[]) =>
  await database.inTransaction(async (transaction) =>
    saveNet(transaction, {
      definition: jobNetSchema.parse({ kind: 'jobnet', name, units }),
      expected: null,
      actor: { name: 'tester' },
      at: new Date(),
      note: { kind: 'put', reason: null, fromRevision: null },
    }),
  );
const starts = (net: string) => ({ name: `start-${net.replaceAll('/', '-')}`, type: 'net_start', net });
const plain = { name: 'a', command: 'true', target: { node: 'n' } };
const map = async (query: Partial<MapQuery>) =>
  await loadNetMap(database, {
    net: undefined,
    folder: undefined,
    depth: 1,
    mayRead: () => true,
    ...query,
  });
const lines = ({ relations }: Awaited<ReturnType<typeof map>>) =>
  relations.map(({ net, kind, other }) => `${net} ${kind} ${other}`).toSorted();

describe('net map', () => {
  test('net map: a definition that changes: its relations change with it; a net that is gone: so do they', async () => {
    await save('m/a', [starts('m/b'), starts('m/c')]);
    await save('m/b', [plain]);
    assert.deepEqual(lines(await map({ net: 'm/b' })), ['m/a starts m/b']);
    await save('m/a', [starts('m/c')]);
    assert.deepEqual(lines(await map({ net: 'm/b' })), []);
    const { nets } = await map({ net: 'm/a' });
    assert.deepEqual(
      nets.map(({ name, exists }) => [name, exists]),
      [
        ['m/a', true],
        ['m/c', false],
      ],
    );
    await database.inTransaction(async (transaction) =>
      deleteNet(transaction, {
        name: 'm/a',
        expected: null,
        actor: { name: 'tester' },
        at: new Date(),
        reason: null,
      }),
    );
    assert.deepEqual(lines(await map({})), []);
  });

  test('net map: steps from the net in the middle, both ways; circles end', async () => {
    for (const [from, to] of [
      ['s/1', 's/2'],
      ['s/2', 's/3'],
      ['s/3', 's/4'],
      ['s/4', 's/1'],
    ] as const)
      await save(from, [starts(to)]);
    assert.equal((await map({ net: 's/1' })).nets.length, 3);
    const all = await map({ net: 's/1', depth: 5 });
    assert.equal(all.nets.length, 4);
    assert.equal(all.relations.length, 4);
    assert.equal(all.truncated, false);
  });

  test('net map: what may not be seen: neither the net nor what it has to do with others', async () => {
    await save('v/open', [starts('secret/hidden'), starts('v/other')]);
    await save('secret/hidden', [starts('v/other')]);
    const seen = await map({ folder: 'v', mayRead: (net) => !net.startsWith('secret/') });
    assert.deepEqual(lines(seen), ['v/open starts v/other']);
    assert.doesNotMatch(JSON.stringify(seen), /secret/);
  });

  test('net map: more nets than a picture takes: cut, and it says so', async () => {
    await save(
      'big/hub',
      Array.from({ length: netMapLimits.netsMax + 50 }, (_, index) => starts(`big/n${index}`)),
    );
    const cut = await map({ net: 'big/hub' });
    assert.equal(cut.nets.length, netMapLimits.netsMax);
    assert.equal(cut.truncated, true);
    for (const { net, other } of cut.relations)
      for (const name of [net, other]) assert.ok(cut.nets.some((entry) => entry.name === name));
  });
});
