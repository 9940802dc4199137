// Which word was probably meant.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { didYouMean, editDistance, suggest } from './suggest.ts';

test('suggest: distance: inserts, deletes, replacements and swaps count one each', () => {
  assert.deepEqual(
    [
      editDistance('', 'abc'),
      editDistance('abc', 'abc'),
      editDistance('abc', 'acb'),
      editDistance('abc', 'axc'),
      editDistance('abc', 'ab'),
    ],
    [3, 0, 1, 1, 1],
  );
});

test('suggest: a slip of the finger: the word that was meant', () => {
  assert.equal(suggest('seesions', ['sessions', 'session show', 'nodes']), 'sessions');
  assert.equal(suggest('ndoes', ['nets', 'nodes']), 'nodes');
  assert.equal(suggest('comp', ['completion', 'confirm']), 'completion');
});

test('suggest: nothing near: nothing is suggested', () => {
  assert.equal(suggest('frobnicate', ['sessions', 'nodes']), undefined);
  assert.equal(suggest('x'.repeat(1000), ['x']), undefined);
  assert.equal(didYouMean('zzz', ['nodes']), '');
});
