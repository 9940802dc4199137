// Tests of what is drawn of a large net.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layoutUnits } from '../layout/layout.ts';
import type { ShownUnit } from './graph-model.ts';
import {
  firstView,
  graphLimits,
  meets,
  moveWindow,
  placeUnits,
  unitsInWindow,
  visibleRect,
} from './graph-window.ts';

const unit = (path: string, more: Partial<ShownUnit> = {}): ShownUnit => {
  const names = path.split('/');
  return {
    path,
    parent: names.length === 1 ? null : names.slice(0, -1).join('/'),
    name: names.at(-1) ?? path,
    title: null,
    type: 'command',
    position: null,
    after: { mode: 'all', edges: [] },
    status: null,
    startedAt: null,
    endedAt: null,
    note: null,
    reruns: 0,
    ...more,
  };
};
const chain = (count: number): ShownUnit[] =>
  Array.from({ length: count }, (_, i) =>
    unit(
      `u${i}`,
      i === 0 ? {} : { after: { mode: 'all', edges: [{ unit: `u${i - 1}`, on: ['normal', 'warning'] }] } },
    ),
  );
const frame = { width: 1000, height: 600 };
const stage = (units: readonly ShownUnit[]) => {
  const layout = layoutUnits(units);
  return { layout, placed: placeUnits(units, layout) };
};

test('placed units: in nested nets: boxes in the plane of the whole, inside their nets', () => {
  const { placed } = stage([
    unit('a'),
    unit('n', { type: 'net', after: { mode: 'all', edges: [{ unit: 'a', on: ['normal'] }] } }),
    unit('n/m', { type: 'net' }),
    unit('n/m/x'),
  ]);
  const of = (path: string) => placed.find((each) => each.unit.path === path) ?? assert.fail(path);
  assert.ok(meets(of('n'), of('n/m')) && meets(of('n/m'), of('n/m/x')));
  assert.ok(of('n/m/x').x > of('n').x && of('n').x > of('a').x);
  assert.equal(placed[0]?.unit.type, 'net');
});

test('first view: a small net: centred at natural size', () => {
  const view = firstView({ ...stage(chain(2)), frame, selected: null });
  assert.equal(view.zoom, 1);
});

test('first view: a net too wide to be read: where something runs, at a readable zoom', () => {
  const units = chain(20).map((each, i) =>
    i === 15
      ? {
          ...each,
          status: {
            tone: 'active' as const,
            icon: 'running' as const,
            label: 'status.unit.running' as const,
          },
        }
      : each,
  );
  const { layout, placed } = stage(units);
  const view = firstView({ layout, placed, frame, selected: null });
  const running = placed.find(({ unit: { path } }) => path === 'u15') ?? assert.fail('no unit');
  assert.equal(view.zoom, graphLimits.readableZoom);
  assert.ok(meets(running, visibleRect(view, frame)));
});

test('first view: a unit named by the address: seen; a large net without one: all of it', () => {
  const { layout, placed } = stage(chain(400));
  const chosen = firstView({ layout, placed, frame, selected: 'u300' });
  assert.ok(
    meets(
      placed.find(({ unit: { path } }) => path === 'u300') ?? assert.fail('no unit'),
      visibleRect(chosen, frame),
    ),
  );
  const all = visibleRect(firstView({ layout, placed, frame, selected: null }), frame);
  assert.ok(placed.every((box) => meets(box, all)));
});

test('window: holds what is seen and around; stays while it covers the view, moves and shrinks when it must', () => {
  const { placed } = stage(chain(400));
  const near = { x: -20_000, y: 0, zoom: 1 };
  const window = moveWindow(null, near, frame);
  const inside = unitsInWindow(placed, window);
  assert.ok(inside.size > 5 && inside.size < 40);
  assert.equal(moveWindow(window, { ...near, x: near.x - 200 }, frame), window);
  assert.notEqual(moveWindow(window, { ...near, x: near.x - 5_000 }, frame), window);
  assert.ok(moveWindow({ x: -1e6, y: -1e6, width: 2e6, height: 2e6 }, near, frame).width < 1e4);
});
