// Tests of the scopes with their status as rows, and of the groups of the node map.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StatusTree } from '@nezuban/protocol/events/status';
import { groupNodes, scopesAbove, toScopeStatusRows } from './scope-status.ts';

const counts = { critical: 0, warning: 0, unknown: 0, info: 0 };
const scope = (name: string, parent: string | null, worst: 'critical' | null = null) => ({
  name,
  parent,
  title: null,
  worst,
  counts,
  nodes: 1,
  nodesByWorst: counts,
});
const node = (name: string, ...scopes: string[]) => ({ name, worst: null, counts, scopes });
const tree: StatusTree = {
  overall: { worst: null, counts },
  manager: { worst: null, counts },
  scopes: [
    scope('japan', null),
    scope('tokyo', 'japan', 'critical'),
    scope('osaka', 'japan'),
    scope('own', 'hidden'),
  ],
  nodes: [node('a', 'japan', 'tokyo'), node('b', 'japan', 'tokyo', 'osaka'), node('c', 'japan'), node('d')],
  nodesTotal: 4,
};

test('status by scope: rows: as far as opened; a scope whose parent is not seen stands at the top', () => {
  const names = (opened: string[]) =>
    toScopeStatusRows(tree.scopes, new Set(opened), 'en').map(
      ({ scope: { name }, depth }) => `${depth} ${name}`,
    );
  assert.deepEqual(names([]), ['0 japan', '0 own']);
  assert.deepEqual(names(['japan']), ['0 japan', '1 osaka', '1 tokyo', '0 own']);
  assert.deepEqual(scopesAbove(tree.scopes, 'tokyo'), ['japan']);
});

test('status by scope: groups of the map: by the scopes right below, the worst first, the rest last', () => {
  const groups = (of?: string) =>
    groupNodes(tree, of).map((group) => [group.scope?.name ?? null, group.nodes.map(({ name }) => name)]);
  assert.deepEqual(groups(), [
    ['japan', ['a', 'b', 'c']],
    [null, ['d']],
  ]);
  assert.deepEqual(groups('japan'), [
    ['tokyo', ['a', 'b']],
    ['osaka', ['b']],
    [null, ['c']],
  ]);
  assert.deepEqual(groups('tokyo'), [[null, ['a', 'b']]]);
});
