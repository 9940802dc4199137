/** Voters that change: what is refused, the way through two rosters, what is taken back, and what a master changes by itself. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Roster, VoterId } from '@nezuban/protocol/pair/roster';
import { LONELY, type Bench, type World } from '../testing/decision-bench.ts';
import {
  asymmetric,
  candidate,
  joint,
  masterAlone,
  masterPaired,
  masterSole,
  promoting,
  resigning,
  rosterOf,
  TIMING,
  twoHosts,
  waitingUnder,
} from '../testing/decision-states.ts';

interface Options {
  readonly members?: readonly VoterId[];
  readonly tieBreaker?: Roster['tieBreaker'];
}

function change(
  bench: Bench,
  voters: readonly VoterId[],
  { members = ['a', 'b'], tieBreaker = 'witness' }: Options = {},
): Bench {
  return bench.command({ do: 'set-voters', voters, members, tieBreaker });
}

const rosterAt = (bench: Bench): Roster => bench.state.record.roster!;
const voters = (bench: Bench): Roster['voters'] => rosterAt(bench).voters;

function refused(bench: Bench, why: string): void {
  assert.deepEqual(bench.replies(), [{ ok: false, says: `The voters stay as they are: ${why}.` }]);
  assert.deepEqual(bench.did('persist'), []);
  assert.equal(bench.state.duty?.change, null);
}

describe('set-voters refused', () => {
  const cases: Record<string, [readonly VoterId[], Options]> = {
    'a name occurs twice': [['a', 'b', 'b'], {}],
    'the master itself must be among them; switch first': [['b', 'w', 'x'], {}],
    'at most 9 voters are possible': ['abcdefghijk'.split(''), {}],
    'at most two hosts hold data': [['a', 'b', 'w'], { members: ['a', 'b', 'c'] }],
    'a tie breaker is for exactly the two members; with witnesses there is none': [
      ['a', 'b', 'w'],
      { tieBreaker: 'fence' },
    ],
    'a pair needs witnesses, or a tie breaker; take the standby out of the members to be single': [['a'], {}],
    'the number of voters must be odd, else both halves wait for each other': [['a', 'b'], {}],
  };
  for (const [why, [target, options]] of Object.entries(cases))
    test(`set-voters refused: ${why}`, () => {
      refused(change(masterPaired(), target, options), why);
    });

  test('set-voters refused: a member is named twice, or the master holds no data any more', () => {
    refused(change(masterPaired(), ['a', 'b', 'w'], { members: ['a', 'a'] }), 'a name occurs twice');
    const why = 'the master itself must be among them; switch first';
    refused(change(masterPaired(), ['a', 'b', 'w'], { members: ['b'] }), why);
  });

  test('set-voters refused: a tie breaker for one member, or for voters that are not the members', () => {
    const why = 'a tie breaker is for exactly the two members; with witnesses there is none';
    refused(change(masterPaired(), ['a'], { members: ['a'], tieBreaker: 'manual' }), why);
    refused(change(masterPaired(), ['a', 'c'], { tieBreaker: 'manual' }), why);
  });

  test('set-voters refused: another change is under way', () => {
    const why = 'The voters stay as they are: another change is under way.';
    const switching = masterPaired().live(TIMING.leaseMs, { report: { healthy: false } });
    switching.command({ do: 'switch' });
    for (const bench of [joint(), switching])
      assert.deepEqual(change(bench, ['a', 'b', 'y']).replies(), [{ ok: false, says: why }]);
  });

  test('set-voters refused: this host is not master, or not settled', () => {
    const says = 'This host is not master. Type it there: nezuban pair status says which host that is.';
    assert.deepEqual(change(candidate(), ['a', 'b', 'x']).replies(), [{ ok: false, says }]);
    for (const bench of [promoting(), resigning()])
      assert.match(
        change(bench, ['a', 'b', 'x']).replies()[0]?.says ?? '',
        /^This host is changing its role/,
      );
  });
});

describe('voters change', () => {
  test('voters change: the new ones answer first, then both sets decide, then the new one alone', () => {
    const bench = change(masterPaired(), ['a', 'x', 'y']).live(TIMING.heartbeatIntervalMs);
    assert.deepEqual(voters(bench), [['a', 'b', 'w']], 'the new ones have not answered yet');
    bench.live(TIMING.leaseMs, { answering: ['b', 'x'] });
    assert.equal(voters(bench).length, 1, 'one of them has not answered');
    bench.live(TIMING.heartbeatIntervalMs, { answering: ['b', 'x', 'y'], disk: false });
    assert.deepEqual(voters(bench), [
      ['a', 'b', 'w'],
      ['a', 'x', 'y'],
    ]);
    assert.deepEqual(bench.says('voters-joint'), [
      'The voters change, as an operator asked: a, b, w -> a, x, y. Both sets must agree.',
    ]);
    bench.persist().answer({ answering: ['b', 'x'] });
    assert.deepEqual(voters(bench), [['a', 'x', 'y']]);
    assert.deepEqual(bench.replies(), [{ ok: true, says: 'The voters are a, x, y.' }]);
    assert.deepEqual(bench.rows(), ['voters-final', 'voters-changed']);
  });

  test('voters change: one set alone accepts the joint roster: is not decided', () => {
    const both = { answering: ['b', 'w', 'x', 'y'] };
    const bench = change(masterPaired(), ['a', 'x', 'y']).live(TIMING.heartbeatIntervalMs, {
      ...both,
      disk: false,
    });
    assert.equal(voters(bench).length, 2);
    bench.persist().answer({ answering: ['b', 'w'] });
    assert.equal(voters(bench).length, 2);
    bench.live(TIMING.heartbeatIntervalMs, both);
    assert.deepEqual(voters(bench), [['a', 'x', 'y']]);
  });

  test('voters change: the new ones answer, but those that count have been silent for a while: not yet', () => {
    const bench = change(masterPaired(), ['a', 'x', 'y']);
    bench.live(TIMING.heartbeatIntervalMs, { answering: ['b', 'w', 'x'] });
    bench.live(4 * TIMING.heartbeatIntervalMs, { answering: [] });
    const { seq } = bench.state.duty!;
    const answer = (from: VoterId): Bench =>
      bench.hear(from, { type: 'heartbeat-ack', seq, position: { term: 1, revision: 1 }, member: null });
    answer('y');
    assert.equal(voters(bench).length, 1, 'the lease over both sets would be about to end');
    answer('w');
    assert.equal(voters(bench).length, 2);
  });

  test('voters change: the same as now: is done at once', () => {
    const bench = change(masterPaired(), ['w', 'b', 'a']);
    assert.deepEqual(bench.replies(), [{ ok: true, says: 'The voters are w, b, a.' }]);
    assert.deepEqual(voters(bench), [['a', 'b', 'w']]);
  });

  test('voters change: only the tie breaker does: the two members, and no witness', () => {
    const bench = change(masterPaired(), ['a', 'b'], { tieBreaker: 'fence' }).answer().live(TIMING.leaseMs);
    assert.deepEqual([voters(bench), rosterAt(bench).tieBreaker], [[['a', 'b']], 'fence']);
    change(bench, ['a', 'b'], { tieBreaker: 'manual' }).answer().live(TIMING.leaseMs);
    assert.deepEqual([voters(bench), rosterAt(bench).tieBreaker], [[['a', 'b']], 'manual']);
  });

  test('voters change: the new ones never answer: is given up, and the command is told', () => {
    const bench = change(masterPaired(), ['a', 'x', 'y']).live(TIMING.jointMs);
    assert.deepEqual(bench.replies(), []);
    bench.live(TIMING.heartbeatIntervalMs);
    refused(bench, 'it could not begin in time: not all of the new voters answer, or no majority does');
  });

  test('voters change: the new ones fall silent after the joint roster has left: is taken back by the old', () => {
    const bench = change(masterPaired(), ['a', 'x', 'y']);
    bench.live(TIMING.heartbeatIntervalMs, { answering: ['b', 'w', 'x', 'y'], disk: false }).persist();
    // They answer heartbeats, else the lease ended, but their acceptances are lost.
    for (;;) {
      bench.live(TIMING.heartbeatIntervalMs, LONELY);
      if (bench.state.duty?.change === null) break;
      for (const { to, body } of bench.sent('heartbeat'))
        bench.hear(to, { type: 'heartbeat-ack', seq: body.seq, position: body.position, member: null });
    }
    assert.deepEqual(bench.replies(), [
      { ok: false, says: 'The voters stay as they are: the new voters did not agree in time.' },
    ]);
    assert.deepEqual(bench.says('voters-kept'), [
      'The new voters did not agree in time. The old ones stay: a, b, w.',
    ]);
    assert.deepEqual(voters(bench), [['a', 'b', 'w']]);
    assert.deepEqual(rosterAt(bench).members, ['a', 'b']);
    assert.equal(rosterAt(bench).base, null);
  });

  test('voters change: a standby that leaves: is out of sync first, in a roster of its own', () => {
    const bench = change(masterPaired(), ['a'], { members: ['a'] });
    assert.deepEqual(bench.says('standby-lost'), [
      'b is taken out of the pair: it leaves the pair. Commits wait until the voters have agreed.',
    ]);
    assert.deepEqual(rosterAt(bench).inSync, { a: 'token-a' });
    assert.deepEqual(voters(bench), [['a', 'b', 'w']]);
    bench.answer().live(TIMING.leaseMs);
    assert.deepEqual([voters(bench), rosterAt(bench).members], [[['a']], ['a']]);
    bench.live(10 * TIMING.leaseMs, LONELY);
    assert.equal(bench.state.name, 'master-alone', 'nobody is left that could be missed');
  });

  test('voters change: a standby that leaves while the database starts again: has to wait', () => {
    const bench = masterPaired().live(TIMING.leaseMs, { report: { healthy: false } });
    bench.give({ type: 'database-lost' });
    change(bench, ['a'], { members: ['a'] }).live(TIMING.leaseMs, { obeys: [] });
    assert.deepEqual(
      [rosterAt(bench).inSync, voters(bench)],
      [{ a: 'token-a', b: 'token-b' }, [['a', 'b', 'w']]],
    );
    bench.restarted(0).answer().live(TIMING.leaseMs);
    assert.deepEqual([rosterAt(bench).inSync, voters(bench)], [{ a: 'token-a' }, [['a']]]);
  });

  test('voters change: a new member: must answer and accept by itself, beside the majority', () => {
    const alone = waitingUnder({ master: 'a', voters: [['a']], members: ['a'], inSync: { a: 'token-a' } });
    const bench = alone.give({ type: 'tick' }).answer(LONELY);
    assert.equal(bench.state.name, 'master-alone');
    change(bench, ['a', 'b', 'w']).live(TIMING.leaseMs, { answering: ['w'] });
    assert.deepEqual(voters(bench), [['a']], 'b does not answer');
    bench.live(TIMING.heartbeatIntervalMs, { answering: ['b', 'w'], disk: false }).persist();
    assert.deepEqual(voters(bench), [['a'], ['a', 'b', 'w']]);
    bench.answer({ answering: ['w'] });
    assert.equal(voters(bench).length, 2, 'b has not accepted');
    bench.live(TIMING.heartbeatIntervalMs);
    assert.deepEqual([voters(bench), rosterAt(bench).members], [[['a', 'b', 'w']], ['a', 'b']]);
  });

  test('voters change: two hosts alone: need each other for everything', () => {
    const bench = masterPaired(twoHosts('manual'));
    bench.live(TIMING.leaseMs - TIMING.standDownMs + TIMING.heartbeatIntervalMs, { ...LONELY, obeys: [] });
    assert.equal(bench.state.name, 'standing-down');
  });
});

describe('voters that a master before has left', () => {
  /** Everybody who votes in either set hears and answers. */
  const all: Partial<World> = { answering: ['b', 'w', 'x'], streams: 'nobody' };

  test('voters that a master before has left: a joint roster: is kept through the promotion, then ended', () => {
    const bench = promoting({
      voters: [
        ['a', 'b', 'w'],
        ['a', 'b', 'x'],
      ],
    });
    assert.equal(voters(bench).length, 2);
    assert.equal(rosterAt(bench).phase, 'promoting');
    bench.answer(all);
    assert.equal(bench.state.name, 'master-alone');
    assert.deepEqual(voters(bench), [['a', 'b', 'x']]);
    assert.deepEqual([rosterAt(bench).members, rosterAt(bench).tieBreaker], [['a', 'b'], 'witness']);
  });

  test('voters that a master before has left: its way into the only voter: the old voters stay', () => {
    const bench = promoting({ voters: [['a', 'b', 'w'], ['b']], base: ['a', 'b', 'w'] }).answer(all);
    assert.deepEqual(voters(bench), [['a', 'b', 'w']]);
    assert.equal(rosterAt(bench).base, null);
  });

  test('voters that a master before has left: its asymmetric roster: is left as soon as others answer', () => {
    const bench = candidate({ voters: [['b']], base: ['a', 'b', 'w'] });
    bench.hear('b', { type: 'pre-vote-answer', newTerm: 2, granted: true, roster: rosterAt(bench) });
    bench
      .persist()
      .answer(all)
      .live(2 * TIMING.leaseMs, all);
    assert.deepEqual(voters(bench), [['a', 'b', 'w']]);
  });
});

describe('a lost witness', () => {
  const lost = { answering: ['b'], report: { heard: ['a'] } };

  test('a lost witness: nobody can take its place: the master becomes the only voter', () => {
    const bench = masterPaired().live(TIMING.asymmetricAfterMs - 2000, lost);
    assert.deepEqual(voters(bench), [['a', 'b', 'w']]);
    bench.live(3000, lost);
    assert.deepEqual([voters(bench), rosterAt(bench).base], [[['a']], ['a', 'b', 'w']]);
    assert.equal(bench.says('voters-asymmetric').length, 1);
  });

  test('a lost witness: the standby still hears it: nothing changes', () => {
    const bench = masterPaired().live(3 * TIMING.asymmetricAfterMs, { answering: ['b'] });
    assert.deepEqual(voters(bench), [['a', 'b', 'w']]);
  });

  test('a lost witness: the master is alone anyway: nothing changes', () => {
    const bench = masterAlone().live(3 * TIMING.asymmetricAfterMs, {
      ...lost,
      report: { healthy: false, heard: [] },
    });
    assert.deepEqual(voters(bench), [['a', 'b', 'w']]);
    assert.deepEqual(voters(masterSole().live(3 * TIMING.asymmetricAfterMs, LONELY)), [['a', 'b', 'w']]);
  });

  const offered = (bench: Bench, ids: readonly VoterId[]): Bench =>
    bench.give({ type: 'witness-candidates', ids });

  test('a lost witness: no other is left and an agent is there: takes its place after a minute', () => {
    const bench = offered(masterPaired(), ['b', 'w', 'y']);
    bench.live(TIMING.asymmetricAfterMs - 1000, { ...lost, answering: ['b', 'y'] });
    assert.deepEqual(voters(bench), [['a', 'b', 'w']]);
    bench.live(2000, { ...lost, answering: ['b', 'y'] });
    assert.deepEqual(voters(bench), [['a', 'b', 'y']]);
    assert.deepEqual(bench.says('voters-joint'), [
      'The voters change, since w is silent: a, b, w -> a, b, y. Both sets must agree.',
    ]);
  });

  test('a lost witness: others still vote: is waited for much longer', () => {
    const bench = offered(masterPaired({ voters: [['a', 'b', 'w', 'x', 'y']] }), ['z']);
    const others = { answering: ['b', 'x', 'y', 'z'], report: { heard: ['a', 'x', 'y'] } };
    bench.live(TIMING.replaceWitnessAfterMs - 1000, others);
    assert.deepEqual(voters(bench), [['a', 'b', 'w', 'x', 'y']]);
    bench.live(2000, others);
    assert.deepEqual(voters(bench), [['a', 'b', 'x', 'y', 'z']]);
  });

  test('a lost witness: an agent does not answer: the next one is tried, and at the end the first again', () => {
    const bench = offered(masterPaired(), ['y', 'z']);
    const tried: VoterId[] = [];
    while (tried.length < 3) {
      const wanted = bench.live(1000, lost).state.duty?.change?.target.at(-1);
      if (wanted !== undefined && wanted !== tried.at(-1)) tried.push(wanted);
    }
    assert.deepEqual(tried, ['y', 'z', 'y']);
    bench.live(2 * TIMING.jointMs + 1000, { ...lost, answering: ['b', 'z'] });
    assert.deepEqual(voters(bench), [['a', 'b', 'z']]);
  });

  test('a lost witness: falls silent and is back: is said, once each', () => {
    const bench = masterPaired().live(TIMING.reachableMs - 500, lost);
    assert.deepEqual(bench.says('voter-silent'), []);
    bench.live(2000, lost);
    assert.deepEqual(bench.says('voter-silent'), [
      'The witness w does not answer any more. The service goes on, but survives fewer losses until it is back.',
    ]);
    assert.deepEqual(bench.live(1000).says('voter-heard'), ['w answers again.']);
  });

  test('a lost witness: is back, with a majority that does not need the standby: it votes again', () => {
    const bench = asymmetric().live(TIMING.leaseMs, { answering: ['b'] });
    assert.deepEqual(voters(bench), [['a']], 'nothing would be gained with the standby alone');
    bench.live(TIMING.leaseMs);
    assert.deepEqual([voters(bench), rosterAt(bench).base], [[['a', 'b', 'w']], null]);
  });

  test('a lost witness: comes back too shortly for the joint roster: the master stays the only voter', () => {
    const bench = asymmetric()
      .live(TIMING.heartbeatIntervalMs, { answering: ['b', 'w'], disk: false })
      .persist();
    assert.deepEqual(voters(bench), [['a'], ['a', 'b', 'w']]);
    while (voters(bench).length > 1) {
      assert.equal(bench.state.name, 'master-paired');
      bench.live(TIMING.heartbeatIntervalMs, { ...LONELY, streams: 'as-told' });
      for (const { to, body } of bench.sent('heartbeat')) {
        const member = to === 'b' ? bench.state.duty!.peer!.report : null;
        bench.hear(to, { type: 'heartbeat-ack', seq: body.seq, position: { term: 1, revision: 1 }, member });
      }
    }
    assert.deepEqual([voters(bench), rosterAt(bench).base], [[['a']], ['a', 'b', 'w']]);
  });

  test('a lost witness: a planned switch: the way back is gone first, with the standby alone', () => {
    const bench = asymmetric().command({ do: 'switch' });
    assert.equal(bench.state.name, 'master-paired');
    bench.answer({ answering: ['b'], obeys: [] });
    bench.live(TIMING.leaseMs, { answering: ['b'], obeys: [] });
    assert.equal(bench.state.name, 'resigning');
    assert.deepEqual(voters(bench), [['a', 'b', 'w']]);
  });

  test('a lost witness: two hosts have none: they never change by themselves', () => {
    const bench = masterPaired(twoHosts('manual')).live(3 * TIMING.asymmetricAfterMs, { answering: ['b'] });
    assert.deepEqual(rosterAt(bench).voters, rosterOf(twoHosts('manual')).voters);
  });
});
