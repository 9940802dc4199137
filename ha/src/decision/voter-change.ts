/**
 * Voters change by two rosters: joint {old, new}, decided and leased by majorities of both; then the final {new}.
 *
 * Responsible for changes that a command asks for and for those that the master makes itself: a lost witness is replaced, or, where
 * none is left, the master becomes the only voter (asymmetric) until one is back. Called by `decide.ts` for a master in service.
 */
import { MEMBERS_MAX, VOTERS_MAX, type Roster, type VoterId } from '@nezuban/protocol/pair/roster';
import { hasLease, isDecided, leaseOver, propose, type Acting } from './duty.ts';
import { isAdmitting, peer } from './pair.ts';
import { audienceOf, hasMajority, isAlone, type VoterSets } from './roster.ts';
import { NOWHERE, type VoterChange } from './state.ts';
import { move, must, ownRoster, reply } from './turn.ts';

function sameSet(a: readonly VoterId[], b: readonly VoterId[]): boolean {
  return a.length === b.length && a.every((id) => b.includes(id));
}

/** Why this set can't vote; null: it can. Odd sets, or exactly the two members with a tie breaker. */
export function whyNotVoters(
  turn: Acting,
  change: Pick<VoterChange, 'target' | 'members' | 'tieBreaker'>,
): string | null {
  const { target, members, tieBreaker } = change;
  const self = turn.state.record.id;
  if (new Set(target).size !== target.length || new Set(members).size !== members.length)
    return 'a name occurs twice';
  if (!target.includes(self) || !members.includes(self))
    return 'the master itself must be among them; switch first';
  if (target.length > VOTERS_MAX) return `at most ${VOTERS_MAX} voters are possible`;
  if (members.length > MEMBERS_MAX) return 'at most two hosts hold data';
  const twoHosts = tieBreaker !== 'witness';
  if (twoHosts && !(members.length === 2 && sameSet(target, members)))
    return 'a tie breaker is for exactly the two members; with witnesses there is none';
  if (!twoHosts && members.length === 2 && target.length === 1)
    return 'a pair needs witnesses, or a tie breaker; take the standby out of the members to be single';
  if (!twoHosts && target.length % 2 === 0)
    return 'the number of voters must be odd, else both halves wait for each other';
  return null;
}

/** Names what a voter set is, for the log. */
function naming(voters: readonly VoterId[]): string {
  return voters.join(', ');
}

/** The steps of a change that is wanted or under way. True if a roster was proposed. */
export function stepVoterChange(turn: Acting): boolean {
  const { state, now } = turn;
  const { duty, timing } = state;
  const roster = ownRoster(turn);
  const [first, next] = roster.voters;
  const old = must(first, 'a voter set');
  if (duty.change !== null && isOverdue(turn, duty.change)) {
    abandon(
      turn,
      duty.change,
      'it could not begin in time: not all of the new voters answer, or no majority does',
    );
    return true;
  }
  if (next !== undefined) {
    const { proposal } = duty;
    // Only this term's own joint, whose final was never sent, may be taken back, by the old voters alone.
    if (proposal !== null && duty.change !== null && now - proposal.since > timing.jointMs)
      return takeBack(turn, roster, old);
    if (proposal !== null || !isDecided(turn) || !hasLease(turn)) return false;
    return proposeFinal(turn, roster);
  }
  if (duty.proposal !== null || !isDecided(turn)) return false;
  const { change } = duty;
  if (change !== null && isReached(roster, change)) {
    finish(turn, change);
    return true;
  }
  if (confirmForced(turn, roster)) return true;
  if (!hasLease(turn) || isAdmitting(turn) || duty.switching?.stage === 'draining') return false;
  const wanted = change ?? ownWish(turn, roster, old);
  if (wanted === null) return false;
  duty.change = wanted;
  return proposeJoint(turn, roster, wanted);
}

function isReached(roster: Roster, { target, members, tieBreaker }: VoterChange): boolean {
  const [voters = []] = roster.voters;
  return sameSet(voters, target) && sameSet(roster.members, members) && roster.tieBreaker === tieBreaker;
}

/** A change that has not even begun after this long is given up and answered, instead of happening unasked an hour later. */
function isOverdue(turn: Acting, change: VoterChange): boolean {
  const { duty, timing } = turn.state;
  const roster = ownRoster(turn);
  const isOpen = duty.proposal !== null || roster.voters.length > 1 || isReached(roster, change);
  return !isOpen && turn.now - change.since > timing.jointMs;
}

/** Old and new voters in one roster, once each new one is known to answer: the lease counts them from then on. */
function proposeJoint(turn: Acting, roster: Roster, change: VoterChange): boolean {
  const { state, now } = turn;
  const { timing, duty, record } = state;
  const old = must(roster.voters[0], 'a voter set');
  // `inSync` changes first: one roster never changes both.
  if (Object.keys(roster.inSync).some((id) => !change.members.includes(id))) return false;
  const sets: VoterSets = [old, change.target];
  const required = change.members.filter((id) => !roster.members.includes(id));
  // On the way back to former voters some may still be missing.
  const newcomers = change.base === null ? change.target.filter((id) => !old.includes(id)) : [];
  const awaited = [...required, ...newcomers].filter((id) => id !== record.id);
  if (awaited.some((id) => now - (duty.acks[id] ?? -Infinity) > timing.leaseMs)) return false;
  if (now >= leaseOver(turn, sets) - timing.standDownMs - timing.heartbeatIntervalMs) return false;
  move(turn, 'voters-joint', { why: `${change.why}: ${naming(old)} -> ${naming(change.target)}` });
  const joint = {
    ...roster,
    voters: [[...old], [...change.target]],
    members: [...new Set([...roster.members, ...change.members])].slice(0, MEMBERS_MAX),
    tieBreaker: change.tieBreaker,
    base: change.base === null ? roster.base : [...change.base],
  };
  propose(turn, joint, required);
  return true;
}

/**
 * Ends a joint roster. Normally the new set stays. Where that set is one voter who is not the master (an asymmetric roster whose
 * author was replaced), the old one does: its final was never sent, else that voter would not have elected us by the joint.
 */
function proposeFinal(turn: Acting, roster: Roster): boolean {
  const { duty, record } = turn.state;
  const [old = [], next = []] = roster.voters;
  const foreign = next.length === 1 && next[0] !== record.id;
  const voters = foreign ? old : next;
  const alone = voters.length === 1;
  move(turn, 'voters-final', { why: naming(voters) });
  propose(turn, {
    ...roster,
    voters: [[...voters]],
    members: duty.change === null ? roster.members : [...duty.change.members],
    base: alone ? roster.base : null,
  });
  return true;
}

function takeBack(turn: Acting, roster: Roster, old: readonly VoterId[]): boolean {
  const { duty } = turn.state;
  move(turn, 'voters-kept', { why: naming(old) });
  const change = must(duty.change, 'the change');
  abandon(turn, change, 'the new voters did not agree in time');
  propose(turn, {
    ...roster,
    voters: [[...old]],
    members: [...change.former.members],
    tieBreaker: change.former.tieBreaker,
    base: old.length === 1 ? roster.base : null,
  });
  return true;
}

function finish(turn: Acting, change: VoterChange): void {
  const asymmetric = ownRoster(turn).base !== null;
  move(turn, asymmetric ? 'voters-asymmetric' : 'voters-changed', { why: naming(change.target) });
  reply(turn, change.command, { ok: true, says: `The voters are ${naming(change.target)}.` });
  const { duty } = turn.state;
  duty.change = null;
  duty.votersSince = turn.now;
}

function abandon(turn: Acting, change: VoterChange, why: string): void {
  const { duty, timing } = turn.state;
  reply(turn, change.command, { ok: false, says: `The voters stay as they are: ${why}.` });
  duty.change = null;
  duty.wishAfter = turn.now + timing.jointMs;
  // The next time another one is tried.
  const known = audienceOf(ownRoster(turn));
  duty.unfit = [...duty.unfit, ...change.target.filter((id) => !known.has(id))];
}

/** After `force-master`: a majority of each old set holds a roster of this term, so nobody else can come back with the old one. */
function confirmForced(turn: Acting, roster: Roster): boolean {
  const { duty, record } = turn.state;
  const { forced } = roster;
  if (forced === null || !hasLease(turn)) return false;
  const holds = (id: VoterId): boolean => id === record.id || (duty.holds[id] ?? NOWHERE).term === duty.term;
  if (!hasMajority(forced.oldVoters, holds)) return false;
  move(turn, 'forced-confirmed');
  propose(turn, { ...roster, forced: null });
  return true;
}

/** What the master changes by itself: back from an asymmetric roster, a lost witness replaced, or no witness at all. */
function ownWish(turn: Acting, roster: Roster, old: readonly VoterId[]): VoterChange | null {
  const { state, now } = turn;
  const { duty, timing, record } = state;
  if (now < duty.wishAfter || roster.forced !== null) return null;
  const wish = (
    why: string,
    target: readonly VoterId[],
    base: readonly VoterId[] | null = null,
  ): VoterChange => ({
    target,
    members: roster.members,
    tieBreaker: roster.tieBreaker,
    base,
    command: null,
    since: now,
    former: roster,
    why,
  });
  const other = peer(turn);
  if (roster.base !== null) {
    const answers = (id: VoterId): boolean =>
      id === record.id || now - (duty.acks[id] ?? -Infinity) < timing.reachableMs;
    // With the standby alone nothing would be gained; but another's asymmetric roster, or a switch, needs the way back.
    const needed =
      duty.switching !== null ||
      !old.includes(record.id) ||
      roster.base.every((id) => roster.members.includes(id));
    const back = hasMajority([roster.base], (id) => answers(id) && (needed || id !== other));
    if (back) return wish('back to those of before', roster.base, roster.base);
  }
  if (roster.tieBreaker !== 'witness') return null;
  const full = roster.base ?? old;
  const silentFor = (id: VoterId): number => now - Math.max(duty.acks[id] ?? -Infinity, duty.votersSince);
  const witnesses = full.filter((id) => !roster.members.includes(id));
  const others = state.candidates.filter((id) => !full.includes(id) && !roster.members.includes(id));
  // All were tried in vain: from the beginning.
  if (others.every((id) => duty.unfit.includes(id))) duty.unfit = [];
  const fresh = others.find((id) => !duty.unfit.includes(id));
  // With no witness left at all the next loss stops the service: then a new one is not waited for.
  const bare = witnesses.every((id) => silentFor(id) >= timing.asymmetricAfterMs);
  const patience = bare ? timing.asymmetricAfterMs : timing.replaceWitnessAfterMs;
  const lost = witnesses.find((id) => silentFor(id) >= patience);
  if (lost !== undefined && fresh !== undefined)
    return wish(`since ${lost} is silent`, [...full.filter((id) => id !== lost), fresh]);
  const heardByPeer = duty.peer?.report.heard ?? [];
  const none = (id: VoterId): boolean =>
    silentFor(id) >= timing.asymmetricAfterMs && !heardByPeer.includes(id);
  const paired = other !== null && !isAlone(roster, record.id) && roster.base === null;
  if (paired && witnesses.length > 0 && witnesses.every(none) && fresh === undefined)
    return wish('since no witness is left', [record.id], old);
  return null;
}

/** Says once when a witness falls silent, and when it is back: the service goes on, but one more loss may stop it. */
export function sayWhoIsSilent(turn: Acting): void {
  const { state, now } = turn;
  const { duty, timing } = state;
  const roster = ownRoster(turn);
  // The answer of a former voter ends an asymmetric roster; its silence has been said.
  for (const id of new Set([...roster.voters.flat(), ...duty.silent])) {
    if (roster.members.includes(id)) continue;
    const answeredAt = duty.acks[id] ?? -Infinity;
    const was = duty.silent.includes(id);
    // It is heard again by its own answer, never because the count began anew.
    const silent = now - (was ? answeredAt : Math.max(answeredAt, duty.votersSince)) >= timing.reachableMs;
    if (silent === was) continue;
    duty.silent = silent ? [...duty.silent, id] : duty.silent.filter((one) => one !== id);
    move(turn, silent ? 'voter-silent' : 'voter-heard', { who: id });
  }
}

/** Is the way back to the former voters open, before a planned switch? True while it must be waited for. */
export function mustReturnFirst(turn: Acting): boolean {
  const roster = ownRoster(turn);
  return roster.base !== null || roster.voters.length > 1 || !isDecided(turn);
}
