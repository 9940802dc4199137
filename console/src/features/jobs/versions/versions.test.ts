// Tests of what the difference of two revisions shows.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diffJobNets } from '@nezuban/core/definitions/diff-job-nets';
import { jobNetSchema } from '@nezuban/protocol/jobs/definition';
import type { NetDifference } from '@nezuban/protocol/jobs/net-version';
import { differenceUnits } from './difference-units.ts';
import { nearChanges, sideBySide } from './side-by-side-model.ts';

const net = (units: readonly object[]) =>
  jobNetSchema.parse({ kind: 'jobnet', name: 'n', target: { node: 'local' }, units });
const unit = (name: string, more: object = {}) => ({ name, type: 'command', command: name, ...more });

test('difference in the picture: units and edges of both forms, each with its sign', () => {
  const before = net([unit('a'), unit('b', { after: ['a'] }), unit('old', { after: ['b'] })]);
  const after = net([unit('a', { command: 'x' }), unit('b'), unit('new', { after: ['a'] })]);
  const shown = differenceUnits({
    from: { definition: before },
    to: { definition: after },
    changes: diffJobNets(before, after),
  } as unknown as NetDifference);
  assert.deepEqual(
    shown.map(({ path, status, after: { edges } }) => [
      path,
      status?.icon ?? null,
      edges.map(({ unit: source, mark }) => `${mark ?? 'same'} ${source}`),
    ]),
    [
      ['a', 'changed', []],
      ['b', null, ['removed a']],
      ['new', 'added', ['added a']],
      ['old', 'removed', ['removed b']],
    ],
  );
});

test('side by side: replaced lines stand beside each other, the rest is alone on its side', () => {
  const rows = sideBySide('a\nb\nc\n', 'a\nx\nc\nd\n');
  assert.deepEqual(
    rows.map((row) =>
      row.type === 'hidden' ? '' : `${row.type} ${row.left?.line ?? '-'} ${row.right?.line ?? '-'}`,
    ),
    ['same a a', 'changed b x', 'same c c', 'added - d'],
  );
});

test('side by side: what is far from a change is hidden and counted; equal texts are whole', () => {
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`);
  const text = lines.join('\n');
  const rows = nearChanges(sideBySide(text, text.replace('line 15', 'other')));
  assert.deepEqual(
    rows.filter(({ type }) => type !== 'same').map((row) => (row.type === 'hidden' ? row.count : row.type)),
    [11, 'changed', 10],
  );
  assert.equal(nearChanges(sideBySide(text, text)).length, 30);
});
