// Tests of the layered layout, its speed on 10,000 units included.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GraphUnit } from './graph-unit.ts';
import { edgeKey, layoutUnits, metrics, type Box } from './layout.ts';

const unit = (path: string, after: readonly string[] = [], more: Partial<GraphUnit> = {}): GraphUnit => {
  const names = path.split('/');
  return {
    path,
    parent: names.length === 1 ? null : names.slice(0, -1).join('/'),
    name: names.at(-1) ?? path,
    title: null,
    type: 'command',
    position: null,
    after: { mode: 'all', edges: after.map((name) => ({ unit: name, on: ['normal', 'warning'] })) },
    ...more,
  };
};

const boxOf = (boxes: ReadonlyMap<string, Box>, path: string): Box =>
  boxes.get(path) ?? assert.fail(`no box for ${path}`);
const overlap = (a: Box, b: Box) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

test('layout: a unit that waits for others: stands to the right of all of them', () => {
  const { boxes } = layoutUnits([unit('a'), unit('b', ['a']), unit('c', ['a', 'b']), unit('d')]);
  assert.ok(boxOf(boxes, 'a').x < boxOf(boxes, 'b').x);
  assert.ok(boxOf(boxes, 'b').x < boxOf(boxes, 'c').x);
  assert.equal(boxOf(boxes, 'd').x, boxOf(boxes, 'a').x);
});

test('layout: siblings of any shape: never overlap', () => {
  const units = [
    unit('s'),
    ...Array.from({ length: 70 }, (_, i) => unit(`p${i}`, ['s'])),
    unit('n', ['p1'], { type: 'net' }),
    unit('n/x'),
    unit('n/y', ['x']),
    unit('end', ['n', 'p5']),
  ];
  const { boxes } = layoutUnits(units);
  const roots = units.filter((each) => each.parent === null).map((each) => boxOf(boxes, each.path));
  for (const [index, a] of roots.entries())
    for (const b of roots.slice(index + 1)) assert.equal(overlap(a, b), false);
});

test('layout: a nested net: holds its units with room for its name', () => {
  const { boxes, width } = layoutUnits([
    unit('n', [], { type: 'net' }),
    unit('n/a'),
    unit('n/b', ['a']),
    unit('n/m', ['b'], { type: 'net' }),
    unit('n/m/z'),
  ]);
  const outer = boxOf(boxes, 'n');
  for (const path of ['n/a', 'n/b', 'n/m']) {
    const inner = boxOf(boxes, path);
    assert.ok(inner.y >= metrics.netHeader && inner.x >= metrics.netPadding);
    assert.ok(
      inner.x + inner.width <= outer.width - metrics.netPadding &&
        inner.y + inner.height <= outer.height - metrics.netPadding,
    );
  }
  assert.equal(width, outer.width);
});

test('layout: all units of a net have positions: they are kept, moved to the corner', () => {
  const { boxes } = layoutUnits([
    unit('a', [], { position: { x: -100, y: 40 } }),
    unit('b', ['a'], { position: { x: 300, y: 90 } }),
  ]);
  assert.deepEqual(
    [boxOf(boxes, 'a').x, boxOf(boxes, 'a').y, boxOf(boxes, 'b').x, boxOf(boxes, 'b').y],
    [0, 0, 400, 50],
  );
});

test('layout: an edge over several layers: runs between the units, not through them', () => {
  const { boxes, ways } = layoutUnits([unit('a'), unit('b', ['a']), unit('c', ['b']), unit('d', ['c', 'a'])]);
  const points = ways.get(edgeKey('a', 'd')) ?? assert.fail('no way');
  assert.equal(points.length, 4);
  for (const { x, y } of points) {
    for (const path of ['b', 'c']) {
      const box = boxOf(boxes, path);
      assert.equal(overlap(box, { x, y, width: 0, height: 0 }), false);
    }
  }
  assert.equal(ways.has(edgeKey('a', 'b')), false);
});

test('layout: a long edge inside a nested net: its points stand where the net stands', () => {
  const { boxes, ways } = layoutUnits([
    unit('s'),
    unit('n', ['s'], { type: 'net' }),
    unit('n/a'),
    unit('n/b', ['a']),
    unit('n/c', ['b', 'a']),
  ]);
  const net = boxOf(boxes, 'n');
  for (const { x, y } of ways.get(edgeKey('n/a', 'n/c')) ?? assert.fail('no way')) {
    assert.ok(x > net.x && x < net.x + net.width && y > net.y && y < net.y + net.height);
  }
});

test('layout: a cycle and an unknown unit in an edge: every unit still gets a box', () => {
  const { boxes } = layoutUnits([unit('a', ['b']), unit('b', ['a']), unit('c', ['nowhere'])]);
  assert.equal(boxes.size, 3);
});

test('layout: 300 units side by side: the layer is broken into columns instead of one endless column', () => {
  const { width, height } = layoutUnits(Array.from({ length: 300 }, (_, i) => unit(`p${i}`)));
  assert.ok(height < 300 * metrics.unitHeight * 0.3);
  assert.ok(width > metrics.unitWidth * 5);
});

test('layout: 10,000 units with 20,000 edges: a fraction of a second', () => {
  const units = Array.from({ length: 10_000 }, (_, i) =>
    unit(`u${i}`, i < 100 ? [] : [`u${i - 100}`, `u${i - 100 + ((i * 7) % 100 === 99 ? 0 : 1)}`]),
  );
  layoutUnits(units.slice(0, 2000));
  const started = process.cpuUsage();
  const { boxes } = layoutUnits(units);
  const took = process.cpuUsage(started).user / 1000;
  assert.equal(boxes.size, 10_000);
  // Time of the processor, whatever else the machine does. Wanted is 200 ms; the test guards against quadratic growth.
  assert.ok(took < 1000, `took ${took} ms`);
});
