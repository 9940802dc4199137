/**
 * The standby's way out of the roster and into it, in the only orders that lose nothing, and the start gate.
 *
 * Out: roster {me} -> decided -> names ''. In: placeholder -> a commit is seen waiting -> the standby's name -> that commit returns ->
 * roster {me, it} -> decided. Called by `decide.ts` for a master in service.
 */
import type { VoterId } from '@nezuban/protocol/pair/roster';
import { hasLease, isDecided, PLACEHOLDER, propose, setNames, streamEpoch, type Acting } from './duty.ts';
import { isAlone, isInSync, lineageTerm, peerOf, streamName } from './roster.ts';
import { move, must, ownRoster, type Turn } from './turn.ts';
import type { Input } from './inputs.ts';
import type { Admission } from './state.ts';

/** A standby that is further behind than this (bytes of WAL) would hold up commits for too long when it is admitted. */
const ADMISSION_LAG_MAX = 16 * 1024 * 1024;
/** The server takes a new name in within milliseconds; writers wait meanwhile. */
const PROBE_AGAIN_MS = 25;
/** After this long in service without a crash, earlier crashes are forgotten. */
const CRASH_MEMORY_MS = 60_000;

export function peer(turn: Turn): VoterId | null {
  return peerOf(turn.state.record.roster, turn.state.record.id);
}

/** The same, where the roster says that there is one. */
function standby(turn: Turn): VoterId {
  return must(peer(turn), 'the other member');
}

/** The name under which the standby streams, now or once it is admitted. */
export function standbyName(turn: Acting): string {
  return streamName(peer(turn) ?? '', streamEpoch(turn));
}

export function onReplication(turn: Acting, input: Extract<Input, { type: 'replication' }>): void {
  const { state, now } = turn;
  const { duty } = state;
  if (input.flushed > duty.flushed || !input.waiting || duty.connectedAs !== input.connectedAs)
    duty.flushedAt = now;
  duty.goneSince = input.connectedAs === standbyName(turn) ? null : (duty.goneSince ?? now);
  duty.connectedAs = input.connectedAs;
  duty.flushed = input.flushed;
  duty.lag = input.lag;
  duty.acked = Math.max(duty.acked, input.acked);
}

/** Why the standby that the newest roster lists must go; null: it may stay. */
export function whyStandbyLost(turn: Acting): string | null {
  const { state, now } = turn;
  const { duty, timing } = state;
  // Its own words led to its admission.
  const { at, report } = must(duty.peer, 'the report of a standby in sync');
  const silentMs = now - Math.max(at, duty.restartedAt);
  if (report.maintenance) return 'it goes into maintenance';
  if (duty.change !== null && !duty.change.members.includes(standby(turn))) return 'it leaves the pair';
  if (report.token !== ownRoster(turn).inSync[standby(turn)])
    return 'its data directory is not the one that was admitted';
  if (duty.goneSince !== null && now - duty.goneSince >= 2 * timing.heartbeatIntervalMs)
    return 'its stream has ended';
  const stalledMs = now - Math.max(duty.flushedAt, duty.restartedAt);
  if (stalledMs >= timing.leaseMs && silentMs >= timing.leaseMs) return 'it is not heard';
  if (stalledMs >= timing.stallMs) return 'it does not write any more';
  if (silentMs >= timing.reachableMs) return 'it is not heard';
  return null;
}

/** Proposes `inSync = {me}` when the standby is lost. True if proposed. Nothing is relaxed before that is decided. */
export function stepOut(turn: Acting): boolean {
  const { state } = turn;
  const { duty, record } = state;
  const roster = ownRoster(turn);
  const who = peer(turn);
  const token = roster.inSync[record.id];
  if (who === null || token === undefined || !isInSync(roster, who)) return false;
  // While the voters change, or while `{me}` waits for its decision, there is nothing to propose. Without its own data in hand this
  // member must not drop the other one.
  if (roster.voters.length > 1 || !hasLease(turn) || !duty.primary) return false;
  if (duty.proposal !== null && duty.admission?.stage !== 'proposed') return false;
  const overdue = duty.proposal !== null && turn.now - duty.proposal.since > state.timing.admissionMs;
  const why = whyStandbyLost(turn) ?? (overdue ? 'the voters did not agree in time' : null);
  if (why === null) return false;
  move(turn, 'standby-lost', { who, why });
  backOff(turn);
  propose(turn, { ...roster, inSync: { [record.id]: token } });
  return true;
}

function backOff(turn: Acting): void {
  const { state, now } = turn;
  const { duty, timing } = state;
  // A standby that was in sync for long is not one that flaps.
  if (now - duty.pairedAt > timing.admissionBackoffMaxMs) duty.admissionBackoffMs = timing.admissionBackoffMs;
  duty.pairedAt = Infinity;
  duty.admission = null;
  duty.admissionAfter = now + duty.admissionBackoffMs;
  duty.admissionBackoffMs = Math.min(2 * duty.admissionBackoffMs, timing.admissionBackoffMaxMs);
}

/** Names, gate and the state's name follow from what is decided. True if the state's name changed. */
export function followRoster(turn: Acting): boolean {
  const { state, now } = turn;
  const { duty, record } = state;
  if (!duty.primary) return false;
  const roster = ownRoster(turn);
  const decided = isDecided(turn);
  const alone = isAlone(roster, record.id);
  if (!alone) setNames(turn, standbyName(turn));
  else if (decided && !isAdmitting(turn)) setNames(turn, '');
  const safe = alone ? decided : duty.connectedAs === standbyName(turn) && duty.flushed >= duty.recoveryEnd;
  if (duty.gate === 'closed' && safe && state.name !== 'resigning') {
    duty.gate = 'open';
    turn.effects.push({ type: 'open-service', term: duty.term });
  }
  if (duty.gate === 'open' && now - duty.restartedAt > CRASH_MEMORY_MS) duty.restarts = 0;
  if (!decided) return false;
  if (alone && state.name === 'master-paired') {
    move(turn, 'alone', { who: standby(turn) });
    return true;
  }
  if (!alone && state.name === 'master-alone') {
    duty.admission = null;
    duty.pairedAt = now;
    move(turn, 'paired', { who: standby(turn) });
    return true;
  }
  return false;
}

/** Commits wait for the admission although the roster says that the master is alone. */
export function isAdmitting(turn: Acting): boolean {
  const stage = turn.state.duty.admission?.stage;
  return stage === 'placeholder' || stage === 'named' || stage === 'proposed';
}

/** Is the standby fit to be admitted: the right history, streaming under the new name, close behind? */
function isFit(turn: Acting): boolean {
  const { state, now } = turn;
  const { duty, timing } = state;
  if (duty.peer === null || now - duty.peer.at >= timing.leaseMs) return false;
  const { report } = duty.peer;
  return (
    report.token !== null &&
    report.token === (duty.admission?.token ?? report.token) &&
    report.healthy &&
    report.streaming &&
    !report.maintenance &&
    report.lineage === lineageTerm(ownRoster(turn)) &&
    duty.connectedAs === standbyName(turn) &&
    duty.lag <= ADMISSION_LAG_MAX
  );
}

/** The admission as far as time and the standby's condition drive it; the probe drives the rest. */
export function stepAdmission(turn: Acting): boolean {
  const { state, now } = turn;
  const { duty, timing, record } = state;
  const roster = ownRoster(turn);
  const who = peer(turn);
  if (state.name !== 'master-alone' || who === null || duty.admission?.stage === 'proposed') return false;
  const settled = duty.proposal === null && roster.voters.length === 1 && isDecided(turn);
  const fit = settled && duty.gate === 'open' && isAlone(roster, record.id) && isFit(turn);
  if (duty.admission === null) {
    if (fit)
      duty.admission = {
        member: who,
        stage: 'streaming',
        epoch: streamEpoch(turn),
        since: now,
        token: must(must(duty.peer, 'the report of a fit standby').report.token, 'its token'),
        probe: 0,
        probeAgainAt: Infinity,
      };
    return false;
  }
  const { stage, since, probeAgainAt } = duty.admission;
  if (stage === 'streaming') {
    if (!fit) duty.admission = null;
    else if (
      now - since >= timing.stableMs &&
      now >= duty.admissionAfter &&
      duty.change === null &&
      hasLease(turn)
    ) {
      move(turn, 'standby-being-admitted', { who });
      duty.admission = { ...duty.admission, stage: 'placeholder', since: now };
      setNames(turn, PLACEHOLDER);
      sendProbe(turn, duty.admission);
    }
  } else if (!fit) {
    giveUp(turn, 'it does not keep up');
  } else if (now - since > timing.admissionMs) {
    giveUp(turn, 'it took too long');
  } else if (stage === 'placeholder' && now >= probeAgainAt) {
    sendProbe(turn, duty.admission);
  }
  return false;
}

function sendProbe(turn: Acting, admission: Admission): void {
  const { duty } = turn.state;
  const id = turn.state.probes + 1;
  turn.state.probes = id;
  duty.admission = { ...admission, probe: id, probeAgainAt: Infinity };
  turn.effects.push({ type: 'probe', id });
}

/** Before the proposal the roster still says {me}: the names may be emptied again. */
function giveUp(turn: Acting, why: string): void {
  move(turn, 'admission-given-up', { who: standby(turn), why });
  backOff(turn);
  setNames(turn, '');
}

/**
 * The first probe is seen waiting: waiting is in force from now on, so the name may be set. It returns without having waited: the
 * server has not taken the placeholder in yet, and another one is sent.
 *
 * The second probe is written after that. A commit that was let go without the standby had looked before waiting came into force, so its
 * record lies below; when the second probe returns, the standby holds it. The first one proves no such thing: both records may go to
 * disk together, the other commit look first and be let go, and the probe look next and wait.
 */
export function onProbe(turn: Acting, input: Extract<Input, { type: 'probe' }>): void {
  const { state } = turn;
  const { duty } = state;
  const { admission } = duty;
  if (admission === null || admission.probe !== input.id) return;
  if (admission.stage === 'placeholder') {
    if (input.stage === 'returned') {
      duty.admission = { ...admission, probeAgainAt: turn.now + PROBE_AGAIN_MS };
      return;
    }
    setNames(turn, streamName(admission.member, admission.epoch));
    sendProbe(turn, { ...admission, stage: 'named' });
    return;
  }
  if (admission.stage !== 'named' || input.stage !== 'returned') return;
  if (!hasLease(turn)) {
    giveUp(turn, 'no majority of the voters answers');
    return;
  }
  const roster = ownRoster(turn);
  duty.admission = { ...admission, stage: 'proposed' };
  propose(turn, {
    ...roster,
    inSync: { ...roster.inSync, [admission.member]: admission.token },
    epoch: admission.epoch,
  });
}
