/** What a voter hears before any cell of the table: strangers, the dead, a peer that was fenced, and higher terms. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PAIR_PROTOCOL_VERSION } from '@nezuban/protocol/pair/messages';
import {
  fenced,
  masterAlone,
  masterPaired,
  masterSole,
  metPeer,
  muted,
  resigning,
  rosterOf,
  standbyInSync,
  standingDown,
  TIMING,
  twoHosts,
  waiting,
  waitingUnder,
} from '../testing/decision-states.ts';

const ask = { type: 'ask-roster' } as const;

describe('strangers', () => {
  test('strangers: a message of another pair: said, not answered, and its sender was not heard', () => {
    const bench = waiting().hear('b', ask, { cluster: 'another' });
    assert.deepEqual(bench.says('stranger'), ['A message from b is ignored: it belongs to another pair.']);
    assert.equal(bench.effects.length, 1);
    assert.deepEqual(bench.state.heard, {});
  });

  test('strangers: a heartbeat of another pair with a higher term: unseats nobody', () => {
    const bench = masterPaired();
    bench.hearMaster('b', {}, { cluster: 'another', term: 99 });
    assert.equal(bench.state.name, 'master-paired');
    assert.equal(bench.state.higherTerm, 0);
  });

  test('strangers: releases one apart: understand each other; two apart: do not', () => {
    for (const version of [PAIR_PROTOCOL_VERSION - 1, PAIR_PROTOCOL_VERSION + 1])
      assert.equal(waiting().hear('b', ask, { version }).sent('roster-answer').length, 1);
    for (const version of [PAIR_PROTOCOL_VERSION - 2, PAIR_PROTOCOL_VERSION + 2]) {
      const bench = waiting().hear('b', ask, { version });
      assert.deepEqual(bench.says('stranger'), [
        `A message from b is ignored: it speaks version ${version} of the protocol.`,
      ]);
      assert.equal(bench.sent('roster-answer').length, 0);
    }
  });

  test('strangers: a message to another voter, an identity of before: passed over', () => {
    const bench = waiting().hear('b', ask, { to: 'a-of-before' });
    assert.deepEqual(bench.effects, []);
    assert.deepEqual(bench.state.heard, {});
  });

  test('strangers: a voter without a record: answers nobody', () => {
    const bench = muted();
    assert.deepEqual(bench.hear('b', ask).effects, []);
    assert.deepEqual(bench.hear('b', { type: 'request-vote', roster: rosterOf() }, { term: 9 }).effects, []);
    assert.deepEqual(bench.hearMaster('b').effects, []);
    assert.deepEqual(bench.give({ type: 'persisted', sequence: 1 }).effects, []);
  });
});

describe('a fenced peer', () => {
  const fence = { peer: 'b', startId: 'b-1' };
  const roster = rosterOf(twoHosts('fence'));

  test('a fenced peer: a message from before it was powered off: says nothing', () => {
    const bench = waiting({ roster, fence }).hear('b', ask, { startId: 'b-1' });
    assert.deepEqual(bench.effects, []);
    assert.deepEqual(bench.state.record.fence, fence);
  });

  test('a fenced peer: heard with a new start: its voice is its own, on disk, before it is answered', () => {
    const bench = waiting({ roster, fence }).hear('b', ask, { startId: 'b-2' });
    assert.deepEqual(bench.rows(), ['fence-void']);
    assert.equal(bench.did('persist')[0]?.record.fence, null);
    assert.equal(bench.sent('roster-answer').length, 0);
    assert.equal(bench.hear('b', ask, { startId: 'b-2' }).sent('roster-answer').length, 0, 'not on disk yet');
    assert.equal(bench.persist().hear('b', ask, { startId: 'b-2' }).sent('roster-answer').length, 1);
  });

  test('a fenced peer: somebody else asks: is answered, and not told that it is fenced', () => {
    const bench = waiting({ roster: { ...roster, base: ['a', 'b', 'w'] }, fence }).hear('w', ask);
    assert.equal(bench.sent('roster-answer')[0]?.body.fencesYou, false);
  });

  test('a fenced peer: heard with a new start while the command runs: its late success is ignored', () => {
    const bench = metPeer().after(2 * TIMING.promiseMs);
    bench.after(TIMING.promiseMs + TIMING.fenceMs);
    // The candidacy that it tried meanwhile has failed: `b` did not answer.
    while (bench.did('fence').length === 0) bench.after(100);
    const [order] = bench.did('fence');
    bench.hear('b', ask, { startId: 'b-1' });
    assert.notEqual(bench.state.fencing, null, 'the same start may be an old message');
    bench.hear('w', ask, { startId: 'w-2' });
    assert.notEqual(bench.state.fencing, null, 'a witness is not the one that is fenced');
    bench.hear('b', ask, { startId: 'b-2' });
    assert.equal(bench.state.fencing, null);
    bench.give({ type: 'fence-result', attempt: order?.attempt ?? 0, ok: true });
    assert.equal(bench.state.record.fence, null);
    assert.deepEqual(bench.rows(), []);
  });
});

describe('higher terms', () => {
  for (const [name, build] of Object.entries({ masterAlone, masterPaired, resigning, masterSole }))
    test(`higher terms: ${name} hears one: stands down first, takes it over after`, () => {
      const bench = build();
      const { term } = bench.state.record;
      bench.hear('w', { type: 'outdated' }, { term: term + 4 });
      assert.equal(bench.state.name, 'standing-down');
      assert.match(bench.says('stands-down')[0] ?? '', /w knows a newer term/);
      assert.equal(bench.state.record.term, term);
      assert.equal(bench.did('stand-down').length, 1);
      bench.stoodDown();
      assert.equal(bench.state.record.term, term + 4);
    });

  test('higher terms: an agent knows one: the same', () => {
    const bench = masterPaired();
    const { term } = bench.state.record;
    assert.equal(bench.give({ type: 'agent-term', term }).state.name, 'master-paired');
    bench.give({ type: 'agent-term', term: term + 1 });
    assert.match(bench.says('stands-down')[0] ?? '', /an agent knows a newer master/);
    bench.give({ type: 'agent-term', term: term + 7 }).stoodDown();
    assert.equal(bench.state.record.term, term + 7);
  });

  for (const [name, build] of Object.entries({ standingDown, fenced }))
    test(`higher terms: ${name} hears one: nobody is answered, and it is taken over at the end`, () => {
      const bench = build();
      const { term } = bench.state.record;
      bench.hearMaster('b', {}, { term: term + 2 });
      assert.deepEqual(bench.sent('heartbeat-ack'), []);
      assert.equal(bench.state.record.term, term);
      assert.equal(bench.stoodDown().state.record.term, term + 2);
    });

  test('higher terms: whoever acts for nobody: takes them over at once', () => {
    const bench = standbyInSync().hear('w', { type: 'outdated' }, { term: 6 });
    assert.equal(bench.state.record.term, 6);
    assert.equal(bench.state.record.votedFor, null);
    assert.equal(waitingUnder({}).give({ type: 'agent-term', term: 5 }).state.record.term, 5);
  });

  test('higher terms: a master of before speaks to the present one: is told to stop', () => {
    const bench = masterPaired();
    const older = { term: bench.state.record.term - 1 };
    assert.equal(bench.hearMaster('b', {}, older).sent('outdated').length, 1);
    assert.equal(bench.hear('b', { type: 'propose', roster: rosterOf() }, older).sent('outdated').length, 1);
    assert.equal(bench.hearMaster('b').sent('outdated').length, 0);
  });
});
