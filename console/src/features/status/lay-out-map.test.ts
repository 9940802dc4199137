// Tests of where the tiles of the node map stand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layOutMap, placeOf, tileAt, tileByKey } from './lay-out-map.ts';

const room = { width: 1000, height: 700, hasTitles: true };

test('node map: a few nodes: by name; thousands: smaller, as long as all fit; more: scrolled', () => {
  assert.equal(layOutMap([5], room).tile.isNamed, true);
  const many = layOutMap([600, 400], room);
  assert.equal(many.tile.isNamed, false);
  assert.ok(many.height <= room.height);
  const most = layOutMap([10_000], room);
  assert.equal(most.tile.width, 13);
  assert.ok(most.height > room.height);
});

test('node map: a point: finds the tile that stands there, and nothing between and behind', () => {
  const layout = layOutMap([600, 401], room);
  for (const index of [0, 1, 599, 600, 1000]) {
    const { x, y } = placeOf(layout, index);
    assert.equal(tileAt(layout, { x: x + 3, y: y + 3 }), index);
  }
  const last = placeOf(layout, 1000);
  assert.equal(tileAt(layout, { x: last.x + layout.tile.width + 3, y: last.y + 3 }), null);
  assert.equal(tileAt(layout, { x: 5, y: 2 }), null, 'the title of the first group');
});

test('node map: arrow keys: within rows, down into the next group, and not beyond the ends', () => {
  const layout = { ...layOutMap([5, 3], { ...room, width: 450 }), columns: 3 };
  assert.equal(tileByKey(layout, 0, 'ArrowLeft'), 0);
  assert.equal(tileByKey(layout, 1, 'ArrowDown'), 4);
  assert.equal(tileByKey(layout, 2, 'ArrowDown'), 4, 'a shorter row');
  assert.equal(tileByKey(layout, 4, 'ArrowDown'), 6, 'the next group');
  assert.equal(tileByKey(layout, 6, 'ArrowUp'), 4);
  assert.equal(tileByKey(layout, 7, 'ArrowDown'), 7);
  assert.equal(tileByKey(layout, 3, 'End'), 7);
  assert.equal(tileByKey(layout, 3, 'a'), null);
});
