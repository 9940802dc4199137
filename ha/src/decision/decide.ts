/**
 * Who is on duty: the decision core of the pair. `(state, input, now) -> { state, effects }`, without clock, chance or I/O.
 *
 * Responsible for the order inside a turn: the lease is looked at first, then the input is handled by its cell of the table, then
 * everything follows that has become due. Called by the keeper with real drivers and by the simulator with modelled ones.
 */
import { PAIR_PROTOCOL_VERSION, type PairMessage } from '@nezuban/protocol/pair/messages';
import * as duty from './duty.ts';
import type { Effect } from './effects.ts';
import {
  askRosters,
  candidateTime,
  fenceTime,
  forgetFencing,
  onOwnVoteDurable,
  reviewCandidacy,
} from './election.ts';
import { stepGivenUp, stepResigning, stepRestart, stepSwitch } from './hand-over.ts';
import type { Command, Input } from './inputs.ts';
import { followRoster, stepAdmission, stepOut } from './pair.ts';
import { isTwoHosts } from './roster.ts';
import { isActing, type Duty, type State } from './state.ts';
import { commandTable, inputTable, messageTable, yieldTo, type Cell, type Line } from './table.ts';
import type { Timing } from './timing.ts';
import { beginTurn, changeRecord, endTurn, ensure, move, must, type Turn } from './turn.ts';
import { sayWhoIsSilent, stepVoterChange } from './voter-change.ts';
import { tellTime } from './voter.ts';

/** Steps that can follow from one input; more would be a loop. */
const STEPS_MAX = 20;

export interface Decision {
  readonly state: State;
  readonly effects: readonly Effect[];
}

export function decide(state: State, input: Input, now: number): Decision {
  const turn = beginTurn(state, now);
  if (isActing(state)) duty.watchLease(duty.acting(turn));
  handle(turn, input);
  settle(turn);
  return endTurn(turn);
}

function handle(turn: Turn, input: Input): void {
  if (input.type === 'message') receive(turn, input.message);
  else if (input.type === 'command') obey(turn, input.command);
  else apply(turn, inputTable[input.type] as Line<Input>, input);
}

function apply<Given>(turn: Turn, line: Line<Given>, given: Given): void {
  const cell: Cell<Given> = line[turn.state.name];
  if (typeof cell === 'function') cell(turn, given);
}

function obey(turn: Turn, command: Command): void {
  apply(turn, commandTable[command.do] as Line<Command>, command);
}

function receive(turn: Turn, message: PairMessage): void {
  const { state, now } = turn;
  const { record } = state;
  if (state.mute || message.to !== record.id) return;
  const why = whyStranger(state, message);
  if (why !== null) {
    move(turn, 'stranger', { who: message.from, why });
    return;
  }
  state.heard = { ...state.heard, [message.from]: { at: now, startId: message.startId } };
  if (isFenceVoid(turn, message)) return;
  if (isActing(state) && message.term > record.term) {
    yieldTo(turn, message.term, `${message.from} knows a newer term`);
    return;
  }
  if (state.standDown !== null) state.higherTerm = Math.max(state.higherTerm, message.term);
  const { body } = message;
  apply(turn, messageTable[body.type] as Line<unknown>, { message, body });
}

function whyStranger(state: State, message: PairMessage): string | null {
  if (message.cluster !== state.record.cluster) return 'it belongs to another pair';
  if (Math.abs(message.version - PAIR_PROTOCOL_VERSION) > 1)
    return `it speaks version ${message.version} of the protocol`;
  return null;
}

/** A peer that was surely off speaks again with a new start: its voice is its own, and that is on disk before it is answered. */
function isFenceVoid(turn: Turn, message: PairMessage): boolean {
  const { state } = turn;
  const { fence } = state.record;
  const { fencing } = state;
  if (
    fencing !== null &&
    state.record.roster?.members.includes(message.from) === true &&
    fencing.startId !== message.startId
  )
    forgetFencing(turn);
  if (fence?.peer === message.from) {
    // A delayed message from before it was powered off says nothing.
    if (fence.startId === message.startId) return true;
    changeRecord(turn, { fence: null });
    state.fenceVoidSequence = state.sequence;
    move(turn, 'fence-void', { who: message.from });
    return true;
  }
  return state.fenceVoidSequence > state.durable;
}

/** Everything that has become due, whatever the input was. */
function settle(turn: Turn): void {
  const { state } = turn;
  if (state.name === 'candidate') {
    onOwnVoteDurable(turn);
    reviewCandidacy(turn);
  }
  if (!isActing(state)) return;
  duty.onOwnRosterDurable(duty.acting(turn));
  for (let steps = 0; isActing(state); steps += 1) {
    ensure(steps <= STEPS_MAX, 'the steps of a turn have no end');
    const now = duty.acting(turn);
    duty.sendHeartbeats(now);
    duty.renewLease(now);
    if (!duty.countAcceptances(now) && !step(now)) break;
  }
  if (isActing(state) && state.record.roster !== null && isTwoHosts(state.record.roster) && !state.met)
    askRosters(turn, state.timing.reachableMs);
}

function step(turn: duty.Acting): boolean {
  switch (turn.state.name) {
    case 'promoting':
      return duty.stepPromotion(turn);
    case 'resigning':
      return stepResigning(turn);
    default:
      sayWhoIsSilent(turn);
      return (
        stepRestart(turn) ||
        stepGivenUp(turn) ||
        followRoster(turn) ||
        stepOut(turn) ||
        stepVoterChange(turn) ||
        stepSwitch(turn) ||
        stepAdmission(turn)
      );
  }
}

/** When this state wants a `tick` at the latest, by the clock of `now`; Infinity: not by itself. */
export function wakeAt(state: State): number {
  const { timing, leader } = state;
  const turn = { now: 0, state, effects: [], recordChanged: false } as unknown as Turn;
  switch (state.name) {
    case 'promoting':
    case 'master-alone':
    case 'master-paired':
    case 'resigning':
      return masterWakesAt(must(state.duty, 'the duty of a master'), timing);
    case 'waiting':
      return Math.min(candidacyDue(turn), state.nextAskAt, state.fencing?.until ?? fenceTime(turn));
    case 'candidate':
      return must(state.election, 'the election of a candidate').until;
    case 'standby-in-sync':
      return Math.min(candidacyDue(turn), state.nextAskAt, state.fencing?.until ?? Infinity);
    case 'standby-copying':
      return state.copyAt;
    case 'standby-catching-up':
      return Math.min((leader?.at ?? 0) + timing.promiseMs, state.nextAskAt);
    case 'standing-down':
      return must(state.standDown, 'the stand-down').deadline;
    case 'failed':
      return state.nextAskAt;
    case 'witness':
      return tellTime(state);
    default:
      return Infinity;
  }
}

function masterWakesAt(
  { nextHeartbeatAt, sole, leaseUntil, admission }: Duty,
  { standDownMs }: Timing,
): number {
  const next = Math.min(nextHeartbeatAt, admission?.probeAgainAt ?? Infinity);
  return sole ? next : Math.min(next, leaseUntil - standDownMs);
}

/** A member that the roster does not list need not be woken to find that out. */
function candidacyDue(turn: Turn): number {
  const { record } = turn.state;
  return record.roster?.inSync[record.id] === undefined ? Infinity : candidateTime(turn);
}
