/**
 * The duties of a voter, the same for members and witnesses: promises, votes, acceptance of rosters.
 *
 * Responsible for what may be answered and what must be on disk before. Not responsible for asking (`election.ts`, `duty.ts`).
 */
import type { AckedPosition, PairMessage, PairMessageBody } from '@nezuban/protocol/pair/messages';
import { VOTERS_MAX, type Roster, type Term, type VoterId } from '@nezuban/protocol/pair/roster';
import { isActing, NOWHERE, type State } from './state.ts';
import { comparePositions, isNewer, isTwoHosts, positionOf } from './roster.ts';
import { changeRecord, chance, isDurable, raiseTerm, send, sendWhenDurable, type Turn } from './turn.ts';

/** A report names at most this many voters: both sets of a joint roster, without their common ones. */
const HEARD_MAX = VOTERS_MAX + 3;

export type Body<Type extends PairMessageBody['type']> = Extract<PairMessageBody, { type: Type }>;
/** A message whose body is already known to be of that type. */
export interface Said<Type extends PairMessageBody['type']> {
  readonly message: PairMessage;
  readonly body: Body<Type>;
}

/** May this voter support somebody, itself included? Not while it has promised a master, nor in the quiet after a start. */
export function isFree(turn: Turn): boolean {
  const { state, now } = turn;
  return now >= state.promiseUntil && now >= state.quietUntil && !isActing(state);
}

export function promise(turn: Turn): void {
  const { state, now } = turn;
  state.promiseUntil = Math.max(state.promiseUntil, now + state.timing.promiseMs);
}

export function onPreVote(turn: Turn, { message, body }: Said<'pre-vote'>): void {
  const { record } = turn.state;
  const granted = knowsItself(turn, body.roster) && body.newTerm > record.term && isFree(turn);
  send(turn, message.from, {
    type: 'pre-vote-answer',
    newTerm: body.newTerm,
    granted,
    roster: isDurable(turn) ? record.roster : null,
  });
}

/**
 * A voter that has never held a roster is not known to itself as one. The candidate's roster tells it: else a joint roster whose
 * author died before its new voters heard of it could never be ended. Its record, which carries its identity, proves that it has
 * accepted nothing before; a lost disk comes back under another identity.
 */
function knowsItself(turn: Turn, theirs: Roster): boolean {
  const { roster, id } = turn.state.record;
  return roster !== null || theirs.voters.some((set) => set.includes(id));
}

/** A voter that has promised does not even take over the term: that alone would unseat the master it supports. */
export function onRequestVote(turn: Turn, { message, body }: Said<'request-vote'>): void {
  const { record } = turn.state;
  const { from, term } = message;
  const again = term === record.term && record.votedFor === from;
  const granted =
    again ||
    (knowsItself(turn, body.roster) &&
      isFree(turn) &&
      (term > record.term || (term === record.term && record.votedFor === null)));
  if (granted && !again) changeRecord(turn, { term, votedFor: from, roster: record.roster ?? body.roster });
  sendWhenDurable(turn, from, {
    type: 'vote',
    forTerm: term,
    granted,
    roster: turn.state.record.roster,
    acked: turn.state.acked,
  });
}

/** True if the sender is the master of the newest term that this voter knows; then the voter has promised and answered. */
export function onHeartbeat(turn: Turn, { message, body }: Said<'heartbeat'>): boolean {
  const { state, now } = turn;
  if (message.term < state.record.term) {
    send(turn, message.from, { type: 'outdated' });
    return false;
  }
  // Of exactly that term: a forced one may have ended before it was on any disk, and the next election comes below it.
  if (message.term === state.resignedTerm) return false;
  raiseTerm(turn, message.term);
  promise(turn);
  state.leader = {
    id: message.from,
    term: message.term,
    at: now,
    decided: body.decided,
    epoch: body.epoch,
    position: body.position,
  };
  state.said = '';
  if (isFurther(body.acked, state.acked)) state.acked = body.acked;
  const { database, record } = state;
  send(turn, message.from, {
    type: 'heartbeat-ack',
    seq: body.seq,
    // Nobody may lean on what a crash could still take away.
    position: isDurable(turn) ? positionOf(record.roster) : NOWHERE,
    member:
      state.role === 'witness' || state.name === 'starting'
        ? null
        : {
            token: database.token,
            lineage: database.lineage,
            flushed: database.flushed,
            streaming: database.streaming,
            healthy: database.healthy && state.name !== 'failed',
            maintenance: record.maintenance,
            heard: heardLately(turn),
          },
  });
  return true;
}

/** Positions of another history say nothing about each other: the newer history counts. A promoting master reports none. */
export function isFurther(a: AckedPosition, b: AckedPosition): boolean {
  return a.lineage > b.lineage || (a.lineage === b.lineage && a.lsn > b.lsn);
}

function heardLately(turn: Turn): VoterId[] {
  const { state, now } = turn;
  const since = now - state.timing.asymmetricAfterMs;
  return Object.entries(state.heard)
    .filter(([, { at }]) => at > since)
    .map(([id]) => id)
    .slice(0, HEARD_MAX);
}

/** Accepts the roster of the elected. Accepting is a promise too. */
export function onPropose(turn: Turn, { message, body }: Said<'propose'>): void {
  const { state } = turn;
  const { roster } = body;
  if (roster.term < state.record.term) {
    send(turn, message.from, { type: 'outdated' });
    return;
  }
  if (roster.term === state.resignedTerm) return;
  if (comparePositions(roster, positionOf(state.record.roster)) < 0) return;
  raiseTerm(turn, roster.term);
  takeRoster(turn, roster);
  promise(turn);
  sendWhenDurable(turn, message.from, { type: 'accepted', position: positionOf(roster) });
}

/** Takes over a roster that is newer than the own one; whether it is decided does not matter. */
export function takeRoster(turn: Turn, roster: Roster | null): void {
  if (roster !== null && isNewer(roster, turn.state.record.roster)) changeRecord(turn, { roster });
}

/** What somebody without a master of its own learns from an answer. */
export function learn(turn: Turn, term: Term, roster: Roster | null): void {
  raiseTerm(turn, term);
  if (turn.state.role === 'member') takeRoster(turn, roster);
}

/** The sender has stopped everything and will not act in that term again: promises of that term end. */
export function onResign(turn: Turn, { body }: Said<'resign'>): void {
  const { state, now } = turn;
  const { resignedTerm, to } = body;
  state.resignedTerm = Math.max(state.resignedTerm, resignedTerm);
  // A promise to the master of another term stands.
  if (resignedTerm < state.record.term || (state.leader !== null && state.leader.term !== resignedTerm))
    return;
  state.leader = null;
  state.promiseUntil = now;
  state.candidateAt = to === null || to === state.record.id ? now : now + retryDelay(turn);
}

export function retryDelay(turn: Turn): number {
  const { retryMinMs, retrySpreadMs } = turn.state.timing;
  return retryMinMs + chance(turn) * retrySpreadMs;
}

export function onAskRoster(turn: Turn, { message }: Said<'ask-roster'>): void {
  tellRoster(turn, message.from);
}

function tellRoster(turn: Turn, to: VoterId): void {
  const { state, now } = turn;
  const { record, leader } = state;
  const master = isActing(state) || state.standDown !== null ? { id: record.id, at: now } : leader;
  const fence = record.fence;
  send(turn, to, {
    type: 'roster-answer',
    roster: isDurable(turn) ? record.roster : null,
    heardMasterAgoMs: master === null ? -1 : now - master.at,
    heardMaster: master?.id ?? null,
    fencesYou: state.fencing !== null || fence?.peer === to,
  });
}

/**
 * A witness that hears no master tells the members, unasked, which roster it holds: one of them may have missed the change that made
 * this witness a voter, and would for ever ask those who are none any more.
 */
export function tellMembers(turn: Turn): void {
  const { state, now } = turn;
  const { roster } = state.record;
  if (roster === null || now < tellTime(state)) return;
  state.nextAskAt = now + state.timing.leaseMs;
  for (const id of roster.members) tellRoster(turn, id);
}

/** When a witness would do that; Infinity without a roster. */
export function tellTime(state: Pick<State, 'record' | 'leader' | 'nextAskAt' | 'timing'>): number {
  if (state.record.roster === null) return Infinity;
  return Math.max(state.nextAskAt, (state.leader?.at ?? -Infinity) + state.timing.promiseMs);
}

/** Does this voter's support count, by its own word or because it is surely off? */
export function counts(turn: Turn, id: VoterId, yes: readonly VoterId[]): boolean {
  const { fence, roster } = turn.state.record;
  // A fence vote stands for the peer between exactly two hosts, nowhere else.
  return yes.includes(id) || (fence?.peer === id && roster !== null && isTwoHosts(roster));
}
