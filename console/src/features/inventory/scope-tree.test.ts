// Tests of the tree of scopes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScopeView } from '@nezuban/protocol/inventory/node';
import { namesBelow, toScopeRows } from './scope-tree.ts';

const scope = (name: string, parent: string | null, nodes: readonly string[] = []): ScopeView => ({
  name,
  parent,
  nodes: [...nodes],
  title: null,
  revision: 1,
  updatedAt: '2026-01-01T00:00:00.000Z',
  updatedBy: 'admin',
});
const list = [
  scope('b', null, ['n1']),
  scope('a', null),
  scope('a2', 'a', ['n1', 'n2']),
  scope('a10', 'a', ['n2']),
  scope('x', 'unseen'),
];

test('scopes: a list: as a tree, numbers in their order, nodes counted once', () => {
  assert.deepEqual(
    toScopeRows(list, 'en').map((row) => [row.scope.name, row.depth, row.nodesBelow]),
    [
      ['a', 0, 2],
      ['a2', 1, 2],
      ['a10', 1, 1],
      ['b', 0, 1],
      ['x', 0, 0],
    ],
  );
});

test('scopes: below one: itself and what it holds, however deep', () => {
  const deep = [...list, scope('a2-1', 'a2')];
  assert.deepEqual([...namesBelow(deep, 'a')].sort(), ['a', 'a10', 'a2', 'a2-1']);
});
