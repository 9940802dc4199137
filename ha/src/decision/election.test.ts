/** From "no master is heard" to "elected": who may ask, what ends a candidacy, and whose votes count. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Roster } from '@nezuban/protocol/pair/roster';
import type { PairMessageBody } from '@nezuban/protocol/pair/messages';
import { FLUSHED, type Bench } from '../testing/decision-bench.ts';
import {
  candidate,
  candidateForVotes,
  rosterOf,
  standbyInSync,
  starting,
  TIMING,
  waiting,
  waitingUnder,
} from '../testing/decision-states.ts';
import { whyNotEligible } from './election.ts';
import { beginTurn } from './turn.ts';

const roster = rosterOf();
const nothingAcked = { lineage: 0, lsn: 0 };

const preVoteAnswer = (granted: boolean, theirs: Roster | null = roster): PairMessageBody => ({
  type: 'pre-vote-answer',
  newTerm: 2,
  granted,
  roster: theirs,
});
const vote = (changes: Partial<Extract<PairMessageBody, { type: 'vote' }>> = {}): PairMessageBody => ({
  type: 'vote',
  forTerm: 2,
  granted: true,
  roster,
  acked: nothingAcked,
  ...changes,
});
const ineligible = ({ state, now }: Bench): string | null => whyNotEligible(beginTurn(state, now));
const told = (theirs: Roster | null): PairMessageBody => ({
  type: 'roster-answer',
  roster: theirs,
  heardMasterAgoMs: -1,
  heardMaster: null,
  fencesYou: false,
});

describe('who may ask', () => {
  test('who may ask: in sync by its own roster, with that directory, and well: may', () => {
    assert.equal(ineligible(waiting()), null);
  });

  test('who may ask: nobody has told it a roster: may not', () => {
    assert.equal(ineligible(waiting({ term: 0, roster: null })), 'it has no roster yet');
  });

  test('who may ask: it is not in sync: may not, and it is said for whom it waits', () => {
    const bench = waitingUnder({ inSync: { b: 'token-b' } });
    assert.equal(ineligible(bench), 'it waits for b, who holds everything');
    bench.after(10 * TIMING.promiseMs);
    assert.equal(bench.state.name, 'waiting');
    const stranger = waitingUnder({ inSync: { b: 'token-b', c: 'token-c' }, members: ['b', 'c'] });
    assert.equal(ineligible(stranger), 'it waits for b or c, who holds everything');
  });

  test('who may ask: another directory than the roster names: may not', () => {
    const bench = waiting().report({ token: 'of another life' });
    assert.equal(ineligible(bench), 'its data directory is not the one that the roster names');
  });

  test('who may ask: its database does not run as a standby, or is sick: may not', () => {
    assert.equal(ineligible(waiting().report({ runs: 'stopped' })), 'its database is not ready');
    assert.equal(ineligible(waiting().report({ healthy: false })), 'its database is not ready');
  });

  test('who may ask: what stands against it is looked at again after a while, not in every turn', () => {
    const bench = waiting().report({ healthy: false }).after(TIMING.restartQuietMs);
    assert.equal(bench.state.name, 'waiting');
    assert.deepEqual(bench.says('cannot-take-over'), [
      'No master is heard, and this host cannot become one: its database is not ready.',
    ]);
    assert.deepEqual(bench.copy().after(TIMING.resendMs).rows(), [], 'the same is not said twice');
    bench.report({ healthy: true });
    assert.equal(bench.after(TIMING.resendMs - 1).state.name, 'waiting');
    assert.equal(bench.after(1).state.name, 'candidate');
  });

  test('who may ask: a single manager whose database takes its time: calm words, and once', () => {
    const alone = { voters: [['a']], members: ['a'], inSync: { a: 'token-a' } };
    const bench = waitingUnder(alone).report({ runs: 'stopped' }).after(TIMING.restartQuietMs);
    assert.deepEqual(bench.says('cannot-take-over'), []);
    assert.deepEqual(bench.says('still-starting'), [
      'This host, the only one, is starting: its database is not ready yet.',
    ]);
    assert.deepEqual(bench.copy().after(TIMING.resendMs).rows(), [], 'the same is not said twice');
    const foreign = waitingUnder(alone).report({ token: 'of another life' }).after(TIMING.restartQuietMs);
    assert.equal(foreign.says('cannot-take-over').length, 1, 'what does not pass by itself is a warning');
  });

  test('who may ask: a restart: only after the quiet; a promise: only after it', () => {
    assert.equal(waiting().after(TIMING.restartQuietMs - 1).state.name, 'waiting');
    const bench = standbyInSync();
    bench.after(TIMING.restartQuietMs - 1).hearMaster('b');
    assert.equal(bench.after(TIMING.promiseMs - 1).state.name, 'standby-in-sync');
    assert.equal(bench.after(1).state.name, 'candidate');
  });

  for (const [situation, changes] of Object.entries({
    'an asymmetric roster': { master: 'a', voters: [['a']], base: ['a', 'b', 'w'], inSync: { a: 'token-a' } },
    'a forced roster': {
      master: 'a',
      voters: [['a']],
      inSync: { a: 'token-a' },
      forced: { oldVoters: [['a', 'b', 'w']] },
    },
  } satisfies Record<string, Partial<Roster>>))
    test(`who may ask: the only voter of ${situation}, restarted: asks those of before first`, () => {
      const bench = waitingUnder(changes).after(TIMING.restartQuietMs);
      assert.equal(ineligible(bench), 'it must hear a majority of the former voters first');
      assert.equal(bench.state.name, 'waiting');
      const missing = 'it must hear a majority of the former voters first';
      assert.equal(ineligible(bench.hear('w', told(null))), missing, 'w has shown nothing');
      const { roster: own } = bench.state.record;
      assert.equal(ineligible(bench.hear('w', told(own), { toStartId: 'a-0' })), missing, 'to another start');
      assert.equal(ineligible(bench.hear('w', told(own))), null);
      assert.equal(ineligible(bench.hear('w', told(null))), null, 'it has shown it once');
      bench.after(TIMING.resendMs);
      assert.equal(bench.state.name, 'candidate');
      // It is the only voter: its own vote on its disk elects it.
      assert.equal(bench.persist().state.name, 'promoting');
    });

  test('who may ask: the only voter hears that somebody was forced meanwhile: takes that over and waits', () => {
    const bench = waitingUnder({
      master: 'a',
      voters: [['a']],
      base: ['a', 'b', 'w'],
      inSync: { a: 'token-a' },
    });
    bench.hear('w', told(rosterOf({ term: 65_536, inSync: { b: 'token-b' } })));
    bench.after(TIMING.restartQuietMs);
    assert.equal(bench.state.name, 'waiting');
    assert.equal(ineligible(bench), 'it waits for b, who holds everything');
  });

  test('who may ask: the only voter of a pair that was never larger: need not be quiet', () => {
    const alone = { master: 'a', voters: [['a']], members: ['a'], inSync: { a: 'token-a' } };
    assert.equal(waitingUnder(alone).give({ type: 'tick' }).persist().state.name, 'promoting');
  });
});

describe('candidacy', () => {
  test('candidacy: begins: everybody else is asked, and no term is raised', () => {
    const bench = candidate();
    assert.deepEqual(
      bench.sent('pre-vote').map(({ to, term, body }) => [to, term, body.newTerm]),
      [
        ['b', 1, 2],
        ['w', 1, 2],
      ],
    );
    assert.equal(bench.state.record.term, 1);
  });

  test('candidacy: a majority would: own vote on disk, and only then the others are asked', () => {
    const bench = candidate().hear('w', preVoteAnswer(true));
    assert.deepEqual(bench.did('persist')[0]?.record, { ...bench.state.record, term: 2, votedFor: 'a' });
    assert.deepEqual(bench.sent('request-vote'), []);
    bench.persist();
    assert.deepEqual(
      bench.sent('request-vote').map(({ to, term }) => [to, term]),
      [
        ['b', 2],
        ['w', 2],
      ],
    );
  });

  test('candidacy: one of five would: not enough; the same one again: neither', () => {
    const bench = candidate({ voters: [['a', 'b', 'w', 'x', 'y']] });
    bench.hear('w', preVoteAnswer(true)).hear('w', preVoteAnswer(true));
    assert.equal(bench.state.election?.stage, 'pre-vote');
    assert.equal(bench.hear('x', preVoteAnswer(true)).state.election?.stage, 'vote');
  });

  test('candidacy: a refusal, or an answer of another round: counts for nothing', () => {
    const bench = candidate().hear('w', preVoteAnswer(false));
    bench.hear('w', { type: 'pre-vote-answer', newTerm: 3, granted: true, roster });
    assert.equal(bench.state.election?.stage, 'pre-vote');
    assert.equal(bench.state.record.term, 1);
  });

  test('candidacy: an answer shows a newer roster without it: ends before any term is raised', () => {
    const bench = candidate().hear(
      'w',
      preVoteAnswer(true, rosterOf({ revision: 2, inSync: { b: 'token-b' } })),
    );
    assert.deepEqual(bench.says('candidacy-failed'), [
      'This host was not elected: it waits for b, who holds everything.',
    ]);
    assert.equal(bench.state.record.term, 1);
    assert.equal(bench.state.record.roster?.revision, 2);
  });

  test('candidacy: an answer shows a higher term: ends, and the next one is above that', () => {
    const bench = candidate().hear('w', preVoteAnswer(true), { term: 6 });
    assert.deepEqual(bench.says('candidacy-failed'), ['This host was not elected: another term has begun.']);
    assert.equal(bench.state.record.votedFor, null);
    bench.after(TIMING.promiseMs);
    assert.equal(bench.state.election?.term, 7);
  });

  test('candidacy: it promised somebody while it asked: does not vote for itself', () => {
    const bench = candidate().hear('b', { type: 'propose', roster: rosterOf({ revision: 2 }) });
    bench.hear('w', preVoteAnswer(true, null));
    assert.equal(bench.state.election?.stage, 'pre-vote');
    assert.equal(bench.state.record.votedFor, null);
  });

  test('candidacy: nobody answers: ends, and is tried again after a time that differs', () => {
    const bench = candidate();
    assert.equal(bench.after(TIMING.electionRoundMs - 1).state.name, 'candidate');
    bench.after(1);
    assert.deepEqual(bench.says('candidacy-failed'), ['This host was not elected: no answer from b, w.']);
    const delay = bench.state.candidateAt - bench.now;
    assert.ok(delay >= TIMING.retryMinMs && delay < TIMING.retryMinMs + TIMING.retrySpreadMs);
    assert.equal(bench.state.name, 'waiting');
  });

  test('candidacy: it ends: it is said who is silent and who refuses, and the same not twice', () => {
    const end = (bench: Bench): Bench => bench.after(TIMING.electionRoundMs);
    const one = end(candidate().hear('w', preVoteAnswer(false)));
    assert.deepEqual(one.says('candidacy-failed'), [
      'This host was not elected: no answer from b; no support from w.',
    ]);
    const both = end(candidate().hear('w', preVoteAnswer(false)).hear('b', preVoteAnswer(false)));
    assert.deepEqual(both.says('candidacy-failed'), ['This host was not elected: no support from b, w.']);
    const again = end(candidate());
    while (again.state.name !== 'candidate') again.after(TIMING.retryMinMs);
    assert.deepEqual(again.rows(), [], 'it asks again');
    end(again);
    assert.deepEqual([again.state.name, again.rows()], ['waiting', []]);
    assert.match(again.state.reason, /no answer from b, w/);
  });

  test('candidacy: its database falls ill: ends', () => {
    const bench = candidate().report({ healthy: false });
    assert.deepEqual(bench.says('candidacy-failed'), [
      'This host was not elected: its database is not ready.',
    ]);
  });
});

describe('votes', () => {
  test('votes: a majority with its own: elected, and the first roster keeps everybody in sync', () => {
    const bench = candidateForVotes().hear('w', vote());
    assert.deepEqual(bench.says('elected'), ['Elected as master of term 2. The database becomes primary.']);
    const { phase, inSync, term, master } = bench.did('persist')[0]?.record.roster ?? {};
    assert.deepEqual(
      { phase, inSync, term, master },
      { phase: 'promoting', inSync: roster.inSync, term: 2, master: 'a' },
    );
    assert.deepEqual(bench.did('promote'), []);
  });

  test('votes: refused, or of another term, or of one voter twice: do not count', () => {
    const bench = candidateForVotes({ voters: [['a', 'b', 'w', 'x', 'y']] });
    bench.hear('w', vote({ granted: false }));
    bench.hear('w', vote({ forTerm: 1 }));
    bench.hear('x', vote()).hear('x', vote());
    assert.equal(bench.state.name, 'candidate');
    assert.equal(bench.hear('y', vote()).state.name, 'promoting');
  });

  test('votes: one arrives while it still asks for pre-votes: belongs to a round of before', () => {
    assert.equal(candidate().hear('w', vote()).state.election?.stage, 'pre-vote');
  });

  test('votes: a refusal shows a newer roster without it: ends', () => {
    const bench = candidateForVotes();
    bench.hear('w', vote({ granted: false, roster: rosterOf({ revision: 3, inSync: { b: 'token-b' } }) }));
    assert.equal(bench.state.name, 'waiting');
    assert.match(bench.says('candidacy-failed')[0] ?? '', /waits for b/);
  });

  test('votes: a newer roster with other voters: those are asked, and they are counted', () => {
    const newer = rosterOf({ revision: 2, voters: [['a', 'x', 'y']] });
    const bench = candidateForVotes().hear('w', vote({ roster: newer }));
    assert.equal(bench.state.name, 'candidate', 'w is no voter any more');
    assert.deepEqual(
      bench.sent('request-vote').map(({ to, body }) => [to, body.roster]),
      [
        ['x', newer],
        ['y', newer],
      ],
    );
    assert.equal(bench.hear('b', vote()).state.name, 'candidate');
    assert.equal(bench.hear('x', vote({ roster: newer })).state.name, 'promoting');
  });

  test('votes: a newer roster with two sets: a majority of each is needed', () => {
    const joint = rosterOf({
      revision: 2,
      voters: [
        ['a', 'b', 'w'],
        ['a', 'x', 'y'],
      ],
    });
    const bench = candidateForVotes().hear('w', vote({ roster: joint }));
    assert.deepEqual(
      bench.sent('request-vote').map(({ to }) => to),
      ['b', 'x', 'y'],
    );
    assert.equal(bench.hear('b', vote({ roster: joint })).state.name, 'candidate');
    assert.equal(bench.hear('y', vote({ roster: joint })).state.name, 'promoting');
  });

  test('votes: a position beyond the own data was acknowledged: stops, the disk has lost something', () => {
    const bench = candidateForVotes().hear('w', vote({ acked: { lineage: 1, lsn: FLUSHED + 1 } }));
    assert.deepEqual(bench.says('candidacy-failed'), [
      `This host was not elected: its data ends at ${FLUSHED}, but ${FLUSHED + 1} was acknowledged: its disk was restored, or lies.`,
    ]);
    assert.equal(bench.state.name, 'waiting');
  });

  test('votes: a position beyond the own data is known before: does not even ask', () => {
    const bench = standbyInSync().hearMaster('b', { acked: { lineage: 1, lsn: FLUSHED + 1 } });
    bench.after(TIMING.promiseMs);
    assert.equal(bench.state.name, 'standby-in-sync');
    assert.match(bench.says('cannot-take-over')[0] ?? '', /its disk was restored, or lies\.$/);
  });

  test('votes: exactly the own position, or one of another history: does not stand against it', () => {
    for (const acked of [
      { lineage: 1, lsn: FLUSHED },
      { lineage: 7, lsn: FLUSHED + 1 },
    ])
      assert.equal(candidateForVotes().hear('w', vote({ acked })).state.name, 'promoting');
  });

  test('votes: maintenance was wanted: is over, for the elected is on duty', () => {
    const bench = standbyInSync().command({ do: 'maintenance', on: true }).persist();
    bench.after(TIMING.promiseMs).hear('w', preVoteAnswer(true)).persist().hear('w', vote());
    assert.equal(bench.state.name, 'promoting');
    assert.equal(bench.did('persist')[0]?.record.maintenance, false);
  });
});

describe('asking for rosters', () => {
  test('asking for rosters: no master is heard: all are asked, again and again', () => {
    const bench = waitingUnder({ inSync: { b: 'token-b' } }).give({ type: 'tick' });
    assert.deepEqual(
      bench.sent('ask-roster').map(({ to }) => to),
      ['b', 'w'],
    );
    assert.deepEqual(bench.after(2 * TIMING.resendMs - 1).sent('ask-roster'), []);
    assert.equal(bench.after(1).sent('ask-roster').length, 2);
  });

  test('asking for rosters: none is known: nobody can be asked', () => {
    const bench = waiting({ term: 0, roster: null }).after(TIMING.promiseMs);
    assert.deepEqual(bench.sent('ask-roster'), []);
  });

  test('asking for rosters: answers: are taken over, with whom their senders have heard and when', () => {
    const bench = waiting();
    const newer = rosterOf({ revision: 5 });
    bench.hear('w', { ...told(newer), heardMasterAgoMs: 300, heardMaster: 'b' } as PairMessageBody);
    assert.deepEqual(bench.state.record.roster, newer);
    assert.deepEqual(bench.state.answers['w'], {
      at: bench.now,
      heardMasterAt: bench.now - 300,
      heardMaster: 'b',
      isWhole: true,
    });
    bench.hear('w', told(null));
    assert.equal(bench.state.answers['w']?.heardMasterAt, -Infinity);
  });

  test('asking for rosters: the directory is not known yet: answers wait', () => {
    assert.deepEqual(starting().hear('w', told(rosterOf({ revision: 5 }))).state.answers, {});
  });
});
