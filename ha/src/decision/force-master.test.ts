/** The last resort: every refusal that keeps it from making two masters, and what a forced host begins with. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { VoterId } from '@nezuban/protocol/pair/roster';
import { LONELY, type Bench } from '../testing/decision-bench.ts';
import {
  benchOf,
  catchingUp,
  forced,
  rosterOf,
  standbyInSync,
  TIMING,
  waiting,
  waitingUnder,
} from '../testing/decision-states.ts';
import { stateNames } from './state.ts';

const BLOCK = 65_536;

function force(
  bench: Bench,
  confirmedOff: readonly VoterId[] = ['b', 'w'],
  agentsHeardOtherAgoMs: number | null = null,
) {
  return bench.command({ do: 'force-master', confirmedOff, agentsHeardOtherAgoMs });
}

function refused(bench: Bench, why: string): void {
  assert.deepEqual(bench.replies(), [{ ok: false, says: `Not forced: ${why}.` }]);
  assert.deepEqual(bench.did('persist'), []);
  assert.equal(bench.state.duty, null);
}

/** `from` answers a question, and says whom it has heard. */
function answers(bench: Bench, from: VoterId, heard: { by: VoterId | null; agoMs: number }): Bench {
  const { by, agoMs } = heard;
  return bench.hear(from, {
    type: 'roster-answer',
    roster: null,
    heardMasterAgoMs: agoMs,
    heardMaster: by,
    fencesYou: false,
  });
}

describe('force-master refused', () => {
  test('force-master refused: in states that cannot: the exact reason', () => {
    const special: Partial<Record<string, string>> = {
      'standing-down': 'This host is changing its role. Try again in a few seconds.',
      fenced: 'This host is changing its role. Try again in a few seconds.',
      witness: 'This host is a witness: it votes and holds no data.',
      promoting: 'This host is master.',
      'master-alone': 'This host is master.',
      'master-paired': 'This host is master.',
      resigning: 'This host is master.',
    };
    for (const name of stateNames) {
      if (['waiting', 'standby-catching-up', 'standby-in-sync', 'candidate'].includes(name)) continue;
      const says = special[name] ?? 'This host cannot be forced in its present state.';
      assert.deepEqual(force(benchOf[name]()).replies(), [{ ok: false, says }], name);
    }
  });

  test('force-master refused: nothing to go on with', () => {
    const why = 'this host has no running copy of the data';
    refused(force(waiting({ term: 0, roster: null })), why);
    refused(force(waiting().report({ runs: 'stopped' })), why);
    refused(force(waiting().report({ token: null })), why);
  });

  test('force-master refused: this host has heard a master just now', () => {
    for (const bench of [standbyInSync(), catchingUp()]) {
      bench.now += TIMING.forceSilenceMs - 1;
      refused(force(bench), 'b is master and was heard just now');
    }
  });

  test('force-master refused: agents have heard the other master just now', () => {
    const why = 'agents have heard the other master just now';
    refused(force(waiting(), ['b', 'w'], TIMING.forceSilenceMs - 1), why);
    assert.equal(force(waiting(), ['b', 'w'], TIMING.forceSilenceMs).replies()[0]?.ok, true);
  });

  test('force-master refused: a voter or member is silent and nobody says that it is off', () => {
    refused(force(waiting(), ['b']), 'w does not answer; confirm that it is off');
    refused(force(waiting(), ['w']), 'b does not answer; confirm that it is off');
    const returns = { voters: [['a']], master: 'a', inSync: { a: 'token-a' }, base: ['a', 'b', 'x'] };
    refused(force(waitingUnder(returns), ['b']), 'x does not answer; confirm that it is off');
  });

  test('force-master refused: a voter is said to be off and answers', () => {
    const bench = answers(waiting(), 'w', { by: null, agoMs: -1 });
    refused(force(bench), 'w has answered just now; if it is off, wait a few seconds');
    bench.now += 2 * TIMING.reachableMs;
    assert.equal(force(bench).replies()[0]?.ok, true, 'its answer is too old to say so');
  });

  test('force-master refused: a voter that answers has heard another master just now', () => {
    const bench = answers(waiting(), 'w', { by: 'b', agoMs: TIMING.forceSilenceMs - 1 });
    refused(force(bench.copy(), ['b']), 'w has heard the master b just now');
    bench.now += 1;
    assert.equal(force(bench, ['b']).replies()[0]?.ok, true);
  });
});

describe('force-master', () => {
  test('force-master: a voter that answers and has heard nobody but this host: is no hindrance', () => {
    const itself = answers(waiting(), 'w', { by: 'a', agoMs: 10 });
    assert.equal(force(itself, ['b']).replies()[0]?.ok, true);
    const nobody = answers(waiting(), 'w', { by: null, agoMs: -1 });
    assert.equal(force(nobody, ['b']).replies()[0]?.ok, true);
  });

  test('force-master: accepted: alone, the only voter, and everybody of before is remembered', () => {
    const bench = force(waiting());
    assert.deepEqual(bench.replies(), [
      { ok: true, says: 'Forced. The other voters are told as soon as they are heard.' },
    ]);
    const { record } = bench.did('persist')[0] ?? {};
    assert.equal(record?.votedFor, 'a');
    const { inSync, voters, base, forced: confirmers, phase } = record?.roster ?? {};
    assert.deepEqual(
      { inSync, voters, base, confirmers, phase },
      {
        inSync: { a: 'token-a' },
        voters: [['a']],
        base: ['a', 'b', 'w'],
        confirmers: { oldVoters: [['a', 'b', 'w']] },
        phase: 'promoting',
      },
    );
    assert.deepEqual(bench.did('promote'), [], 'its record is not on disk yet');
    assert.equal(bench.persist().did('promote').length, 1);
  });

  test('force-master: both members, one after the other, unknown to each other: never the same term', () => {
    const a = force(waiting()).state.record.term;
    const b = force(waiting({ id: 'b' }).report({ token: 'token-b' }), ['a', 'w']).state.record.term;
    assert.deepEqual([a, b], [4 * BLOCK, 5 * BLOCK]);
    const again = force(waiting({ term: a + 100 })).state.record.term;
    assert.equal(again, 8 * BLOCK);
  });

  test('force-master: promotions that its data has never seen: are no part of its history', () => {
    const lineage = [
      { term: 1, member: 'b', timeline: 1, startLsn: 0, lossy: false },
      { term: 4, member: 'a', timeline: 2, startLsn: 700, lossy: false },
      { term: 6, member: 'b', timeline: 3, startLsn: 900, lossy: false },
    ];
    const bench = waitingUnder({ term: 6, inSync: { b: 'token-b' }, lineage }).report({ lineage: 4 });
    force(bench);
    assert.deepEqual(
      bench.state.record.roster?.lineage.map(({ term }) => term),
      [1, 4],
    );
  });

  test('force-master: its promotion: is marked as possibly lossy', () => {
    const { roster, term } = forced().state.record;
    assert.deepEqual(roster?.lineage.at(-1), { term, member: 'a', timeline: 2, startLsn: 1000, lossy: true });
  });

  test('force-master: an asymmetric roster: still returns to the voters before that one', () => {
    const returns = { voters: [['b']], inSync: { b: 'token-b' }, base: ['a', 'b', 'w'] };
    const { roster } = force(waitingUnder(returns)).state.record;
    assert.deepEqual(roster?.base, ['a', 'b', 'w']);
    assert.deepEqual(roster?.forced, { oldVoters: [['b']] });
  });

  test('force-master: a joint roster: the newer of its sets is the one to return to', () => {
    const voters = [
      ['a', 'b', 'w'],
      ['a', 'b', 'x'],
    ];
    const { roster } = force(waitingUnder({ voters }), ['b', 'w', 'x']).state.record;
    assert.deepEqual(roster?.base, ['a', 'b', 'x']);
    assert.deepEqual(roster?.forced, { oldVoters: voters });
  });

  test('force-master: it asks for votes just now: the command counts more than that round', () => {
    const bench = waiting().after(TIMING.restartQuietMs);
    assert.equal(bench.state.name, 'candidate');
    force(bench);
    assert.deepEqual(bench.rows(), ['forced']);
    assert.equal(bench.state.election, null);
    assert.equal(bench.replies()[0]?.ok, true);
  });

  test('force-master: the only voter of before: there is no larger set to return to', () => {
    const { roster } = force(waitingUnder({ voters: [['b']], inSync: { b: 'token-b' } }), ['b']).state.record;
    assert.equal(roster?.base, null);
    assert.deepEqual(roster?.forced, { oldVoters: [['b']] });
  });

  test('force-master: the old voters: are told, and a majority of them confirms it', () => {
    const bench = forced().live(TIMING.leaseMs, LONELY);
    assert.ok(bench.sent('propose').some(({ to }) => to === 'w'));
    assert.notEqual(bench.state.record.roster?.forced, null);
    bench.live(TIMING.leaseMs, { answering: ['w'] });
    assert.deepEqual(bench.says('forced-confirmed'), [
      'A majority of the former voters has accepted the forced master.',
    ]);
    assert.equal(bench.state.record.roster?.forced, null);
  });

  test('force-master: confirmed and a majority of before answers: they vote again', () => {
    const bench = forced().live(3 * TIMING.leaseMs);
    assert.deepEqual(bench.state.record.roster?.voters, [['a', 'b', 'w']]);
    assert.equal(bench.state.record.roster?.base, null);
  });

  test('force-master: an answer from a roster of before: confirms nothing', () => {
    const bench = forced().live(TIMING.leaseMs, LONELY);
    bench.hear('w', { type: 'accepted', position: { term: rosterOf().term, revision: 1 } });
    assert.deepEqual(bench.rows(), []);
    assert.notEqual(bench.state.record.roster?.forced, null);
  });

  test('force-master: its promotion fails and more had been acknowledged: it asks again all the same', () => {
    const bench = standbyInSync().hearMaster('b', { acked: { lineage: 1, lsn: 999_999_999 } });
    force(bench.after(TIMING.forceSilenceMs).after(TIMING.reachableMs));
    assert.equal(bench.persist().give({ type: 'database-lost' }).state.name, 'standing-down');
    bench.stoodDown().report({ runs: 'standby', healthy: true });
    const whole = { heardMasterAgoMs: -1, heardMaster: null, fencesYou: false };
    for (const from of ['b', 'w'])
      bench.hear(
        from,
        { type: 'roster-answer', roster: rosterOf(), ...whole },
        { toStartId: bench.state.startId },
      );
    bench.after(10 * TIMING.electionRoundMs).persist();
    assert.equal(bench.state.name, 'promoting');
  });
});
