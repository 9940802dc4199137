// Tests the tree of folders of job nets.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foldersAbove, parentOf, toFolderRows } from './folder-model.ts';

const folder = (name: string, netsBelow: number) => ({
  folder: name,
  nets: 1,
  netsBelow,
  worstLast: null,
});
const folders = [
  folder('day', 3),
  folder('day/rates', 2),
  folder('night', 5),
  folder('night/a', 1),
  folder('night/a/b', 1),
];

test('folders: closed: the outermost alone, and which of them can be opened', () => {
  assert.deepEqual(
    toFolderRows(folders, new Set()).map(({ name, depth, hasChildren }) => [name, depth, hasChildren]),
    [
      ['day', 1, true],
      ['night', 1, true],
    ],
  );
});

test('folders: opened: their own folders below them, one step at a time', () => {
  assert.deepEqual(
    toFolderRows(folders, new Set(['night', 'night/a'])).map(({ name, depth }) => [name, depth]),
    [
      ['day', 1],
      ['night', 1],
      ['a', 2],
      ['b', 3],
    ],
  );
  assert.equal(toFolderRows(folders, new Set(['night/a'])).length, 2);
});

test('folders: what lies above one', () => {
  assert.deepEqual(foldersAbove('a/b/c'), ['a', 'a/b']);
  assert.deepEqual(foldersAbove('a'), []);
  assert.equal(parentOf('a/b'), 'a');
  assert.equal(parentOf('a'), '');
});
