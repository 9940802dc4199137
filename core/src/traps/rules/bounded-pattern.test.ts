// Patterns that would hang other engines end here; what is refused is told with its place.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePattern, patternSizeMax, patternTextCharsMax } from './bounded-pattern.ts';

/** Far beyond what any of them takes on a slow and busy machine, and far below what a backtracking engine takes: years. */
const HANGING_MS = 20_000;
const LONG = 64 * 1024;

const compiled = (source: string, ignoreCase = false) => {
  const result = compilePattern(source, ignoreCase);
  assert.ok(result.ok, `${source}: ${result.ok ? '' : result.problem.message}`);
  return result.pattern;
};
const refusal = (source: string): string => {
  const result = compilePattern(source, false);
  assert.ok(!result.ok, `${source} was taken`);
  return result.problem.message;
};

test('patterns: catastrophic ones on 64 kB: each ends, with and without groups', () => {
  const texts = [
    'a'.repeat(LONG),
    `${'a'.repeat(LONG - 1)}!`,
    'ab'.repeat(LONG / 2),
    '障'.repeat(LONG),
    Array.from({ length: LONG }, (_, index) => 'abcdefghij '[(index * 7919 + index * index) % 11]).join(''),
  ];
  const sources = [
    '(a+)+$',
    '(a+)+\\b!',
    '(.*)*x',
    '(.*)*.$',
    '(a|a)*b',
    '(a|a)*$',
    '(?i)((a|aa)+)+[^a]$',
    '([a-z]+)*\\d',
    '(.*)(.*)(.*)(.*)(.*)[0-9]$',
    '(?:a?){300}a{300}',
    '(?:[a-j]{0,20}){20}!?$',
    '((?:.{0,20}){0,20})$',
    '(障+)+$',
    '(?i)(?:\\pL{0,20}){20}!',
    '.{900}$',
  ];
  const from = process.cpuUsage();
  for (const source of sources) {
    const pattern = compiled(source);
    for (const text of texts) assert.equal(pattern.test(text), pattern.find(text) !== null, source);
  }
  assert.ok(process.cpuUsage(from).user / 1_000 < HANGING_MS * sources.length);
});

test('patterns: more of a text than is looked at: what stands behind is not found', () => {
  const pattern = compiled('end');
  assert.equal(pattern.test(`${'x'.repeat(patternTextCharsMax - 3)}end`), true);
  assert.equal(pattern.test(`${'x'.repeat(patternTextCharsMax - 2)}end`), false);
});

test('patterns: Japanese, full width and case: as people expect', () => {
  assert.equal(compiled('障害が(発生|復旧)しました').test('注意: 障害が発生しました。'), true);
  assert.equal(compiled('ディスク.{1,3}警告').test('ディスクＣ：警告'), true);
  assert.equal(compiled('error', true).test('Fatal ERROR 12'), true);
  assert.equal(compiled('error').test('Fatal ERROR 12'), false);
  assert.equal(compiled('ｅｒｒｏｒ', true).test('状態ＥＲＲＯＲです'), true);
  assert.equal(compiled('\\p{Katakana}+').test('エラー'), true);
  assert.equal(compiled('^.$').test('𠮷'), true);
});

test('patterns: groups: their places in the text', () => {
  const pattern = compiled('link (\\d+)( admin)? (?P<state>up|down)');
  assert.equal(pattern.groups, 3);
  assert.deepEqual(pattern.find('>> link 12 down'), [
    { start: 3, end: 15 },
    { start: 8, end: 10 },
    null,
    { start: 11, end: 15 },
  ]);
  assert.equal(pattern.find('link x down'), null);
});

test('patterns: what cannot be taken: refused with reason and place', () => {
  assert.match(refusal('ab(?=cd)'), /looks ahead or behind.*at character 3, "\(\?=/);
  assert.match(refusal('ab(?<!cd)x'), /looks ahead or behind.*at character 3/);
  assert.match(refusal('(a)\\1'), /back references.*at character 4/);
  assert.match(refusal('abc['), /lacks a closing "\]": at character 4/);
  assert.match(refusal('(abc'), /lacks a closing "\)"/);
  assert.match(refusal('abc)'), /"\)" that nothing opened/);
  assert.match(refusal('*abc'), /repeats nothing/);
  assert.match(refusal('x{1001}'), /more than 1,000 times.*at character 2/);
  assert.match(refusal('abc\\'), /ends with a backslash/);
  assert.match(refusal('[z-a]'), /runs backwards/);
  assert.match(refusal('(a?){600}'), new RegExp(`makes \\d+ steps of it; at most ${patternSizeMax}`));
  assert.match(refusal('(((a{100}){10}){10}){10}'), /more than 1,000 times|too large/);
});
