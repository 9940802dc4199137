/** Two hosts alone: who may fence whom, when, and what becomes of the result. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PairMessage, PairMessageBody } from '@nezuban/protocol/pair/messages';
import type { Roster } from '@nezuban/protocol/pair/roster';
import { LONELY, type Bench, type World } from '../testing/decision-bench.ts';
import {
  masterPaired,
  metPeer,
  rosterOf,
  standbyInSync,
  TIMING,
  twoHosts,
  waiting,
} from '../testing/decision-states.ts';
import { wakeAt } from './decide.ts';

const STEP_MS = 50;
const { promiseMs, fenceMs } = TIMING;
/** The master of before goes first: the standby waits for its own promise and for the whole life of that one's command. */
const HEAD_START_MS = promiseMs + promiseMs + fenceMs;

/** Time passes until the fence command is ordered, at most `ms`. Returns how long it took, or null. */
function untilFenced(bench: Bench, ms: number): number | null {
  const from = bench.now;
  while (bench.now - from < ms) if (bench.after(STEP_MS).did('fence').length > 0) return bench.now - from;
  return null;
}

/** A member that has ordered its fence command. */
function fencing(): Bench {
  const bench = metPeer();
  assert.notEqual(untilFenced(bench, 2 * HEAD_START_MS), null);
  return bench;
}

const result = (bench: Bench, ok: boolean, attempt = bench.state.fencing?.attempt ?? 0) =>
  bench.give({ type: 'fence-result', attempt, ok });

function rosterAnswer(
  bench: Bench,
  changes: Partial<Extract<PairMessageBody, { type: 'roster-answer' }>> = {},
) {
  const body: PairMessageBody = {
    type: 'roster-answer',
    roster: bench.state.record.roster,
    heardMasterAgoMs: 0,
    heardMaster: 'b',
    fencesYou: false,
    ...changes,
  };
  return body;
}

describe('having met the peer', () => {
  const met = (
    changes: Partial<Extract<PairMessageBody, { type: 'roster-answer' }>>,
    envelope: Partial<PairMessage> = {},
    from = 'b',
  ): boolean => {
    const bench = standbyInSync(twoHosts('fence'));
    return bench.hear(from, rosterAnswer(bench, changes), envelope).state.met;
  };

  test('having met the peer: it names our start, shows our roster and holds nothing against us: has met', () => {
    assert.equal(met({}), true);
  });

  test('having met the peer: anything of that is missing: has not', () => {
    const older: Roster = rosterOf({ ...twoHosts('fence'), term: 0 });
    assert.equal(met({}, { toStartId: 'a-0' }), false, 'it speaks to our start of before');
    assert.equal(met({}, { toStartId: null }), false, 'it does not know our start');
    assert.equal(met({ fencesYou: true }), false, 'it holds a fence vote');
    assert.equal(met({ roster: null }), false, 'its roster is not on its disk');
    assert.equal(met({ roster: older }), false, 'of another term');
    assert.equal(met({ roster: { ...older, term: 1, revision: 0 } }), false, 'of another revision');
    assert.equal(met({}, {}, 'w'), false, 'somebody else');
  });

  test('having met the peer: what it shows is not on our disk yet: not before the next answer', () => {
    const bench = standbyInSync(twoHosts('fence'));
    const newer = rosterOf({ ...twoHosts('fence'), revision: 2 });
    bench.hear('b', rosterAnswer(bench, { roster: newer }));
    assert.equal(bench.state.met, false);
    assert.equal(bench.persist().hear('b', rosterAnswer(bench)).state.met, true);
  });

  test('having met the peer: a master of two hosts: asks until it has', () => {
    const bench = masterPaired(twoHosts('manual'));
    assert.ok(bench.live(2 * TIMING.reachableMs, { answering: ['b'] }).sent('ask-roster').length > 0);
    bench.hear('b', rosterAnswer(bench));
    assert.equal(bench.state.met, true);
    assert.deepEqual(bench.live(3 * TIMING.reachableMs, { answering: ['b'] }).sent('ask-roster'), []);
  });

  test('having met the peer: who runs a fence command: tells everybody that asks', () => {
    const bench = fencing().hear('b', { type: 'ask-roster' });
    assert.equal(bench.sent('roster-answer')[0]?.body.fencesYou, true);
  });
});

describe('fencing', () => {
  test('fencing: the standby: waits for the promise and for the whole life of the other command', () => {
    const bench = metPeer();
    const took = untilFenced(bench, 2 * HEAD_START_MS);
    assert.ok(took !== null && took >= HEAD_START_MS && took < HEAD_START_MS + 10 * STEP_MS, `${took}`);
    assert.deepEqual(bench.says('peer-being-fenced'), ['b is silent. The fence command is run.']);
    assert.deepEqual(bench.did('fence'), [{ type: 'fence', peer: 'b', attempt: 1 }]);
  });

  test('fencing: the master of before: goes first', () => {
    const bench = masterPaired(twoHosts('fence'));
    bench.hear('b', rosterAnswer(bench)).live(TIMING.leaseMs, LONELY);
    assert.equal(bench.state.name, 'waiting');
    const took = untilFenced(bench, HEAD_START_MS);
    assert.ok(took !== null && took <= promiseMs + 10 * STEP_MS, `${took}`);
  });

  test('fencing: it has not met its peer since its start: never', () => {
    assert.equal(untilFenced(standbyInSync(twoHosts('fence')), 2 * HEAD_START_MS), null);
  });

  test('fencing: an operator decides, or a witness votes: never', () => {
    assert.equal(untilFenced(metPeer('manual'), 2 * HEAD_START_MS), null);
    const bench = standbyInSync();
    bench.hear('b', rosterAnswer(bench));
    assert.equal(bench.state.met, true);
    assert.equal(untilFenced(bench, 2 * HEAD_START_MS), null);
  });

  test('fencing: it could not become master: not, but again as soon as it could', () => {
    const bench = metPeer();
    while (bench.state.name !== 'waiting') bench.after(STEP_MS);
    bench.report({ healthy: false });
    assert.equal(untilFenced(bench, 2 * HEAD_START_MS), null);
    bench.report({ healthy: true });
    const took = untilFenced(bench, 10 * TIMING.resendMs);
    assert.ok(took !== null && took <= TIMING.resendMs + 10 * STEP_MS, `${took}`);
  });

  test('fencing: another member has taken the place of its peer and was never heard: never', () => {
    const bench = metPeer();
    const others = { ...twoHosts('fence'), voters: [['b', 'c']], members: ['c', 'b'], revision: 2 };
    bench.hear('b', rosterAnswer(bench, { roster: rosterOf(others) }));
    bench.after(HEAD_START_MS).after(HEAD_START_MS);
    assert.equal(bench.state.name, 'waiting');
    assert.ok(wakeAt(bench.state) <= bench.state.candidateAt);
    assert.equal(untilFenced(bench, HEAD_START_MS), null);
  });

  test('fencing: it succeeds: the vote stands for the peer, is on disk, and elects', () => {
    const bench = result(fencing(), true);
    assert.deepEqual(bench.says('peer-fenced'), [
      'b counts as off: the fence command has succeeded. This host votes for both until it is heard again.',
    ]);
    assert.deepEqual(bench.did('persist')[0]?.record.fence, { peer: 'b', startId: 'b-1' });
    bench.persist().after(STEP_MS);
    assert.equal(bench.state.name, 'candidate');
    assert.equal(bench.persist().state.name, 'promoting');
    bench.answer(LONELY).live(2 * TIMING.leaseMs, LONELY);
    assert.equal(bench.state.name, 'master-alone', 'the vote stands for acceptances and answers too');
  });

  test('fencing: the peer is heard again during the promotion: the lease that leaned on the vote is over', () => {
    const slow: Partial<World> = { ...LONELY, obeys: [] };
    const bench = result(fencing(), true).persist().after(STEP_MS).persist();
    assert.equal(bench.answer(slow).live(2 * TIMING.leaseMs, slow).state.name, 'promoting');
    bench.hear('b', { type: 'ask-roster' }, { startId: 'b-2' });
    assert.deepEqual([bench.rows(), bench.state.name], [['fence-void'], 'promoting']);
    bench.give({ type: 'promoted', term: bench.state.record.term, timeline: 2, startLsn: 1 });
    assert.match(bench.says('stands-down')[0] ?? '', /no majority of the voters has answered in time/);
    assert.deepEqual(bench.state.record.roster?.inSync, rosterOf().inSync, 'the promotion bars nobody');
  });

  test('fencing: it succeeded once: is not done again while the vote stands', () => {
    const bench = result(fencing(), true).report({ healthy: false });
    assert.equal(untilFenced(bench, 2 * HEAD_START_MS), null);
  });

  test('fencing: the vote of before a restart: counts between two hosts, nowhere else', () => {
    const fence = { peer: 'b', startId: 'b-1' };
    const start = (roster: Roster): Bench =>
      waiting({ roster, fence }).after(TIMING.restartQuietMs).persist();
    assert.equal(start(rosterOf(twoHosts('fence'))).state.name, 'promoting');
    assert.equal(start(rosterOf()).state.name, 'candidate');
    assert.equal(
      start(
        rosterOf({
          ...twoHosts('fence'),
          voters: [
            ['a', 'b'],
            ['a', 'b', 'w'],
          ],
        }),
      ).state.name,
      'candidate',
    );
  });

  test('fencing: it fails: said, and tried again after the life of a command', () => {
    const bench = result(fencing(), false);
    assert.deepEqual(bench.says('fence-failed'), [
      'The fence command against b did not succeed: the command failed.',
    ]);
    assert.equal(bench.state.record.fence, null);
    const took = untilFenced(bench, 2 * fenceMs);
    assert.ok(took !== null && took >= fenceMs && took <= fenceMs + 20 * STEP_MS, `${took}`);
    assert.equal(bench.did('fence')[0]?.attempt, 2);
  });

  test('fencing: no result in time: counts as a failure, and a later one is ignored', () => {
    const bench = fencing();
    const { attempt = 0, until = 0 } = bench.state.fencing ?? {};
    while (bench.state.fencing !== null) bench.after(STEP_MS);
    assert.ok(bench.now >= until && bench.now < until + TIMING.leaseMs);
    assert.match(bench.says('fence-failed')[0] ?? '', /it took too long/);
    assert.deepEqual(result(bench, true, attempt).effects, []);
    assert.equal(bench.state.record.fence, null);
  });

  test('fencing: the peer is followed again meanwhile: the command still has its time, and no more', () => {
    const bench = fencing().hearMaster('b');
    assert.equal(bench.state.name, 'standby-in-sync');
    const { until = 0 } = bench.state.fencing ?? {};
    while (bench.now + STEP_MS < until) bench.hearMaster('b').after(STEP_MS);
    assert.equal(bench.state.name, 'standby-in-sync');
    assert.equal(wakeAt(bench.state), until);
    bench.after(until - bench.now);
    assert.match(bench.says('fence-failed')[0] ?? '', /it took too long/);
  });

  test('fencing: the result comes at the very end of its time: is too late', () => {
    const bench = fencing();
    bench.now = bench.state.fencing?.until ?? 0;
    result(bench, true);
    assert.match(bench.says('fence-failed')[0] ?? '', /it took too long/);
    assert.equal(bench.state.record.fence, null);
  });

  test('fencing: the result of another attempt, or of none: is ignored', () => {
    const bench = fencing();
    assert.deepEqual(result(bench, true, 99).effects, []);
    assert.notEqual(bench.state.fencing, null);
    assert.deepEqual(result(metPeer(), true, 1).effects, []);
  });

  test('fencing: the result comes while it asks for votes: counts at once', () => {
    const bench = fencing();
    while (bench.state.name !== 'candidate') bench.after(STEP_MS);
    const { attempt } = bench.state.fencing ?? {};
    result(bench, true, attempt);
    assert.deepEqual(bench.rows(), ['peer-fenced']);
    assert.notEqual(bench.state.record.fence, null);
  });

  test('fencing: the result comes when the roster is another one: is forgotten', () => {
    const bench = fencing();
    const without = rosterOf({ term: 3, inSync: { b: 'token-b' }, ...twoHosts('fence') });
    bench.hear('b', { type: 'propose', roster: without }, { term: 3 }).persist();
    bench.hearMaster('b', {}, { term: 3 });
    assert.equal(bench.state.name, 'standby-catching-up');
    const { attempt } = bench.state.fencing ?? {};
    result(bench, true, attempt);
    assert.equal(bench.state.fencing, null);
    assert.equal(bench.state.record.fence, null);
  });
});
