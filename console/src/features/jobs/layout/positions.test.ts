// Tests positions of units apart from their definition: read, put back, moved.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jobNetSchema } from '@nezuban/protocol/jobs/definition';
import { unitsOfDefinition } from './graph-unit.ts';
import { layoutUnits } from './layout.ts';
import { applyPositions, moveUnit, positionsOf } from './positions.ts';

const definition = jobNetSchema.parse({
  kind: 'jobnet',
  name: 'night',
  target: { node: 'local' },
  units: [
    { name: 'a', command: 'true', position: { x: 5, y: 6 } },
    {
      name: 'inner',
      after: ['a'],
      units: [
        { name: 'b', command: 'true' },
        { name: 'c', command: 'true', after: ['b'] },
      ],
    },
  ],
});

test('positions: put into a definition: those and no others, in nested nets too; what is not there is dropped', () => {
  assert.deepEqual(positionsOf(definition), { a: { x: 5, y: 6 } });
  const positions = { inner: { x: 1, y: 2 }, 'inner/c': { x: 3, y: 4 } };
  const arranged = applyPositions(definition, { ...positions, gone: { x: 0, y: 0 } });
  assert.deepEqual(positionsOf(arranged), positions);
  assert.deepEqual(jobNetSchema.parse(arranged), arranged);
});

test('positions: put back as they were: the definition is the same, and what a schema makes of it too', () => {
  assert.deepEqual(applyPositions(definition, positionsOf(definition)), definition);
  assert.deepEqual(jobNetSchema.parse(definition), definition);
});

test('positions: a unit of a nested net moved: it and its siblings have one, others keep what they had', () => {
  const units = unitsOfDefinition(definition);
  const box = layoutUnits(units).boxes.get('inner/c') ?? assert.fail('no box');
  const positions = moveUnit(units, positionsOf(definition), {
    path: 'inner/c',
    to: { x: box.x, y: box.y + 100 },
  });
  assert.deepEqual(Object.keys(positions).toSorted(), ['a', 'inner/b', 'inner/c']);
  const b = positions['inner/b'] ?? assert.fail('no b');
  assert.deepEqual(b, { x: 0, y: 0 });
  assert.equal(positions['inner/c']?.y, 100);
  const after = layoutUnits(unitsOfDefinition(applyPositions(definition, positions))).boxes;
  assert.equal(after.get('inner/c')?.x, box.x);
});

test('positions: moved out to the left and above: the picture still begins at its corner', () => {
  const units = unitsOfDefinition(definition);
  const positions = moveUnit(units, {}, { path: 'a', to: { x: -40, y: -30.4 } });
  assert.deepEqual(positions['a'], { x: 0, y: 0 });
  assert.ok((positions['inner']?.x ?? 0) > 40);
  assert.ok(Object.values(positions).every(({ x, y }) => Number.isInteger(x) && Number.isInteger(y)));
});
