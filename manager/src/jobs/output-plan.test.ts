// Tests of the plan of an output: what is stored, what is a repeat, what is a gap.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttemptId } from '@nezuban/protocol/ids';
import { planOutput, type IncomingPiece } from './output-plan.ts';

const attemptId = '1-abcdef-1.1.0.1' as AttemptId;
const piece = (offset: number, text: string): IncomingPiece => ({
  attemptId,
  stream: 'stdout',
  offset,
  bytes: Buffer.from(text),
});
const plan = (
  stored: number,
  incoming: readonly IncomingPiece[],
  { bytesMax = 1_000, pieceBytesMax = 1_000 } = {},
) => {
  const { pieces, states } = planOutput(
    incoming,
    new Map([[attemptId, { stdout: stored, stderr: 0, bytesMax }]]),
    pieceBytesMax,
  );
  return {
    pieces: pieces.map(({ position, bytes }) => [position, bytes.toString()]),
    stored: states.get(attemptId)?.stdout,
  };
};

test('output: pieces in order: joined into one', () => {
  assert.deepEqual(plan(0, [piece(0, 'ab'), piece(2, 'cd')]), { pieces: [[0, 'abcd']], stored: 4 });
});

test('output: a repeat: dropped; a repeat with more behind it: only the rest is new', () => {
  assert.deepEqual(plan(4, [piece(0, 'abcd')]), { pieces: [], stored: 4 });
  assert.deepEqual(plan(3, [piece(2, 'cdef')]), { pieces: [[3, 'def']], stored: 6 });
});

test('output: a gap: nothing behind it is taken', () => {
  assert.deepEqual(plan(2, [piece(4, 'ef'), piece(2, 'cd')]), { pieces: [[2, 'cd']], stored: 4 });
});

test('output: beyond the limit of the unit: cut there', () => {
  assert.deepEqual(plan(2, [piece(2, 'cdefgh')], { bytesMax: 5 }), { pieces: [[2, 'cde']], stored: 5 });
  assert.deepEqual(plan(5, [piece(5, 'more')], { bytesMax: 5 }), { pieces: [], stored: 5 });
});

test('output: larger than one stored piece: several', () => {
  assert.deepEqual(plan(0, [piece(0, 'abc'), piece(3, 'def'), piece(6, 'g')], { pieceBytesMax: 4 }), {
    pieces: [
      [0, 'abc'],
      [3, 'defg'],
    ],
    stored: 7,
  });
});
