/** Giving way: the planned switch and everything that can come between, and what a lost or sick database leads to. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { MemberReport } from '@nezuban/protocol/pair/messages';
import { FLUSHED, LONELY, type Bench } from '../testing/decision-bench.ts';
import {
  joint,
  masterAlone,
  masterPaired,
  masterSole,
  promoting,
  resigning,
  resigningStopped,
  standingDown,
  TIMING,
} from '../testing/decision-states.ts';
import type { Duty } from './state.ts';

const { heartbeatIntervalMs: h, leaseMs: l } = TIMING;
const dutyOf = (bench: Bench): Duty => bench.state.duty!;
const why = (bench: Bench): string | undefined =>
  /of term \d+: (.*)\.$/.exec(bench.says('stands-down')[0] ?? '')?.[1];
const calledOff = (bench: Bench): string | undefined =>
  /called off: (.*)\. This/.exec(bench.says('switch-called-off')[0] ?? '')?.[1];
const resignsTo = (bench: Bench): string | null | undefined => bench.state.standDown?.resignTo;

/** The standby could not take over at once. */
const UNREADY: Record<string, Partial<MemberReport>> = {
  'it is sick': { healthy: false },
  'it wants maintenance': { maintenance: true },
  'its directory is another one': { token: 'of another life' },
};

describe('planned switch', () => {
  test('planned switch: drain, stop, the standby has the end, give way, and only then it is told', () => {
    const bench = masterPaired().command({ do: 'switch' });
    assert.deepEqual(bench.says('switch-begins'), [
      'The service moves to b: work is drained, the database stops.',
    ]);
    assert.deepEqual([bench.did('drain').length, bench.did('stop-database').length], [1, 0]);
    assert.equal(bench.give({ type: 'drained' }).did('stop-database').length, 1);
    const end = dutyOf(bench).flushed + 5;
    bench.give({ type: 'database-stopped', end });
    assert.equal(bench.state.name, 'resigning');
    bench.live(h, { streams: 'nobody', obeys: [], report: { flushed: end - 1 } });
    assert.equal(bench.state.name, 'resigning', 'the standby lacks the end');
    bench.live(h, { streams: 'nobody', obeys: [], report: { flushed: end } });
    assert.equal(why(bench), 'the service moves to b');
    assert.deepEqual(bench.replies(), [{ ok: true, says: 'The service moves to b.' }]);
    assert.deepEqual(bench.sent('resign'), []);
    bench.stoodDown();
    assert.deepEqual(
      bench.sent('resign').map(({ to, body }) => [to, body.resignedTerm, body.to]),
      [
        ['b', 2, 'b'],
        ['w', 2, 'b'],
      ],
    );
    assert.ok(bench.state.candidateAt >= bench.now + 4 * TIMING.electionRoundMs, 'the standby goes first');
  });

  for (const [because, report] of Object.entries(UNREADY))
    test(`planned switch: the standby could not take over (${because}): does not begin`, () => {
      const bench = masterPaired().live(h, { report, disk: false }).command({ do: 'switch' });
      assert.deepEqual([bench.state.name, bench.did('drain')], ['master-paired', []]);
    });

  test('planned switch: the standby does not become ready in time: is refused', () => {
    const sick = { report: { healthy: false } };
    const bench = masterPaired().live(h, sick).command({ do: 'switch' });
    assert.deepEqual(bench.live(2 * TIMING.switchMs - h, sick).replies(), []);
    assert.deepEqual(bench.live(h, sick).replies(), [
      { ok: false, says: 'Not moved: the standby is not ready.' },
    ]);
    assert.equal(dutyOf(bench).switching, null);
    assert.equal(bench.live(h).state.name, 'master-paired', 'it does not begin later');
  });

  test('planned switch: the standby becomes ready while it is waited for: begins', () => {
    const bench = masterPaired()
      .live(h, { report: { healthy: false } })
      .command({ do: 'switch' });
    assert.equal(bench.live(h, { obeys: [] }).state.name, 'resigning');
  });

  test('planned switch: the standby streams under another name just now: waits', () => {
    const bench = masterPaired();
    bench.give(bench.replication({ connectedAs: null })).command({ do: 'switch' });
    assert.equal(bench.state.name, 'master-paired');
  });

  test('planned switch: words that belong to another step: are ignored', () => {
    const bench = resigning();
    assert.deepEqual(bench.give({ type: 'database-stopped', end: FLUSHED }).effects, []);
    bench.give({ type: 'drained' });
    assert.deepEqual(bench.give({ type: 'drained' }).did('stop-database'), []);
    assert.equal(dutyOf(bench).switching?.stage, 'stopping');
  });

  test('planned switch: draining takes too long: is called off, and the service goes on', () => {
    const bench = resigning().live(TIMING.switchMs - h, { obeys: [] });
    assert.equal(bench.state.name, 'resigning');
    bench.live(h, { obeys: [] });
    assert.equal(calledOff(bench), 'it took too long');
    assert.deepEqual(bench.replies(), [{ ok: false, says: 'Not moved: it took too long.' }]);
    assert.deepEqual(bench.did('restart-primary'), [], 'the database still runs');
    assert.equal(bench.state.name, 'master-paired');
  });

  test('planned switch: it is called off: nobody is let in before the standby has what was drained', () => {
    const bench = resigning();
    const at = dutyOf(bench).flushed;
    bench.live(TIMING.switchMs - h, { obeys: [] });
    bench.give(bench.replication({ flushed: at + 100_000, lag: 300 }));
    bench.live(h, { obeys: [], streams: 'nobody' });
    assert.equal(calledOff(bench), 'it took too long');
    assert.deepEqual(bench.did('open-service'), []);
    assert.deepEqual(bench.give(bench.replication({ flushed: at + 100_299 })).did('open-service'), []);
    assert.equal(bench.give(bench.replication({ flushed: at + 100_300 })).did('open-service').length, 1);
  });

  test('planned switch: the standby is lost while work is drained: is called off', () => {
    const bench = resigning().live(3 * h, { streams: 'nobody', obeys: [] });
    assert.equal(calledOff(bench), 'the standby was lost: its stream has ended');
  });

  test('planned switch: the standby falls ill after the database has stopped: is called off, and it starts again', () => {
    const bench = resigningStopped().live(h, { streams: 'nobody', obeys: [], report: { healthy: false } });
    assert.equal(calledOff(bench), 'the standby was lost: it is not heard');
    assert.deepEqual(bench.did('restart-primary'), [{ type: 'restart-primary', term: 2 }]);
    assert.equal(dutyOf(bench).names, '_none_');
  });

  test('planned switch: the standby never says that it has the end: is called off, and it starts again', () => {
    const bench = resigningStopped().live(TIMING.switchMs, {
      streams: 'nobody',
      obeys: [],
      report: { flushed: 1 },
    });
    assert.equal(calledOff(bench), 'it took too long');
    assert.equal(bench.did('restart-primary').length, 1);
  });

  test('planned switch: the database did not stop cleanly: gives way as for a lost one', () => {
    const bench = resigning().give({ type: 'drained' }).give({ type: 'database-stopped', end: null });
    assert.equal(why(bench), 'the database ended');
    assert.equal(resignsTo(bench), 'b');
  });

  test('planned switch: the database is lost and the standby not ready: is called off, and it starts again', () => {
    const bench = resigning().live(h, { obeys: [], report: { healthy: false } });
    assert.equal(bench.state.name, 'resigning');
    bench.give({ type: 'database-lost' });
    assert.equal(calledOff(bench), 'the database ended');
    assert.deepEqual(bench.rows(), ['switch-called-off', 'database-restarted']);
    assert.equal(bench.did('restart-primary').length, 1);
  });
});

describe('a lost database', () => {
  const lose = (bench: Bench): Bench => bench.give({ type: 'database-lost' });

  test('a lost database: the standby can take over: gives way to it', () => {
    const bench = lose(masterPaired());
    assert.equal(why(bench), 'the database ended');
    assert.equal(resignsTo(bench), 'b');
  });

  test('a lost database: during the promotion: gives way, to nobody in particular', () => {
    const bench = lose(promoting());
    assert.equal(why(bench), 'the database ended during its promotion');
    assert.equal(resignsTo(bench), null);
  });

  test('a lost database: alone: starts again behind the gate, under the same term', () => {
    const bench = lose(masterSole());
    assert.deepEqual(bench.did('restart-primary'), [{ type: 'restart-primary', term: 2 }]);
    assert.deepEqual(bench.rows(), ['database-restarted']);
    const { gate, names, primary } = dutyOf(bench);
    assert.deepEqual({ gate, names, primary }, { gate: 'closed', names: '_none_', primary: false });
    bench.restarted(1);
    assert.equal(bench.did('open-service').length, 1);
  });

  test('a lost database: while a standby is being admitted: that begins anew, unless it is proposed', () => {
    const bench = masterAlone().live(l);
    assert.equal(dutyOf(bench).admission?.stage, 'streaming');
    assert.equal(dutyOf(lose(bench)).admission, null);
    const proposed = masterAlone();
    while (dutyOf(proposed).admission?.stage !== 'placeholder') proposed.live(h, { obeys: [] });
    proposed.give({ type: 'probe', id: proposed.state.probes, stage: 'waiting' });
    proposed.give({ type: 'probe', id: proposed.state.probes, stage: 'returned' });
    assert.equal(dutyOf(lose(proposed)).admission?.stage, 'proposed', 'that roster may have been seen');
  });

  for (const [because, report] of Object.entries(UNREADY))
    test(`a lost database: the standby could not take over (${because}): starts again`, () => {
      const bench = lose(masterPaired().live(h, { report, disk: false }));
      assert.equal(bench.did('restart-primary').length, 1);
    });

  test('a lost database: the standby was not heard for a lease: starts again', () => {
    const bench = masterPaired().live(l - h, { answering: ['w'] });
    assert.equal(resignsTo(lose(bench.copy())), 'b');
    assert.equal(lose(bench.live(h, { answering: ['w'] })).did('restart-primary').length, 1);
  });

  test('a lost database: voters are changing, or a roster is open: the others must not elect now', () => {
    const bench = lose(joint());
    assert.equal(bench.did('restart-primary').length, 1);
    const open = masterPaired().live(3 * h, { streams: 'nobody', disk: false });
    assert.notEqual(dutyOf(open).proposal, null);
    assert.equal(lose(open).did('restart-primary').length, 1);
  });

  test('a lost database: again and again: is not healed by one more start', () => {
    const bench = masterAlone();
    for (let restarts = 0; restarts < 5; restarts += 1) lose(bench).restarted(1).live(h, LONELY);
    assert.equal(bench.state.name, 'master-alone');
    lose(bench);
    assert.equal(why(bench), 'the database ended again and again');
    assert.equal(bench.stoodDown().state.name, 'failed');
    assert.match(bench.says('stood-down-for-good')[0] ?? '', /nezuban pair recover$/);
  });
});

describe('a sick database', () => {
  test('a sick database: the standby is well: gives way to it', () => {
    const bench = masterPaired().report({ healthy: false });
    assert.equal(why(bench), 'the database or its disk is sick');
    assert.equal(resignsTo(bench), 'b');
  });

  test('a sick database: nobody could take over: goes on', () => {
    assert.equal(masterAlone().report({ healthy: false }).state.name, 'master-alone');
    assert.equal(promoting().report({ healthy: false }).state.name, 'promoting');
  });

  test('a sick database: the directory is not that of the roster any more: ends, whoever could take over', () => {
    const paired = masterPaired().report({ token: null });
    assert.equal(why(paired), 'the data directory is lost');
    assert.equal(resignsTo(paired), 'b');
    const alone = masterAlone().report({ token: 'of another life' });
    assert.equal(why(alone), 'the data directory is lost');
    assert.equal(resignsTo(alone), null);
  });
});

describe('a service that does not stay up', () => {
  const giveUp = (bench: Bench): Bench => bench.give({ type: 'service-given-up', process: 'the manager' });

  test('a service that does not stay up: the standby is well: gives way to it', () => {
    const bench = giveUp(masterPaired());
    assert.equal(why(bench), 'the manager ends again and again');
    assert.equal(resignsTo(bench), 'b');
  });

  test('a service that does not stay up: nobody could take over: goes on, and says so', () => {
    const bench = giveUp(masterAlone());
    assert.equal(bench.state.name, 'master-alone');
    assert.match(bench.says('service-given-up')[0] ?? '', /^Not staying up on this host: the manager\./);
  });

  test('a service that does not stay up: a standby becomes ready later: takes over then', () => {
    const bench = giveUp(masterPaired().live(h, { report: { healthy: false } }));
    assert.equal(bench.state.name, 'master-paired');
    const { term } = bench.state.record;
    bench.live(h, { report: { healthy: true } });
    assert.equal(bench.state.name, 'waiting');
    assert.equal(bench.state.resignedTerm, term, 'it has given way');
  });
});

describe('the guard', () => {
  test('the guard: has killed what acted: told to end all the same, since its answer proves that nothing is left', () => {
    const bench = masterPaired().give({ type: 'guard-fired' });
    assert.equal(why(bench), 'the guard has ended the database');
    assert.equal(bench.did('stand-down').length, 1);
    assert.deepEqual(bench.sent('resign'), []);
    assert.equal(bench.stoodDown().sent('resign').length, 2);
  });

  test('the guard: fires during a stand-down: its end is still waited for', () => {
    const bench = standingDown().give({ type: 'guard-fired' });
    assert.deepEqual(bench.effects, []);
    assert.equal(bench.state.name, 'standing-down');
  });
});
