// The map of nets as nodes and arrows.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NetMap } from '@nezuban/protocol/jobs/net-relation';
import { relationsOfNet, toShownNets } from './net-map-model.ts';

const entry = (name: string, exists = true) => ({ name, title: null, exists, lastSession: null });
const relation = (net: string, kind: NetMap['relations'][number]['kind'], other: string) => ({
  net,
  kind,
  other,
  units: ['u'],
  unitCount: 1,
});
const map: NetMap = {
  nets: [entry('a'), entry('b'), entry('gone', false)],
  relations: [
    relation('a', 'starts', 'b'),
    relation('b', 'waits_for', 'a'),
    relation('a', 'waits_for', 'gone'),
  ],
  truncated: false,
};
const words = { relation: (kind: string) => kind, missing: 'missing', neverRun: 'never' };

test('net map: several relations between two nets: one arrow, from what comes first, with all words', () => {
  const shown = new Map(toShownNets(map, words).map((net) => [net.name, net]));
  assert.deepEqual(
    shown.get('b')?.after.edges.map(({ unit, word }) => [unit, word]),
    [['a', 'starts, waits_for']],
  );
  assert.deepEqual(
    shown.get('a')?.after.edges.map(({ unit }) => unit),
    ['gone'],
  );
  assert.equal(shown.get('gone')?.note, 'missing');
  assert.equal(shown.get('a')?.note, 'never');
});

test('net map: relations of one net: its own and those of others with it', () => {
  assert.deepEqual(
    relationsOfNet(map, 'b').map(({ kind, passive }) => [kind, passive]),
    [
      ['starts', true],
      ['waits_for', false],
    ],
  );
});
