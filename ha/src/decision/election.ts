/**
 * From "no master is heard" to "elected": who may ask, pre-vote, vote, counting, and fencing where there are only two hosts.
 *
 * Responsible for candidates. Not responsible for answering candidates (`voter.ts`) nor for what the elected does (`duty.ts`).
 */
import type { Roster, VoterId } from '@nezuban/protocol/pair/roster';
import { beginDuty } from './duty.ts';
import { audienceOf, hasMajority, isTwoHosts, peerOf } from './roster.ts';
import type { Election } from './state.ts';
import { changeRecord, move, must, ownRoster, send, type Turn } from './turn.ts';
import { counts, isFree, isFurther, learn, retryDelay, type Said } from './voter.ts';

const DATABASE_NOT_READY = 'its database is not ready';

/** Why this member may not become master now; null: it may. */
export function whyNotEligible(turn: Turn): string | null {
  const { record, database, acked } = turn.state;
  const { roster } = record;
  if (roster === null) return 'it has no roster yet';
  const token = roster.inSync[record.id];
  if (token === undefined)
    return `it waits for ${Object.keys(roster.inSync).join(' or ')}, who holds everything`;
  if (token !== database.token) return 'its data directory is not the one that the roster names';
  if (database.runs !== 'standby' || !database.healthy) return DATABASE_NOT_READY;
  // Whoever was forced goes on with what it has; that was said when it was forced.
  if (roster.forced === null && acked.lineage === database.lineage && acked.lsn > database.flushed)
    return `its data ends at ${database.flushed}, but ${acked.lsn} was acknowledged: its disk was restored, or lies`;
  if (!mayStandAlone(turn, roster)) return 'it must hear a majority of the former voters first';
  return null;
}

/**
 * The only voter of an asymmetric roster elects itself, so after a restart it asks those who voted before: an operator may have forced
 * the other side meanwhile. Every answer has been taken over when it came.
 */
function mayStandAlone(turn: Turn, roster: Roster): boolean {
  const former = roster.forced?.oldVoters ?? (roster.base === null ? null : [roster.base]);
  if (former === null) return true;
  return hasMajority(former, (id) => id === turn.state.record.id || turn.state.answers[id]?.isWhole === true);
}

/** A single manager: nobody else votes, and nobody else has voted since it was alone. */
function isOnlyVoter({ state }: Turn): boolean {
  const { roster, id } = state.record;
  return roster !== null && roster.base === null && roster.voters.flat().every((voter) => voter === id);
}

/** When this member would ask, if it may ask at all. */
export function candidateTime(turn: Turn): number {
  const { promiseUntil, quietUntil, candidateAt } = turn.state;
  return Math.max(promiseUntil, quietUntil, candidateAt);
}

export function considerCandidacy(turn: Turn): void {
  const { state, now } = turn;
  if (now < candidateTime(turn)) return;
  const why = whyNotEligible(turn);
  if (why !== null) {
    state.candidateAt = now + state.timing.resendMs;
    if (state.said !== why) {
      if (why === DATABASE_NOT_READY && isOnlyVoter(turn)) move(turn, 'still-starting', {});
      else move(turn, 'cannot-take-over', { why });
    }
    state.said = why;
    return;
  }
  const { record, timing } = state;
  const term = record.term + 1;
  move(turn, 'asks-for-votes', { term, quiet: state.said !== '' });
  state.leader = null;
  state.election = {
    stage: 'pre-vote',
    term,
    sequence: 0,
    yes: [record.id],
    no: [],
    until: now + timing.electionRoundMs,
  };
  askVoters(turn, (id, roster) => send(turn, id, { type: 'pre-vote', newTerm: term, roster }));
  countPreVotes(turn);
}

function askVoters(turn: Turn, ask: (id: VoterId, roster: Roster) => void): void {
  const self = turn.state.record.id;
  const roster = ownRoster(turn);
  for (const id of new Set(roster.voters.flat())) if (id !== self) ask(id, roster);
}

export function onPreVoteAnswer(turn: Turn, { message, body }: Said<'pre-vote-answer'>): void {
  const { state } = turn;
  const election = must(state.election, 'the election of a candidate');
  learn(turn, message.term, body.roster);
  if (election.stage !== 'pre-vote' || election.term !== body.newTerm) return;
  if (!body.granted) {
    state.election = { ...election, no: [...election.no, message.from] };
    return;
  }
  state.election = { ...election, yes: [...election.yes, message.from] };
  countPreVotes(turn);
}

function countPreVotes(turn: Turn): void {
  const { state } = turn;
  const { record } = state;
  const election = must(state.election, 'the election of a candidate');
  if (!hasMajority(ownRoster(turn).voters, (id) => counts(turn, id, election.yes))) return;
  // What stands against it ends the candidacy at the end of this turn (`reviewCandidacy`).
  if (record.term >= election.term || !isFree(turn) || whyNotEligible(turn) !== null) return;
  changeRecord(turn, { term: election.term, votedFor: record.id });
  state.election = {
    stage: 'vote',
    term: election.term,
    sequence: state.sequence,
    yes: [],
    no: [],
    until: turn.now + state.timing.electionRoundMs,
  };
}

/** The own vote is on disk: it counts, and the others may be asked. */
export function onOwnVoteDurable(turn: Turn): void {
  const { state } = turn;
  const election = must(state.election, 'the election of a candidate');
  if (election.stage !== 'vote' || election.yes.length > 0 || election.sequence > state.durable) return;
  state.election = { ...election, yes: [state.record.id] };
  askVoters(turn, (id, roster) => send(turn, id, { type: 'request-vote', roster }));
  countVotes(turn);
}

/**
 * Takes over the newest roster among the votes and counts by *its* voters, who may be others than those that were asked. A vote that
 * knows of a higher acknowledged position than ours, in the same history, means that our disk has lost something: that ends the
 * candidacy, as everything that makes this member ineligible does, at the end of this turn.
 */
export function onVote(turn: Turn, { message, body }: Said<'vote'>): void {
  const { state } = turn;
  const election = must(state.election, 'the election of a candidate');
  if (election.stage !== 'vote' || election.term !== body.forTerm || !body.granted) {
    learn(turn, message.term, body.roster);
    return;
  }
  const before = state.record.roster;
  learn(turn, message.term, body.roster);
  if (isFurther(body.acked, state.acked)) state.acked = body.acked;
  if (state.record.roster !== before)
    askVoters(turn, (id, roster) => {
      if (!election.yes.includes(id) && id !== message.from) send(turn, id, { type: 'request-vote', roster });
    });
  if (!election.yes.includes(message.from))
    state.election = { ...election, yes: [...election.yes, message.from] };
  countVotes(turn);
}

function countVotes(turn: Turn): void {
  const { state } = turn;
  const { record } = state;
  const { yes } = must(state.election, 'the election of a candidate');
  const roster = ownRoster(turn);
  if (whyNotEligible(turn) !== null || !hasMajority(roster.voters, (id) => counts(turn, id, yes))) return;
  state.election = null;
  move(turn, 'elected', { term: record.term });
  beginDuty(turn, roster);
}

/** Ends a candidacy whose ground is gone: a higher term, another roster, time. */
export function reviewCandidacy(turn: Turn): void {
  const { state, now } = turn;
  const { election, record } = state;
  if (election === null) return;
  const term = election.stage === 'vote' ? election.term : election.term - 1;
  const why = record.term === term ? whyNotEligible(turn) : 'another term has begun';
  if (why !== null) endCandidacy(turn, why);
  else if (now >= election.until) endCandidacy(turn, whyNoMajority(turn, election));
}

/** Who is missing: those who are silent point to the network, those who refuse to a master that they hear. */
function whyNoMajority(turn: Turn, { yes, no }: Election): string {
  const asked = [...new Set(ownRoster(turn).voters.flat())].filter((id) => !counts(turn, id, yes));
  const silent = asked.filter((id) => !no.includes(id));
  const refused = asked.filter((id) => no.includes(id));
  const parts = [
    silent.length > 0 ? `no answer from ${silent.join(', ')}` : '',
    refused.length > 0 ? `no support from ${refused.join(', ')}` : '',
  ];
  return parts.filter((part) => part !== '').join('; ');
}

/** The same reason is not said again at each try. */
function endCandidacy(turn: Turn, why: string): void {
  const { state, now } = turn;
  state.election = null;
  state.candidateAt = now + retryDelay(turn);
  move(turn, 'candidacy-failed', { why, quiet: state.said === why });
  state.said = why;
}

/** A heartbeat of a present master cancels any candidacy. */
export function cancelCandidacy(turn: Turn, master: VoterId): void {
  turn.state.election = null;
  move(turn, 'candidacy-cancelled', { who: master, term: turn.state.record.term });
}

/** Asks everybody for the newest roster: often while no master is heard, else now and then, to know who can be heard. */
export function askRosters(turn: Turn, intervalMs: number): void {
  const { state, now } = turn;
  const { record } = state;
  if (now < state.nextAskAt) return;
  state.nextAskAt = now + intervalMs;
  if (record.roster === null) return;
  for (const id of audienceOf(record.roster)) if (id !== record.id) send(turn, id, { type: 'ask-roster' });
}

export function onRosterAnswer(turn: Turn, { message, body }: Said<'roster-answer'>): void {
  const { state, now } = turn;
  learn(turn, message.term, body.roster);
  state.answers = {
    ...state.answers,
    [message.from]: {
      at: now,
      heardMasterAt: body.heardMaster === null ? -Infinity : now - body.heardMasterAgoMs,
      heardMaster: body.heardMaster,
      isWhole:
        state.answers[message.from]?.isWhole === true ||
        (body.roster !== null && message.toStartId === state.startId),
    },
  };
  noteMet(turn, { message, body });
}

/** The peer knows this start of ours, holds no fence vote against us, and its roster is ours, on our disk: we may fence it one day. */
export function noteMet(turn: Turn, { message, body }: Said<'roster-answer'>): void {
  const { state } = turn;
  const { roster } = state.record;
  if (
    message.from === peerOf(roster, state.record.id) &&
    message.toStartId === state.startId &&
    !body.fencesYou &&
    body.roster !== null &&
    state.sequence <= state.durable &&
    roster?.term === body.roster.term &&
    roster.revision === body.roster.revision
  )
    state.met = true;
}

/** Two hosts and a fence command: the peer is silent, so it is powered off. The master of before goes first. */
export function considerFencing(turn: Turn): void {
  const { state, now } = turn;
  const { record, timing, fencing } = state;
  const { roster } = record;
  const peer = peerOf(roster, record.id);
  if (fencing !== null) {
    watchFencing(turn);
    return;
  }
  if (roster === null || peer === null || now < fenceTime(turn)) return;
  const startId = state.heard[peer]?.startId;
  if (startId === undefined || whyNotEligible(turn) !== null) {
    state.fenceAt = now + timing.resendMs;
    return;
  }
  const attempt = state.fenceAttempts + 1;
  state.fenceAttempts = attempt;
  state.fencing = { attempt, startId, until: now + timing.fenceMs };
  move(turn, 'peer-being-fenced', { who: peer });
  turn.effects.push({ type: 'fence', peer, attempt });
}

/** A fence command that does not answer in time has failed. */
export function watchFencing(turn: Turn): void {
  const { fencing } = turn.state;
  if (fencing !== null && turn.now >= fencing.until)
    onFenceResult(turn, { attempt: fencing.attempt, ok: false });
}

/** When this member would fence its peer; Infinity if never. The head start of the former master exceeds the whole life of its command. */
export function fenceTime(turn: Turn): number {
  const { state } = turn;
  const { record, timing } = state;
  const { roster } = record;
  if (roster?.tieBreaker !== 'fence' || !isTwoHosts(roster) || !state.met || record.fence !== null)
    return Infinity;
  const peer = must(peerOf(roster, record.id), 'the other one of two hosts');
  const silentSince = state.heard[peer]?.at ?? Infinity;
  const headStart = roster.master === record.id ? 0 : timing.promiseMs + timing.fenceMs;
  return Math.max(silentSince + timing.promiseMs + headStart, state.fenceAt, state.quietUntil);
}

export function onFenceResult(turn: Turn, result: { readonly attempt: number; readonly ok: boolean }): void {
  const { state, now } = turn;
  const { fencing, record } = state;
  const peer = peerOf(record.roster, record.id);
  if (fencing === null || peer === null || fencing.attempt !== result.attempt) return;
  state.fencing = null;
  const late = now >= fencing.until;
  if (!result.ok || late) {
    state.fenceAt = now + state.timing.fenceMs;
    move(turn, 'fence-failed', { who: peer, why: late ? 'it took too long' : 'the command failed' });
    return;
  }
  believePeerIsOff(turn, peer, { startId: fencing.startId, why: 'the fence command has succeeded' });
}

/** Stands for the peer's answers from now on, in the round that is under way too. */
export function believePeerIsOff(turn: Turn, peer: VoterId, { startId, why }: Belief): void {
  const { state } = turn;
  changeRecord(turn, { fence: { peer, startId } });
  state.candidateAt = turn.now;
  state.said = '';
  move(turn, 'peer-fenced', { who: peer, why });
  if (state.election?.stage === 'pre-vote') countPreVotes(turn);
}

export interface Belief {
  readonly startId: string;
  readonly why: string;
}

/** A fence command whose peer speaks meanwhile has failed, whatever it says later. */
export function forgetFencing(turn: Turn): void {
  const { state } = turn;
  if (state.fencing === null) return;
  state.fencing = null;
  const peer = must(peerOf(state.record.roster, state.record.id), 'the other one of two hosts');
  move(turn, 'fence-failed', { who: peer, why: 'it is heard again' });
}
