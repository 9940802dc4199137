// Differences of two texts, held against what applying them gives and against `diff -u`'s form.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unifiedDiff } from './unified-diff.ts';

const texts = (before: string, after: string) => unifiedDiff(before, after).map(({ text }) => text);

/** What `patch` makes of the text. */
const patch = (before: readonly string[], diff: readonly string[]): string[] => {
  const after: string[] = [];
  let at = 0;
  for (const text of diff) {
    const heading = /^@@ -(\d+),(\d+) /.exec(text);
    if (heading !== null) {
      const start = Number(heading[1]) - (heading[2] === '0' ? 0 : 1);
      after.push(...before.slice(at, start));
      at = start;
    } else if (text.startsWith('+')) after.push(text.slice(1));
    else {
      assert.equal(before[at], text.slice(1));
      if (text.startsWith(' ')) after.push(text.slice(1));
      at += 1;
    }
  }
  return [...after, ...before.slice(at)];
};

test('unified diff: the same text: nothing', () => {
  assert.deepEqual(texts('a\nb\n', 'a\nb\n'), []);
});

test('unified diff: one line of many: with three lines around it and the numbers of both sides', () => {
  const lines = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];
  const after = lines.map((line) => (line === '5' ? 'five' : line));
  assert.deepEqual(texts(lines.join('\n'), after.join('\n')), [
    '@@ -2,7 +2,7 @@',
    ' 2',
    ' 3',
    ' 4',
    '-5',
    '+five',
    ' 6',
    ' 7',
    ' 8',
  ]);
});

test('unified diff: from nothing and to nothing: all lines', () => {
  assert.deepEqual(texts('', 'a\nb\n'), ['@@ -0,0 +1,2 @@', '+a', '+b']);
  assert.deepEqual(texts('a\nb\n', ''), ['@@ -1,2 +0,0 @@', '-a', '-b']);
});

test('unified diff: changes far apart: two hunks; near ones: one', () => {
  const lines = Array.from({ length: 40 }, (_, index) => `line ${index}`);
  const change = (...at: number[]) => lines.map((line, index) => (at.includes(index) ? 'new' : line));
  const hunks = (after: string[]) =>
    texts(lines.join('\n'), after.join('\n')).filter((text) => text.startsWith('@@')).length;
  assert.equal(hunks(change(3, 30)), 2);
  assert.equal(hunks(change(3, 8)), 1);
});

test('unified diff: any two texts: patching one gives the other, by no more changes than needed', () => {
  let seed = 42;
  const random = (below: number) => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) % below;
  for (let round = 0; round < 300; round += 1) {
    const text = () => Array.from({ length: random(24) }, () => 'abc'[random(3)]).join('\n');
    const [before, after] = [text(), text()];
    const diff = texts(before, after);
    const lines = (value: string) => (value === '' ? [] : value.split('\n'));
    assert.deepEqual(patch(lines(before), diff), lines(after), JSON.stringify([before, after]));
    const changed = diff.filter((line) => /^[-+]/.test(line)).length;
    assert.equal(
      changed,
      lines(before).length + lines(after).length - 2 * common(lines(before), lines(after)),
    );
  }
});

/** Length of the longest common subsequence, the slow and simple way. */
const common = (a: string[], b: string[]): number => {
  const table = Array.from({ length: a.length + 1 }, () => Array.from({ length: b.length + 1 }, () => 0));
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      table[i]![j] =
        a[i] === b[j] ? table[i + 1]![j + 1]! + 1 : Math.max(table[i + 1]![j]!, table[i]![j + 1]!);
  return table[0]![0]!;
};

test('unified diff: texts that differ in everything: replaced, and soon', () => {
  const text = (word: string) => Array.from({ length: 9_000 }, (_, index) => `${word} ${index}`).join('\n');
  const lines = unifiedDiff(text('old'), text('new'));
  assert.equal(lines.length, 18_001);
});
