// Tests of output as it arrives and is shown.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OutputPage } from '@nezuban/protocol/api/jobs-operations';
import { appendOutput, emptyOutput, outputLimits } from './output-buffer.ts';
import { toVisibleText } from './visible-text.ts';

const page = (text: string, more: Partial<OutputPage> = {}): OutputPage => {
  const offset = more.offset ?? 0;
  const nextOffset = offset + text.length;
  return {
    stream: 'stdout',
    offset,
    nextOffset,
    text,
    encoding: 'utf-8',
    storedBytes: nextOffset,
    droppedBytes: 0,
    complete: false,
    ...more,
  };
};

test('visible text: colours of a terminal: left out, the words stay', () => {
  assert.equal(toVisibleText('\u001B[1;31mfailed\u001B[0m \u001B]0;title\u0007done'), 'failed done');
});

test('visible text: control and direction characters: shown, none takes effect', () => {
  assert.equal(toVisibleText('a\u0000b\u0007\u001Bc\u007F\u0085'), 'a␀b␇␛c␡‹U+0085›');
  assert.equal(toVisibleText('exe\u202Etxt.gpj\u2066'), 'exe‹U+202E›txt.gpj‹U+2066›');
  assert.equal(toVisibleText('列\tは残る'), '列\tは残る');
});

test('output: pages that end in the middle of a line: joined', () => {
  const first = appendOutput(emptyOutput, page('one\ntw'));
  assert.deepEqual([first.lines, first.open], [['one'], 'tw']);
  const second = appendOutput(first, page('o\nthree\n', { offset: 6 }));
  assert.deepEqual([second.lines, second.open], [['one', 'two', 'three'], '']);
});

test('output: the end without a line break: the last line is shown', () => {
  const done = appendOutput(emptyOutput, page('a\nlast', { complete: true }));
  assert.deepEqual([done.lines, done.open, done.complete], [['a', 'last'], '', true]);
});

test('output: complete at the manager while bytes are still to be read: not complete yet', () => {
  assert.equal(appendOutput(emptyOutput, page('abc', { complete: true, storedBytes: 10 })).complete, false);
});

test('output: it begins in the middle: the torn first line is left out and the cut is said', () => {
  const buffer = appendOutput(emptyOutput, page('orn\nwhole\n', { offset: 500, storedBytes: 510 }));
  assert.deepEqual([buffer.lines, buffer.headCut], [['whole'], true]);
});

test('output: a progress bar that returns to the start of its line: its last state', () => {
  assert.deepEqual(appendOutput(emptyOutput, page('10%\r50%\r100%\ndos\r\n')).lines, ['100%', 'dos']);
});

test('output: more lines than are held: the oldest go, and numbers go on', () => {
  const text = Array.from({ length: outputLimits.linesMax + 5 }, (_, i) => `${i}\n`).join('');
  const buffer = appendOutput(emptyOutput, page(text));
  assert.deepEqual(
    [buffer.lines.length, buffer.lines[0], buffer.firstLine, buffer.headCut],
    [outputLimits.linesMax, '5', 6, true],
  );
});

test('output: one endless line: broken into bounded ones', () => {
  const buffer = appendOutput(emptyOutput, page('x'.repeat(10_000)));
  assert.ok(
    buffer.lines.length === 3 && buffer.lines.every((line) => line.length <= outputLimits.lineLengthMax),
  );
});
