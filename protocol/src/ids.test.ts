// Names as people and systems write them.
import assert from 'node:assert/strict';
import test from 'node:test';
import { nameSchema, netNameSchema } from './ids.ts';

test('names: composed and decomposed letters: one and the same name', () => {
  const decomposed = '夜間/\u304b\u3099';
  assert.equal(netNameSchema.parse(decomposed), '夜間/が');
  assert.equal(nameSchema.parse('cafe\u0301'), 'café');
  assert.equal(nameSchema.safeParse('a/b').success, false);
});
