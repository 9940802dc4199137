/**
 * What holds for a voter in every turn, whatever it is told.
 *
 * Responsible for comparing the state before and after one call of `decide`. Not responsible for what two voters may never do together:
 * that is the simulator's. Called by the bench after each input.
 */
import assert from 'node:assert/strict';
import type { Effect } from '../decision/effects.ts';
import { comparePositions, isAlone, positionOf } from '../decision/roster.ts';
import { actsUntil, isActing, type State } from '../decision/state.ts';

export interface Turned {
  readonly before: State;
  readonly after: State;
  readonly effects: readonly Effect[];
}

/** Throws if the turn broke anything. */
export function assertSound(turned: Turned): void {
  assertShape(turned.after);
  assertRecord(turned);
  assertEffects(turned);
}

/** Each part of the state is there exactly in the states that it belongs to. */
function assertShape(state: State): void {
  const { name, duty, standDown, election } = state;
  const ends = name === 'standing-down' || name === 'fenced';
  assert.equal(duty !== null, isActing(state), `${name}: a duty is there exactly while something acts`);
  assert.equal(standDown !== null, ends, `${name}: a stand-down is there exactly while something ends`);
  assert.equal(
    election !== null,
    name === 'candidate',
    `${name}: an election is there exactly in a candidate`,
  );
  assert.equal(actsUntil(state) > -Infinity, isActing(state), `${name}: who does not act has no time to act`);
  assert.ok(state.sequence >= state.durable, 'nothing is on disk that was not written');
  assert.ok(
    state.deferred.every(({ sequence }) => sequence > state.durable),
    'what waits for the disk waits for a record that is not there yet',
  );
  if (duty === null) return;
  assert.equal(duty.term, state.record.term, 'a master has the newest term that it knows');
  assert.equal(state.record.roster?.term, duty.term, 'the roster of a master is of its own term');
  if (duty.sole)
    assert.ok(isAlone(state.record.roster, state.record.id), 'sole with a roster that lists more');
  if (name === 'promoting') assert.equal(duty.gate, 'closed', 'nobody is let in during a promotion');
}

/** What a voter has promised is never taken back, and what changed goes to disk. */
function assertRecord({ before, after, effects }: Turned): void {
  const old = before.record;
  const { record } = after;
  assert.ok(record.term >= old.term, 'the term never falls');
  assert.ok(after.durable >= before.durable, 'what is on disk stays there');
  assert.ok(after.resignedTerm >= before.resignedTerm, 'who has resigned does not come back in that term');
  assert.ok(
    comparePositions(positionOf(record.roster), positionOf(old.roster)) >= 0,
    'the roster is never replaced by an older one',
  );
  if (record.term === old.term && old.votedFor !== null)
    assert.equal(record.votedFor, old.votedFor, 'one vote in each term');
  const persists = effects.filter(({ type }) => type === 'persist');
  assert.equal(persists.length, after.sequence - before.sequence, 'each new record is written, once');
  if (record !== old) {
    assert.equal(after.sequence, before.sequence + 1, 'a changed record has a number of its own');
    assert.deepEqual(effects.at(-1), { type: 'persist', sequence: after.sequence, record });
  }
}

/** Nothing leaves that its state forbids. */
function assertEffects({ before, after, effects }: Turned): void {
  for (const effect of effects) {
    if (effect.type === 'open-service')
      assert.ok(after.name === 'master-alone' || after.name === 'master-paired', 'only a master lets in');
    if (effect.type === 'promote') assert.equal(after.name, 'promoting');
    if (effect.type !== 'send') continue;
    const { message } = effect;
    assert.equal(message.from, after.record.id);
    assert.notEqual(message.to, after.record.id, 'nobody speaks to itself');
    // A promise speaks for a record; where that is not on disk it would be forgotten by a crash.
    const promises = message.body.type === 'vote' || message.body.type === 'accepted';
    if (promises)
      assert.ok(after.sequence === after.durable || before.deferred.length > 0, 'persist, then answer');
  }
}
