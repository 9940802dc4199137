// Tests of one net of a draft as a picture: where units stand, what lies beside what, where a new one finds room.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DraftUnit } from '../model/draft-net.ts';
import { boundsOf, layLevel, neighbour, positionsWith, roomFor } from './level.ts';

const unit = (name: string, more: Partial<DraftUnit> = {}): DraftUnit => ({ name, type: 'command', ...more });
const after = (...names: string[]) => ({
  all: names.map((each) => ({ unit: each, on: ['normal' as const] })),
});

test('level: no places given: laid out in layers; a nested net is a box like any other', () => {
  const level = layLevel(
    [unit('a'), unit('n', { type: 'net', units: [unit('x')], after: after('a') })],
    null,
  );
  const [a, n] = [level.boxes.get('a'), level.boxes.get('n')];
  assert.ok(a !== undefined && n !== undefined && n.x > a.x);
  assert.deepEqual([n.width, n.height], [a.width, a.height]);
  assert.equal(level.placed, false);
});

test('level: places of all units: taken as they are, also left of and above the origin', () => {
  const units = [unit('a', { position: { x: -40, y: -8 } }), unit('b', { position: { x: 300, y: 100 } })];
  const level = layLevel(units, null);
  assert.ok(level.placed);
  assert.equal(boundsOf(level.boxes).x, -40);
});

test('level: another title or command: the same boxes; another edge: laid out anew', () => {
  const b = unit('b');
  const level = layLevel([unit('a'), b], null);
  const titled = layLevel([unit('a', { title: 'A' }), b], level);
  assert.equal(titled.boxes, level.boxes);
  assert.notEqual(layLevel([unit('a'), unit('b', { after: after('a') })], level).boxes, level.boxes);
});

test('neighbour: straight ahead before aside; none at the edge', () => {
  const at = (x: number, y: number) => ({ x, y, width: 200, height: 56 });
  const boxes = new Map([
    ['a', at(0, 0)],
    ['b', at(260, 0)],
    ['c', at(260, 80)],
    ['d', at(0, 80)],
  ]);
  assert.equal(neighbour(boxes, 'a', 'right'), 'b');
  assert.equal(neighbour(boxes, 'a', 'down'), 'd');
  assert.equal(neighbour(boxes, 'c', 'left'), 'd');
  assert.equal(neighbour(boxes, 'a', 'up'), null);
  assert.equal(neighbour(boxes, 'gone', 'up'), null);
});

test('room: right of a unit, below what stands there; positions are whole and complete', () => {
  const { boxes } = layLevel([unit('a'), unit('b', { after: after('a') })], null);
  const room = roomFor(boxes, 'a');
  const b = boxes.get('b') ?? assert.fail();
  assert.ok(room.y >= b.y + b.height || room.x >= b.x + b.width || room.x + b.width <= b.x);
  assert.deepEqual(Object.keys(positionsWith(boxes, { a: { x: 1.4, y: 2 } })).sort(), ['a', 'b']);
  assert.deepEqual(positionsWith(boxes, { a: { x: 1.4, y: 2 } })['a'], { x: 1, y: 2 });
});
