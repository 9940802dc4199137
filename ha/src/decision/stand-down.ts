/**
 * Ceasing to act, whatever the reason: everything is ended first, and only then is anybody told.
 *
 * Responsible for the stand-down and the resignation that follows it. Not responsible for why (`duty.ts`, `hand-over.ts`, `table.ts`).
 */
import type { VoterId } from '@nezuban/protocol/pair/roster';
import type { Acting } from './duty.ts';
import { audienceOf } from './roster.ts';
import { move, must, ownRoster, raiseTerm, reply, send, type Turn } from './turn.ts';
import { retryDelay } from './voter.ts';

export interface StandDownOptions {
  readonly why: string;
  /** Who may be elected at once when everything has ended. */
  readonly resignTo?: VoterId | null;
  readonly afterwards?: 'waiting' | 'failed';
  /** Nothing is left to end. */
  readonly alreadyEnded?: boolean;
}

/** Ends everything that acts; finished by the end of the lease, which is at most K away. */
export function standDown(
  turn: Acting,
  { why, resignTo = null, afterwards = 'waiting', alreadyEnded = false }: StandDownOptions,
): void {
  const { state, now } = turn;
  const { duty, timing } = state;
  const silent = votersMayChange(turn);
  answerOpenCommands(turn, why);
  move(turn, 'stands-down', { term: duty.term, why });
  const latest = now + timing.standDownMs;
  const deadline = duty.leaseUntil > now ? Math.min(latest, duty.leaseUntil) : latest;
  state.standDown = { deadline, term: duty.term, resignTo, silent, afterwards, why };
  (turn as Turn).state.duty = null;
  if (!alreadyEnded) turn.effects.push({ type: 'stand-down', deadline });
}

/** Are the voters changing, by a wish, a joint roster, or a final one that is not decided yet? */
function votersMayChange(turn: Acting): boolean {
  const { duty, name } = turn.state;
  const joint = ownRoster(turn).voters.length > 1;
  return joint || duty.change !== null || (duty.proposal !== null && name !== 'promoting');
}

function answerOpenCommands(turn: Acting, why: string): void {
  const { duty } = turn.state;
  reply(turn, duty.switching?.command ?? null, { ok: duty.switching?.stage === 'confirming', says: why });
  reply(turn, duty.change?.command ?? null, { ok: false, says: why });
}

export function onStoodDown(turn: Turn): void {
  const { state, now } = turn;
  const { record } = state;
  const done = must(state.standDown, 'the stand-down');
  state.standDown = null;
  state.following = '';
  turn.effects.push({ type: 'guard', until: null });
  state.resignedTerm = Math.max(state.resignedTerm, done.term);
  raiseTerm(turn, state.higherTerm);
  if (!done.silent)
    for (const id of audienceOf(must(record.roster, 'the roster of a master')))
      if (id !== record.id) send(turn, id, { type: 'resign', resignedTerm: done.term, to: done.resignTo });
  // Whoever gave way lets the others go first.
  state.candidateAt =
    now + state.timing.electionRoundMs * (done.resignTo === null ? 1 : 4) + retryDelay(turn);
  if (done.afterwards === 'failed') move(turn, 'stood-down-for-good', { why: done.why });
  else move(turn, 'stood-down');
}

/** The deadline has passed and something still lives. Voting for somebody else now would make two that act. */
export function watchStandDown(turn: Turn): void {
  if (turn.now >= must(turn.state.standDown, 'the stand-down').deadline) move(turn, 'could-not-stand-down');
}
