/**
 * Ceasing to act, whatever the reason: everything is ended first, and only then is anybody told.
 *
 * Responsible for the stand-down and the resignation that follows it. Not responsible for why (`duty.ts`, `hand-over.ts`, `table.ts`).
 */
import type { Term, VoterId } from '@nezuban/protocol/pair/roster';
import type { Acting } from './duty.ts';
import { audienceOf } from './roster.ts';
import { move, must, ownRoster, raiseTerm, reply, send, type Turn } from './turn.ts';
import { retryDelay } from './voter.ts';

export interface StandDownOptions {
  readonly why: string;
  /** Who may be elected at once when everything has ended. */
  readonly resignTo?: VoterId | null;
  readonly afterwards?: 'waiting' | 'failed';
}

/** Ends everything that acts; finished by the end of the lease, which is at most K away. */
export function standDown(
  turn: Acting,
  { why, resignTo = null, afterwards = 'waiting' }: StandDownOptions,
): void {
  const { state, now } = turn;
  const { duty, timing } = state;
  const silent = votersMayChange(turn);
  answerOpenCommands(turn, why, resignTo);
  move(turn, 'stands-down', { term: duty.term, why });
  const latest = now + timing.standDownMs;
  const deadline = duty.leaseUntil > now ? Math.min(latest, duty.leaseUntil) : latest;
  state.standDown = { deadline, term: duty.term, resignTo, silent, afterwards, why };
  (turn as Turn).state.duty = null;
  // The guard of a master that went on alone rolled on with its heartbeats; now it has a deadline.
  if (duty.sole) turn.effects.push({ type: 'guard', until: deadline });
  turn.effects.push({ type: 'stand-down', term: duty.term, deadline });
}

/** Are the voters changing, by a wish, a joint roster, or a final one that is not decided yet? */
function votersMayChange(turn: Acting): boolean {
  const { duty, name } = turn.state;
  const joint = ownRoster(turn).voters.length > 1;
  return joint || duty.change !== null || (duty.proposal !== null && name !== 'promoting');
}

function answerOpenCommands(turn: Acting, why: string, resignTo: VoterId | null): void {
  const { switching, change } = turn.state.duty;
  const moved = resignTo !== null;
  const says = moved ? `The service moves to ${resignTo}.` : `Not moved: ${why}.`;
  reply(turn, switching?.command ?? null, { ok: moved, says });
  reply(turn, change?.command ?? null, { ok: false, says: `The voters stay as they are: ${why}.` });
}

/** What was asked of the database before counts no more, and nothing is known of it until it is heard again. */
export function onStoodDown(turn: Turn, term: Term): void {
  const { state, now } = turn;
  const { record } = state;
  const done = must(state.standDown, 'the stand-down');
  if (term !== done.term) return;
  state.standDown = null;
  state.following = '';
  state.database = { ...state.database, runs: 'stopped', streaming: false, healthy: false };
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
