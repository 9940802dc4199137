// Tests of start conditions: what is fulfilled, what is due, and when it may start.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startConditionsSchema, type StartConditions } from '@nezuban/protocol/jobs/start-conditions';
import {
  decideStart,
  fulfil,
  validUntil,
  newWatchState,
  parametersOf,
  started,
  type Fulfilled,
  type WatchState,
} from './decide-starts.ts';

const watcher = (name: string) => ({ name, event: { codes: ['job_event'] } });
const conditionsOf = (given: object): StartConditions => startConditionsSchema.parse(given);
const met = (condition: string, at = 0): Fulfilled => ({
  condition,
  event: at,
  at,
  parameters: { [condition.toUpperCase()]: String(at) },
});
const after = (conditions: StartConditions, ...all: Fulfilled[]): WatchState =>
  all.reduce((state, one) => fulfil(conditions, state, one).state, newWatchState);
const idle = { open: [], lastEnd: null, frozen: null };

test('start conditions: any: each makes a start due; all: only together, each by its newest event', () => {
  const any = conditionsOf({ any: [watcher('a'), watcher('b')] });
  assert.equal(after(any, met('a'), met('a'), met('b')).due.length, 3);
  const all = conditionsOf({ all: [watcher('a'), watcher('b')] });
  const state = after(all, met('a', 1), met('a', 2), met('b', 3), met('b', 4));
  assert.deepEqual(
    state.due.map((due) => due.map(({ event }) => event)),
    [[2, 3]],
  );
  assert.deepEqual(Object.keys(state.met), ['b']);
  assert.deepEqual(parametersOf(state.due[0] ?? []), { A: '2', B: '3' });
});

test('start conditions: all within a time: what is older is forgotten', () => {
  const all = conditionsOf({ all: [watcher('a'), watcher('b')], within_s: 10 });
  assert.equal(after(all, met('a', 0), met('b', 10_001)).due.length, 0);
  assert.equal(after(all, met('a', 0), met('b', 10_001), met('a', 15_000)).due.length, 1);
});

test('start conditions: overlap: parallel starts, wait waits, skip drops', () => {
  const busy = { ...idle, open: [7] };
  for (const [overlap, type] of [
    ['parallel', 'start'],
    ['wait', 'wait'],
    ['skip', 'drop'],
  ] as const) {
    const conditions = conditionsOf({ any: [watcher('a')], overlap });
    const state = { ...after(conditions, met('a')), sessions: [7] };
    const decision = decideStart(conditions, state, busy);
    assert.equal(decision.type, type);
    if (decision.type === 'drop') assert.equal(decision.state.due.length, 0);
    assert.equal(decideStart(conditions, state, idle).type, 'start');
    assert.equal(decideStart(conditions, state, { ...idle, frozen: 'Frozen.' }).type, 'wait');
  }
});

test('start conditions: after an abnormal end: go on, hold until released, or end', () => {
  const bad = { ...idle, lastEnd: 'abnormal' as const };
  const typeOf = (policy: string, change: Partial<WatchState> = {}) => {
    const conditions = conditionsOf({ any: [watcher('a')], after_abnormal: policy });
    return decideStart(conditions, { ...after(conditions, met('a')), sessions: [7], ...change }, bad).type;
  };
  assert.equal(typeOf('go_on'), 'start');
  assert.equal(typeOf('hold'), 'wait');
  assert.equal(typeOf('hold', { released: 7 }), 'start');
  assert.equal(typeOf('hold', { released: 6 }), 'wait');
  assert.equal(typeOf('stop'), 'end');
  const holds = conditionsOf({ any: [watcher('a')], after_abnormal: 'hold' });
  const held = decideStart(holds, { ...after(holds, met('a')), sessions: [7] }, bad);
  assert.equal(held.type === 'wait' && held.heldBy, 7, 'told of once, by this number');
});

test('start conditions: so many starts, then no more; what waits is bounded', () => {
  const once = conditionsOf({ any: [watcher('a')], starts_max: 1 });
  const state = started(after(once, met('a')), { session: 3, at: 5, open: [] });
  assert.deepEqual([state.generation, state.sessions, state.due.length], [1, [3], 0]);
  assert.equal(decideStart(once, state, idle).type, 'end');
  const many = conditionsOf({ any: [watcher('a')] });
  const full = after(many, ...Array.from({ length: 100 }, () => met('a')));
  assert.equal(fulfil(many, full, met('a')).dropped, true);
});

test('start conditions: valid until: what is due still starts, then they end', () => {
  const short = conditionsOf({
    any: [watcher('a')],
    valid_for_s: 10,
    valid_until: '1970-01-01T00:00:20Z',
  });
  assert.equal(validUntil(short, 0), 10_000);
  assert.equal(validUntil(short, 15_000), 20_000);
  const over = { ...idle, isOver: true };
  assert.equal(decideStart(short, after(short, met('a')), over).type, 'start');
  assert.equal(decideStart(short, newWatchState, over).type, 'end');
  assert.equal(decideStart(short, newWatchState, idle).type, 'nothing');
});
