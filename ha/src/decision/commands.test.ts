/** What operators may ask for: the exact words of each refusal, since they say what to do next, and what each acceptance sets in motion. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Bench } from '../testing/decision-bench.ts';
import {
  asymmetric,
  benchOf,
  candidate,
  catchingUp,
  copying,
  failed,
  fenced,
  freshWitness,
  inMaintenance,
  joint,
  masterAlone,
  masterPaired,
  metPeer,
  muted,
  promoting,
  resigning,
  standbyInSync,
  standingDown,
  starting,
  TIMING,
  twoHosts,
  waiting,
  waitingUnder,
} from '../testing/decision-states.ts';
import { stateNames } from './state.ts';

const NO_MASTER = 'This host is not master. Type it there: nezuban pair status says which host that is.';
const BUSY = 'This host is changing its role. Try again in a few seconds.';
const WITNESS = 'This host is a witness: it votes and holds no data.';

function refused(bench: Bench, says: string): void {
  const { record, duty } = bench.state;
  assert.deepEqual(bench.replies(), [{ ok: false, says }]);
  assert.deepEqual(bench.did('persist'), [], 'a refusal changes nothing');
  assert.ok(record !== null && duty?.switching?.stage !== 'wanted');
}

describe('switch', () => {
  const type = (bench: Bench): Bench => bench.command({ do: 'switch' });

  test('switch: a host that is not master: says where to type it', () => {
    for (const build of [starting, waiting, standbyInSync, candidate, failed, inMaintenance, freshWitness])
      refused(type(build()), NO_MASTER);
  });

  test('switch: a host that changes its role: asks to try again', () => {
    for (const build of [promoting, resigning, standingDown, fenced])
      assert.deepEqual(type(build()).replies(), [{ ok: false, says: BUSY }]);
  });

  test('switch: no standby in sync: refused', () => {
    refused(type(masterAlone()), 'Not moved: there is no standby in sync.');
  });

  test('switch: another change is under way: refused', () => {
    const says = 'Not moved: another change is under way.';
    const wanted = masterPaired().live(TIMING.leaseMs, { report: { healthy: false } });
    type(wanted);
    assert.deepEqual(wanted.replies(), [], 'it waits until the standby is ready');
    assert.deepEqual(type(wanted).replies(), [{ ok: false, says }]);
    assert.deepEqual(type(joint()).replies(), [{ ok: false, says }]);
  });
});

describe('maintenance', () => {
  const type = (bench: Bench, on: boolean): Bench => bench.command({ do: 'maintenance', on });
  const noted = [{ ok: true, says: 'Maintenance is noted.' }];
  const over = [{ ok: true, says: 'Maintenance is over.' }];

  test('maintenance: the master: moves the service first', () => {
    for (const build of [promoting, masterAlone, masterPaired, resigning])
      refused(type(build(), true), 'This host is master. Move the service first: nezuban pair switch');
  });

  test('maintenance: a witness, or a host that changes its role: refused', () => {
    refused(type(freshWitness(), true), WITNESS);
    for (const build of [starting, standingDown, fenced]) refused(type(build(), true), BUSY);
  });

  test('maintenance: it asks for votes just now: refused, and it goes on asking', () => {
    const bench = type(candidate(), true);
    assert.equal(bench.state.name, 'candidate');
    assert.match(bench.replies()[0]?.says ?? '', /^Not possible now: this host may be the only one/);
  });

  test('maintenance: a host that may be the only one that holds everything: refused', () => {
    refused(
      type(waiting(), true),
      'Not possible now: this host may be the only one that holds everything. Wait until there is a master.',
    );
  });

  test('maintenance: a standby in sync: is noted on disk, and begins once the master goes on without it', () => {
    const bench = type(standbyInSync(), true);
    assert.deepEqual(bench.replies(), noted);
    assert.deepEqual(bench.rows(), ['maintenance-wanted']);
    assert.equal(bench.did('persist')[0]?.record.maintenance, true);
    bench.persist().hearMaster('b');
    assert.equal(bench.sent('heartbeat-ack')[0]?.body.member?.maintenance, true);
    const { roster } = bench.state.record;
    const alone = { ...roster!, revision: 2, inSync: { b: 'token-b' } };
    bench.hear('b', { type: 'propose', roster: alone }).persist();
    assert.equal(bench.state.name, 'standby-in-sync', 'that is not decided yet');
    bench.hearMaster('b');
    assert.deepEqual(bench.rows(), ['maintenance-begins']);
    assert.equal(bench.state.name, 'maintenance');
  });

  test('maintenance: a host that is not in sync: begins at once, and survives a restart', () => {
    for (const build of [catchingUp, copying, failed]) {
      const bench = type(build(), true);
      assert.deepEqual(bench.replies(), noted);
      assert.equal(bench.state.name, 'maintenance');
    }
    const restarted = starting({ maintenance: true }).report({ runs: 'standby', token: 'token-a' });
    assert.deepEqual(restarted.rows(), ['started-in-maintenance']);
    assert.deepEqual(restarted.did('run-standby'), []);
  });

  test('maintenance: wanted again while it is: is noted, and nothing else happens', () => {
    const bench = type(inMaintenance(), true);
    assert.deepEqual(bench.replies(), noted);
    assert.deepEqual(bench.rows(), []);
  });

  test('maintenance: ends: looks for the master again', () => {
    const bench = type(inMaintenance().hearMaster('b'), false);
    assert.deepEqual(bench.replies(), over);
    assert.deepEqual(bench.rows(), ['maintenance-ends', 'follows-catching-up']);
    assert.equal(bench.did('run-standby')[0]?.upstream, 'b');
    assert.equal(bench.did('persist')[0]?.record.maintenance, false);
  });

  test('maintenance: ends where there was none: is over, and nothing else happens', () => {
    const bench = type(catchingUp(), false);
    assert.deepEqual(bench.replies(), over);
    assert.deepEqual(bench.rows(), []);
  });
});

describe('recover', () => {
  const type = (bench: Bench): Bench => bench.command({ do: 'recover' });

  test('recover: a failed host: looks for the master and copies anew', () => {
    const bench = type(failed().hearMaster('b'));
    assert.deepEqual(bench.replies(), [{ ok: true, says: 'Recovery has begun.' }]);
    assert.deepEqual(bench.rows(), ['recovering', 'follows-by-copy']);
    assert.equal(bench.state.copyFailures, 0);
  });

  test('recover: the voter record is lost: says that the keeper must be restarted', () => {
    refused(
      type(muted()),
      'The voter record of this host is lost. Mend its disk, then start the keeper again.',
    );
  });

  test('recover: in maintenance, or while it changes its role: refused', () => {
    refused(type(inMaintenance()), 'This host is in maintenance. End that first.');
    for (const build of [standingDown, fenced]) refused(type(build()), BUSY);
  });

  test('recover: nothing is wrong: says so', () => {
    const nothing = [{ ok: true, says: 'Nothing to do here: this host finds its way by itself.' }];
    for (const build of [starting, waiting, standbyInSync, copying, candidate, freshWitness])
      assert.deepEqual(type(build()).replies(), nothing);
    for (const build of [masterAlone, masterPaired, resigning, asymmetric])
      assert.deepEqual(type(build()).replies(), [{ ok: true, says: 'This host is master.' }]);
  });
});

describe('promote', () => {
  const type = (bench: Bench, peerIsOff = true): Bench => bench.command({ do: 'promote', peerIsOff });

  test('promote: in states that cannot: the exact reason', () => {
    for (const name of stateNames) {
      if (name === 'waiting' || name === 'standby-in-sync' || name === 'candidate') continue;
      const [answer] = type(benchOf[name]()).replies();
      const masters = ['promoting', 'master-alone', 'master-paired', 'resigning'];
      const busy = ['standing-down', 'fenced'];
      if (masters.includes(name)) assert.deepEqual(answer, { ok: true, says: 'This host is master.' }, name);
      else if (busy.includes(name)) assert.deepEqual(answer, { ok: false, says: BUSY }, name);
      else if (name === 'witness') assert.deepEqual(answer, { ok: false, says: WITNESS });
      else
        assert.deepEqual(
          answer,
          { ok: false, says: 'This host cannot be promoted in its present state.' },
          name,
        );
    }
  });

  test('promote: not truly two hosts: is not needed', () => {
    const says = 'Not needed: with witnesses the voters elect by themselves.';
    refused(type(waiting()), says);
    refused(type(waiting({ term: 0, roster: null })), says);
    refused(type(waitingUnder({ members: ['a'], inSync: { b: 'token-b' } })), says);
  });

  test('promote: it does not hold everything: is refused', () => {
    refused(
      type(waitingUnder({ ...twoHosts('manual'), inSync: { b: 'token-b' } })),
      'This host cannot become master: it waits for b, who holds everything.',
    );
  });

  test('promote: nobody says that the peer is off: is refused', () => {
    refused(
      type(metPeer('manual'), false),
      'Confirm that b is switched off; two masters would be the worst that can happen.',
    );
  });

  test('promote: it has not met its peer since its start: is refused', () => {
    const says =
      'This host has not met b since it started, so it may be the outdated one. Use force-master if it is lost.';
    refused(type(waitingUnder(twoHosts('manual'))), says);
    refused(type(standbyInSync(twoHosts('manual'))), says);
  });

  test('promote: the peer was heard just now: is refused', () => {
    const bench = metPeer('manual');
    bench.now += TIMING.forceSilenceMs - 1;
    refused(type(bench), 'b was heard just now; it is not off.');
  });

  test('promote: it asks for votes just now: the voice of the peer counts in that round', () => {
    const bench = metPeer('manual');
    bench.now += TIMING.forceSilenceMs;
    assert.equal(bench.give({ type: 'tick' }).state.name, 'candidate');
    type(bench);
    assert.deepEqual(bench.says('candidacy-failed'), []);
    assert.equal(bench.replies()[0]?.ok, true);
    assert.equal(bench.persist().after(1).persist().state.name, 'promoting');
  });

  test('promote: all is as it must be: the word stands for the fence command', () => {
    const bench = metPeer('manual');
    bench.now += TIMING.forceSilenceMs;
    type(bench);
    assert.deepEqual(bench.replies(), [
      { ok: true, says: 'b counts as off. This host asks for its election.' },
    ]);
    assert.deepEqual(bench.did('persist')[0]?.record.fence, { peer: 'b', startId: 'b-1' });
    bench.persist().after(1).persist();
    assert.equal(bench.state.name, 'promoting');
  });
});
