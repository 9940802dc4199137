// Which managers an agent connects to after it was told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextManagers, unique } from './manager-list.ts';

const known = ['a:1', 'b:1'];

test('managers: nothing said, or nothing usable: as they were', () => {
  for (const said of [undefined, [], ['nonsense', 'https://a:1']])
    assert.deepEqual(nextManagers(known, { said, via: 'a:1', onDuty: true }), known);
});

test('managers: a master by an address of its list: the list takes the place of all', () => {
  assert.deepEqual(nextManagers(known, { said: ['b:1', 'c:1'], via: 'b:1', onDuty: true }), ['b:1', 'c:1']);
  assert.deepEqual(nextManagers(known, { said: ['B:1', 'c:1'], via: 'b:1', onDuty: true }), ['B:1', 'c:1']);
});

test('managers: a master by another address: that one stays as the last', () => {
  assert.deepEqual(nextManagers(known, { said: ['c:1'], via: 'a:1', onDuty: true }), ['c:1', 'a:1']);
  const four = ['c:1', 'd:1', 'e:1', 'f:1'];
  assert.deepEqual(nextManagers(known, { said: four, via: 'a:1', onDuty: true }), [
    'c:1',
    'd:1',
    'e:1',
    'a:1',
  ]);
});

test('managers: by an address that stays in any case: the list as it is', () => {
  assert.deepEqual(nextManagers(known, { said: ['c:1'], via: null, onDuty: true }), ['c:1']);
});

test('managers: a standby: only adds, within the bound', () => {
  assert.deepEqual(nextManagers(known, { said: ['c:1'], via: 'b:1', onDuty: false }), ['a:1', 'b:1', 'c:1']);
  const many = nextManagers(known, { said: ['c:1', 'd:1', 'e:1'], via: 'b:1', onDuty: false });
  assert.deepEqual(many, ['a:1', 'b:1', 'c:1', 'd:1']);
});

test('managers: repeats: once, as first written', () => {
  assert.deepEqual(unique(['a:1', 'A:1', 'b:1', 'a:1']), ['a:1', 'b:1']);
});
