// Places that the menu of a template offers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupsOf, placesOf } from './template-places.ts';

test('places of a template: groups of the pattern: those that capture', () => {
  assert.deepEqual(
    ['', 'a(b)(c)', '\\(x\\)', '[()]y', '(?:a)(b)', '(?i)(a)', '(?P<n>a)(?<m>b)', '(a|(b))'].map(groupsOf),
    [0, 2, 0, 0, 1, 1, 2, 2],
  );
});

test('places of a template: fields: what the protocol always has, then what was seen, each once', () => {
  assert.deepEqual(placesOf({ source: 'custom', knownFields: ['key', 'used'], pattern: '' }).fields, [
    'key',
    'used',
  ]);
  assert.ok(placesOf({ source: 'syslog', knownFields: [], pattern: '' }).named.includes('severity'));
  assert.ok(!placesOf({ source: 'snmp', knownFields: [], pattern: '' }).named.includes('severity'));
});
