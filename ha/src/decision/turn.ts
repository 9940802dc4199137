/**
 * One call of `decide` while it runs: a copy of the state that may be changed, and the effects so far.
 *
 * Responsible for sending, recording, moving and logging. Called by every other file of the core; nothing here decides.
 */
import {
  PAIR_PROTOCOL_VERSION,
  type PairMessage,
  type PairMessageBody,
} from '@nezuban/protocol/pair/messages';
import type { Roster, VoterId, VoterRecord } from '@nezuban/protocol/pair/roster';
import type { Effect } from './effects.ts';
import type { Duty, State } from './state.ts';
import { rows, sentence, type Facts, type RowName } from './transitions.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
export type Draft = Mutable<Omit<State, 'duty'>> & { duty: Mutable<Duty> | null };

export interface Turn {
  readonly now: number;
  readonly state: Draft;
  readonly effects: Effect[];
  /** The record has changed: it is written at the end of the turn, once. */
  recordChanged: boolean;
}

/** A value that must be there by everything that was decided before; where it is not, going on could make two masters. */
export function must<Value>(value: Value | null | undefined, what: string): Value {
  if (value === null || value === undefined) throw new Error(`broken invariant: ${what} is missing`);
  return value;
}

/** The same for a condition. */
export function ensure(holds: boolean, what: string): void {
  if (!holds) throw new Error(`broken invariant: ${what}`);
}

/** The newest roster on the own disk, or on its way there. */
export function ownRoster(turn: Turn): Roster {
  return must(turn.state.record.roster, 'the roster of a master');
}

export function beginTurn(state: State, now: number): Turn {
  return {
    now,
    state: { ...state, duty: state.duty === null ? null : { ...state.duty } },
    effects: [],
    recordChanged: false,
  };
}

/** Ends the turn: what changed in the record goes to disk. */
export function endTurn(turn: Turn): { readonly state: State; readonly effects: readonly Effect[] } {
  const { state, effects } = turn;
  if (turn.recordChanged) effects.push({ type: 'persist', sequence: state.sequence, record: state.record });
  return { state, effects };
}

/** Takes the row: asserts that it may be taken here, logs its sentence, changes the state's name. */
export function move(turn: Turn, row: RowName, facts: Facts = {}): void {
  const { from, to } = rows[row];
  const { state } = turn;
  ensure(from.includes(state.name), `the row ${row} is taken from ${state.name}`);
  if (to !== null) state.name = to;
  const says = sentence(rows[row], facts);
  if (to !== null) state.reason = says;
  if (facts.quiet !== true) turn.effects.push({ type: 'log', row, state: state.name, says });
}

export function changeRecord(turn: Turn, changes: Partial<VoterRecord>): void {
  const { state } = turn;
  state.record = { ...state.record, ...changes };
  if (turn.recordChanged) return;
  turn.recordChanged = true;
  state.sequence += 1;
}

/** Takes over a higher term. Nothing of ours may act. The vote of the old term is void with it. */
export function raiseTerm(turn: Turn, term: number): void {
  if (term > turn.state.record.term) changeRecord(turn, { term, votedFor: null });
}

export function isDurable(turn: Turn): boolean {
  return turn.state.sequence <= turn.state.durable;
}

function envelope(turn: Turn, to: VoterId, body: PairMessageBody): PairMessage {
  const { record, startId, heard } = turn.state;
  return {
    version: PAIR_PROTOCOL_VERSION,
    cluster: record.cluster,
    from: record.id,
    to,
    startId,
    toStartId: heard[to]?.startId ?? null,
    term: record.term,
    body,
  };
}

export function send(turn: Turn, to: VoterId, body: PairMessageBody): void {
  turn.effects.push({ type: 'send', message: envelope(turn, to, body) });
}

/** An answer that promises something: it leaves when the record as it is now is on disk. A newer answer of its kind replaces it. */
export function sendWhenDurable(turn: Turn, to: VoterId, body: PairMessageBody): void {
  if (isDurable(turn)) {
    send(turn, to, body);
    return;
  }
  const { state } = turn;
  const others = state.deferred.filter(({ message }) => message.to !== to || message.body.type !== body.type);
  state.deferred = [...others, { sequence: state.sequence, message: envelope(turn, to, body) }];
}

/** What waited for the disk and may leave now. */
export function sendDeferred(turn: Turn): void {
  const { state } = turn;
  if (state.deferred.length === 0) return;
  for (const { sequence, message } of state.deferred)
    if (sequence <= state.durable) turn.effects.push({ type: 'send', message });
  state.deferred = state.deferred.filter(({ sequence }) => sequence > state.durable);
}

export function reply(
  turn: Turn,
  command: string | null,
  answer: { readonly ok: boolean; readonly says: string },
): void {
  if (command !== null) turn.effects.push({ type: 'reply', command, ...answer });
}

/** A number in [0, 1) that depends on the seed alone (a step of mulberry32). */
export function chance(turn: Turn): number {
  const { state } = turn;
  state.seed = (state.seed + 0x6d2b79f5) | 0;
  let t = Math.imul(state.seed ^ (state.seed >>> 15), 1 | state.seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
}
