/**
 * One voter on a bench: the real core, a clock, and around it a world that answers as well-behaved voters, disks and databases do.
 *
 * Responsible for feeding inputs, for checking after each that the turn was sound, and for finding what came out. Not responsible for
 * interesting states (`decision-states.ts`) nor for whole clusters (the simulator). Called by the tests of the core.
 */
import {
  PAIR_PROTOCOL_VERSION,
  type MemberReport,
  type PairMessage,
  type PairMessageBody,
} from '@nezuban/protocol/pair/messages';
import type { VoterId } from '@nezuban/protocol/pair/roster';
import { decide } from '../decision/decide.ts';
import type { Effect } from '../decision/effects.ts';
import type { Command, DatabaseReport, Input } from '../decision/inputs.ts';
import { lineageTerm, positionOf, streamName } from '../decision/roster.ts';
import type { State } from '../decision/state.ts';
import type { RowName } from '../decision/transitions.ts';
import { assertSound } from './decision-invariants.ts';

/** What around the voter works; everything does unless a test says otherwise. */
export interface World {
  /** Voters that hear this one and answer at once. */
  readonly answering: readonly VoterId[];
  /** The record's disk writes at once. */
  readonly disk: boolean;
  /** Orders to the database and the managers that are carried out at once. */
  readonly obeys: readonly Effect['type'][];
  /** The standby streams as it is told; or nobody streams; or the test says by itself who does. */
  readonly streams: 'as-told' | 'nobody' | 'unsaid';
  /** What the standby says about itself, where that differs from a healthy one. */
  readonly report: Partial<MemberReport>;
}

type Order =
  | 'promote'
  | 'probe'
  | 'drain'
  | 'stop-database'
  | 'restart-primary'
  | 'run-standby'
  | 'stand-down';
export const ORDERS: readonly Order[] = [
  'promote',
  'probe',
  'drain',
  'stop-database',
  'restart-primary',
  'run-standby',
  'stand-down',
];
export const WELL: World = {
  answering: ['b', 'w'],
  disk: true,
  obeys: ORDERS,
  streams: 'as-told',
  report: {},
};
/** Nobody answers; the own disk and database work. */
export const LONELY: Partial<World> = { answering: [], streams: 'nobody' };

/** More rounds of answers to answers than this would be a loop. */
const ROUNDS_MAX = 50;
/** Where the WAL stands in these tests, and how far it moves with each report. */
export const FLUSHED = 1000;
const FLUSHED_STEP = 10;

type EffectOf<Type extends Effect['type']> = Extract<Effect, { type: Type }>;
type BodyOf<Type extends PairMessageBody['type']> = Extract<PairMessageBody, { type: Type }>;
/** A command as it is typed; the bench gives it a number. */
type Typed = Command extends infer One ? (One extends Command ? Omit<One, 'id'> : never) : never;

export interface Sent<Type extends PairMessageBody['type']> {
  readonly to: VoterId;
  readonly term: number;
  readonly toStartId: string | null;
  readonly body: BodyOf<Type>;
}

export class Bench {
  state: State;
  now: number;
  /** What came out since the last call from outside. */
  effects: Effect[] = [];
  world: World = WELL;
  #walked = FLUSHED;
  #commands = 0;

  constructor(state: State, now: number) {
    this.state = state;
    this.now = now;
  }

  /** Another bench in the same state: what happens to it does not touch this one. */
  copy(): Bench {
    const twin = new Bench(this.state, this.now);
    twin.world = this.world;
    twin.#walked = this.#walked;
    return twin;
  }

  /** One input, now. */
  give(input: Input): this {
    this.effects = [];
    this.#feed(input);
    return this;
  }

  /** Time passes, then one input. */
  after(ms: number, input: Input = { type: 'tick' }): this {
    this.now += ms;
    return this.give(input);
  }

  /** A message, by default of the receiver's own term and from the sender's first start. */
  hear(from: VoterId, body: PairMessageBody, envelope: Partial<PairMessage> = {}): this {
    return this.give(this.message(from, body, envelope));
  }

  message(from: VoterId, body: PairMessageBody, envelope: Partial<PairMessage> = {}): Input {
    const { record, startId } = this.state;
    const message: PairMessage = {
      version: PAIR_PROTOCOL_VERSION,
      cluster: record.cluster,
      from,
      to: record.id,
      startId: `${from}-1`,
      toStartId: startId,
      term: record.term,
      body,
      ...envelope,
    };
    return { type: 'message', message };
  }

  /** A heartbeat of that master, whose newest roster is the one that this voter holds. */
  hearMaster(
    from: VoterId,
    changes: Partial<BodyOf<'heartbeat'>> = {},
    envelope: Partial<PairMessage> = {},
  ): this {
    const { roster } = this.state.record;
    const position = positionOf(roster);
    const body: BodyOf<'heartbeat'> = {
      type: 'heartbeat',
      seq: 1,
      position,
      decided: position,
      acked: { lineage: 0, lsn: 0 },
      epoch: roster?.epoch ?? 0,
      ...changes,
    };
    return this.hear(from, body, envelope);
  }

  /** A report of the own database, which is what it was before where nothing else is said. */
  report(changes: Partial<DatabaseReport> = {}): this {
    return this.give({ type: 'database', ...this.state.database, ...changes });
  }

  /** Everything that acted has ended. */
  stoodDown(): this {
    return this.give({ type: 'stood-down', term: this.state.standDown?.term ?? this.state.record.term });
  }

  /** The primary runs again, and its recovery has ended there. */
  restarted(recoveryEnd: number): this {
    return this.give({ type: 'primary-restarted', term: this.state.record.term, recoveryEnd });
  }

  /** The newest record is on disk. */
  persist(): this {
    return this.give({ type: 'persisted', sequence: this.state.sequence });
  }

  command(command: Typed): this {
    this.#commands += 1;
    return this.give({
      type: 'command',
      command: { ...command, id: `command-${this.#commands}` } as Command,
    });
  }

  /** The world answers what has come out, and what comes out of that, until nothing does. */
  answer(world: Partial<World> = {}): this {
    const pending = this.effects;
    this.effects = [];
    this.#answerAll(pending, { ...this.world, ...world });
    return this;
  }

  /** Time passes in steps of a heartbeat, with a world that answers. */
  live(ms: number, world: Partial<World> = {}): this {
    const around = { ...this.world, ...world };
    const end = this.now + ms;
    this.effects = [];
    while (this.now < end) {
      this.now = Math.min(end, this.now + this.state.timing.heartbeatIntervalMs);
      const from = this.effects.length;
      this.#feed({ type: 'tick' });
      if (around.streams === 'as-told') this.#feed(this.replication());
      if (around.streams === 'nobody')
        this.#feed(this.replication({ connectedAs: null, flushed: this.#walked }));
      this.#answerAll(this.effects.splice(from), around);
    }
    return this;
  }

  /** What a primary reports of a standby that streams as it should. */
  replication(changes: Partial<Extract<Input, { type: 'replication' }>> = {}): Input {
    const { duty } = this.state;
    this.#walked += FLUSHED_STEP;
    const epoch = this.#epoch();
    return {
      type: 'replication',
      connectedAs: duty === null ? null : streamName('b', epoch),
      flushed: this.#walked,
      lag: 0,
      acked: this.#walked,
      waiting: true,
      ...changes,
    };
  }

  sent<Type extends PairMessageBody['type']>(type: Type): readonly Sent<Type>[] {
    return this.did('send')
      .map(({ message }) => message)
      .filter(({ body }) => body.type === type)
      .map(({ to, term, toStartId, body }) => ({ to, term, toStartId, body: body as BodyOf<Type> }));
  }

  did<Type extends Effect['type']>(type: Type): readonly EffectOf<Type>[] {
    return this.effects.filter((effect): effect is EffectOf<Type> => effect.type === type);
  }

  /** The rows that were logged, in order. */
  rows(): readonly RowName[] {
    return this.did('log').map(({ row }) => row as RowName);
  }

  /** The sentences that were logged under this row. */
  says(row: RowName): readonly string[] {
    return this.did('log')
      .filter((log) => log.row === row)
      .map(({ says }) => says);
  }

  /** The answers to commands. */
  replies(): readonly { readonly ok: boolean; readonly says: string }[] {
    return this.did('reply').map(({ ok, says }) => ({ ok, says }));
  }

  #feed(input: Input): void {
    const before = this.state;
    const { state, effects } = decide(before, input, this.now);
    assertSound({ before, after: state, effects });
    this.state = state;
    this.effects.push(...effects);
  }

  #answerAll(pending: readonly Effect[], world: World): void {
    let effects = pending;
    const all: Effect[] = [];
    for (let round = 0; effects.length > 0; round += 1) {
      if (round > ROUNDS_MAX) throw new Error(`no end of answers in ${this.state.name}`);
      const kept = this.effects;
      this.effects = [];
      for (const effect of effects) for (const input of this.#answersTo(effect, world)) this.#feed(input);
      all.push(...effects);
      effects = this.effects;
      this.effects = kept;
    }
    this.effects.push(...all);
  }

  #answersTo(effect: Effect, world: World): readonly Input[] {
    if (effect.type === 'persist')
      return world.disk ? [{ type: 'persisted', sequence: effect.sequence }] : [];
    if (effect.type === 'send')
      return world.answering.includes(effect.message.to) ? this.#answersOf(effect.message, world) : [];
    return world.obeys.includes(effect.type) ? this.#obey(effect) : [];
  }

  #answersOf({ to, body, term }: PairMessage, world: World): readonly Input[] {
    const say = (said: PairMessageBody): Input[] => [this.message(to, said, { term })];
    switch (body.type) {
      case 'heartbeat': {
        const member = to === 'b' ? { ...this.#healthyPeer(), ...world.report } : null;
        return say({ type: 'heartbeat-ack', seq: body.seq, position: body.position, member });
      }
      case 'propose':
        return say({ type: 'accepted', position: positionOf(body.roster) });
      case 'pre-vote':
        return say({ type: 'pre-vote-answer', newTerm: body.newTerm, granted: true, roster: body.roster });
      case 'request-vote':
        return say({
          type: 'vote',
          forTerm: term,
          granted: true,
          roster: body.roster,
          acked: { lineage: 0, lsn: 0 },
        });
      default:
        return [];
    }
  }

  #healthyPeer(): MemberReport {
    const { roster } = this.state.record;
    return {
      token: 'token-b',
      lineage: roster === null ? 0 : lineageTerm(roster),
      flushed: this.#walked,
      streaming: true,
      healthy: true,
      maintenance: false,
      heard: ['a', 'w'],
    };
  }

  #obey(effect: Effect): readonly Input[] {
    switch (effect.type) {
      case 'promote':
        return [
          { type: 'promoted', term: effect.term, timeline: 2, startLsn: FLUSHED },
          {
            type: 'database',
            ...this.state.database,
            runs: 'primary',
            lineage: effect.term,
            streaming: false,
          },
        ];
      case 'probe':
        return [
          { type: 'probe', id: effect.id, stage: 'waiting' },
          { type: 'probe', id: effect.id, stage: 'returned' },
        ];
      case 'drain':
        return [{ type: 'drained' }];
      case 'stop-database':
        return [{ type: 'database-stopped', end: this.#walked }];
      case 'restart-primary':
        return [{ type: 'primary-restarted', term: effect.term, recoveryEnd: this.#walked }];
      case 'run-standby':
        return [
          {
            type: 'database',
            ...this.state.database,
            runs: 'standby',
            streaming: effect.upstream !== null,
            healthy: true,
          },
        ];
      case 'stand-down':
        return [
          { type: 'database', ...this.state.database, runs: 'stopped', streaming: false },
          { type: 'stood-down', term: effect.term },
        ];
      default:
        return [];
    }
  }

  /** The number under which a standby streams that does what the heartbeats say. */
  #epoch(): number {
    const { roster, id } = this.state.record;
    if (roster === null) return 0;
    return Object.keys(roster.inSync).every((one) => one === id) ? roster.epoch + 1 : roster.epoch;
  }
}
