// Tests of what files make of the state of start conditions: whatever the tool says of a file, the others go on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newWatchState, type WatchState } from '@nezuban/core/jobs/start-conditions/decide-starts';
import type { FoundFile } from '@nezuban/protocol/agent/tool-inputs';
import { startConditionsSchema } from '@nezuban/protocol/jobs/start-conditions';
import { takeUpFiles } from './take-up.ts';

const now = Date.parse('2026-11-26T12:00:00Z');
const inbox = { name: 'in', files: { node: 'web1', path: '/in/*' }, parameters: { AT: '{{file.modified}}' } };
const found = (seq: number, more: Partial<FoundFile> = {}): FoundFile => ({
  seq,
  path: `/in/${seq}`,
  change: 'created',
  size: 1,
  modified: now,
  at: now,
  ...more,
});
const takeUp = (given: object, state: WatchState, finds: readonly FoundFile[]) =>
  takeUpFiles(
    { conditions: startConditionsSchema.parse(given), since: new Date(now - 1_000_000), state },
    { condition: 'in', finds, now },
  );

test('files: times that no calendar has: the file counts, without its time, and so do the others', () => {
  const up = takeUp({ any: [inbox] }, newWatchState, [
    found(1, { modified: 1e19 }),
    found(2, { at: -1e300 }),
    found(3),
  ]);
  assert.equal(up.taken, 3);
  assert.deepEqual(
    up.state.due.map(([file]) => [file?.what, file?.parameters['AT']]),
    [
      ['/in/1', ''],
      ['/in/2', new Date(now).toISOString()],
      ['/in/3', new Date(now).toISOString()],
    ],
  );
  assert.equal(up.state.files?.['in']?.seq, 3);
});

test('files: all together: by the clock of the manager, and what a newer file replaces is told', () => {
  const all = { all: [inbox, { name: 'tick', time: { times: ['12:00'] } }], within_s: 300 };
  const behind = now - 400_000;
  const up = takeUp(all, newWatchState, [found(1), found(2), found(3, { at: behind })]);
  assert.equal(up.state.met['in']?.at, now);
  assert.equal(up.state.met['in']?.what, '/in/3');
  assert.deepEqual(
    up.dropped.map(({ condition, reason }) => [
      condition,
      /for \/in\/1, and for 1 more/.test(reason.message),
    ]),
    [['in', true]],
  );
});

test('files: a name that is not UTF-8: told, starts nothing, and its number is taken', () => {
  const up = takeUp({ any: [inbox] }, newWatchState, [
    found(1, { path: '/in/\\x83e', notUtf8: true }),
    found(2),
  ]);
  assert.deepEqual(
    up.state.due.map(([file]) => file?.what),
    ['/in/2'],
  );
  assert.match(up.dropped[0]?.reason.message ?? '', /not UTF-8/);
  assert.equal(up.state.files?.['in']?.seq, 2);
});
