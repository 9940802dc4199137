// Tests of output as it arrives and is shown.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OutputPage } from '@nezuban/protocol/api/output-operations';
import {
  appendPage,
  emptyWindow,
  endOf,
  lineAt,
  linesOf,
  outputLimits,
  prependPage,
  reachesEnd,
  startOf,
  type OutputWindow,
} from './output-window.ts';
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

const shown = (window: OutputWindow) =>
  linesOf(window).map((line) => ('text' in line ? line.text : `gap of ${line.gap.bytes}`));

test('output: pages that end in the middle of a line: joined', () => {
  const first = appendPage(emptyWindow, page('one\ntw'));
  assert.deepEqual(shown(first), ['one', 'tw']);
  const second = appendPage(first, page('o\nthree\n', { offset: 6 }));
  assert.deepEqual(shown(second), ['one', 'two', 'three']);
});

test('output: a page without anything new: only what is known of the whole changes', () => {
  const first = appendPage(emptyWindow, page('a\n'));
  const second = appendPage(first, page('', { offset: 2, complete: true }));
  assert.deepEqual([shown(second), second.complete, second.pages.length], [['a'], true, 1]);
});

test('output: complete at the manager while bytes are still to be read: the window does not reach its end', () => {
  const window = appendPage(emptyWindow, page('abc', { complete: true, storedBytes: 10 }));
  assert.equal(reachesEnd(window), false);
});

test('output: it begins in the middle: the torn first line is left out, unless a line begins there', () => {
  const inside = page('orn\nwhole\n', { offset: 500, storedBytes: 510 });
  assert.deepEqual(shown(appendPage(emptyWindow, inside)), ['whole']);
  assert.deepEqual(shown(appendPage(emptyWindow, inside, true)), ['orn', 'whole']);
});

test('output: a progress bar that returns to the start of its line: its last state', () => {
  assert.deepEqual(shown(appendPage(emptyWindow, page('10%\r50%\r100%\ndos\r\n'))), ['100%', 'dos']);
});

test('output: a range that was not kept: a line of its own, and what is on both sides of it', () => {
  const head = appendPage(emptyWindow, page('begin\n', { storedBytes: 1_004 }));
  const gap = page('', { offset: 6, nextOffset: 1_000, gap: { bytes: 994, from: 6, reason: 'limit' } });
  const whole = appendPage(appendPage(head, gap), page('end\n', { offset: 1_000, storedBytes: 1_004 }));
  assert.deepEqual(shown(whole), ['begin', 'gap of 994', 'end']);
  const back = appendPage(emptyWindow, page('end\n', { offset: 1_000 }), true);
  const inside = page('', { offset: 900, nextOffset: 1_000, gap: { bytes: 100, from: 6, reason: 'limit' } });
  assert.deepEqual(shown(prependPage(back, inside)), ['gap of 994', 'end']);
  assert.equal(startOf(prependPage(back, inside)), 6, 'from the middle of the range to all of it');
});

test('output: more than is held: the window moves on, and back', () => {
  const bytes = outputLimits.pageBytes;
  const of = (index: number) =>
    page(`${'x'.repeat(bytes - 1)}\n`, { offset: index * bytes, storedBytes: 100 * bytes });
  let window = emptyWindow;
  for (let index = 0; index < 20; index += 1) window = appendPage(window, of(index));
  assert.equal(endOf(window), 20 * bytes);
  assert.ok(endOf(window) - startOf(window) <= outputLimits.windowBytes);
  const back = prependPage(window, of(startOf(window) / bytes - 1));
  assert.equal(startOf(back), startOf(window) - bytes);
  assert.ok(endOf(back) - startOf(back) <= outputLimits.windowBytes);
});

test('output: a line that was found: its index, also when pages have come before it', () => {
  const found = appendPage(emptyWindow, page('found\n', { offset: 12 }), true);
  assert.equal(lineAt(found, 12), 0);
  assert.equal(lineAt(prependPage(found, page('a\nb\nc\nd\ne\nf\n')), 12), 6);
  assert.equal(lineAt(found, 13), null);
});

test('output: grows line by line: few pages', () => {
  let window = emptyWindow;
  for (let at = 0; at < 3_000; at += 1) window = appendPage(window, page('x\n', { offset: at * 2 }));
  assert.equal(window.pages.length, 1);
  assert.equal(linesOf(window).length, 3_000);
});

test('output: one endless line: broken into bounded ones', () => {
  const lines = shown(appendPage(emptyWindow, page('x'.repeat(10_000))));
  assert.ok(lines.length === 3 && lines.every((line) => line.length <= outputLimits.lineLengthMax));
});
