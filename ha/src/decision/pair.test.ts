/** The standby's way out of the roster and into it, the start gate, and when crashes are forgotten. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { MemberReport } from '@nezuban/protocol/pair/messages';
import type { Roster } from '@nezuban/protocol/pair/roster';
import { ORDERS, type Bench, type World } from '../testing/decision-bench.ts';
import { masterAlone, masterPaired, TIMING, waitingUnder } from '../testing/decision-states.ts';
import { wakeAt } from './decide.ts';
import type { Admission, Duty } from './state.ts';

const { heartbeatIntervalMs: h, leaseMs: l } = TIMING;
const WRITERS_GO_ON = ORDERS.filter((order) => order !== 'probe');
const dutyOf = (bench: Bench): Duty => bench.state.duty!;
const inSync = (bench: Bench): string[] => Object.keys(bench.state.record.roster!.inSync);
const lost = (bench: Bench): string | undefined =>
  /out of the pair: (.*)\. Commits/.exec(bench.says('standby-lost')[0] ?? '')?.[1];

/** Lives in that world until the master proposes to go on alone; returns how long it took. */
function untilLost(bench: Bench, world: Partial<World>): number {
  const from = bench.now;
  while (lost(bench) === undefined) {
    assert.ok(bench.now - from < 60_000, 'the standby is never lost');
    bench.live(h, { disk: false, ...world });
  }
  return bench.now - from;
}

describe('out', () => {
  const reports: Record<string, Partial<MemberReport>> = {
    'it goes into maintenance': { maintenance: true },
    'its data directory is not the one that was admitted': { token: 'of another life' },
  };
  for (const [why, report] of Object.entries(reports))
    test(`out: the standby says so (${why}): at once`, () => {
      const bench = masterPaired();
      assert.equal(untilLost(bench, { report }), h);
      assert.equal(lost(bench), why);
    });

  test('out: its stream has ended: after two heartbeats, long enough for a reconnection', () => {
    const bench = masterPaired();
    const took = untilLost(bench, { streams: 'nobody' });
    assert.equal(lost(bench), 'its stream has ended');
    assert.equal(took, 3 * h, 'the first word that it is gone, and two more');
  });

  test('out: it streams under another name: its stream has ended', () => {
    const bench = masterPaired();
    while (lost(bench.live(h, { streams: 'unsaid' })) === undefined)
      bench.give(bench.replication({ connectedAs: 'b.e99' }));
    assert.equal(lost(bench), 'its stream has ended');
  });

  /** The connection stands, and nothing more is flushed while commits wait. */
  const stalls = (bench: Bench, world: Partial<World>): number => {
    const from = bench.now;
    const { flushed } = dutyOf(bench);
    while (lost(bench) === undefined && bench.now - from < 60_000) {
      bench.live(h, { streams: 'unsaid', ...world });
      if (lost(bench) === undefined) bench.give(bench.replication({ flushed }));
    }
    return bench.now - from;
  };

  test('out: it flushes nothing while commits wait: the stall is as long as allowed', () => {
    const bench = masterPaired();
    const took = stalls(bench, {});
    assert.equal(lost(bench), 'it does not write any more');
    assert.ok(took >= TIMING.stallMs && took <= TIMING.stallMs + 2 * h, `${took}`);
  });

  test('out: it flushes nothing and is not heard either: a lease is enough', () => {
    const bench = masterPaired();
    const took = stalls(bench, { answering: ['w'] });
    assert.equal(lost(bench), 'it is not heard');
    assert.ok(took >= l && took <= l + 2 * h, `${took}`);
  });

  test('out: it streams and flushes, but is not heard: twice a lease', () => {
    const bench = masterPaired();
    const took = untilLost(bench, { answering: ['w'] });
    assert.equal(lost(bench), 'it is not heard');
    assert.equal(took, TIMING.reachableMs);
  });

  test('out: nobody commits: is no stall', () => {
    const bench = masterPaired();
    const { flushed } = dutyOf(bench);
    for (let beats = 0; beats < 40; beats += 1)
      bench.live(h, { streams: 'unsaid' }).give(bench.replication({ flushed, waiting: false }));
    assert.equal(bench.state.name, 'master-paired');
    assert.deepEqual(inSync(bench), ['a', 'b']);
  });

  test('out: roster, decided, and only then the names are emptied', () => {
    const bench = masterPaired();
    untilLost(bench, { streams: 'nobody' });
    assert.deepEqual(inSync(bench), ['a']);
    assert.deepEqual([dutyOf(bench).names, bench.state.name], ['b.e2', 'master-paired']);
    bench.persist();
    assert.equal(dutyOf(bench).names, 'b.e2', 'nobody else has accepted it');
    bench.answer({ answering: ['w'] });
    assert.deepEqual(bench.says('alone'), ['b is out. This host goes on alone.']);
    assert.deepEqual(bench.did('set-names'), [{ type: 'set-names', names: '' }]);
    assert.equal(dutyOf(bench).sole, true);
  });
});

describe('in', () => {
  /** The admission has come to this stage; the probe is in the hands of the test. */
  function admitting(until: Admission['stage'], roster: Partial<Roster> = {}): Bench {
    const bench = masterAlone(roster);
    while (dutyOf(bench).admission?.stage !== 'placeholder') bench.live(h, { obeys: WRITERS_GO_ON });
    if (until === 'placeholder') return bench;
    probe(bench, 'waiting');
    if (until === 'proposed') probe(bench, 'returned');
    return bench;
  }
  const probe = (bench: Bench, stage: 'waiting' | 'returned', id = bench.state.probes): Bench =>
    bench.give({ type: 'probe', id, stage });
  const givenUp = (bench: Bench): string | undefined =>
    /not taken in: (.*)\. It is/.exec(bench.says('admission-given-up')[0] ?? '')?.[1];
  const stage = (bench: Bench): string | undefined => dutyOf(bench).admission?.stage;

  test('in: the order: placeholder, seen waiting, name, a second probe returns, roster, decided', () => {
    const bench = masterAlone().live(TIMING.stableMs, { obeys: WRITERS_GO_ON });
    assert.deepEqual(bench.did('set-names'), []);
    while (bench.did('probe').length === 0) bench.live(h, { obeys: WRITERS_GO_ON });
    assert.deepEqual(bench.did('set-names'), [{ type: 'set-names', names: '_none_' }]);
    const first = bench.state.probes;
    assert.deepEqual(probe(bench, 'waiting').did('set-names'), [{ type: 'set-names', names: 'b.e2' }]);
    assert.deepEqual(bench.did('probe'), [{ type: 'probe', id: first + 1 }]);
    assert.deepEqual(probe(bench, 'returned', first).effects, [], 'the first one proves no such thing');
    assert.deepEqual(inSync(bench), ['a']);
    probe(bench, 'returned');
    assert.deepEqual(inSync(bench), ['a', 'b']);
    assert.deepEqual(
      [bench.state.name, dutyOf(bench).sole],
      ['master-alone', false],
      'it is not decided yet',
    );
    bench.answer();
    assert.deepEqual(bench.says('paired'), ['b is in sync: the pair is redundant.']);
    assert.equal(bench.state.record.roster?.epoch, 2);
  });

  test('in: the probe returns without having waited: waiting was not in force, and another one is sent', () => {
    const bench = admitting('placeholder');
    probe(bench, 'returned');
    assert.equal(stage(bench), 'placeholder');
    const first = bench.state.probes;
    assert.equal(wakeAt(bench.state), bench.now + 25, 'writers wait meanwhile');
    bench.after(25);
    assert.deepEqual(bench.did('probe'), [{ type: 'probe', id: first + 1 }]);
    assert.deepEqual(probe(bench, 'waiting', first).effects, [], 'the word of the first one counts no more');
    probe(bench, 'waiting');
    assert.equal(stage(bench), 'named');
  });

  test('in: it is seen waiting once more: proves nothing more', () => {
    const bench = admitting('named');
    assert.deepEqual(probe(bench, 'waiting').effects, []);
    assert.equal(stage(bench), 'named');
    const proposed = admitting('proposed');
    const { position } = dutyOf(proposed).proposal ?? {};
    probe(proposed, 'returned');
    assert.deepEqual(dutyOf(proposed).proposal?.position, position, 'it is proposed once');
  });

  test('in: no admission is under way: the word of a probe is ignored', () => {
    assert.deepEqual(masterAlone().give({ type: 'probe', id: 1, stage: 'waiting' }).effects, []);
  });

  const unfit: Record<string, Partial<MemberReport>> = {
    'it has no token': { token: null },
    'it is sick': { healthy: false },
    'it does not stream': { streaming: false },
    'it wants maintenance': { maintenance: true },
    'it is of another history': { lineage: 1 },
  };
  for (const [why, report] of Object.entries(unfit))
    test(`in: ${why}: is not admitted, and is given up where the admission has begun`, () => {
      const bench = masterAlone().live(2 * TIMING.stableMs, { report });
      assert.equal(dutyOf(bench).admission, null);
      const begun = admitting('placeholder').live(h, { report });
      assert.equal(givenUp(begun), 'it does not keep up');
      assert.equal(begun.did('set-names')[0]?.names, '', 'writers are let go again');
    });

  test('in: its directory becomes another one on the way: is given up', () => {
    const bench = admitting('named').live(h, { report: { token: 'made anew' }, obeys: WRITERS_GO_ON });
    assert.equal(givenUp(bench), 'it does not keep up');
    const streaming = masterAlone().live(TIMING.stableMs / 2);
    const { since } = dutyOf(streaming).admission!;
    const { admission } = dutyOf(streaming.live(h, { report: { token: 'made anew' } }));
    assert.equal(admission?.token, 'made anew');
    assert.ok(admission.since > since, 'it has to be stable for the whole time again');
  });

  test('in: it falls far behind, or is not heard, or changes its name: is given up', () => {
    const gone = admitting('named').live(2 * l, { answering: ['w'], obeys: WRITERS_GO_ON });
    assert.equal(givenUp(gone), 'it does not keep up');
    for (const changes of [{ lag: 20 * 1024 * 1024 }, { connectedAs: 'b.e77' }]) {
      const bench = admitting('named');
      bench.give(bench.replication(changes));
      assert.equal(givenUp(bench), 'it does not keep up');
    }
  });

  test('in: it loses its stream before it has been stable for long enough: begins anew, in silence', () => {
    const bench = masterAlone().live(TIMING.stableMs / 2);
    assert.equal(stage(bench), 'streaming');
    bench.give(bench.replication({ connectedAs: null }));
    assert.equal(dutyOf(bench).admission, null);
    assert.deepEqual(bench.rows(), []);
  });

  test('in: the probe never returns: is given up, for writers wait', () => {
    const bench = admitting('named').live(TIMING.admissionMs - h, { obeys: WRITERS_GO_ON });
    assert.equal(stage(bench), 'named');
    bench.live(2 * h, { obeys: WRITERS_GO_ON });
    assert.equal(givenUp(bench), 'it took too long');
  });

  test('in: given up again and again: the time until the next attempt doubles, up to a bound', () => {
    const bench = masterAlone();
    const waits: number[] = [];
    for (let attempt = 0; attempt < 8; attempt += 1) {
      while (stage(bench) !== 'placeholder') bench.live(h, { obeys: WRITERS_GO_ON });
      bench.live(h, { report: { healthy: false }, obeys: WRITERS_GO_ON });
      waits.push(dutyOf(bench).admissionAfter - bench.now);
    }
    assert.deepEqual(waits, [5000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
  });

  test('in: in sync for long, then lost: is no standby that flaps', () => {
    const bench = admitting('placeholder').live(h, { report: { healthy: false }, obeys: WRITERS_GO_ON });
    assert.equal(givenUp(bench), 'it does not keep up');
    while (bench.state.name !== 'master-paired') bench.live(l);
    assert.equal(dutyOf(bench).admissionBackoffMs, 10_000);
    const soon = bench.copy();
    untilLost(soon, { streams: 'nobody' });
    assert.equal(dutyOf(soon).admissionAfter - soon.now, 10_000);
    bench.live(TIMING.admissionBackoffMaxMs);
    untilLost(bench, { streams: 'nobody' });
    assert.equal(dutyOf(bench).admissionAfter - bench.now, 5000);
  });

  test('in: no majority answers when the probe returns: nothing is proposed', () => {
    const bench = admitting('named', { voters: [['a', 'b', 'w', 'x', 'y']] });
    bench.live(l, { answering: ['b'], obeys: WRITERS_GO_ON });
    assert.equal(stage(bench), 'named', 'it goes on alone by the sole rule');
    probe(bench, 'returned');
    assert.equal(givenUp(bench), 'no majority of the voters answers');
    assert.deepEqual(inSync(bench), ['a']);
  });

  test('in: proposed, and the standby is lost before that is decided: a newer roster without it', () => {
    const bench = admitting('proposed').live(2 * h, { answering: ['w'], streams: 'nobody', disk: false });
    assert.equal(lost(bench), undefined, 'it may only reconnect');
    bench.live(h, { answering: ['w'], streams: 'nobody', disk: false });
    assert.equal(lost(bench), 'its stream has ended');
    assert.deepEqual(inSync(bench), ['a']);
    assert.notEqual(dutyOf(bench).names, '', 'the roster that lists both may have been seen');
  });

  test('in: proposed, and the voters do not agree in time: a newer roster without it', () => {
    const bench = admitting('proposed').live(TIMING.admissionMs, { disk: false });
    assert.equal(lost(bench), undefined);
    bench.live(h, { disk: false });
    assert.equal(lost(bench), 'the voters did not agree in time');
  });
});

describe('start gate', () => {
  /** Paired; its database has ended and the standby could not take over. */
  function restarting(recoveryEnd: number): Bench {
    const bench = masterPaired().live(h, { report: { healthy: false } });
    bench.give({ type: 'database-lost' });
    assert.deepEqual(bench.did('restart-primary').length, 1);
    return bench.restarted(recoveryEnd);
  }

  test('start gate: nobody is let in before the standby has flushed past the recovery end', () => {
    const bench = restarting(50_000);
    bench.give(bench.replication({ flushed: 49_999 }));
    assert.deepEqual(bench.did('open-service'), []);
    bench.give(bench.replication({ flushed: 50_000 }));
    assert.deepEqual(bench.did('open-service'), [{ type: 'open-service', term: 2 }]);
  });

  test('start gate: a restart of an earlier duty is reported late: opens nothing', () => {
    const bench = masterPaired().live(h, { report: { healthy: false } });
    bench.give({ type: 'database-lost' }).give({ type: 'primary-restarted', term: 1, recoveryEnd: 0 });
    assert.equal(dutyOf(bench).primary, false);
  });

  test('start gate: the standby streams under another name: does not open it', () => {
    const bench = restarting(0);
    bench.give(bench.replication({ flushed: 60_000, connectedAs: 'b.e1' }));
    assert.deepEqual(bench.did('open-service'), []);
  });

  test('start gate: the standby is out by a decided roster: opens it', () => {
    const bench = restarting(50_000).live(3 * h, { streams: 'nobody' });
    assert.equal(bench.state.name, 'master-alone');
    assert.equal(bench.did('open-service').length, 1);
  });

  test('start gate: a minute in service without a crash: earlier crashes are forgotten', () => {
    const bench = restarting(0).live(60_000);
    assert.equal(dutyOf(bench).restarts, 1);
    bench.live(2 * h);
    assert.equal(dutyOf(bench).restarts, 0);
  });

  test('start gate: a single member: has no standby to wait for', () => {
    const bench = waitingUnder({ master: 'a', voters: [['a']], members: ['a'], inSync: { a: 'token-a' } });
    bench.give({ type: 'tick' }).answer();
    bench.give(bench.replication({ connectedAs: null, waiting: false }));
    assert.equal(bench.state.name, 'master-alone');
    assert.equal(dutyOf(bench).names, '');
  });
});
