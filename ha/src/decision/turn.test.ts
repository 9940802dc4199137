/** A turn: broken invariants stop it, transitions are guarded, answers wait for the disk, chance comes from the seed alone. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  candidate,
  freshWitness,
  masterPaired,
  rosterOf,
  waiting,
  witness,
} from '../testing/decision-states.ts';
import { beginTurn, chance, endTurn, ensure, move, must } from './turn.ts';

describe('turn', () => {
  test('turn: a value that must be there: is handed on, or stops everything', () => {
    assert.equal(must(0, 'the end'), 0);
    assert.equal(must('', 'the name'), '');
    assert.throws(() => must(null, 'the roster'), /^Error: broken invariant: the roster is missing$/);
    assert.throws(() => must(undefined, 'the duty'), /the duty is missing/);
  });

  test('turn: a condition that must hold: does, or stops everything', () => {
    ensure(true, 'never said');
    assert.throws(() => ensure(false, 'two masters'), /^Error: broken invariant: two masters$/);
  });

  test('turn: a row that does not begin here: stops everything instead of changing the state', () => {
    const { state, now } = waiting();
    const turn = beginTurn(state, now);
    assert.throws(() => move(turn, 'elected'), /the row elected is taken from waiting/);
    assert.equal(turn.state.name, 'waiting');
    assert.deepEqual(turn.effects, []);
  });

  test('turn: a note: is logged under the state that stays, and is not its reason', () => {
    const { state, now } = candidate();
    const turn = beginTurn(state, now);
    move(turn, 'clock-jumped');
    const ended = endTurn(turn);
    assert.equal(ended.state.name, 'candidate');
    assert.equal(ended.state.reason, state.reason);
    assert.deepEqual(ended.effects, [
      {
        type: 'log',
        row: 'clock-jumped',
        state: 'candidate',
        says: 'The clocks of this host jumped: it may have been frozen.',
      },
    ]);
  });

  test('turn: the state given: is never changed, its duty neither', () => {
    const bench = masterPaired();
    const before = structuredClone(bench.state);
    const given = bench.state;
    bench.give({ type: 'clock-jumped' });
    assert.deepEqual(given, before);
  });

  test('turn: chance: depends on the seed alone and lies in [0, 1)', () => {
    const draw = (seed: number): number[] => {
      const turn = beginTurn({ ...waiting().state, seed }, 0);
      return Array.from({ length: 1000 }, () => chance(turn));
    };
    assert.deepEqual(draw(5), draw(5));
    assert.notDeepEqual(draw(5), draw(6));
    assert.ok(draw(5).every((one) => one >= 0 && one < 1));
    assert.ok(new Set(draw(5)).size > 990);
  });
});

describe('answers that promise', () => {
  const vote = { type: 'request-vote', roster: rosterOf() } as const;

  test('answers that promise: the record is not on disk: nothing leaves, then once', () => {
    const bench = freshWitness();
    bench.after(bench.state.timing.restartQuietMs, bench.message('a', vote, { term: 2 }));
    assert.equal(bench.sent('vote').length, 0);
    assert.equal(bench.persist().sent('vote').length, 1);
    assert.equal(bench.persist().sent('vote').length, 0);
  });

  test('answers that promise: asked again before the disk has written: one answer, the newest', () => {
    const bench = witness();
    bench.after(bench.state.timing.restartQuietMs, bench.message('a', vote, { term: 2 }));
    bench.hear('a', vote, { term: 2, startId: 'a-2' });
    const [only, more] = bench.persist().sent('vote');
    assert.equal(more, undefined);
    assert.equal(only?.toStartId, 'a-2');
  });

  test('answers that promise: to two senders: both leave', () => {
    const bench = witness();
    bench.after(bench.state.timing.restartQuietMs, bench.message('a', vote, { term: 2 }));
    bench.hear('b', vote, { term: 2 });
    const sent = bench.persist().sent('vote');
    assert.deepEqual(
      sent.map(({ to, body }) => [to, body.granted]),
      [
        ['a', true],
        ['b', false],
      ],
    );
  });

  test('answers that promise: only an older record is on disk: the newer answer still waits', () => {
    const bench = witness();
    const older = bench.hear('b', { type: 'propose', roster: rosterOf({ revision: 2 }) }).state.sequence;
    bench.hear('b', { type: 'propose', roster: rosterOf({ revision: 3 }) });
    bench.give({ type: 'persisted', sequence: older });
    assert.equal(bench.sent('accepted').length, 0);
    assert.deepEqual(bench.persist().sent('accepted')[0]?.body.position, { term: 1, revision: 3 });
  });
});
