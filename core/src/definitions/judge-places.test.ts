// Tests of what a definition may say about locks, queues, overlap and the choice of nodes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { net } from '../testing/session-driver.ts';
import { judgeJobNet } from './judge-job-net.ts';

const issuesOf = (units: readonly object[], more: object = {}): string[] =>
  judgeJobNet(net(units, more)).map(({ path, message }) => `${path}: ${message}`);
const work = { name: 'a', command: 'true' };

test('places: locks, queue, priority, overlap and exclusion that fit: nothing to say', () => {
  const units = [
    { ...work, locks: ['ledger', { name: 'tape', count: 2 }], queue: 'batch', priority: 5 },
    { name: 'n', queue: 'night', locks: [{ name: 'tape', count: 'all' }], units: [work] },
  ];
  const more = { overlap: 'queue', overlap_max: 2, exclusive_with: ['close'] };
  assert.deepEqual(issuesOf(units, more), []);
});

test('places: locks inside locks: refused with the net that has them', () => {
  const inner = { name: 'n', locks: ['a'], units: [{ ...work, locks: ['b'] }] };
  assert.deepEqual(issuesOf([inner]), [
    'units[0].units[0].locks: lie inside the net "n", which has locks itself; name all of them there, so that they are taken together',
  ]);
  assert.match(
    issuesOf([inner], { locks: ['c'] })[0] ?? '',
    /^units\[0\]\.locks: lie inside the net "night\/run"/u,
  );
});

test('places: what contradicts itself: each place is named', () => {
  assert.match(issuesOf([work], { overlap_max: 2 })[0] ?? '', /^overlap_max: needs/u);
  assert.match(
    issuesOf([work], { exclusive_with: ['x', 'night/run'] })[0] ?? '',
    /^exclusive_with\[1\]: names the net itself/u,
  );
  assert.match(
    issuesOf([{ ...work, locks: ['a', 'a'] }])[0] ?? '',
    /^units\[0\]\.locks\[1\]: names the lock "a" twice/u,
  );
  assert.match(
    issuesOf([{ name: 'w', type: 'wait', for_s: 1, queue: 'q' }])[0] ?? '',
    /^units\[0\]\.queue: a unit of type wait/u,
  );
  const target = { scope: 's', mode: 'all', answer_within_s: 5 };
  assert.match(
    issuesOf([{ ...work, target }])[0] ?? '',
    /^units\[0\]\.target\.answer_within_s: needs "mode: any"/u,
  );
});
