// Tests of looking for traps: every filter, pages, one with its events, and who may see what.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createPermissions } from '@nezuban/core/access/permissions';
import { createOidNames } from '@nezuban/core/traps/mib/oid-names';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { allPermissions, createActorPermissions } from '../access/actor-permissions.ts';
import type { ActorPermissions } from '../ports.ts';
import { startTrapsBench, type TrapsBench } from '../testing/traps-bench.ts';
import { createTrapReading } from './trap-reading.ts';
import { createTrapRoutes, type TrapRoutes } from './trap-routes.ts';
import { createTrapSources } from './trap-sources.ts';

const LINES: readonly (readonly [address: string, line: string])[] = [
  ['192.0.2.7', '<13>Nov 26 13:00:00 web-1 app: Disk FULL on /var'],
  ['192.0.2.8', '<13>Nov 26 13:00:00 db-1 app: 100% of the space'],
  ['198.51.100.1', '<13>Nov 26 13:00:00 nobody app: unmatched thing'],
  ['198.51.100.1', Buffer.from('<13>Nov 26 13:00:00 web-1 app: 障害 が起きた').toString('latin1')],
];

describe('traps by the API', () => {
  let bench: TrapsBench;
  let routes: TrapRoutes;
  const sources = createTrapSources(3);
  before(async () => {
    bench = await startTrapsBench();
    for (const [address, line] of LINES) bench.own.hear(line, { address });
    bench.process({
      single: true,
      place: ({ claimedHost }) => ({
        node: claimedHost === 'nobody' ? null : claimedHost,
        scopes: new Set(),
      }),
      noteSource: sources.note,
    });
    await waitFor(() => bench.own.processed() === LINES.length);
    routes = createTrapRoutes({
      database: bench.database,
      reading: createTrapReading(() => createOidNames(new Map(), new Map())),
      sources,
      intakes: () => [],
      processing: () => {
        throw new Error('not asked');
      },
    });
  });
  after(() => bench.stop());

  const request = (permissions: ActorPermissions) => ({
    expected: null,
    requestId: 'test',
    body: undefined,
    actor: {
      name: 'tester',
      address: null,
      by: 'token' as const,
      permissions,
      key: null,
      until: null,
      mustChangePassword: false,
    },
  });
  const list = async (
    query: Partial<Parameters<TrapRoutes['listTraps']>[0]['query']>,
    permissions: ActorPermissions = allPermissions,
  ) =>
    (
      await routes.listTraps({ ...request(permissions), params: {}, query: { limit: 50, ...query } })
    ).body.items.map(({ id }) => id);

  const cases: readonly (readonly [
    what: string,
    query: Parameters<typeof list>[0],
    ids: readonly number[],
  ])[] = [
    ['all, newest first', {}, [4, 3, 2, 1]],
    ['of a node', { node: 'web-1' }, [4, 1]],
    ['of a network', { address: '192.0.2.0/24' }, [2, 1]],
    ['of an address', { address: '198.51.100.1' }, [4, 3]],
    ['unmatched', { matched: false }, [3]],
    ['of nobody', { unknown: true }, [3]],
    ['of another protocol', { protocol: ['snmp'] }, []],
    ['understood', { malformed: false }, [4, 3, 2, 1]],
    ['text, other case', { q: 'disk full' }, [1]],
    ['text with a per cent sign', { q: '100% of' }, [2]],
    ['one Japanese character', { q: '障' }, [4]],
    ['until long ago', { to: '2020-01-01T00:00:00Z' }, []],
    ['since long ago', { from: '2020-01-01T00:00:00Z' }, [4, 3, 2, 1]],
  ];
  for (const [what, query, ids] of cases)
    test(`traps: ${what}: found`, async () => {
      assert.deepEqual(await list(query), ids);
    });

  test('traps: pages: each once, in order', async () => {
    const first = (await routes.listTraps({ ...request(allPermissions), params: {}, query: { limit: 3 } }))
      .body;
    assert.equal(first.items.length, 3);
    const rest = await list({ limit: 3, cursor: first.nextCursor ?? '' });
    assert.deepEqual(rest, [1]);
  });

  test('traps: one: as it came, what was understood, its event', async () => {
    const { body } = await routes.getTrap({ ...request(allPermissions), params: { id: 1 }, query: {} });
    assert.equal(Buffer.from(body.raw, 'hex').toString(), LINES[0]?.[1]);
    assert.equal(body.text, 'Disk FULL on /var');
    assert.equal(body.heardBy, 'host-a');
    assert.equal(body.facts[0]?.syslog?.app, 'app');
    assert.deepEqual(
      body.events.map(({ message, trapId, node }) => [message, trapId, node]),
      [['Disk FULL on /var', 1, 'web-1']],
    );
    await assert.rejects(
      routes.getTrap({ ...request(allPermissions), params: { id: 99 }, query: {} }),
      /There is no trap 99/,
    );
  });

  test('traps: who may see one scope: its nodes, and those of nobody', async () => {
    const permissions = createActorPermissions(
      createPermissions([
        { effect: 'allow', rights: ['traps.read'] },
        { effect: 'allow', rights: ['nodes.read', 'events.read'], scope: 'data' },
      ]),
      () => ({
        nodes: () => ['web-1', 'db-1'],
        scopesOfNode: (node) => new Set(node === 'db-1' ? ['data'] : []),
        withParents: (scope) => new Set([scope]),
      }),
    );
    assert.deepEqual(await list({}, permissions), [3, 2]);
    await assert.rejects(
      routes.getTrap({ ...request(permissions), params: { id: 1 }, query: {} }),
      /There is no trap 1/,
    );
    const seen = await routes.listTrapSources({ ...request(permissions), params: {}, query: {} });
    assert.deepEqual(new Set(seen.body.items.map(({ node }) => node)), new Set([null, 'db-1']));
  });

  test('traps: more senders than are shown: the oldest goes', () => {
    assert.equal(sources.list().length, 3);
  });
});
