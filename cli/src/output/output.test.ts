// Tables, widths, times and what must not reach a terminal.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderIssues } from './issues.ts';
import { createPaint } from './paint.ts';
import { renderTable } from './table.ts';
import { formatDuration, formatInstant, formatSpan, withLocalTimes } from './time.ts';
import { visible } from './visible.ts';
import { padEnd, textWidth, truncate } from './width.ts';

const plain = createPaint(false);

test('width: Japanese and emoji take two columns, combining marks none', () => {
  assert.deepEqual(
    ['abc', '夜間バッチ', 'ﾊﾞｯﾁ', '', 'か\u3099', 'e\u0301', '🚀', '（済）', 'é'].map(textWidth),
    [3, 10, 4, 0, 2, 1, 2, 6, 1],
  );
});

test('width: cut in the middle of wide characters: never wider than asked', () => {
  assert.equal(truncate('夜間バッチ', 10), '夜間バッチ');
  assert.equal(truncate('夜間バッチ', 6), '夜間…');
  assert.equal(truncate('夜間バッチ', 5), '夜間…');
  assert.equal(padEnd('夜間', 6), '夜間  ');
});

test('table: wide and narrow names: the next column stands in one line', () => {
  const lines = renderTable(
    [{ title: 'NAME' }, { title: 'N', align: 'right' }, { title: 'X' }],
    [
      ['夜間決済', 5, 'a'],
      ['night', 120, null],
    ],
    { paint: plain, width: undefined },
  );
  assert.deepEqual(lines, ['NAME        N  X', '夜間決済    5  a', 'night     120  -']);
});

test('table: a narrow terminal: the flexible column is cut, a pipe gets everything', () => {
  const columns = [{ title: 'A' }, { title: 'TEXT', flexible: true }];
  const long = 'x'.repeat(60);
  assert.equal(renderTable(columns, [['a', long]], { paint: plain, width: 40 })[1], `a  ${'x'.repeat(36)}…`);
  assert.equal(renderTable(columns, [['a', long]], { paint: plain, width: undefined })[1], `a  ${long}`);
});

test('visible: escape sequences, line breaks and direction overrides in a name: shown, not obeyed', () => {
  assert.equal(visible('a\u001b[2Jb\nc\u202ed\u0007\u009b'), 'a\\x1b[2Jb\\nc\\u202ed\\x07\\x9b');
  assert.equal(
    renderTable([{ title: 'N' }], [['x\u001b]0;t\u0007']], { paint: plain, width: undefined })[1],
    'x\\x1b]0;t\\x07',
  );
});

test('time: durations: short ones exact, long ones readable', () => {
  assert.deepEqual([0, 420, 9_994, 12_340, 59_960, 245_000, 7_380_000, -5].map(formatDuration), [
    '0.00 s',
    '0.42 s',
    '9.99 s',
    '12.3 s',
    '1 min 00 s',
    '4 min 05 s',
    '2 h 03 min',
    '0 s',
  ]);
  assert.equal(
    formatSpan('2026-11-22T00:00:00.000Z', null, Date.parse('2026-11-22T00:00:05.000Z')),
    '5.00 s',
  );
  assert.equal(formatSpan(null, null, 0), '-');
});

test('time: instants: in the zone of this computer', () => {
  const date = new Date(2026, 0, 2, 3, 4, 5);
  assert.equal(formatInstant(date.toISOString()), '2026-01-02 03:04:05');
  assert.equal(formatInstant(null), '-');
  assert.equal(
    withLocalTimes(`"a" runs since ${date.toISOString()}, until ${date.toISOString()}.`),
    '"a" runs since 2026-01-02 03:04:05, until 2026-01-02 03:04:05.',
  );
});

test('issues: every part that is known, joined by colons', () => {
  const lines = renderIssues(
    [
      { path: 'units[0].name', message: 'is wrong', file: 'a.yaml', line: 3, column: 5 },
      { path: '', message: 'is no YAML', line: 9 },
      { path: 'parameters.DATE', message: 'has no value' },
    ],
    'b.yaml',
  );
  assert.deepEqual(lines, [
    'a.yaml:3:5: units[0].name: is wrong',
    'b.yaml:9: is no YAML',
    'b.yaml: parameters.DATE: has no value',
  ]);
  assert.deepEqual(renderIssues([{ path: 'parameters.DATE', message: 'has no value' }]), [
    'parameters.DATE: has no value',
  ]);
});
