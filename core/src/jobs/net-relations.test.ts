// Relations of a job net to others, as its definition says them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jobNetSchema } from '@nezuban/protocol/jobs/definition';
import { relationsOf } from './net-relations.ts';

const net = (units: readonly object[], more: object = {}) =>
  jobNetSchema.parse({ kind: 'jobnet', name: 'night/settlement', units, ...more });

test('relations: a net that names no other: none', () => {
  assert.deepEqual(relationsOf(net([{ name: 'a', command: 'true', target: { node: 'n' } }])), []);
});

test('relations: units of every kind, nested ones too: each kind and net once, with the paths of the units', () => {
  const definition = net(
    [
      { name: 'ref', type: 'net_ref', net: 'common/check' },
      {
        name: 'inner',
        units: [
          { name: 'go', type: 'net_start', net: 'day/report' },
          { name: 'again', type: 'net_ref', net: 'common/check' },
        ],
      },
      { name: 'before', type: 'net_wait', nets: { any: ['day/report', { net: 'day/close', unit: 'x' }] } },
      { name: 'both', type: 'net_wait', nets: ['day/close'] },
    ],
    {
      exclusive_with: ['night/backup'],
      start_conditions: { any: [{ name: 'closed', net: 'day/close' }] },
    },
  );
  assert.deepEqual(relationsOf(definition), [
    { kind: 'contains', other: 'common/check', units: ['ref', 'inner/again'] },
    { kind: 'starts', other: 'day/report', units: ['inner/go'] },
    { kind: 'waits_for', other: 'day/report', units: ['before'] },
    { kind: 'waits_for', other: 'day/close', units: ['before', 'both'] },
    { kind: 'begins_after', other: 'day/close', units: [] },
    { kind: 'excludes', other: 'night/backup', units: [] },
  ]);
});
