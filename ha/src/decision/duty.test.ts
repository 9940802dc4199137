/** What every elected member does: heartbeats, the lease and its end, proposals until they are decided, and the promotion. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PairMessage } from '@nezuban/protocol/pair/messages';
import { LONELY, type Bench } from '../testing/decision-bench.ts';
import {
  candidateForVotes,
  masterAlone,
  masterPaired,
  masterSole,
  promoting,
  rosterOf,
  TIMING,
  waiting,
  waitingUnder,
} from '../testing/decision-states.ts';
import type { Duty } from './state.ts';

const { heartbeatIntervalMs: h, leaseMs: l, standDownMs: k } = TIMING;
const dutyOf = (bench: Bench): Duty => bench.state.duty!;

/** The witness answers the heartbeat of that number. */
function ack(bench: Bench, seq: number, envelope: Partial<PairMessage> = {}): Bench {
  const position = { term: 0, revision: 0 };
  return bench.hear('w', { type: 'heartbeat-ack', seq, position, member: null }, envelope);
}

describe('lease', () => {
  test('lease: a heartbeat is answered late: runs from its sending, not from the answer', () => {
    const bench = masterPaired();
    const sentAt = bench.after(h).now;
    const { seq } = dutyOf(bench);
    bench.now += 400;
    ack(bench, seq);
    assert.equal(dutyOf(bench).leaseUntil, sentAt + l);
    assert.deepEqual(bench.did('guard'), [{ type: 'guard', until: sentAt + l - k / 2 }]);
  });

  test('lease: an older answer arrives after a newer one: takes nothing back', () => {
    const bench = masterPaired().after(h);
    const older = dutyOf(bench).seq;
    bench.after(h);
    const { leaseUntil } = dutyOf(ack(bench, older + 1));
    assert.equal(dutyOf(ack(bench, older)).leaseUntil, leaseUntil);
  });

  test('lease: an answer of another term, or to no heartbeat of ours: renews nothing', () => {
    const bench = masterPaired().after(h);
    const { leaseUntil, seq, term } = dutyOf(bench);
    ack(bench, seq, { term: term - 1 });
    ack(bench, seq + 1);
    assert.equal(dutyOf(bench).leaseUntil, leaseUntil);
  });

  test('lease: an answer to a heartbeat that is older than a lease: renews nothing', () => {
    const bench = masterSole();
    const older = dutyOf(bench).seq - 7;
    const { leaseUntil } = dutyOf(bench);
    assert.equal(dutyOf(ack(bench, older)).leaseUntil, leaseUntil);
  });

  test('lease: nobody answers: the paired master stands down so early that it ends in time', () => {
    const bench = masterPaired();
    const { leaseUntil } = dutyOf(bench);
    bench.now = leaseUntil - k - 1;
    assert.equal(bench.give({ type: 'tick' }).state.name, 'master-paired');
    bench.after(1);
    assert.deepEqual(bench.says('stands-down'), [
      'This host stops acting as master of term 2: no majority of the voters has answered in time.',
    ]);
    assert.deepEqual(bench.did('stand-down'), [{ type: 'stand-down', term: 2, deadline: leaseUntil }]);
  });

  test('lease: a pause has eaten it: is seen before the input, whatever that is', () => {
    const bench = masterPaired();
    bench.now += 2 * l;
    bench.hear('b', { type: 'ask-roster' });
    assert.equal(bench.state.name, 'standing-down');
    assert.equal(bench.did('stand-down')[0]?.deadline, bench.now + k);
  });

  test('lease: nobody answers the master that is alone: goes on, says so once, and again the next time', () => {
    const bench = masterAlone().live(3 * l, LONELY);
    assert.equal(bench.says('without-majority').length, 1);
    assert.equal(bench.state.name, 'master-alone');
    assert.deepEqual(bench.live(l).says('majority-again'), ['A majority of the voters answers again.']);
    bench.live(3 * l, LONELY);
    assert.equal(bench.says('without-majority').length, 1);
    const { guardUntil, nextHeartbeatAt } = dutyOf(bench);
    assert.equal(guardUntil, nextHeartbeatAt + l - k / 2, 'the deadline of the guard rolls on');
  });

  test('lease: this host stood still while it was alone: nobody else was silent for that time', () => {
    const bench = masterAlone().after(TIMING.asymmetricAfterMs);
    assert.deepEqual(bench.says('voter-silent'), []);
    bench.live(TIMING.reachableMs - h, LONELY);
    assert.deepEqual(bench.says('voter-silent'), []);
    assert.equal(bench.live(2 * h, LONELY).says('voter-silent').length, 1);
  });

  test('lease: a new term: there is time for one round, then somebody must have answered', () => {
    const bench = candidateForVotes().hear('w', {
      type: 'vote',
      forTerm: 2,
      granted: true,
      roster: rosterOf(),
      acked: { lineage: 0, lsn: 0 },
    });
    assert.equal(dutyOf(bench).leaseUntil, bench.now + l);
    assert.equal(bench.after(l - k - 1).state.name, 'promoting');
    assert.equal(bench.after(1).state.name, 'standing-down');
  });

  test('lease: the clocks of the host jumped: proves nothing any more, except by the sole rule', () => {
    const paired = masterPaired().give({ type: 'clock-jumped' });
    assert.match(paired.says('stands-down')[0] ?? '', /the clocks of this host jumped/);
    const alone = masterAlone().give({ type: 'clock-jumped' });
    assert.deepEqual(alone.rows(), ['clock-jumped']);
  });
});

describe('heartbeats', () => {
  test('heartbeats: go to all voters and members, in time, with what each must know', () => {
    const bench = masterPaired();
    bench.after(dutyOf(bench).nextHeartbeatAt - bench.now);
    const sent = bench.sent('heartbeat');
    assert.deepEqual(
      sent.map(({ to }) => to),
      ['b', 'w'],
    );
    const { roster } = bench.state.record;
    const position = { term: 2, revision: roster!.revision };
    const { acked, epoch, decided } = sent[0]!.body;
    assert.deepEqual([sent[0]?.body.position, decided, epoch], [position, position, roster?.epoch]);
    assert.deepEqual(acked, { lineage: 2, lsn: dutyOf(bench).acked });
    assert.deepEqual(bench.after(h - 1).sent('heartbeat'), []);
  });

  test('heartbeats: a master that is alone: names the stream of the next admission', () => {
    const bench = masterAlone();
    const epoch = bench.state.record.roster!.epoch + 1;
    assert.equal(bench.after(h).sent('heartbeat')[0]?.body.epoch, epoch);
  });

  test('heartbeats: during a promotion: report no position, for nothing is acknowledged yet', () => {
    assert.deepEqual(promoting().after(h).sent('heartbeat')[0]?.body.acked, { lineage: 0, lsn: 0 });
  });

  test('heartbeats: somebody does not hold the newest roster: gets it again with each', () => {
    const bench = masterPaired();
    const { position } = bench.after(h).sent('heartbeat')[0]!.body;
    assert.deepEqual(bench.sent('propose'), []);
    const seq = dutyOf(bench).seq;
    bench.hear('w', { type: 'heartbeat-ack', seq, position: { ...position, revision: 1 }, member: null });
    assert.deepEqual(
      bench
        .after(h)
        .sent('propose')
        .map(({ to }) => to),
      ['w'],
    );
    bench.hear('w', { type: 'accepted', position });
    assert.deepEqual(bench.after(h).sent('propose'), []);
  });
});

describe('proposals', () => {
  test('proposals: are on the own disk before anybody else sees them', () => {
    const bench = candidateForVotes().answer({ disk: false, obeys: [] });
    assert.equal(bench.state.name, 'promoting');
    assert.deepEqual(bench.sent('propose'), []);
    assert.deepEqual(
      bench
        .persist()
        .sent('propose')
        .map(({ to }) => to),
      ['b', 'w'],
    );
  });

  test('proposals: the acceptance was lost: are sent again, though it is known that they are held', () => {
    const bench = candidateForVotes().answer({ disk: false, obeys: [] }).persist();
    const position = { term: 2, revision: 1 };
    bench.after(h);
    bench.hear('w', { type: 'heartbeat-ack', seq: dutyOf(bench).seq, position, member: null });
    assert.deepEqual(
      bench
        .after(h)
        .sent('propose')
        .map(({ to }) => to),
      ['b', 'w'],
    );
  });

  test('proposals: accepted twice by one voter, or another one accepted: count once, or not', () => {
    const five = { voters: [['a', 'b', 'w', 'x', 'y']] };
    const bench = promotingIn(five);
    const accept = (from: string, revision: number): Bench =>
      bench.hear(from, { type: 'accepted', position: { term: 2, revision } });
    accept('w', 1);
    accept('w', 1);
    accept('b', 9);
    assert.deepEqual(dutyOf(bench).decided, { term: 0, revision: 0 });
    accept('b', 1);
    assert.deepEqual(dutyOf(bench).decided, { term: 2, revision: 1 });
    accept('x', 1);
    assert.equal(dutyOf(bench).proposal, null);
  });

  /** Elected by everybody; the first roster is on the own disk and accepted by nobody else. */
  function promotingIn(changes: Parameters<typeof rosterOf>[0]): Bench {
    const bench = candidateForVotes(changes);
    const { roster } = bench.state.record;
    for (const from of ['b', 'w', 'x', 'y'])
      if (bench.state.name === 'candidate')
        bench.hear(from, { type: 'vote', forTerm: 2, granted: true, roster, acked: { lineage: 0, lsn: 0 } });
    return bench.persist();
  }
});

describe('promotion', () => {
  test('promotion: two rosters of the term: promote when the first is decided, open when the second is', () => {
    const bench = promoting();
    assert.deepEqual(bench.did('promote'), [{ type: 'promote', term: 2 }]);
    bench.give({ type: 'promoted', term: 2, timeline: 4, startLsn: 1234 });
    const { roster } = bench.did('persist')[0]!.record;
    assert.deepEqual([roster?.phase, roster?.inSync], ['active', { a: 'token-a' }]);
    assert.deepEqual(roster?.lineage.at(-1), {
      term: 2,
      member: 'a',
      timeline: 4,
      startLsn: 1234,
      lossy: false,
    });
    assert.deepEqual(bench.did('open-service'), []);
    bench.answer({ streams: 'nobody' });
    assert.deepEqual(bench.says('in-service'), [
      'This host is master of term 2, alone: nothing is redundant yet.',
    ]);
    assert.deepEqual(bench.did('open-service'), [{ type: 'open-service', term: 2 }]);
    assert.deepEqual(bench.did('set-names'), [{ type: 'set-names', names: '' }]);
  });

  test('promotion: the order is given once, however often time passes', () => {
    assert.deepEqual(
      promoting()
        .live(4 * h, { streams: 'nobody', obeys: [] })
        .did('promote'),
      [],
    );
  });

  test('promotion: the word of another duty, or one that nobody asked for: is ignored', () => {
    const bench = promoting();
    assert.deepEqual(bench.give({ type: 'promoted', term: 1, timeline: 4, startLsn: 1234 }).effects, []);
    bench.give({ type: 'promoted', term: 2, timeline: 4, startLsn: 1234 });
    const { promotedAt } = dutyOf(bench);
    bench.give({ type: 'promoted', term: 2, timeline: 5, startLsn: 9999 });
    assert.deepEqual(dutyOf(bench).promotedAt, promotedAt, 'it is promoted once');
  });

  test('promotion: the database does not become primary: stands down, and bars nobody', () => {
    const bench = promoting().live(TIMING.promotionMs - h, { streams: 'nobody', obeys: [] });
    assert.equal(bench.state.name, 'promoting');
    bench.live(2 * h, { streams: 'nobody', obeys: [] });
    assert.match(bench.says('stands-down')[0] ?? '', /the database did not become primary in time/);
    assert.deepEqual(bench.state.record.roster?.inSync, rosterOf().inSync);
  });

  test('promotion: its data holds a promotion of its own that never became active: all others are copied', () => {
    const bench = waitingUnder({}).report({ lineage: 77 }).after(TIMING.restartQuietMs).answer();
    assert.equal(bench.state.name, 'master-alone');
    assert.equal(bench.state.record.roster?.lineage.at(-1)?.startLsn, 0);
  });

  test('promotion: more of them than a roster remembers: the oldest are forgotten', () => {
    const lineage = Array.from({ length: 8 }, (_, index) => ({
      term: index + 1,
      member: 'b',
      timeline: index + 1,
      startLsn: index,
      lossy: false,
    }));
    const bench = waiting({ term: 8, roster: rosterOf({ term: 8, lineage }) });
    const { roster } = bench.after(TIMING.restartQuietMs).answer().state.record;
    assert.deepEqual(
      roster?.lineage.map(({ term }) => term),
      [2, 3, 4, 5, 6, 7, 8, 9],
    );
  });

  test('promotion: a higher term is heard meanwhile: stands down, for nothing else can help', () => {
    const bench = promoting().hear('w', { type: 'outdated' }, { term: 9 });
    assert.equal(bench.state.name, 'standing-down');
  });
});
