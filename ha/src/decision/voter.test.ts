/** A voter's duties, the same for members and witnesses: pre-votes, votes, promises, acceptances, resignations, and its word on rosters. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Bench } from '../testing/decision-bench.ts';
import {
  candidate,
  copying,
  freshWitness,
  inMaintenance,
  masterPaired,
  rosterOf,
  standbyInSync,
  standingDown,
  starting,
  TIMING,
  waiting,
  witness,
} from '../testing/decision-states.ts';

const roster = rosterOf();
const quiet = (bench: Bench): Bench => bench.after(TIMING.restartQuietMs);
const preVote = (newTerm: number, theirs = roster) =>
  ({ type: 'pre-vote', newTerm, roster: theirs }) as const;
const requestVote = { type: 'request-vote', roster } as const;

describe('pre-vote', () => {
  const granted = (bench: Bench): boolean | undefined => bench.sent('pre-vote-answer')[0]?.body.granted;

  test('pre-vote: a free voter: would, and nothing of it changes', () => {
    const bench = quiet(witness());
    const { record } = bench.state;
    assert.equal(granted(bench.hear('a', preVote(2))), true);
    assert.equal(bench.state.record, record);
  });

  test('pre-vote: in the quiet after a start, or promised to a master: would not', () => {
    assert.equal(granted(witness().hear('a', preVote(2))), false);
    const bench = quiet(witness()).hearMaster('b');
    assert.equal(granted(bench.after(TIMING.promiseMs - 1, bench.message('a', preVote(2)))), false);
    assert.equal(granted(bench.after(1, bench.message('a', preVote(2)))), true);
  });

  test('pre-vote: a term that has been: would not, and its roster is told', () => {
    const bench = quiet(witness()).hear('a', preVote(1));
    assert.equal(granted(bench), false);
    assert.deepEqual(bench.sent('pre-vote-answer')[0]?.body.roster, roster);
  });

  test('pre-vote: its record is not on disk yet: shows no roster', () => {
    const bench = witness().hear('b', { type: 'propose', roster: rosterOf({ revision: 2 }) });
    assert.equal(bench.hear('a', preVote(2)).sent('pre-vote-answer')[0]?.body.roster, null);
    assert.equal(bench.persist().hear('a', preVote(2)).sent('pre-vote-answer')[0]?.body.roster?.revision, 2);
  });

  test('pre-vote: whoever acts: would not', () => {
    const bench = masterPaired();
    assert.equal(granted(bench.hear('b', preVote(99), { term: bench.state.record.term })), false);
  });

  test('pre-vote: a voter without a roster: would only for a roster that names it', () => {
    assert.equal(granted(quiet(freshWitness()).hear('a', preVote(2))), true);
    const without = rosterOf({ voters: [['a', 'b', 'x']] });
    assert.equal(granted(quiet(freshWitness()).hear('a', preVote(2, without))), false);
    const asNew = rosterOf({
      voters: [
        ['a', 'b', 'x'],
        ['a', 'b', 'w'],
      ],
    });
    assert.equal(granted(quiet(freshWitness()).hear('a', preVote(2, asNew))), true);
  });
});

describe('vote', () => {
  const vote = (bench: Bench) => bench.sent('vote')[0]?.body;

  test('vote: a new voter: takes over the roster that names it, together with its vote', () => {
    const bench = quiet(freshWitness()).hear('a', requestVote, { term: 3 });
    const { term, votedFor, roster: taken } = bench.did('persist')[0]?.record ?? {};
    assert.deepEqual({ term, votedFor, taken }, { term: 3, votedFor: 'a', taken: roster });
    assert.deepEqual(vote(bench.persist())?.roster, roster);
  });

  test('vote: its own roster: is not replaced by that of the candidate, and is sent with the vote', () => {
    const bench = quiet(witness()).hear(
      'a',
      { type: 'request-vote', roster: rosterOf({ revision: 9 }) },
      { term: 2 },
    );
    assert.deepEqual(vote(bench.persist())?.roster, roster);
  });

  test('vote: asked again by the same candidate: the same answer, even when promised meanwhile', () => {
    const bench = quiet(witness()).hear('a', requestVote, { term: 2 }).persist();
    bench.hearMaster('a', {}, { term: 2 });
    const { sequence } = bench.state;
    assert.equal(vote(bench.hear('a', requestVote, { term: 2 }))?.granted, true);
    assert.equal(bench.state.sequence, sequence);
  });

  test('vote: another candidate of the same term: refused', () => {
    const bench = quiet(witness()).hear('a', requestVote, { term: 2 }).persist();
    assert.equal(vote(bench.hear('b', requestVote, { term: 2 }))?.granted, false);
    assert.equal(bench.state.record.votedFor, 'a');
  });

  test('vote: a term known but not voted in: granted; a term that has been: refused', () => {
    const bench = quiet(witness({ term: 4, votedFor: null }));
    assert.equal(vote(bench.copy().hear('a', requestVote, { term: 4 }).persist())?.granted, true);
    assert.equal(vote(bench.hear('a', requestVote, { term: 3 }))?.granted, false);
  });

  test('vote: a voter that has promised: refuses and does not even take over the term', () => {
    const bench = quiet(witness()).hearMaster('b').hear('a', requestVote, { term: 8 });
    assert.equal(vote(bench)?.granted, false);
    assert.equal(bench.state.record.term, 1);
  });

  test('vote: carries the highest position that both members are known to have acknowledged', () => {
    const bench = quiet(witness()).hearMaster('b', { acked: { lineage: 1, lsn: 500 } });
    bench.hearMaster('b', { acked: { lineage: 1, lsn: 400 } });
    assert.deepEqual(bench.state.acked, { lineage: 1, lsn: 500 });
    bench.hearMaster('b', { acked: { lineage: 2, lsn: 7 } });
    bench.hearMaster('b', { acked: { lineage: 0, lsn: 9999 } });
    assert.deepEqual(vote(bench.hear('a', requestVote, { term: 1 }))?.acked, { lineage: 2, lsn: 7 });
  });
});

describe('heartbeat', () => {
  test('heartbeat: of the newest term: promised and answered with its number', () => {
    const bench = witness().hearMaster('b', { seq: 41 });
    assert.deepEqual(bench.sent('heartbeat-ack')[0]?.body, {
      type: 'heartbeat-ack',
      seq: 41,
      position: { term: 1, revision: 1 },
      member: null,
    });
    assert.equal(bench.state.promiseUntil, bench.now + TIMING.promiseMs);
  });

  test('heartbeat: of an older term: its sender is told to stop, nothing is promised', () => {
    const bench = witness({ term: 5 }).hearMaster('b', {}, { term: 4 });
    assert.equal(bench.sent('outdated')[0]?.term, 5);
    assert.equal(bench.state.promiseUntil, bench.now);
    assert.equal(bench.state.leader, null);
  });

  test('heartbeat: of a term that was resigned: ignored for ever', () => {
    const bench = witness().hearMaster('b').hear('b', { type: 'resign', resignedTerm: 1, to: null });
    assert.deepEqual(bench.hearMaster('b').effects, []);
    assert.equal(bench.state.leader, null);
    assert.equal(bench.hearMaster('a', {}, { term: 2 }).sent('heartbeat-ack').length, 1);
  });

  test('heartbeat: a member answers: tells its directory, its health, and whom it has heard lately', () => {
    const bench = standbyInSync().hear('w', { type: 'ask-roster' });
    const heardOf = (): readonly string[] | undefined => bench.sent('heartbeat-ack')[0]?.body.member?.heard;
    bench.hearMaster('b');
    const member = bench.sent('heartbeat-ack')[0]?.body.member;
    assert.deepEqual(
      { ...member, heard: [] },
      {
        token: 'token-a',
        lineage: 1,
        flushed: 1000,
        streaming: true,
        healthy: true,
        maintenance: false,
        heard: [],
      },
    );
    assert.deepEqual(heardOf(), ['b', 'w']);
    bench.after(TIMING.asymmetricAfterMs - 1).hearMaster('b');
    assert.deepEqual(heardOf(), ['b', 'w']);
    bench.after(1).hearMaster('b');
    assert.deepEqual(heardOf(), ['b']);
  });

  test('heartbeat: a member in maintenance: votes and promises all the same, and says so', () => {
    const bench = inMaintenance().hearMaster('b');
    assert.equal(bench.sent('heartbeat-ack')[0]?.body.member?.maintenance, true);
    assert.equal(bench.state.promiseUntil, bench.now + TIMING.promiseMs);
  });

  test('heartbeat: of the present master: cancels a candidacy; of an older one: does not', () => {
    const older = candidate().hear('w', { type: 'pre-vote-answer', newTerm: 2, granted: false, roster });
    assert.equal(older.hearMaster('b', {}, { term: 0 }).state.name, 'candidate');
    assert.equal(older.sent('outdated').length, 1);
    const bench = candidate().hearMaster('b');
    assert.deepEqual(bench.says('candidacy-cancelled'), ['b is master of term 1. The candidacy ends.']);
    assert.equal(bench.state.name, 'standby-in-sync');
  });
});

describe('propose', () => {
  const propose = (changes: Parameters<typeof rosterOf>[0]) =>
    ({ type: 'propose', roster: rosterOf(changes) }) as const;

  test('propose: a newer roster: on disk, then accepted; and it is a promise', () => {
    const bench = witness().hear('b', propose({ term: 2, revision: 1 }));
    assert.equal(bench.sent('accepted').length, 0);
    assert.equal(bench.state.promiseUntil, bench.now + TIMING.promiseMs);
    assert.deepEqual(bench.persist().sent('accepted')[0]?.body.position, { term: 2, revision: 1 });
    assert.equal(bench.state.record.term, 2);
  });

  test('propose: the same again: accepted again, written once', () => {
    const bench = witness()
      .hear('b', propose({ revision: 2 }))
      .persist();
    const { sequence } = bench.state;
    assert.equal(bench.hear('b', propose({ revision: 2 })).sent('accepted').length, 1);
    assert.equal(bench.state.sequence, sequence);
  });

  test('propose: an older revision of the term: neither accepted nor refused', () => {
    const bench = witness()
      .hear('b', propose({ revision: 3 }))
      .persist()
      .hear('b', propose({ revision: 2 }));
    assert.deepEqual(bench.effects, []);
    assert.equal(bench.state.record.roster?.revision, 3);
  });

  test('propose: of an older term: its sender is told to stop', () => {
    const bench = witness({ term: 5 }).hear('b', propose({ term: 4, revision: 9 }));
    assert.equal(bench.sent('outdated').length, 1);
    assert.equal(bench.state.record.roster?.term, 1);
  });

  test('propose: of a term that was resigned: ignored', () => {
    const bench = witness().hear('b', { type: 'resign', resignedTerm: 1, to: null });
    assert.deepEqual(bench.hear('b', propose({ revision: 2 })).effects, []);
  });
});

describe('resign', () => {
  test('resign: of the master: promises end, whoever is named asks at once', () => {
    const bench = standbyInSync().after(TIMING.restartQuietMs, { type: 'tick' }).hearMaster('b');
    bench.hear('b', { type: 'resign', resignedTerm: 1, to: 'a' });
    assert.equal(bench.state.name, 'candidate');
    assert.equal(bench.sent('pre-vote').length, 2);
  });

  test('resign: in favour of another: lets it go first; in favour of nobody: asks at once', () => {
    const build = (): Bench => standbyInSync().after(TIMING.restartQuietMs).hearMaster('b');
    const other = build().hear('b', { type: 'resign', resignedTerm: 1, to: 'b' });
    assert.equal(other.state.name, 'standby-in-sync');
    assert.ok(other.state.candidateAt >= other.now + TIMING.retryMinMs);
    assert.ok(other.state.candidateAt < other.now + TIMING.retryMinMs + TIMING.retrySpreadMs);
    assert.equal(build().hear('b', { type: 'resign', resignedTerm: 1, to: null }).state.name, 'candidate');
  });

  test('resign: of an older master, late: the promise to the present one stands', () => {
    const bench = quiet(witness()).hearMaster('b', {}, { term: 4 });
    bench.hear('a', { type: 'resign', resignedTerm: 3, to: null });
    assert.equal(bench.state.leader?.id, 'b');
    assert.equal(bench.state.promiseUntil, bench.now + TIMING.promiseMs);
    assert.equal(bench.state.resignedTerm, 3);
  });

  test('resign: of a term below the own one: ends no promise that belongs to a newer proposal', () => {
    const bench = quiet(witness()).hear('b', { type: 'propose', roster: rosterOf({ term: 4 }) });
    bench.hear('a', { type: 'resign', resignedTerm: 3, to: null });
    assert.equal(bench.state.promiseUntil, bench.now + TIMING.promiseMs);
  });
});

describe('rosters that are told', () => {
  const answer = (bench: Bench) => bench.hear('b', { type: 'ask-roster' }).sent('roster-answer')[0]?.body;

  test('rosters that are told: no master was ever heard: says so', () => {
    const { heardMasterAgoMs, heardMaster, roster: told } = answer(waiting()) ?? {};
    assert.deepEqual(
      { heardMasterAgoMs, heardMaster, told },
      { heardMasterAgoMs: -1, heardMaster: null, told: roster },
    );
  });

  test('rosters that are told: a master was heard: says which and how long ago', () => {
    const bench = standbyInSync();
    bench.now += 123;
    assert.equal(answer(bench)?.heardMasterAgoMs, 123);
    assert.equal(answer(bench)?.heardMaster, 'b');
  });

  test('rosters that are told: whoever acts, or has not ended yet: names itself', () => {
    for (const bench of [masterPaired(), standingDown()]) {
      assert.equal(answer(bench)?.heardMaster, 'a', bench.state.name);
      assert.equal(answer(bench)?.heardMasterAgoMs, 0, bench.state.name);
    }
  });

  test('rosters that are told: the record is not on disk yet: none is shown', () => {
    const bench = witness().hear('b', { type: 'propose', roster: rosterOf({ revision: 2 }) });
    assert.equal(answer(bench)?.roster, null);
    assert.equal(answer(bench.persist())?.roster?.revision, 2);
  });

  test('rosters that are told: a witness that hears no master: tells both members, now and then', () => {
    const bench = witness().hearMaster('b');
    assert.deepEqual(bench.after(TIMING.promiseMs - 1).effects, []);
    assert.deepEqual(
      bench
        .after(1)
        .sent('roster-answer')
        .map(({ to }) => to),
      ['a', 'b'],
    );
    assert.deepEqual(bench.after(TIMING.leaseMs - 1).effects, []);
    assert.equal(bench.after(1).sent('roster-answer').length, 2);
  });

  test('rosters that are told: a witness without a roster: has nothing to tell', () => {
    assert.deepEqual(freshWitness().after(10 * TIMING.leaseMs).effects, []);
  });

  test('rosters that are told: a member takes over what is newer from any answer; a witness never does', () => {
    const newer = rosterOf({ term: 3, revision: 4 });
    const told = { type: 'pre-vote-answer', newTerm: 2, granted: false, roster: newer } as const;
    for (const bench of [waiting(), copying()]) {
      bench.hear('w', told, { term: 5 });
      assert.deepEqual(bench.state.record.roster, newer);
      assert.equal(bench.state.record.term, 5);
    }
    assert.deepEqual(witness().hear('b', told).state.record.roster, roster);
    assert.deepEqual(
      starting().hear('w', told).state.record.roster,
      roster,
      'its directory is not known yet',
    );
  });
});
