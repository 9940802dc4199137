// Tests of the outline: which rows are shown, and where a unit goes by a key.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DraftNet, DraftUnit } from '../model/draft-net.ts';
import { moveInTree, treeRows } from './tree-model.ts';

const unit = (name: string, units?: DraftUnit[]): DraftUnit =>
  units === undefined ? { name, type: 'command' } : { name, type: 'net', units };
const net: DraftNet = {
  kind: 'jobnet',
  name: 'n',
  units: [unit('a'), unit('m', [unit('x'), unit('y')]), unit('b')],
};

test('outline: a closed net hides what lies in it', () => {
  const paths = (closed: string[]) => treeRows(net, new Set(closed)).map(({ path }) => path);
  assert.deepEqual(paths([]), ['a', 'm', 'm/x', 'm/y', 'b']);
  assert.deepEqual(paths(['m']), ['a', 'm', 'b']);
  assert.equal(treeRows(net, new Set())[2]?.depth, 1);
});

test('outline: up, down, into the net above, out behind its own net; no place: nothing', () => {
  const place = (path: string, move: 'up' | 'down' | 'in' | 'out') => {
    const command = moveInTree(net, path, move);
    return command?.type === 'place' ? [command.parent, command.index] : null;
  };
  assert.deepEqual(place('b', 'up'), [null, 1]);
  assert.deepEqual(place('a', 'down'), [null, 1]);
  assert.deepEqual(place('b', 'in'), ['m', 2]);
  assert.deepEqual(place('m/x', 'out'), [null, 2]);
  assert.equal(place('a', 'up'), null);
  assert.equal(place('b', 'down'), null);
  assert.equal(place('a', 'in'), null);
  assert.equal(place('a', 'out'), null);
  assert.equal(place('gone', 'up'), null);
});
