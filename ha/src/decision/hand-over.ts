/**
 * Giving way: the planned switch, and what a lost or sick database leads to.
 *
 * Responsible for when a master hands over and to whom. Not responsible for how it stops (`stand-down.ts`).
 */
import type { VoterId } from '@nezuban/protocol/pair/roster';
import { PLACEHOLDER, type Acting } from './duty.ts';
import { standbyName, whyStandbyLost } from './pair.ts';
import { isInSync, peerOf } from './roster.ts';
import { standDown } from './stand-down.ts';
import { move, must, ownRoster, reply } from './turn.ts';
import { mustReturnFirst } from './voter-change.ts';

/** A primary that ends again and again is not healed by one more start. */
const RESTARTS_MAX = 5;

/** Something that the service needs does not stay up here. A standby that is ready takes over, now or as soon as there is one. */
export function onServiceGivenUp(turn: Acting, process: string): void {
  turn.state.duty.givenUp = process;
  if (!stepGivenUp(turn)) move(turn, 'service-given-up', { who: process });
}

export function stepGivenUp(turn: Acting): boolean {
  const { givenUp } = turn.state.duty;
  const peer = givenUp === null ? null : readyPeer(turn);
  if (peer === null) return false;
  standDown(turn, { why: `${givenUp} ends again and again`, resignTo: peer });
  return true;
}

/** The peer, if it could take over at once: in sync by the decided roster, streaming, well, and heard just now. */
export function readyPeer(turn: Acting): VoterId | null {
  const { state, now } = turn;
  const { duty, record, timing } = state;
  const roster = ownRoster(turn);
  const peer = peerOf(roster, record.id);
  if (state.name !== 'master-paired' && state.name !== 'resigning') return null;
  if (peer === null || !isInSync(roster, peer) || duty.peer === null) return null;
  if (duty.change !== null || duty.proposal !== null || roster.voters.length > 1) return null;
  const { at, report } = duty.peer;
  const ready =
    now - at < timing.leaseMs &&
    report.healthy &&
    !report.maintenance &&
    report.token === roster.inSync[peer];
  return ready ? peer : null;
}

/** PostgreSQL has ended by itself: give way to a peer that can take over, else start it again behind the gate. */
export function onDatabaseLost(turn: Acting): void {
  const { state } = turn;
  const { duty } = state;
  const peer = readyPeer(turn);
  if (state.name === 'promoting') {
    standDown(turn, { why: 'the database ended during its promotion' });
  } else if (peer !== null) {
    standDown(turn, { why: 'the database ended', resignTo: peer });
  } else if (duty.restarts >= RESTARTS_MAX) {
    standDown(turn, { why: 'the database ended again and again', afterwards: 'failed' });
  } else {
    if (state.name === 'resigning') callOff(turn, 'the database ended');
    restartPrimary(turn);
    move(turn, 'database-restarted');
  }
}

function restartPrimary(turn: Acting): void {
  const { state, now } = turn;
  const { duty } = state;
  duty.restarts += 1;
  duty.restartedAt = now;
  duty.primary = false;
  duty.gate = 'closed';
  duty.names = PLACEHOLDER;
  // What waited for the standby has ended with the server; an admission begins anew.
  if (duty.admission?.stage !== 'proposed') duty.admission = null;
  turn.effects.push({ type: 'restart-primary', term: duty.term });
}

/**
 * The database or its disk is sick while the standby is well; or the directory is not the one that the roster names any more. The
 * second ends the duty whatever the standby does: going on, this member could drop the only one that still holds everything.
 */
export function onOwnReport(turn: Acting): void {
  const { database, record, name } = turn.state;
  const peer = readyPeer(turn);
  if (name === 'promoting') return;
  if (database.token !== ownRoster(turn).inSync[record.id])
    standDown(turn, { why: 'the data directory is lost', resignTo: peer });
  // A server that is being stopped is no sick one.
  else if (database.runs === 'primary' && !database.healthy && peer !== null)
    standDown(turn, { why: 'the database or its disk is sick', resignTo: peer });
}

/** A primary that is being started again while the standby could serve: it takes over. */
export function stepRestart(turn: Acting): boolean {
  const { duty, name } = turn.state;
  const peer = name === 'master-paired' && !duty.primary ? readyPeer(turn) : null;
  if (peer === null || turn.now < duty.staysUntil) return false;
  standDown(turn, { why: 'the database is down', resignTo: peer });
  return true;
}

/** Begins the planned switch once nothing else is open. True if it began. */
export function stepSwitch(turn: Acting): boolean {
  const { state, now } = turn;
  const { duty, timing } = state;
  const { switching } = duty;
  if (switching?.stage !== 'wanted') return false;
  const peer = readyPeer(turn);
  const streams = duty.primary && duty.connectedAs === standbyName(turn);
  if (peer === null || !streams || mustReturnFirst(turn)) {
    if (now >= switching.until || state.name === 'master-alone')
      refuseSwitch(turn, 'the standby is not ready');
    return false;
  }
  move(turn, 'switch-begins', { who: peer });
  duty.gate = 'closed';
  duty.switching = { ...switching, stage: 'draining', until: now + timing.switchMs };
  turn.effects.push({ type: 'drain' });
  return true;
}

function refuseSwitch(turn: Acting, why: string): void {
  const { duty } = turn.state;
  reply(turn, must(duty.switching, 'the switch').command, { ok: false, says: `Not moved: ${why}.` });
  duty.switching = null;
}

export function onDrained(turn: Acting): void {
  const { duty, timing } = turn.state;
  const switching = must(duty.switching, 'the switch');
  if (switching.stage !== 'draining') return;
  // A fast stop waits for the standby; one that hangs must not keep the service closed.
  duty.switching = { ...switching, stage: 'stopping', until: turn.now + timing.stallMs };
  turn.effects.push({ type: 'stop-database' });
}

export function onDatabaseStopped(turn: Acting, end: number | null): void {
  const { duty, timing } = turn.state;
  const switching = must(duty.switching, 'the switch');
  if (switching.stage !== 'stopping') return;
  duty.primary = false;
  if (end === null) {
    onDatabaseLost(turn);
    return;
  }
  duty.switching = { ...switching, stage: 'confirming', end, until: turn.now + timing.stallMs };
}

/** The standby holds the shutdown checkpoint: give way. Too late, or the standby is gone: go on as master. */
export function stepResigning(turn: Acting): boolean {
  const { state, now } = turn;
  const { duty, timing } = state;
  const switching = must(duty.switching, 'the switch');
  const peer = readyPeer(turn);
  if (
    peer !== null &&
    switching.stage === 'confirming' &&
    must(duty.peer, 'the report of the standby').report.flushed >= switching.end
  ) {
    standDown(turn, { why: `the service moves to ${peer}`, resignTo: peer });
    return false;
  }
  const lost =
    switching.stage === 'draining' ? whyStandbyLost(turn) : peer === null ? 'it is not heard' : null;
  if (now < switching.until && lost === null) return false;
  const stopped = switching.stage !== 'draining';
  callOff(turn, lost === null ? 'it took too long' : `the standby was lost: ${lost}`);
  if (stopped) {
    duty.staysUntil = now + timing.switchMs;
    restartPrimary(turn);
  }
  return true;
}

function callOff(turn: Acting, why: string): void {
  const { duty } = turn.state;
  refuseSwitch(turn, why);
  // Whoever is let in again sees all that was committed meanwhile: the standby must hold it too, or be out.
  duty.recoveryEnd = duty.flushed + duty.lag;
  move(turn, 'switch-called-off', { why });
}
