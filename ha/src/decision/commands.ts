/**
 * What operators may ask for, and what each state answers.
 *
 * Responsible for judging commands and for the answer's words. What a command sets in motion is carried out elsewhere.
 */
import type { VoterId } from '@nezuban/protocol/pair/roster';
import { acting, beginDuty } from './duty.ts';
import { believePeerIsOff, whyNotEligible } from './election.ts';
import { beginAnew } from './follow.ts';
import type { Command } from './inputs.ts';
import { isTwoHosts, peerOf } from './roster.ts';
import { changeRecord, move, must, ownRoster, reply, type Turn } from './turn.ts';
import { whyNotVoters } from './voter-change.ts';

/**
 * Forced terms begin new blocks of this size, one for each member: far above every term that elections can have reached meanwhile, and
 * never the same when both members are forced, one after the other, by people who do not know of each other.
 */
const FORCED_TERM_BLOCK = 65_536;

function forcedTerm(turn: Turn, members: readonly VoterId[]): number {
  const { record } = turn.state;
  const rank = members.toSorted().indexOf(record.id);
  const blocks = members.length * FORCED_TERM_BLOCK;
  return (Math.floor(record.term / blocks) + 2) * blocks + rank * FORCED_TERM_BLOCK;
}

type Asked<Do extends Command['do']> = Extract<Command, { do: Do }>;

export function refuse(says: string): (turn: Turn, command: Command) => void {
  return (turn, command) => reply(turn, command.id, { ok: false, says });
}

export function accept(says: string): (turn: Turn, command: Command) => void {
  return (turn, command) => reply(turn, command.id, { ok: true, says });
}

export function doSwitch(turn: Turn, command: Asked<'switch'>): void {
  const { duty, timing } = acting(turn).state;
  if (duty.switching !== null || duty.change?.command != null) {
    refuse('Not moved: another change is under way.')(turn, command);
    return;
  }
  // The way back from an asymmetric roster may have to be gone first.
  duty.switching = { command: command.id, stage: 'wanted', end: 0, until: turn.now + 2 * timing.switchMs };
}

export function doSetVoters(turn: Turn, command: Asked<'set-voters'>): void {
  const now = acting(turn);
  const { duty } = now.state;
  const change = {
    target: command.voters,
    members: command.members,
    tieBreaker: command.tieBreaker,
    base: null,
    command: command.id,
    since: turn.now,
    former: ownRoster(now),
    why: 'as an operator asked',
  };
  const busy = duty.change !== null || duty.switching !== null || ownRoster(turn).voters.length > 1;
  const why = busy ? 'another change is under way' : whyNotVoters(now, change);
  if (why !== null) refuse(`The voters stay as they are: ${why}.`)(turn, command);
  else duty.change = change;
}

export function doRecover(turn: Turn, command: Asked<'recover'>): void {
  const { state } = turn;
  if (state.mute) {
    refuse('The voter record of this host is lost. Mend its disk, then start the keeper again.')(
      turn,
      command,
    );
    return;
  }
  state.databaseLosses = 0;
  move(turn, 'recovering');
  beginAnew(turn);
  accept('Recovery has begun.')(turn, command);
}

export function doMaintenance(turn: Turn, command: Asked<'maintenance'>): void {
  const { state } = turn;
  const { record } = state;
  const listed = record.roster?.inSync[record.id] !== undefined;
  if (command.on && listed && state.name !== 'standby-in-sync') {
    refuse(
      'Not possible now: this host may be the only one that holds everything. Wait until there is a master.',
    )(turn, command);
    return;
  }
  const { name } = state;
  changeRecord(turn, { maintenance: command.on });
  if (command.on && listed) move(turn, 'maintenance-wanted');
  else if (command.on && name !== 'maintenance') move(turn, 'maintenance-begins');
  else if (!command.on && name === 'maintenance') {
    move(turn, 'maintenance-ends');
    beginAnew(turn);
  }
  accept(command.on ? 'Maintenance is noted.' : 'Maintenance is over.')(turn, command);
}

/** Truly two hosts: an operator's word that the peer is off stands for the fence command. */
export function doPromote(turn: Turn, command: Asked<'promote'>): void {
  const { state, now } = turn;
  const { record, timing } = state;
  const { roster } = record;
  const peer = peerOf(roster, record.id);
  const heard = peer === null ? undefined : state.heard[peer];
  const why = whyNotEligible(turn);
  if (roster === null || peer === null || !isTwoHosts(roster)) {
    refuse('Not needed: with witnesses the voters elect by themselves.')(turn, command);
  } else if (why !== null) {
    refuse(`This host cannot become master: ${why}.`)(turn, command);
  } else if (!command.peerIsOff) {
    refuse(`Confirm that ${peer} is switched off; two masters would be the worst that can happen.`)(
      turn,
      command,
    );
  } else if (heard === undefined || !state.met) {
    refuse(
      `This host has not met ${peer} since it started, so it may be the outdated one. Use force-master if it is lost.`,
    )(turn, command);
  } else if (now - heard.at < timing.forceSilenceMs) {
    refuse(`${peer} was heard just now; it is not off.`)(turn, command);
  } else {
    believePeerIsOff(turn, peer, { startId: heard.startId, why: 'an operator says so' });
    accept(`${peer} counts as off. This host asks for its election.`)(turn, command);
  }
}

/** The last resort: goes on with what this host has. Every word of the refusals is about not making two masters. */
export function doForceMaster(turn: Turn, command: Asked<'force-master'>): void {
  const { state } = turn;
  const { record, database } = state;
  const why = whyNotForced(turn, command);
  if (why !== null) {
    refuse(`Not forced: ${why}.`)(turn, command);
    return;
  }
  const roster = must(record.roster, 'the roster of a forced host');
  const before = must(roster.voters.at(-1), 'a voter set');
  const term = forcedTerm(turn, roster.members);
  changeRecord(turn, { term, votedFor: record.id });
  move(turn, 'forced', { term });
  beginDuty(turn, roster, {
    inSync: { [record.id]: must(database.token, 'the token of a forced host') },
    voters: [[record.id]],
    base: roster.base ?? (before.length > 1 ? before : null),
    forced: { oldVoters: roster.voters },
    // Promotions that this host's data has never seen are no part of its history.
    lineage: roster.lineage.filter((one) => one.term <= database.lineage),
  });
  accept('Forced. The other voters are told as soon as they are heard.')(turn, command);
}

function whyNotForced(turn: Turn, command: Asked<'force-master'>): string | null {
  const { state, now } = turn;
  const { record, timing, database, leader, answers } = state;
  const { roster } = record;
  if (roster === null || database.runs !== 'standby' || database.token === null)
    return 'this host has no running copy of the data';
  const silence = timing.forceSilenceMs;
  if (leader !== null && now - leader.at < silence) return `${leader.id} is master and was heard just now`;
  if ((command.agentsHeardOtherAgoMs ?? Infinity) < silence)
    return 'agents have heard the other master just now';
  const voters = new Set([...roster.voters.flat(), ...(roster.base ?? []), ...roster.members]);
  voters.delete(record.id);
  for (const id of voters) {
    const answer = answers[id];
    const reachable = answer !== undefined && now - answer.at < 2 * timing.reachableMs;
    const confirmed = command.confirmedOff.includes(id);
    if (reachable && confirmed) return `${id} has answered just now; if it is off, wait a few seconds`;
    if (!reachable && !confirmed) return `${id} does not answer; confirm that it is off`;
    if (reachable && answer.heardMaster !== record.id && now - answer.heardMasterAt < silence)
      return `${id} has heard the master ${must(answer.heardMaster, 'the name of a master that was heard')} just now`;
  }
  return null;
}
