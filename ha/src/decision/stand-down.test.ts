/** Ceasing to act: its deadline, who is told what afterwards, open commands, and a voter record that is lost. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Bench } from '../testing/decision-bench.ts';
import {
  candidate,
  candidateForVotes,
  copying,
  failed,
  fenced,
  joint,
  masterAlone,
  masterPaired,
  masterSole,
  muted,
  promoting,
  resigning,
  standbyInSync,
  standingDown,
  TIMING,
  waiting,
  witness,
} from '../testing/decision-states.ts';

const unseat = (bench: Bench): Bench => bench.give({ type: 'agent-term', term: bench.state.record.term + 1 });
const end = (bench: Bench): Bench => bench.stoodDown();

describe('stand-down', () => {
  test('stand-down: everything ends before anybody is told', () => {
    const bench = unseat(masterPaired());
    assert.equal(bench.did('stand-down').length, 1);
    assert.deepEqual(bench.sent('resign'), []);
    end(bench);
    assert.deepEqual(
      bench.sent('resign').map(({ to, body }) => [to, body.resignedTerm, body.to]),
      [
        ['b', 2, null],
        ['w', 2, null],
      ],
    );
    assert.deepEqual(bench.did('guard'), [{ type: 'guard', until: null }]);
    assert.equal(bench.state.resignedTerm, 2);
  });

  test('stand-down: its deadline: K from now, and never past the lease', () => {
    const { standDown, duty } = unseat(masterPaired()).state;
    assert.equal(duty, null);
    assert.equal(standDown?.deadline, masterPaired().now + TIMING.standDownMs);
    const late = masterPaired();
    const { leaseUntil = 0 } = late.state.duty ?? {};
    late.now = leaseUntil - TIMING.standDownMs + 100;
    assert.equal(late.give({ type: 'tick' }).state.standDown?.deadline, leaseUntil);
  });

  test('stand-down: not over by the deadline: nobody is answered until a human or the guard has ended it', () => {
    const bench = standingDown();
    assert.equal(bench.after(TIMING.standDownMs - 1).state.name, 'standing-down');
    bench.after(1);
    assert.deepEqual(bench.rows(), ['could-not-stand-down']);
    assert.deepEqual(bench.hearMaster('b', {}, { term: 9 }).effects, []);
    assert.equal(end(bench).state.name, 'waiting');
    assert.equal(bench.state.record.term, 9);
  });

  test('stand-down: whoever gave way to nobody in particular: lets the others go first for one round', () => {
    const bench = end(unseat(masterPaired()));
    const delay = bench.state.candidateAt - bench.now;
    assert.ok(delay >= TIMING.electionRoundMs + TIMING.retryMinMs);
    assert.ok(delay < TIMING.electionRoundMs + TIMING.retryMinMs + TIMING.retrySpreadMs);
  });

  test('stand-down: voters change: no resignation leaves', () => {
    const wanted = masterPaired().command({
      do: 'set-voters',
      voters: ['a', 'x', 'y'],
      members: ['a', 'b'],
      tieBreaker: 'witness',
    });
    const open = masterPaired().live(3 * TIMING.heartbeatIntervalMs, { streams: 'nobody', disk: false });
    for (const bench of [wanted, joint(), open]) {
      end(unseat(bench));
      assert.deepEqual(bench.sent('resign'), []);
      assert.equal(bench.state.name, 'waiting');
    }
  });

  test('stand-down: during the promotion: the others are told, though its roster is open', () => {
    const bench = end(unseat(candidateForVotes().answer({ disk: false, obeys: [] })));
    assert.equal(bench.sent('resign').length, 2);
    assert.equal(end(unseat(promoting())).sent('resign').length, 2);
  });

  test('stand-down: a command is open: is answered with the reason', () => {
    const why = 'an agent knows a newer master';
    assert.deepEqual(unseat(resigning()).replies(), [{ ok: false, says: `Not moved: ${why}.` }]);
    assert.deepEqual(unseat(joint()).replies(), [
      { ok: false, says: `The voters stay as they are: ${why}.` },
    ]);
    assert.deepEqual(unseat(masterPaired()).replies(), []);
  });

  test('stand-down: the end of an earlier duty is reported late: is not that of this one', () => {
    const bench = unseat(masterPaired()).give({ type: 'stood-down', term: 1 });
    assert.deepEqual([bench.state.name, bench.effects], ['standing-down', []]);
    assert.equal(masterPaired().give({ type: 'stood-down', term: 1 }).state.name, 'master-paired');
  });

  test('stand-down: a master that went on alone: its guard gets a deadline again', () => {
    const bench = masterSole().give({ type: 'agent-term', term: 3 });
    const [order] = bench.did('stand-down');
    assert.deepEqual(bench.did('guard'), [{ type: 'guard', until: order?.deadline }]);
    assert.deepEqual(unseat(masterPaired()).did('guard'), [], 'that of a lease stands');
  });

  test('stand-down: it is over: the database is told anew whom to follow', () => {
    const bench = end(unseat(masterAlone())).report({ runs: 'stopped' });
    assert.deepEqual(bench.did('run-standby'), [{ type: 'run-standby', upstream: null, as: '' }]);
  });
});

describe('a lost voter record', () => {
  const lose = (bench: Bench): Bench => bench.give({ type: 'persist-failed', why: 'I/O error' });

  for (const [name, build] of Object.entries({ waiting, candidate, standbyInSync, copying, witness }))
    test(`a lost voter record: ${name}: votes no more`, () => {
      const bench = lose(build());
      assert.equal(bench.state.name, 'failed');
      assert.match(bench.says('record-lost')[0] ?? '', /cannot be written: I\/O error/);
      assert.equal(bench.state.mute, true);
    });

  test('a lost voter record: an answer waited for it: never leaves', () => {
    const bench = witness();
    const { roster } = bench.state.record;
    bench.after(
      TIMING.restartQuietMs,
      bench.message('a', { type: 'request-vote', roster: roster! }, { term: 2 }),
    );
    assert.equal(bench.state.deferred.length, 1);
    const { sequence } = bench.state;
    assert.deepEqual(lose(bench).state.deferred, []);
    assert.deepEqual(bench.give({ type: 'persisted', sequence }).effects, []);
  });

  test('a lost voter record: a master: ends what acts, and stays out', () => {
    const bench = lose(masterPaired());
    assert.match(bench.says('stands-down')[0] ?? '', /I\/O error/);
    assert.equal(end(bench).state.name, 'failed');
    assert.match(bench.says('stood-down-for-good')[0] ?? '', /I\/O error/);
  });

  for (const [name, build] of Object.entries({ standingDown, fenced }))
    test(`a lost voter record: ${name}: ends, and stays out`, () => {
      const bench = lose(build());
      assert.deepEqual(bench.rows(), []);
      assert.equal(end(bench).state.name, 'failed');
    });

  test('a lost voter record: of a host that has failed already: it votes no more either', () => {
    const bench = lose(failed());
    assert.deepEqual(bench.rows(), []);
    assert.equal(bench.state.mute, true);
    assert.deepEqual(muted().hearMaster('b').effects, []);
  });
});
