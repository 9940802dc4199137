// Tests the order of a table's rows.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextSort, sortFromText, sortItems, sortToText } from './table-sort.ts';

const columns = [
  { id: 'name', value: (item: { name: string; count: number }) => item.name },
  { id: 'count', value: (item: { name: string; count: number }) => item.count },
];
const items = [
  { name: 'step-10', count: 9 },
  { name: 'step-9', count: 10 },
  { name: 'step-1', count: 9 },
];

test('table: sorted by words and by numbers, either way; equal ones stay as they came', () => {
  const names = (column: string, descending: boolean) =>
    sortItems(items, columns, { column, descending }).map(({ name }) => name);
  assert.deepEqual(names('name', false), ['step-1', 'step-9', 'step-10']);
  assert.deepEqual(names('count', false), ['step-10', 'step-1', 'step-9']);
  assert.deepEqual(names('count', true), ['step-9', 'step-10', 'step-1']);
  assert.equal(sortItems(items, columns, null), items);
  assert.equal(sortItems(items, columns, { column: 'gone', descending: false }), items);
});

test('table: a heading pressed again: up, down, as they came; another one begins anew', () => {
  const up = nextSort(null, 'name');
  assert.deepEqual(up, { column: 'name', descending: false });
  const down = nextSort(up, 'name');
  assert.deepEqual(down, { column: 'name', descending: true });
  assert.equal(nextSort(down, 'name'), null);
  assert.deepEqual(nextSort(down, 'count'), { column: 'count', descending: false });
});

test('table: the order in an address: read as it was written', () => {
  for (const sort of [null, { column: 'name', descending: false }, { column: 'next', descending: true }])
    assert.deepEqual(sortFromText(sortToText(sort)), sort);
});
