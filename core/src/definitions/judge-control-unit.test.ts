// Tests of what is wrong with waits, judgments, events, recovery units and answers on edges: each said at its place.
import { knownPlaces } from '../jobs/variables/places.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { net } from '../testing/session-driver.ts';
import { judgeJobNet } from './judge-job-net.ts';

const issuesOf = (units: readonly object[]): string[] =>
  judgeJobNet(net(units, { parameters: [{ name: 'DATE' }] })).map(
    ({ path, message }) => `${path}: ${message}`,
  );
const a = { name: 'a', command: 'x' };

test('definition: waits: one of span and time of day', () => {
  const message = 'must have either "for_s" or "until"';
  assert.deepEqual(issuesOf([{ name: 'w', type: 'wait' }]), [`units[0]: ${message}`]);
  assert.deepEqual(issuesOf([{ name: 'w', type: 'wait', for_s: 1, until: '22:00' }]), [
    `units[0]: ${message}`,
  ]);
  assert.deepEqual(issuesOf([{ name: 'w', type: 'wait', until: '22:00' }]), []);
});

test('definition: judgments: judge a command that they wait for, with a range, or a declared parameter with one test', () => {
  const judge = (question: object, more: object = { after: ['a'] }): string[] =>
    issuesOf([a, { name: 'n', units: [a] }, { name: 'j', type: 'judgment', if: question, ...more }]);
  assert.deepEqual(judge({ unit: 'a', exit_code: '0-3' }), []);
  assert.deepEqual(judge({ unit: 'a', exit_code: '3-0' }), [
    'units[2].if.exit_code: the range "3-0" is upside down; write "0-3"',
  ]);
  assert.deepEqual(judge({ unit: 'a', exit_code: '0' }, {}), [
    'units[2].if.unit: a judgment judges a unit that it waits for; name "a" under "after"',
  ]);
  assert.deepEqual(judge({ unit: 'a', exit_code: '0' }, { after: { any: ['a', 'n'] } }), [
    'units[2].if.unit: with "any" the judgment may begin before "a" has ended; use "all"',
  ]);
  assert.deepEqual(judge({ unit: 'n', exit_code: '0' }, { after: ['n'] }), [
    'units[2].if.unit: "n" is of type net; only what runs on a node, such as a command, has an exit code',
  ]);
  assert.deepEqual(judge({ parameter: 'DATES', equals: '1' }), [
    'units[2].if.parameter: the net declares no parameter "DATES"; did you mean "DATE"?',
  ]);
  const one = 'units[2].if: must have one of "equals", "matches", and "at_least" with or without "at_most"';
  assert.deepEqual(judge({ parameter: 'DATE' }), [one]);
  assert.deepEqual(judge({ parameter: 'DATE', equals: '1', at_most: 3 }), [one]);
  assert.deepEqual(judge({ parameter: 'DATE', at_least: 4, at_most: 3 }), [
    'units[2].if.at_most: is below "at_least" (4)',
  ]);
  assert.match(judge({ parameter: 'DATE', matches: '(a' })[0] ?? '', /^units\[2\]\.if\.matches: /);
});

test('definition: answers on edges: only a judgment gives them', () => {
  assert.deepEqual(issuesOf([a, { name: 'b', command: 'x', after: [{ unit: 'a', on: [true] }] }]), [
    'units[1].after.all[0].on: "a" is of type command; only a judgment or an approval answers true or false',
  ]);
});

test('definition: recovery units: have units before them, and no end statuses on their edges', () => {
  assert.deepEqual(issuesOf([{ ...a, recovery: true }]), [
    'units[0].recovery: a recovery unit runs because a unit before it failed; name that under "after"',
  ]);
  assert.deepEqual(
    issuesOf([
      a,
      { name: 'b', command: 'x', recovery: true, after: { any: [{ unit: 'a', on: ['abnormal'] }] } },
    ]),
    [
      'units[1].after.any[0].on: a recovery unit says under "recovery" which end statuses it runs on; leave out "on"',
    ],
  );
  assert.deepEqual(issuesOf([a, { name: 'b', command: 'x', recovery: ['unknown'], after: ['a'] }]), []);
});

test('definition: events: places are parameters of the net, or known', () => {
  const event = { name: 'e', type: 'event_send', message: '{{unit}} {{parameter.DATE}}' };
  assert.deepEqual(issuesOf([event]), []);
  assert.deepEqual(issuesOf([{ ...event, message: '{{units}}', key: '{{parameter.DAY}}' }]), [
    `units[0].message: has the place {{units}}, which is not known; known are ${knownPlaces}`,
    'units[0].key: has the place {{parameter.DAY}}, but the net declares no parameter "DAY"',
  ]);
});
