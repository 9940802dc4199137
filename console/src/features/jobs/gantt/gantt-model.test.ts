// Tests what the Gantt chart shows: rows, span, marks, bars.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { UnitView } from '@nezuban/protocol/jobs/session';
import { barOf, marksOf, spanOf, toGanttRows, zoomBy } from './gantt-model.ts';

const start = Date.parse('2026-11-22T13:00:00.000Z');
const at = (seconds: number) => new Date(start + seconds * 1000).toISOString();

const unit = (path: string, more: Partial<UnitView> = {}): UnitView => ({
  path: path as UnitView['path'],
  parent: null,
  name: path,
  title: null,
  type: 'command',
  state: 'waiting',
  endStatus: null,
  run: 1,
  startedAt: null,
  endedAt: null,
  retryAt: null,
  reason: null,
  position: null,
  after: { mode: 'all', edges: [] },
  operations: [],
  attempts: [],
  ...more,
});

test('gantt: rows: in the order of the definition with their depth, or by start with what waits last', () => {
  const units = [unit('late', { startedAt: at(9) }), unit('net/inner'), unit('early', { startedAt: at(1) })];
  assert.deepEqual(
    toGanttRows(units, 'tree').map(({ unit: { path }, depth }) => [path, depth]),
    [
      ['late', 0],
      ['net/inner', 1],
      ['early', 0],
    ],
  );
  assert.deepEqual(
    toGanttRows(units, 'start').map(({ unit: { path } }) => path),
    ['early', 'late', 'net/inner'],
  );
});

test('gantt: the span of a session that ended: from its beginning to the end of its last unit', () => {
  const units = [unit('a', { startedAt: at(1), endedAt: at(90) })];
  assert.deepEqual(spanOf({ createdAt: at(0), endedAt: at(60), units }, start + 999_000), {
    from: start,
    to: start + 90_000,
  });
});

test('gantt: the span of a running session: beyond now, and the same for some seconds', () => {
  const session = { createdAt: at(0), endedAt: null, units: [] };
  const { to } = spanOf(session, start + 61_000);
  assert.ok(to > start + 61_000);
  assert.equal(spanOf(session, start + 63_000).to, to);
});

test('gantt: marks: at round times of the zone, never closer than can be read', () => {
  const span = { from: start + 1234, to: start + 3_601_234 };
  const { step, marks } = marksOf(span, { width: 600, window: [0, 600] }, 9 * 3_600_000);
  assert.equal(step, 10 * 60_000);
  assert.deepEqual(
    marks.map((mark) => new Date(mark.at).toISOString().slice(14, 19)),
    ['10:00', '20:00', '30:00', '40:00', '50:00', '00:00'],
  );
  const { marks: part } = marksOf(span, { width: 60_000, window: [1000, 1600] }, 0);
  assert.ok(part.length > 0 && part.length < 8);
});

test('gantt: a bar: from start to end, to now while it runs, none before it began, later tries marked', () => {
  const span = { from: start, to: start + 100_000 };
  assert.equal(barOf(unit('a'), span, { width: 1000, now: start }), null);
  assert.deepEqual(
    barOf(unit('a', { startedAt: at(10), endedAt: at(30) }), span, { width: 1000, now: start }),
    { x: 100, width: 200, open: false, tries: [] },
  );
  const attempt = { run: 1, try: 2, startedAt: at(20) } as UnitView['attempts'][number];
  assert.deepEqual(
    barOf(unit('a', { startedAt: at(10), attempts: [attempt] }), span, { width: 1000, now: start + 50_000 }),
    { x: 100, width: 400, open: true, tries: [100] },
  );
});

test('gantt: zoom: never smaller than everything, never beyond what a browser scrolls', () => {
  const span = { from: start, to: start + 7 * 86_400_000 };
  assert.equal(zoomBy(1, 0.5, { frame: 800, span }), 1);
  assert.equal(zoomBy(1000, 2, { frame: 800, span }), 1250);
  assert.equal(zoomBy(1, 64, { frame: 800, span: { from: 0, to: 10_000 } }), 10);
});
