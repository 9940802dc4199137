// CSV that spreadsheets read as text: quotes, line breaks, and what would be a formula.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvLine } from './csv.ts';

test('csv: separators, quotes and line breaks: quoted as RFC 4180 says; numbers and nothing as they are', () => {
  const line = csvLine(['a,b', 'say "no"', 'two\nlines', 7, null, '電池']);
  assert.equal(line, '"a,b","say ""no""","two\nlines",7,,電池\r\n');
});

test('csv: what a spreadsheet would calculate, wide forms too: told as text', () => {
  for (const start of ['=', '+', '-', '@', '\t', '＝', '＋', '－', '＠'])
    assert.equal(csvLine([`${start}1`]), `'${start}1\r\n`, start);
});
