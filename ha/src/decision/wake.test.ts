/** When a state wants to be woken, what a fresh state knows, and until when it may act. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  benchOf,
  candidate,
  catchingUp,
  freshWitness,
  masterAlone,
  masterPaired,
  masterSole,
  metPeer,
  rosterOf,
  standbyInSync,
  standingDown,
  starting,
  TIMING,
  variants,
  waiting,
  waitingUnder,
  witness,
} from '../testing/decision-states.ts';
import { wakeAt } from './decide.ts';
import { actsUntil, stateNames } from './state.ts';

/** Voters in states that nobody needs to wake. */
const SLEEPERS = ['starting', 'standby-copying', 'fenced', 'maintenance'];
const TICKS = 200;

describe('waking', () => {
  test('waking: states in which time changes nothing: sleep', () => {
    for (const name of stateNames)
      assert.equal(wakeAt(benchOf[name]().state) === Infinity, SLEEPERS.includes(name), name);
    assert.equal(wakeAt(freshWitness().state), Infinity, 'a witness without a roster');
  });

  for (const [situation, build] of Object.entries({ ...benchOf, ...variants }))
    test(`waking: ${situation}, woken whenever it wants and by nothing else: never without end`, () => {
      const bench = build();
      for (let ticks = 0; ticks < TICKS; ticks += 1) {
        const at = wakeAt(bench.state);
        if (at === Infinity) break;
        bench.after(Math.max(0, at - bench.now)).persist();
        // Who has just stopped being a candidate has something to ask for at once, and no more than that.
        if (wakeAt(bench.state) <= bench.now) bench.give({ type: 'tick' }).persist();
        assert.ok(wakeAt(bench.state) > bench.now, `${bench.state.name} would be woken without end`);
      }
    });

  test('waking: a master: for its next heartbeat, or to stand down in time; by the sole rule only for the first', () => {
    const beating = masterPaired();
    const { nextHeartbeatAt = 0 } = beating.state.duty ?? {};
    assert.equal(wakeAt(beating.state), nextHeartbeatAt);
    const bench = masterPaired();
    while (wakeAt(bench.state) === bench.state.duty?.nextHeartbeatAt)
      bench.after(wakeAt(bench.state) - bench.now);
    assert.equal(wakeAt(bench.state), (bench.state.duty?.leaseUntil ?? 0) - TIMING.standDownMs);
    const { state } = masterSole();
    assert.ok((state.duty?.leaseUntil ?? 0) < wakeAt(state));
    assert.equal(wakeAt(state), state.duty?.nextHeartbeatAt);
  });

  test('waking: a member in sync: when it may ask for votes; one that is not in sync: to ask for rosters', () => {
    assert.equal(wakeAt(waiting().give({ type: 'tick' }).state), waiting().now + 2 * TIMING.resendMs);
    const bench = waiting().after(TIMING.restartQuietMs - 10);
    assert.equal(wakeAt(bench.state), bench.now + 10);
    const other = waitingUnder({ inSync: { b: 'token-b' } }).after(TIMING.restartQuietMs - 10);
    assert.equal(wakeAt(other.state), other.state.nextAskAt);
  });

  test('waking: a standby: when its promise or its master ends', () => {
    const bench = standbyInSync().give({ type: 'tick' }).after(1000).hearMaster('b');
    assert.equal(wakeAt(bench.state), bench.now + TIMING.promiseMs);
    const behind = catchingUp().give({ type: 'tick' });
    assert.equal(wakeAt(behind.state), behind.now + TIMING.promiseMs);
    behind.hear('b', { type: 'resign', resignedTerm: 1, to: null });
    assert.ok(wakeAt(behind.state) <= behind.now, 'nothing is followed any more');
  });

  test('waking: a deadline of its own: candidate, stand-down, fence command, silent witness', () => {
    assert.equal(wakeAt(candidate().state), candidate().state.election?.until);
    assert.equal(wakeAt(standingDown().state), standingDown().state.standDown?.deadline);
    const heard = witness().hearMaster('b');
    assert.equal(wakeAt(heard.state), heard.now + TIMING.promiseMs);
    const bench = metPeer();
    while (bench.state.fencing === null) bench.after(Math.max(1, wakeAt(bench.state) - bench.now));
    bench.report({ healthy: false });
    bench.now = bench.state.fencing.until - 1;
    bench.give({ type: 'tick' });
    assert.equal(wakeAt(bench.state), bench.state.fencing.until);
  });
});

describe('a fresh state', () => {
  test('a fresh state: it may have promised and forgotten: is quiet', () => {
    const { state, now } = starting();
    assert.equal(state.quietUntil, now + TIMING.restartQuietMs);
    assert.equal(freshWitness().state.quietUntil, freshWitness().now + TIMING.restartQuietMs);
  });

  test('a fresh state: the only voter of a pair that was never larger: has nobody to be quiet for', () => {
    const { state, now } = starting({ roster: rosterOf({ master: 'a', voters: [['a']], members: ['a'] }) });
    assert.equal(state.quietUntil, now);
  });

  test('a fresh state: the only voter, but others may have voted meanwhile: is quiet', () => {
    const quiet = (roster: Parameters<typeof rosterOf>[0]): boolean => {
      const { state, now } = starting({ roster: rosterOf(roster) });
      return state.quietUntil > now;
    };
    const alone = { master: 'a', voters: [['a']] };
    assert.ok(quiet({ ...alone, voters: [['b']] }));
    assert.ok(quiet({ ...alone, master: 'b' }), 'b may act by the promise of this voter');
    assert.ok(quiet({ ...alone, voters: [['a'], ['a', 'b', 'w']] }));
    assert.ok(quiet({ ...alone, base: ['a', 'b', 'w'] }));
    assert.ok(quiet({ ...alone, forced: { oldVoters: [['a', 'b', 'w']] } }));
  });

  test('a fresh state: until when it may act: never, its lease, or without end by the sole rule', () => {
    assert.equal(actsUntil(standbyInSync().state), -Infinity);
    assert.equal(actsUntil(standingDown().state), -Infinity);
    const { state } = masterPaired();
    assert.equal(actsUntil(state), state.duty?.leaseUntil);
    assert.equal(actsUntil(masterAlone().state), Infinity);
  });
});
