// What a rule has fitted, as pieces of the text.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toPieces } from './highlight.ts';

test('highlight: the whole match and its groups: the innermost of each place', () => {
  assert.deepEqual(
    toPieces('port Gi0/3 is down', [
      { start: 0, end: 18 },
      { start: 5, end: 10 },
      null,
      { start: 14, end: 18 },
    ]).map(({ text, group }) => [text, group]),
    [
      ['port ', 0],
      ['Gi0/3', 1],
      [' is ', 0],
      ['down', 3],
    ],
  );
});

test('highlight: no match, or nothing to show: one piece, or none', () => {
  assert.deepEqual(toPieces('abc', []), [{ text: 'abc', group: null }]);
  assert.deepEqual(toPieces('', []), []);
  assert.deepEqual(
    toPieces('abcd', [{ start: 1, end: 2 }]).map(({ group }) => group),
    [null, 0, null],
  );
});
