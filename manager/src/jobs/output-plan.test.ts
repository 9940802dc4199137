// Tests of the plan of an output: what is stored, what is a repeat, what is a gap.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentLinkLimits } from '@nezuban/protocol/agent/link';
import type { AttemptId } from '@nezuban/protocol/ids';
import { planOutput, type IncomingPiece, type StreamState } from './output-plan.ts';

const attemptId = '1-abcdef-1.1.0.1' as AttemptId;
const piece = (offset: number, text: string): IncomingPiece => ({
  attemptId,
  stream: 'stdout',
  offset,
  length: text.length,
  bytes: () => Buffer.from(text),
});
const stream = (end: number, kept = end): StreamState => ({ end, kept, heldBack: false });
const plan = (
  stored: number | StreamState,
  incoming: readonly IncomingPiece[],
  { bytesMax = 1_000_000, pieceBytesMax = 1_000, full = false } = {},
) => {
  const { pieces, states } = planOutput(
    incoming,
    new Map([
      [
        attemptId,
        { stdout: typeof stored === 'number' ? stream(stored) : stored, stderr: stream(0), bytesMax },
      ],
    ]),
    { pieceBytesMax, reserveBytes: 4, isFull: () => full },
  );
  const after = states.get(attemptId)?.stdout;
  return {
    pieces: pieces.map(({ position, bytes, form, length }) => [
      position,
      bytes === null ? `${form} ${length}` : bytes.toString(),
    ]),
    stored: after?.end,
    kept: after?.kept,
    heldBack: after?.heldBack,
  };
};
const taken = (pieces: readonly unknown[], stored: number, more: object = {}) => ({
  pieces,
  stored,
  kept: stored,
  heldBack: false,
  ...more,
});

test('output: pieces in order: joined into one', () => {
  assert.deepEqual(plan(0, [piece(0, 'ab'), piece(2, 'cd')]), taken([[0, 'abcd']], 4));
});

test('output: a repeat: dropped; a repeat with more behind it: only the rest is new', () => {
  assert.deepEqual(plan(4, [piece(0, 'abcd')]), taken([], 4));
  assert.deepEqual(plan(3, [piece(2, 'cdef')]), taken([[3, 'def']], 6));
});

test('output: a gap: nothing behind it is taken', () => {
  assert.deepEqual(plan(2, [piece(4, 'ef'), piece(2, 'cd')]), taken([[2, 'cd']], 4));
});

test('output: more than the unit keeps at both ends: cut there, whatever the agent sends', () => {
  const room = agentLinkLimits.outputTailBytesMax;
  assert.deepEqual(
    plan(room + 3, [piece(room + 3, 'cdefgh')], { bytesMax: 5 }),
    taken([[room + 3, 'cd']], room + 5),
  );
  assert.deepEqual(plan(room + 5, [piece(room + 5, 'more')], { bytesMax: 5 }), taken([], room + 5));
  assert.deepEqual(plan(0, [piece(0, 'more')], { bytesMax: 0 }), taken([], 0));
});

test('output: larger than one stored piece: several', () => {
  assert.deepEqual(
    plan(0, [piece(0, 'abc'), piece(3, 'def'), piece(6, 'g')], { pieceBytesMax: 4 }),
    taken(
      [
        [0, 'abc'],
        [3, 'defg'],
      ],
      7,
    ),
  );
});

test('output: packed: stored as it came; cut or repeated in part: unpacked', () => {
  const packed = { ...piece(2, 'cdef'), packed: Buffer.from('PACKED') };
  assert.deepEqual(plan(2, [packed]), taken([[2, 'PACKED']], 6));
  assert.deepEqual(plan(3, [packed]), taken([[3, 'def']], 6));
});

test('output: a range that was not kept: stands as such, once, and what follows behind it', () => {
  const tail = { ...piece(100, 'end'), skippedFrom: 4 };
  const after = {
    pieces: [
      [4, 'limit 96'],
      [100, 'end'],
    ],
    stored: 103,
    kept: 7,
    heldBack: false,
  };
  assert.deepEqual(plan(4, [tail]), after);
  assert.deepEqual(plan({ end: 103, kept: 7, heldBack: false }, [tail]), { ...after, pieces: [] });
  assert.deepEqual(plan(3, [tail]), taken([], 3), 'what lies before it must come first');
});

test('output: a quota is full: the reserve is kept, the rest held back until its end', () => {
  assert.deepEqual(
    plan(0, [piece(0, 'abcdefgh')], { full: true }),
    taken([[0, 'abcd']], 4, { heldBack: true }),
  );
  const held = { end: 4, kept: 4, heldBack: true };
  assert.deepEqual(plan(held, [piece(4, 'efgh')], { full: true }), taken([], 4, { heldBack: true }));
  assert.deepEqual(plan(held, [{ ...piece(100, 'end'), skippedFrom: 4 }], { full: true }), {
    pieces: [
      [4, 'quota 96'],
      [100, 'end'],
    ],
    stored: 103,
    kept: 7,
    heldBack: false,
  });
});
