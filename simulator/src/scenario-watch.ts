/**
 * Watches a situation and writes its transcript: what hosts log, which rosters are decided, who serves, when commits stall.
 *
 * It sees decisions by standing between the keepers and the core, and everything else by looking after each event. Heartbeats and other
 * messages are no part of it. Called by `scenario-runner.ts`.
 */
import type { Effect } from '@nezuban/ha/decision/effects';
import type { Input } from '@nezuban/ha/decision/inputs';
import type { RowName } from '@nezuban/ha/decision/transitions';
import type { Roster, VoterId, VoterRecord } from '@nezuban/protocol/pair/roster';
import type { Subject } from './core.ts';
import type { Host } from './host.ts';
import type { World } from './world.ts';

/** Commits that pause for longer than this are worth a line; undisturbed ones come every 100 ms. */
const STALL_MS = 400;
const TIME_WIDTH = 7;
const WHO_WIDTH = 5;
const WHAT_WIDTH = 19;

interface Line {
  readonly who: string;
  readonly what: string;
  readonly says: string;
}

export class ScenarioWatch {
  readonly lines: string[] = [];
  readonly rowsTaken = new Set<RowName>();
  /** Rows that were taken since the last action of the script, with the voter that took them. */
  readonly rowsSince = new Set<string>();
  readonly replies = new Map<string, boolean>();
  #world: World | null = null;
  #zero = 0;
  #isRecording = false;
  readonly #decided = new Set<Roster>();
  readonly #open = new Set<Host>();
  #waitingProbe = 0;
  #acknowledged = 0;
  #acknowledgedAt = 0;
  /** What each voter has said since it last said something new, and how often it has said it again. */
  readonly #said = new Map<string, { readonly lines: string[]; repeats: number }>();

  /** The core, with this watch between it and the keepers. */
  between(subject: Subject): Subject {
    return {
      ...subject,
      createState: (options) => {
        const { id, term } = options.record;
        this.note({ who: id, what: 'keeper starts', says: `its disk knows term ${term}` });
        return subject.createState(options);
      },
      decide: (state, input, now) => {
        const { id } = state.record;
        this.#input(id, input);
        const decision = subject.decide(state, input, now);
        this.#learned(state.record, decision.state.record, input);
        for (const effect of decision.effects) this.#effect(id, effect);
        return decision;
      },
    };
  }

  /** From now on everything is recorded. What is the case already is not. */
  begin(world: World): void {
    this.#world = world;
    this.#zero = world.queue.now;
    for (const { roster, isDecided } of world.checks.rosters.known.values())
      if (isDecided) this.#decided.add(roster);
    for (const host of world.members) if (host.manager.isOpen) this.#open.add(host);
    this.#acknowledged = world.checks.data.acknowledged;
    this.#acknowledgedAt = world.queue.now;
    this.#isRecording = true;
  }

  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** A line of the script itself. After it, repetitions are told anew. */
  script(mark: string, text: string): void {
    for (const [who] of this.#said) this.#tellRepeats(who);
    this.#said.clear();
    this.#write({ who: mark, what: '', says: text });
  }

  note(line: Line): void {
    if (!this.#isRecording) return;
    const key = `${line.what} ${line.says}`;
    const said = this.#said.get(line.who) ?? { lines: [], repeats: 0 };
    if (said.lines.includes(key)) {
      said.repeats += 1;
      return;
    }
    if (said.repeats > 0) this.#tellRepeats(line.who);
    this.#said.set(line.who, { lines: said.repeats > 0 ? [key] : [...said.lines, key], repeats: 0 });
    this.#write(line);
  }

  /** Looks at what nobody tells. After each event. */
  look(): void {
    const world = this.#world;
    if (world === null) return;
    for (const { roster, isDecided } of world.checks.rosters.known.values()) {
      if (!isDecided || this.#decided.has(roster)) continue;
      this.#decided.add(roster);
      this.note({ who: roster.master, what: 'roster decided', says: describe(roster) });
    }
    for (const host of world.members) {
      if (host.manager.isOpen === this.#open.has(host)) continue;
      if (host.manager.isOpen) this.#open.add(host);
      else this.#open.delete(host);
      const says = host.manager.isOpen ? `as master of term ${host.manager.term}` : '';
      this.note({ who: host.voterId, what: host.manager.isOpen ? 'service opens' : 'service closed', says });
    }
    const { acknowledged } = world.checks.data;
    if (acknowledged === this.#acknowledged) return;
    const stallMs = world.queue.now - this.#acknowledgedAt;
    if (stallMs > STALL_MS)
      this.note({ who: '-', what: 'commits', says: `acknowledged again after ${Math.round(stallMs)} ms` });
    this.#acknowledged = acknowledged;
    this.#acknowledgedAt = world.queue.now;
  }

  /** The last lines. */
  end(): void {
    for (const [who] of this.#said) this.#tellRepeats(who);
    const world = this.#world;
    if (world === null) return;
    const stallMs = world.queue.now - this.#acknowledgedAt;
    if (stallMs > STALL_MS)
      this.#write({ who: '-', what: 'commits', says: `none acknowledged for ${Math.round(stallMs)} ms` });
  }

  #tellRepeats(who: string): void {
    const said = this.#said.get(who);
    if (said === undefined || said.repeats === 0) return;
    this.#write({ who, what: '...', says: `${said.repeats} more of these lines` });
  }

  #write({ who, what, says }: Line): void {
    const now = this.#world?.queue.now ?? 0;
    const time = String(Math.round(now - this.#zero)).padStart(TIME_WIDTH);
    const middle = what === '' ? '' : `${what.padEnd(WHAT_WIDTH)}  `;
    this.lines.push(`${time}  ${who.padEnd(WHO_WIDTH)}  ${middle}${says}`.trimEnd());
  }

  #input(who: VoterId, input: Input): void {
    switch (input.type) {
      case 'database-lost':
        this.note({ who, what: 'database ends', says: '' });
        return;
      case 'guard-fired':
        this.note({ who, what: 'guard fires', says: 'database and manager are killed' });
        return;
      case 'probe':
        this.note({ who, what: 'probe commit', says: this.#probe(input.id, input.stage) });
        return;
      default:
    }
  }

  #probe(id: number, stage: 'waiting' | 'returned'): string {
    if (stage === 'waiting') {
      this.#waitingProbe = id;
      return `${id} is seen waiting`;
    }
    return this.#waitingProbe === id ? `${id} returns` : `${id} returns without having waited`;
  }

  /** A roster that came with an answer, not as a proposal. */
  #learned(before: VoterRecord, after: VoterRecord, input: Input): void {
    if (input.type !== 'message' || input.message.body.type === 'propose') return;
    const { roster } = after;
    if (roster === null || roster === before.roster || roster.master === after.id) return;
    const says = `${roster.term}/${roster.revision}, from ${input.message.from}`;
    this.note({ who: after.id, what: 'roster learned', says });
  }

  #effect(who: VoterId, effect: Effect): void {
    switch (effect.type) {
      case 'log':
        if (!this.#isRecording) return;
        this.rowsTaken.add(effect.row as RowName);
        this.rowsSince.add(`${effect.row}@${who}`);
        this.note({ who, what: effect.state, says: effect.says });
        return;
      case 'set-names':
        this.note({ who, what: 'commits wait for', says: namesToText(effect.names) });
        return;
      case 'reply':
        this.replies.set(effect.command, effect.ok);
        this.note({ who, what: effect.ok ? 'answers yes' : 'answers no', says: effect.says });
        return;
      default:
    }
  }
}

function namesToText(names: string): string {
  if (names === '') return 'nobody';
  return names === '_none_' ? 'nobody who exists (the placeholder)' : names;
}

function describe(roster: Roster): string {
  const { term, revision, phase, inSync, voters, base, tieBreaker, forced } = roster;
  const sets = voters.map((set) => set.join(' ')).join(' and ');
  const parts = [
    `${term}/${revision} ${phase}`,
    `in sync ${Object.keys(inSync).join(' ')}`,
    `voters ${sets}`,
  ];
  if (base !== null) parts.push(`to return to ${base.join(' ')}`);
  if (tieBreaker !== 'witness') parts.push(`tie breaker ${tieBreaker}`);
  if (forced !== null) parts.push('forced, unconfirmed');
  return parts.join(', ');
}
