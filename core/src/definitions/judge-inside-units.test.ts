// Tests of what is said of units that wait inside the manager and of start conditions that have the right shape and no sense; and that their
// canonical text reads as the same definition.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { net } from '../testing/session-driver.ts';
import { formatJobNet } from './format-job-net.ts';
import { judgeJobNet } from './judge-job-net.ts';
import { parseDefinitionFile } from './parse-definition-file.ts';

const said = (units: readonly object[], more: object = {}): string[] =>
  judgeJobNet(net(units, more)).map(({ path, message }) => `${path}: ${message}`);
const one = (unit: object, more: object = {}): string => said([{ name: 'u', ...unit }], more).join('\n');

test('waits: an event that names nothing, a pattern that is none, a star in the middle', () => {
  assert.match(one({ type: 'event_wait', event: {} }), /units\[0\]\.event: must say which event/);
  assert.match(one({ type: 'event_wait', event: { text: { matches: '(' } } }), /event\.text\.matches: /);
  assert.match(one({ type: 'event_wait', event: { keys: ['a*b'] } }), /"\*" may stand only once, at the end/);
});

test('waits: the net itself, one net twice, two windows at once', () => {
  assert.match(one({ type: 'net_wait', nets: ['night/run'] }), /nets\.all\[0\]\.net: is the net itself/);
  assert.match(one({ type: 'net_wait', nets: ['a', 'a'] }), /nets\.all\[1\]: "a" is named twice here/);
  assert.match(
    one({ type: 'net_wait', nets: ['a'], which: 'next', look_back_s: 5 }),
    /look_back_s: has no sense with "which: next"/,
  );
  assert.match(one({ type: 'net_start', net: 'night/run' }), /is the net itself: each session would wait/);
  assert.equal(one({ type: 'net_start', net: 'night/run', wait: false }), '');
});

test('waits: approval: more approvals than people, a place that is none; a branch by its answer is right', () => {
  assert.match(
    one({ type: 'approval', question: '?', users: ['bob'], needed: 2 }),
    /needed: asks for 2 approvals, but only 1 person is named/,
  );
  assert.match(one({ type: 'approval', question: '{{parameter.X}}?' }), /declares no parameter "X"/);
  const branch = { name: 'b', type: 'or', after: [{ unit: 'u', on: [false] }] };
  assert.deepEqual(said([{ name: 'u', type: 'approval', question: '?' }, branch]), []);
  assert.equal(said([{ name: 'u', type: 'or' }, branch]).length, 1);
});

const watched = (conditions: object, more: object = {}): string =>
  said([{ name: 'u', type: 'or' }], { start_conditions: conditions, ...more }).join('\n');

test('start conditions: names, places, parameters, the net itself', () => {
  const event = { text: { matches: '(?P<file>\\S+)' } };
  const giving = (parameters: object) => ({ any: [{ name: 'c', event, parameters }] });
  const declared = { parameters: [{ name: 'FILE' }] };
  assert.equal(watched(giving({ FILE: '{{event.group.file}}' }), declared), '');
  assert.match(watched(giving({ FILE: '{{event.group.other}}' }), declared), /no group named "other"/);
  assert.match(watched(giving({ FILE: '{{event.colour}}' }), declared), /is not known; known are/);
  assert.match(watched(giving({ FIEL: 'x' }), declared), /declares no parameter "FIEL"; did you mean "FILE"/);
  assert.match(
    watched({ any: [{ name: 'c', event }] }, declared),
    /no condition gives the parameter "FILE" a value/,
  );
  assert.match(watched({ any: [{ name: 'c', net: 'night/run' }] }), /is the net itself/);
  assert.match(watched({ any: [{ name: 'c', event: {} }] }), /must say which event/);
  assert.match(watched({ any: [{ name: 'c', event }], within_s: 5 }), /has no sense with "any"/);
  assert.match(
    watched({
      all: [
        { name: 'c', event },
        { name: 'c', net: 'a' },
      ],
    }),
    /c/,
  );
});

test('start conditions on files and times: places, keys that contradict, times that are none', () => {
  const files = { node: 'web1', path: '/in/*.csv' };
  const declared = { parameters: [{ name: 'FILE' }] };
  const giving = (FILE: string) => ({ any: [{ name: 'c', files, parameters: { FILE } }] });
  assert.equal(watched(giving('{{file.path}} {{file.size}}'), declared), '');
  assert.match(watched(giving('{{event.message}}'), declared), /is not known; known are {{file.path}}/);
  const counts = { ...files, watch: 'changed', already_there: 'counts' };
  assert.match(watched({ any: [{ name: 'c', files: counts }] }), /no sense with "watch: changed"/);
  assert.throws(() => watched({ any: [{ name: 'c', files: { path: '/in' } }] }), /node/);
  const time = (given: object): string => watched({ any: [{ name: 'c', time: given }] });
  assert.equal(time({ every_minutes: 10, from: '08:00', until: '18:00' }), '');
  assert.throws(() => time({ every_minutes: 10, times: ['08:00'] }), /"every_minutes\\?", \\?"times\\?" and/);
  assert.throws(() => time({ times: ['08:00'], from: '07:00' }), /need \\?"every_minutes/);
  assert.match(time({ times: ['08:00'], on: 'closed' }), /needs "calendar"/);
  assert.match(time({ cron: '61 * * * *' }), /cron/);
});

test('waits and start conditions: the canonical text: says the same, without defaults', () => {
  const definition = net(
    [
      { name: 'a', type: 'event_wait', event: { codes: ['job_event'] }, look_back_s: 60, timeout_s: 5 },
      { name: 'b', type: 'net_wait', nets: { any: ['x', { net: 'y', unit: 'u/v', on: ['abnormal'] }] } },
      { name: 'c', type: 'net_start', net: 'x', parameters: { P: '1' }, pass_stop: false },
      { name: 'd', type: 'approval', question: 'Go?', roles: ['operator'], on_timeout: 'approve' },
      { name: 'e', type: 'mail_send', channel: 'office', to: ['a@example.com'], subject: 's', body: 'b' },
      { name: 'f', type: 'or', after: { any: ['a', 'b'] } },
    ],
    {
      start_conditions: {
        all: [
          { name: 'l', net: 'x' },
          { name: 'r', event: { keys: ['k*'] } },
          { name: 'f', files: { node: 'web1', path: ['/in/*'], settle_s: 5 } },
          { name: 't', time: { every_minutes: 5, from: '08:00' } },
        ],
        valid_for_s: 3600,
        within_s: 60,
        overlap: 'skip',
      },
    },
  );
  const text = formatJobNet(definition);
  assert.doesNotMatch(text, /if_absent|on: \[ normal|after_abnormal|enabled|needed/);
  const read = parseDefinitionFile(text, { file: 'waits.yaml' });
  assert.ok(read.ok, JSON.stringify(read));
  assert.deepEqual(read.documents[0]?.value, definition);
});
