// Tests of changed start conditions: what is watched as before goes on, what is new begins now, and what nobody will start is told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { startConditionsSchema } from '@nezuban/protocol/jobs/start-conditions';
import { newWatchState, type Fulfilled, type WatchState } from './decide-starts.ts';
import { takeOver } from './take-over.ts';

const inbox = { name: 'in', files: { node: 'web1', path: '/in/*', already_there: 'counts' } };
const tick = { name: 'tick', time: { times: ['12:00'] } };
const said = { name: 'said', event: { codes: ['job_event'] } };
const file = (what: string): Fulfilled => ({ condition: 'in', event: null, at: 1, what, parameters: {} });
const state: WatchState = {
  ...newWatchState,
  due: [[file('/in/1')], [file('/in/2')]],
  generation: 7,
  sessions: [3, 4],
  files: { in: { seq: 9, begun: 1, seenAt: 2 } },
};
const change = (before: object, after: object, of: WatchState = state) =>
  takeOver(
    { isEqual: isDeepStrictEqual },
    { conditions: startConditionsSchema.parse(before), state: of, since: 5 },
    startConditionsSchema.parse(after),
  );

test('changed start conditions: a watch of files that is the same goes on, with what waits and what runs', () => {
  const up = change(
    { any: [inbox, tick] },
    { any: [said, tick, { ...inbox, parameters: { FILE: '{{file.path}}' } }], overlap: 'parallel' },
  );
  assert.deepEqual(up.state.files, state.files);
  assert.deepEqual(up.state.origins, { in: 5 });
  assert.deepEqual(up.state.times, { tick: 5 });
  assert.deepEqual(up.state.due, state.due);
  assert.deepEqual([up.state.generation, up.state.sessions], [0, [3, 4]]);
  assert.deepEqual([up.dropped, up.keepsPosition], [[], false]);
  const again = change({ any: [said, inbox] }, { any: [said, inbox], starts_max: 3 }, up.state);
  assert.deepEqual(again.state.origins, { in: 5 });
  assert.equal(again.keepsPosition, true);
});

test('changed start conditions: another path begins anew; what waited of it is told once', () => {
  const up = change({ any: [inbox] }, { any: [{ ...inbox, files: { node: 'web1', path: '/other/*' } }] });
  assert.deepEqual([up.state.files, up.state.origins, up.state.due], [{}, {}, []]);
  assert.equal(up.dropped.length, 1);
  assert.match(up.dropped[0]?.reason.message ?? '', /\/in\/1.*and 1 more/);
});

test('changed start conditions: from all to any: the watch goes on, what was met for all is told', () => {
  const half = { ...state, due: [], met: { in: file('/in/3') } };
  const up = change({ all: [inbox, tick] }, { any: [inbox, tick] }, half);
  assert.deepEqual([up.state.files, up.state.met], [state.files, {}]);
  assert.match(up.dropped[0]?.reason.message ?? '', /\/in\/3/);
  const kept = change({ all: [inbox, tick] }, { all: [inbox, tick], within_s: 60 }, half);
  assert.deepEqual([kept.state.met, kept.dropped], [half.met, []]);
});
