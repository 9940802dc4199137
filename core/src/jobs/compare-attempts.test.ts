// Tests of comparing what manager and agent know of attempts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttemptId } from '@nezuban/protocol/ids';
import { compareAttempts } from './compare-attempts.ts';

const ids = (...names: string[]): Set<AttemptId> => new Set(names.map((name) => name as AttemptId));

test('compare attempts: the same on both sides: nothing, and no doubt', () => {
  const { missing, strays, doubts } = compareAttempts(ids('a', 'b'), ids('b', 'a'), new Set());
  assert.deepEqual([missing, strays, doubts.size], [[], [], 0]);
});

test('compare attempts: different once: a doubt; twice in a row: counted, in both directions', () => {
  const first = compareAttempts(ids('a', 'gone'), ids('a', 'stray'), new Set());
  assert.deepEqual([first.missing, first.strays, first.doubts.size], [[], [], 2]);
  const second = compareAttempts(ids('a', 'gone'), ids('a', 'stray'), first.doubts);
  assert.deepEqual([second.missing, second.strays], [['gone'], ['stray']]);
});

test('compare attempts: different, then the same, then different: a doubt again', () => {
  const first = compareAttempts(ids('a'), ids(), new Set());
  const second = compareAttempts(ids('a'), ids('a'), first.doubts);
  assert.deepEqual(compareAttempts(ids('a'), ids(), second.doubts).missing, []);
});
