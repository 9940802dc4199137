/** A member that is not master: whom it follows, what may be done to its directory, and when it gives up. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LineageEntry, Roster } from '@nezuban/protocol/pair/roster';
import type { Bench } from '../testing/decision-bench.ts';
import {
  candidate,
  catchingUp,
  copying,
  failed,
  rosterOf,
  standbyInSync,
  starting,
  TIMING,
  waiting,
  waitingUnder,
} from '../testing/decision-states.ts';
import type { DatabaseReport } from './inputs.ts';

const OUT: Partial<Roster> = { inSync: { b: 'token-b' } };
const copy: DatabaseReport = {
  runs: 'stopped',
  token: 'fresh',
  lineage: 1,
  flushed: 5000,
  streaming: false,
  healthy: true,
};
const LOSSES = 5;

describe('following', () => {
  test('following: the directory has been looked at, nobody is heard: runs by itself', () => {
    const bench = waiting();
    assert.deepEqual(bench.rows(), ['started']);
    assert.deepEqual(bench.did('run-standby'), [{ type: 'run-standby', upstream: null, as: '' }]);
  });

  test('following: there is no directory: nothing is run', () => {
    assert.deepEqual(starting().report({ runs: 'absent' }).did('run-standby'), []);
  });

  test('following: in sync by the roster: streams under the name of its epoch, and is told once', () => {
    const bench = waitingUnder({ epoch: 7 }).hearMaster('b');
    assert.equal(bench.state.name, 'standby-in-sync');
    assert.deepEqual(bench.did('run-standby'), [{ type: 'run-standby', upstream: 'b', as: 'a.e7' }]);
    assert.deepEqual(bench.hearMaster('b').did('run-standby'), []);
    bench.report({ runs: 'stopped' });
    assert.equal(bench.did('run-standby').length, 1, 'it has ended, so it is told again');
  });

  test('following: out of the roster: streams under the name that the heartbeats say', () => {
    const bench = waitingUnder(OUT).hearMaster('b', { epoch: 8 });
    assert.equal(bench.state.name, 'standby-catching-up');
    assert.equal(bench.did('run-standby')[0]?.as, 'a.e8');
  });

  test('following: the roster is not of that master, or not active: waits', () => {
    const other = waitingUnder({ ...OUT, master: 'c' }).hearMaster('b');
    assert.equal(other.state.name, 'waiting');
    const promotes = waitingUnder({ ...OUT, phase: 'promoting' }).hearMaster('b');
    assert.equal(promotes.state.name, 'waiting');
    assert.equal(waitingUnder(OUT).hearMaster('b', {}, { term: 2 }).state.name, 'waiting');
    const fresh = waiting({ term: 0, roster: null }).hearMaster('b', {}, { term: 1 });
    assert.deepEqual([fresh.state.name, fresh.state.leader?.id], ['waiting', 'b']);
  });

  test('following: out by a roster that is not decided yet: nothing is touched', () => {
    const bench = standbyInSync();
    bench.hear('b', { type: 'propose', roster: rosterOf({ ...OUT, revision: 2 }) }).persist();
    bench.hearMaster('b', { decided: { term: 1, revision: 1 } });
    assert.equal(bench.state.name, 'standby-in-sync');
    assert.deepEqual([bench.did('copy'), bench.did('run-standby')], [[], []]);
    assert.equal(bench.hearMaster('b').state.name, 'standby-catching-up');
  });

  test('following: in sync by the roster, with another directory: nothing is touched until the master drops it', () => {
    for (const changes of [{ token: 'of another life' }, { runs: 'absent' }] as const) {
      const bench = waiting().report(changes);
      bench.hearMaster('b', {}, {});
      assert.equal(bench.state.name, 'waiting');
      assert.deepEqual(bench.did('copy'), []);
    }
  });

  test('following: the master falls silent: a standby in sync stays; one behind it waits', () => {
    const inSync = standbyInSync().after(TIMING.promiseMs - 1);
    assert.equal(inSync.state.name, 'standby-in-sync');
    const bench = catchingUp();
    assert.equal(bench.after(TIMING.promiseMs - 1).state.name, 'standby-catching-up');
    bench.after(1);
    assert.match(bench.says('leader-lost')[0] ?? '', /^b is not heard any more\./);
    assert.equal(bench.state.leader, null);
    assert.equal(bench.did('run-standby')[0]?.upstream, null);
  });

  test('following: in sync by a roster that is not the newest of its master: streams, and claims nothing', () => {
    for (const other of [{ decided: { term: 1, revision: 2 } }, { position: { term: 1, revision: 2 } }]) {
      const bench = waiting().hearMaster('b', other);
      assert.equal(bench.state.name, 'waiting');
      assert.equal(bench.did('run-standby')[0]?.upstream, 'b');
    }
  });

  test('following: out of the roster, and nobody is heard: has no place to take over from', () => {
    const build = (): Bench =>
      standbyInSync().hear('b', { type: 'propose', roster: rosterOf({ ...OUT, revision: 2 }) });
    const silent = build().after(TIMING.promiseMs);
    assert.match(silent.says('leader-lost')[0] ?? '', /^b is not heard any more/);
    assert.equal(silent.state.name, 'waiting');
    const resigned = build().hear('b', { type: 'resign', resignedTerm: 1, to: null }).give({ type: 'tick' });
    assert.match(resigned.says('leader-lost')[0] ?? '', /^The master is not heard any more/);
  });

  test('following: the master has resigned: one behind it waits', () => {
    const bench = catchingUp()
      .hear('b', { type: 'resign', resignedTerm: 1, to: null })
      .give({ type: 'tick' });
    assert.match(bench.says('leader-lost')[0] ?? '', /^The master is not heard any more\./);
  });
});

describe('the directory', () => {
  const entry = (term: number, startLsn: number): LineageEntry => ({
    term,
    member: 'b',
    timeline: term,
    startLsn,
    lossy: false,
  });
  const lineage = [entry(1, 0), entry(2, 1000), entry(3, 2000)];
  const follows = (report: Partial<DatabaseReport>): Bench =>
    waitingUnder({ ...OUT, lineage })
      .report(report)
      .hearMaster('b');
  const why = (bench: Bench): string | undefined =>
    /cannot follow b: (.*)\. It is/.exec(bench.says('follows-by-copy')[0] ?? '')?.[1];

  test('the directory: of the newest history, or of an older one before the next began: follows', () => {
    assert.equal(follows({ lineage: 3, flushed: 99_999 }).state.name, 'standby-catching-up');
    assert.equal(follows({ lineage: 2, flushed: 2000 }).state.name, 'standby-catching-up');
  });

  test('the directory: none, without a token, of another history, or with work of its own: is made anew', () => {
    assert.equal(why(follows({ runs: 'absent', token: null })), 'there is no usable directory');
    assert.equal(why(follows({ token: null })), 'the directory carries no token');
    assert.equal(why(follows({ lineage: 9 })), 'its history is not that of the master');
    assert.equal(why(follows({ lineage: 2, flushed: 2001 })), 'it holds work that the master never had');
  });

  test('the directory: is made anew: from the master, and what it was before is forgotten', () => {
    const bench = waitingUnder(OUT).report({ lineage: 9 }).hearMaster('b', { epoch: 4 });
    assert.deepEqual(bench.did('copy'), [{ type: 'copy', from: 'b', epoch: 4 }]);
    assert.equal(bench.state.database.token, null);
  });

  test('the directory: the copy has ended: follows with it', () => {
    const bench = copying().give({ type: 'copied', ...copy });
    assert.equal(bench.state.name, 'standby-catching-up');
    assert.equal(bench.state.database.token, 'fresh');
    assert.equal(bench.did('run-standby')[0]?.upstream, 'b');
  });

  test('the directory: the copy has ended and the master has resigned meanwhile: waits with it', () => {
    const bench = copying().hear('b', { type: 'resign', resignedTerm: 1, to: null });
    bench.give({ type: 'copied', ...copy });
    assert.match(bench.says('leader-lost')[0] ?? '', /^The master is not heard any more/);
    assert.equal(bench.state.name, 'waiting');
    assert.equal(bench.state.database.token, 'fresh');
  });

  test('the directory: a copy fails: again after twice the time, five times, then a human is asked', () => {
    const bench = copying();
    const waits: number[] = [];
    for (let attempt = 1; attempt < 5; attempt += 1) {
      bench.give({ type: 'copy-failed', why: 'the disk is full' });
      assert.deepEqual(bench.says('copy-repeated'), [
        'The copy from b failed: the disk is full. It is tried again after a pause.',
      ]);
      const failedAt = bench.now;
      while (bench.did('copy').length === 0) bench.hearMaster('b').after(TIMING.copyRetryMs / 2);
      waits.push(bench.now - failedAt);
    }
    assert.deepEqual(waits, [2000, 4000, 8000, 16_000]);
    bench.give({ type: 'copy-failed', why: 'the disk is full' });
    assert.deepEqual(bench.says('copy-given-up'), [
      'The copy failed too often: the disk is full. Mend that, then type: nezuban pair recover',
    ]);
    assert.equal(bench.state.name, 'failed');
  });

  test('the directory: a copy fails since its master is gone: waits', () => {
    const bench = copying().give({ type: 'copy-failed', why: 'broken pipe' });
    bench.after(TIMING.copyRetryMs);
    assert.match(bench.says('leader-lost')[0] ?? '', /^b is not heard/);
    assert.equal(bench.state.leader, null);
    const resigned = copying().hear('b', { type: 'resign', resignedTerm: 1, to: null });
    resigned.give({ type: 'copy-failed', why: 'broken pipe' });
    assert.match(resigned.says('copy-repeated')[0] ?? '', /^The copy from the master failed/);
    assert.match(resigned.after(TIMING.copyRetryMs).says('leader-lost')[0] ?? '', /^The master is not heard/);
  });

  test('the directory: copies that failed long ago: are forgotten once one has ended', () => {
    const bench = copying().give({ type: 'copy-failed', why: 'broken pipe' });
    assert.equal(bench.give({ type: 'copied', ...copy }).state.copyFailures, 0);
  });

  test('the directory: a failed host: asks for rosters, says that it is sick, and votes', () => {
    const bench = failed().after(TIMING.reachableMs);
    assert.equal(bench.sent('ask-roster').length, 2);
    bench.report({ runs: 'standby', healthy: true }).hearMaster('b');
    assert.equal(bench.sent('heartbeat-ack')[0]?.body.member?.healthy, false);
  });
});

describe('a database that ends by itself', () => {
  const lose = (bench: Bench): Bench => bench.give({ type: 'database-lost' });

  test('a database that ends by itself: is started again, following whom it followed', () => {
    const bench = lose(standbyInSync());
    assert.deepEqual(bench.did('run-standby'), [{ type: 'run-standby', upstream: 'b', as: 'a.e1' }]);
    assert.equal(bench.state.database.runs, 'stopped');
    assert.equal(lose(waiting()).did('run-standby')[0]?.upstream, null);
  });

  for (const [name, build] of Object.entries({ waiting, catchingUp, standbyInSync, candidate }))
    test(`a database that ends by itself: ${name}, again and again without ever being well: gives up`, () => {
      const bench = build();
      for (let losses = 0; losses < LOSSES; losses += 1) lose(bench);
      assert.notEqual(bench.state.name, 'failed');
      lose(bench);
      assert.equal(bench.state.name, 'failed');
      assert.match(bench.says('database-given-up')[0] ?? '', /nezuban pair recover$/);
    });

  test('a database that ends by itself: well in between: is never given up', () => {
    const bench = standbyInSync();
    for (let losses = 0; losses < 4 * LOSSES; losses += 1)
      lose(bench).report({ runs: 'standby', healthy: true });
    assert.equal(bench.state.name, 'standby-in-sync');
  });

  test('a database that ends by itself: given up, then recovered: begins to count anew', () => {
    const bench = standbyInSync();
    while (bench.state.name !== 'failed') lose(bench);
    bench.command({ do: 'recover' });
    assert.equal(bench.state.databaseLosses, 0);
    assert.equal(bench.state.name, 'standby-in-sync');
    assert.equal(bench.did('run-standby')[0]?.upstream, 'b');
  });
});
