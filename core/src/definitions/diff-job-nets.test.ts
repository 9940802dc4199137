// Tests of the difference of two forms of a job net.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jobNetSchema } from '@nezuban/protocol/jobs/definition';
import { diffJobNets } from './diff-job-nets.ts';

const net = (changes: object) =>
  jobNetSchema.parse({ kind: 'jobnet', name: 'n', target: { node: 'local' }, units: [], ...changes });
const a = { name: 'a', type: 'command', command: 'one' };
const b = { name: 'b', type: 'command', command: 'two', after: ['a'] };

test('difference of nets: the same content: none, whatever the order of keys', () => {
  const environment = { X: '1', Y: '2' };
  const before = net({ units: [{ ...a, environment }] });
  const after = net({ units: [{ ...a, environment: { Y: '2', X: '1' } }] });
  assert.deepEqual(diffJobNets(before, after), []);
});

test('difference of nets: units, edges, schedules, parameters and the own fields, each by name', () => {
  const before = net({
    title: 'Old',
    parameters: [{ name: 'DATE', default: 'today' }],
    schedules: [{ name: 's', times: ['01:00'] }],
    units: [a, b, { name: 'gone', type: 'command', command: 'x' }],
  });
  const after = net({
    title: 'New',
    parameters: [{ name: 'DATE', default: 'yesterday' }],
    schedules: [{ name: 't', times: ['01:00'] }],
    units: [
      { ...a, command: 'other' },
      { ...b, after: [{ unit: 'a', on: ['abnormal'] }] },
      { name: 'inner', type: 'net', units: [{ name: 'c', type: 'command', command: 'y' }] },
    ],
  });
  const changes = diffJobNets(before, after);
  assert.deepEqual(
    changes.map(({ part, name, change }) => `${change} ${part} ${name}`),
    [
      'changed net n',
      'changed parameter DATE',
      'added schedule t',
      'changed unit a',
      'changed edge a -> b',
      'added unit inner',
      'added unit inner/c',
      'removed schedule s',
      'removed unit gone',
    ],
  );
  assert.deepEqual(changes[3]?.fields, [{ field: 'command', before: 'one', after: 'other' }]);
  assert.deepEqual(changes[4]?.fields, [{ field: 'on', before: 'normal, warning', after: 'abnormal' }]);
});

test('difference of nets: AND made OR is a change of the unit', () => {
  const units = (after: object) => [
    a,
    { ...b, after: [] },
    { name: 'c', type: 'command', command: 'z', after },
  ];
  assert.deepEqual(
    diffJobNets(net({ units: units({ all: ['a', 'b'] }) }), net({ units: units({ any: ['a', 'b'] }) })),
    [
      {
        part: 'unit',
        name: 'c',
        change: 'changed',
        fields: [{ field: 'after', before: 'all', after: 'any' }],
      },
    ],
  );
});
