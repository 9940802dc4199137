/**
 * What every elected member does: heartbeats, lease, proposals, and the promotion that opens the service.
 *
 * Responsible for "decided before act". Not responsible for the pair (`pair.ts`), for voters that change (`voter-change.ts`) or for
 * giving way (`hand-over.ts`).
 */
import type { Roster, VoterId } from '@nezuban/protocol/pair/roster';
import { LINEAGE_ENTRIES_MAX } from '@nezuban/protocol/pair/roster';
import { standDown } from './stand-down.ts';
import {
  audienceOf,
  comparePositions,
  hasMajority,
  isAlone,
  lineageTerm,
  majorityTime,
  peerOf,
  positionOf,
  type VoterSets,
} from './roster.ts';
import { NOWHERE, type Duty } from './state.ts';
import { changeRecord, isDurable, move, must, ownRoster, send, type Draft, type Turn } from './turn.ts';
import { counts, type Said } from './voter.ts';

/** Nobody has this name, so every commit waits. */
export const PLACEHOLDER = '_none_';

/** The turn of a member that has a duty and a roster, which is every acting one. */
export interface Acting extends Turn {
  readonly state: Draft & { readonly duty: NonNullable<Draft['duty']> };
}

export function acting(turn: Turn): Acting {
  must(turn.state.duty, 'the duty of a master');
  return turn as Acting;
}

/** Elected: the same roster under the new term, `inSync` unchanged, so that a promotion that fails bars nobody. */
export function beginDuty(turn: Turn, from: Roster, changes: Partial<Roster> = {}): void {
  const { state, now } = turn;
  const { record, timing } = state;
  const duty: Duty = {
    term: record.term,
    seq: 0,
    sends: [],
    nextHeartbeatAt: now,
    acks: {},
    holds: {},
    // Nothing acts yet; the first heartbeat is sent in this very turn.
    leaseUntil: now + timing.leaseMs,
    guardUntil: null,
    sole: false,
    soleSince: Infinity,
    soleSaid: false,
    decided: NOWHERE,
    proposal: null,
    promotion: 'none',
    lineageBefore: state.database.lineage,
    promotedAt: null,
    since: now,
    names: PLACEHOLDER,
    gate: 'closed',
    recoveryEnd: 0,
    primary: false,
    givenUp: null,
    restarts: 0,
    restartedAt: now,
    staysUntil: now,
    peer: null,
    connectedAs: null,
    goneSince: null,
    flushed: 0,
    flushedAt: now,
    lag: 0,
    acked: 0,
    admission: null,
    admissionAfter: now,
    admissionBackoffMs: timing.admissionBackoffMs,
    pairedAt: Infinity,
    change: null,
    votersSince: now,
    wishAfter: now,
    unfit: [],
    silent: [],
    switching: null,
  };
  state.duty = duty;
  if (record.maintenance) changeRecord(turn, { maintenance: false });
  state.leader = null;
  state.election = null;
  state.said = '';
  propose(acting(turn), {
    ...from,
    term: record.term,
    revision: 0,
    master: record.id,
    phase: 'promoting',
    ...changes,
  });
}

/**
 * Writes the next roster; it is sent once it is on our own disk. The right to go on alone ends here, before anybody else can have
 * seen a roster that lists more than us.
 */
export function propose(turn: Acting, roster: Roster, required: readonly VoterId[] = []): void {
  const { state, now } = turn;
  const next = { ...roster, revision: roster.revision + 1 };
  changeRecord(turn, { roster: next });
  if (!isAlone(next, state.record.id)) state.duty.sole = false;
  state.duty.proposal = {
    position: positionOf(next),
    sequence: state.sequence,
    accepted: [],
    required,
    since: now,
  };
}

/** Everybody who hears our heartbeats; voters that are about to be added among them, since they must answer before they count. */
function audience(turn: Acting): VoterId[] {
  const { record, duty } = turn.state;
  const all = audienceOf(
    ownRoster(turn),
    duty.change === null ? [] : [...duty.change.target, ...duty.change.members],
  );
  all.delete(record.id);
  return [...all];
}

export function sendHeartbeats(turn: Acting): void {
  const { state, now } = turn;
  const { duty, timing } = state;
  if (now < duty.nextHeartbeatAt) return;
  // This host itself stood still; for that time nobody else was silent.
  if (now - duty.nextHeartbeatAt >= timing.leaseMs) duty.votersSince = now;
  const roster = ownRoster(turn);
  duty.seq += 1;
  duty.nextHeartbeatAt = now + timing.heartbeatIntervalMs;
  // An answer to a heartbeat that is older than the lease renews nothing.
  duty.sends = [...duty.sends.filter(({ at }) => at > now - timing.leaseMs), { seq: duty.seq, at: now }];
  const promotes = state.name === 'promoting';
  for (const id of audience(turn)) {
    send(turn, id, {
      type: 'heartbeat',
      seq: duty.seq,
      position: positionOf(roster),
      decided: duty.decided,
      acked: { lineage: promotes ? 0 : lineageTerm(roster), lsn: duty.acked },
      epoch: streamEpoch(turn),
    });
    offerRoster(turn, id);
  }
}

/** The number in the name under which the peer shall stream: the present one while it is in sync, else that of its next admission. */
export function streamEpoch(turn: Acting): number {
  const roster = ownRoster(turn);
  return isAlone(roster, turn.state.record.id) ? roster.epoch + 1 : roster.epoch;
}

/** Sends the newest roster to somebody who is not known to hold it, once it is on our own disk. */
function offerRoster(turn: Acting, id: VoterId): void {
  const { duty } = turn.state;
  if (!isDurable(turn)) return;
  const roster = ownRoster(turn);
  if (!audienceOf(roster).has(id)) return;
  // Holding it is not enough while it is open: the acceptance may have been lost on its way.
  const awaited = duty.proposal !== null && !duty.proposal.accepted.includes(id);
  if (awaited || comparePositions(duty.holds[id] ?? NOWHERE, roster) < 0)
    send(turn, id, { type: 'propose', roster });
}

export function onOwnRosterDurable(turn: Acting): void {
  const { state } = turn;
  const { duty } = state;
  const { proposal } = duty;
  if (proposal === null || proposal.accepted.length > 0 || proposal.sequence > state.durable) return;
  duty.proposal = { ...proposal, accepted: [state.record.id] };
  for (const id of audience(turn)) offerRoster(turn, id);
}

export function onAccepted(turn: Acting, { message, body }: Said<'accepted'>): void {
  const { duty } = turn.state;
  const { proposal } = duty;
  duty.holds = { ...duty.holds, [message.from]: body.position };
  if (proposal === null || comparePositions(proposal.position, body.position) !== 0) return;
  if (!proposal.accepted.includes(message.from))
    duty.proposal = { ...proposal, accepted: [...proposal.accepted, message.from] };
}

/** Renews the lease from the *send time* of the heartbeat that is answered; an answer without its heartbeat renews nothing. */
export function onHeartbeatAck(turn: Acting, { message, body }: Said<'heartbeat-ack'>): void {
  const { state, now } = turn;
  const { duty } = state;
  if (message.term !== duty.term) return;
  const { from } = message;
  const sent = duty.sends.find(({ seq }) => seq === body.seq);
  if (sent !== undefined && sent.at > (duty.acks[from] ?? -Infinity))
    duty.acks = { ...duty.acks, [from]: sent.at };
  duty.holds = { ...duty.holds, [from]: body.position };
  // A report that was overtaken on its way, or that of a host which is no member any more, says nothing.
  const isPeer = from === peerOf(ownRoster(turn), state.record.id);
  if (body.member !== null && isPeer && body.seq >= (duty.peer?.seq ?? 0))
    duty.peer = { at: now, seq: body.seq, report: body.member };
}

/** Until when a majority of these voters has promised to support nobody else. Our own voter supports us as long as we act. */
export function leaseOver(turn: Acting, sets: VoterSets): number {
  const { duty, record, timing } = turn.state;
  const newest = must(duty.sends.at(-1), 'a heartbeat').at;
  const timeOf = (id: VoterId): number =>
    id === record.id || counts(turn, id, []) ? newest : (duty.acks[id] ?? -Infinity);
  return majorityTime(sets, timeOf) + timing.leaseMs;
}

/** The lease counts over the newest roster on the own disk, old and new voters while they change. */
export function renewLease(turn: Acting): void {
  const { state } = turn;
  const { duty, timing } = state;
  const until = leaseOver(turn, ownRoster(turn).voters);
  // Before the first answers of a new term nothing acts: there is time for one round.
  duty.leaseUntil = until === -Infinity && state.name === 'promoting' ? duty.since + timing.leaseMs : until;
  const guardUntil = guardTime(turn);
  if (guardUntil === duty.guardUntil) return;
  duty.guardUntil = guardUntil;
  turn.effects.push({ type: 'guard', until: guardUntil });
}

/** The guard kills the tree half-way between our own deadline and the lease's end. Alone, the deadline rolls on with the heartbeats. */
function guardTime(turn: Acting): number {
  const { duty, timing } = turn.state;
  const end = duty.sole ? Math.max(duty.leaseUntil, duty.nextHeartbeatAt + timing.leaseMs) : duty.leaseUntil;
  return end - timing.standDownMs / 2;
}

export function hasLease(turn: Acting): boolean {
  const { duty, timing } = turn.state;
  return turn.now < duty.leaseUntil - timing.standDownMs;
}

/** Checked before anything else in every turn: a pause may have eaten the lease. */
export function watchLease(turn: Acting): void {
  const { state, now } = turn;
  const { duty, timing } = state;
  if (hasLease(turn)) {
    duty.soleSince = Infinity;
    if (duty.soleSaid && state.name === 'master-alone') move(turn, 'majority-again');
    duty.soleSaid = false;
    return;
  }
  duty.soleSince = Math.min(duty.soleSince, now);
  if (!duty.sole) {
    standDown(turn, { why: 'no majority of the voters has answered in time' });
  } else if (!duty.soleSaid && state.name === 'master-alone' && now - duty.soleSince >= timing.resendMs) {
    duty.soleSaid = true;
    move(turn, 'without-majority');
  }
}

/** Has a majority, and everybody whose own acceptance is needed, accepted the open proposal? Then it is decided. */
export function countAcceptances(turn: Acting): boolean {
  const { duty, record } = turn.state;
  const { proposal } = duty;
  if (proposal === null || !proposal.accepted.includes(record.id)) return false;
  if (!proposal.required.every((id) => proposal.accepted.includes(id))) return false;
  const roster = ownRoster(turn);
  if (!hasMajority(roster.voters, (id) => counts(turn, id, proposal.accepted))) return false;
  duty.decided = proposal.position;
  duty.proposal = null;
  if (roster.phase === 'active' && isAlone(roster, record.id)) duty.sole = true;
  return true;
}

/** Is the newest roster of this term decided? */
export function isDecided(turn: Acting): boolean {
  return comparePositions(turn.state.duty.decided, ownRoster(turn)) === 0;
}

/** The steps from "elected" to "in service". True if a step was taken. */
export function stepPromotion(turn: Acting): boolean {
  const { state, now } = turn;
  const { duty, timing, record } = state;
  if (now - duty.since > timing.promotionMs) {
    standDown(turn, { why: 'the database did not become primary in time' });
    return false;
  }
  const roster = ownRoster(turn);
  if (!isDecided(turn) || !(hasLease(turn) || duty.sole)) return false;
  if (roster.phase === 'active') {
    move(turn, 'in-service', { term: duty.term });
    return true;
  }
  if (duty.promotion === 'none') {
    duty.promotion = 'asked';
    turn.effects.push({ type: 'promote', term: duty.term });
    return false;
  }
  const { promotedAt } = duty;
  if (promotedAt === null) return false;
  const token = must(roster.inSync[record.id], 'the token of a master');
  // Our data may contain a promotion of ours that never became active: then nobody else shares our history, and all are copied.
  const isKnown = roster.lineage.some(({ term }) => term === duty.lineageBefore);
  const entry = {
    term: duty.term,
    member: record.id,
    timeline: promotedAt.timeline,
    startLsn: isKnown ? promotedAt.startLsn : 0,
    lossy: roster.forced !== null,
  };
  propose(turn, {
    ...roster,
    phase: 'active',
    inSync: { [record.id]: token },
    lineage: [...roster.lineage, entry].slice(-LINEAGE_ENTRIES_MAX),
  });
  return true;
}

/** The newest roster says who must have flushed a commit before it is acknowledged; relaxing that waits until it is decided. */
export function setNames(turn: Acting, names: string): void {
  const { duty } = turn.state;
  if (duty.names === names) return;
  duty.names = names;
  turn.effects.push({ type: 'set-names', names });
}

/** The host was frozen: what was answered before proves nothing. A master that may go on alone earns its lease anew. */
export function forgetLease(turn: Acting): void {
  const { duty } = turn.state;
  duty.acks = {};
  duty.sends = [];
  duty.nextHeartbeatAt = turn.now;
  duty.leaseUntil = -Infinity;
  duty.votersSince = turn.now;
}
