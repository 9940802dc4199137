// Tests of the status view rolled up over scopes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rollUp } from './roll-up.ts';

const input = {
  entries: [
    { node: 'web-01', priority: 'info', count: 2 },
    { node: 'db-01', priority: 'critical', count: 1 },
    { node: 'db-01', priority: 'info', count: 3 },
    { node: '', priority: 'warning', count: 1 },
  ],
  scopes: [
    { name: 'japan', parent: null, title: null, nodes: ['web-01', 'db-01', 'hidden'] },
    { name: 'tokyo', parent: 'japan', title: '東京', nodes: ['db-01'] },
  ],
  nodes: new Set(['web-01', 'db-01', 'new-01']),
  listed: null,
  nodesMax: 2,
} as const;

test('roll-up: nodes: the worst first, with the scopes that they lie in; the rest is counted only', () => {
  const tree = rollUp(input);
  assert.deepEqual(
    tree.nodes.map(({ name, worst, scopes }) => [name, worst, scopes]),
    [
      ['db-01', 'critical', ['japan', 'tokyo']],
      ['web-01', 'info', ['japan']],
    ],
  );
  assert.equal(tree.nodesTotal, 3);
});

test('roll-up: scopes: the worst of their nodes, each node counted once; what may not be seen is left out', () => {
  const { scopes, overall, manager } = rollUp(input);
  assert.deepEqual(
    scopes.map(({ name, worst, nodes, nodesByWorst }) => [name, worst, nodes, nodesByWorst.critical]),
    [
      ['japan', 'critical', 2, 1],
      ['tokyo', 'critical', 1, 1],
    ],
  );
  assert.deepEqual(overall.counts, { critical: 1, warning: 1, unknown: 0, info: 5 });
  assert.equal(manager.worst, 'warning');
});
