/**
 * The judges of a run: they see what hosts do and what lies on disks, and throw a `Violation` when a rule of the protocol is broken.
 *
 * Apart from the driver on purpose: nothing here asks the core whether it is right. Called at every observation by host, keeper, manager.
 */
import type { Effect } from '@nezuban/ha/decision/effects';
import { actsUntil, isActing, type State } from '@nezuban/ha/decision/state';
import type { PairMessage } from '@nezuban/protocol/pair/messages';
import type { Roster, VoterId, VoterRecord } from '@nezuban/protocol/pair/roster';
import { DataWatch } from './data-watch.ts';
import type { Host } from './host.ts';
import { LeaseWatch } from './lease-watch.ts';
import { RosterWatch, type Known } from './roster-watch.ts';
import { Violation } from './violation.ts';
import type { Entry } from './wal.ts';
import type { World } from './world.ts';

/** A keeper needs this long from the end of a pause to its first decision. */
const KEEPER_WAKES_MS = 20;

/** Whoever is answered may rely on not being called off any more. */
function isAnswer({ body }: PairMessage): boolean {
  const { type } = body;
  return (
    type === 'heartbeat-ack' ||
    type === 'pre-vote-answer' ||
    type === 'vote' ||
    type === 'accepted' ||
    type === 'roster-answer'
  );
}

function isOnly(roster: Roster, id: VoterId): boolean {
  const inSync = Object.keys(roster.inSync);
  return inSync.length === 1 && inSync[0] === id;
}

export class Checks {
  readonly rosters: RosterWatch;
  readonly data = new DataWatch();
  readonly leases: LeaseWatch;
  elections = 0;
  readonly #world: World;
  #lossExpected = 0;

  constructor(world: World, hosts: number) {
    this.#world = world;
    this.leases = new LeaseWatch(hosts);
    this.rosters = new RosterWatch(
      (known) => this.#decided(known),
      () => this.#electableChanged(),
    );
  }

  #electableChanged(): void {
    this.data.setElectable(this.rosters.electable(), (id) => this.#world.hostOf(id));
  }

  #decided({ roster }: Known): void {
    this.#world.trace?.note(roster.master, `decided ${describeRoster(roster)}`);
    const host = this.#world.hostOf(roster.master);
    if (host === undefined) return;
    if (roster.forced !== null && roster.phase === 'promoting') this.#lossExpected += this.data.forgive(host);
    const isFirst = roster.phase === 'active' && roster.lineage.at(-1)?.term === roster.term;
    if (isFirst && this.rosters.newest?.roster === roster && isOnly(roster, roster.master)) {
      this.data.assertHolds(host, 'elected-has-acked');
      if (this.#lossExpected > 0 && !roster.lineage.some(({ lossy }) => lossy))
        throw new Violation('loss-is-marked', `${roster.master} was forced and its lineage does not say so`);
    }
    this.#electableChanged();
  }

  written(records: readonly VoterRecord[]): void {
    this.rosters.written(records);
  }

  /** A keeper asks for this record to be written. */
  persists(record: VoterRecord): void {
    this.rosters.claims(record);
  }

  /** A keeper reads a message. A peer that was surely off and speaks with a new start is not off any more. */
  receives(host: Host, message: PairMessage): void {
    const fence = host.disk.durable?.fence;
    if (fence?.peer === message.from && fence.startId !== message.startId)
      this.rosters.fenceIsVoid(host.voterId, fence);
  }

  /** A new keeper knows nothing of what the one before has heard and not written. */
  keeperStarts(host: Host): void {
    this.rosters.forgetHeard(host.voterId);
  }

  /** Promises leave only after they are on the sender's disk. */
  sends(host: Host, message: PairMessage): void {
    const { body } = message;
    if (isAnswer(message) && this.rosters.isFenceVoid(host.disk.durable, message.to))
      throw new Violation(
        'fence-void-before-answer',
        `${host.name} answers ${message.to}, and its disk still calls it off`,
      );
    if (body.type !== 'vote' && body.type !== 'accepted') return;
    const durable = host.disk.durable;
    if (durable === null) return;
    if (body.type === 'vote') {
      const isKept =
        durable.term > body.forTerm ||
        (durable.term === body.forTerm && durable.votedFor === message.to) ||
        !body.granted;
      if (!isKept)
        throw new Violation(
          'durable-before-answer',
          `${host.name} votes for ${message.to} before its disk knows`,
        );
      return;
    }
    const held = durable.roster;
    const isHeld =
      held !== null &&
      (held.term > body.position.term ||
        (held.term === body.position.term && held.revision >= body.position.revision));
    if (!isHeld)
      throw new Violation('durable-before-answer', `${host.name} accepts a roster before its disk has it`);
  }

  /** After each decision of a member. */
  decides(host: Host, state: State): void {
    // The winner of a vote that others have overtaken never gets its roster decided, and so never acts.
    const isPending = state.name === 'promoting' && state.duty?.decided.term !== state.duty?.term;
    const until = isPending ? -Infinity : actsUntil(state);
    this.leases.claim(host, until === -Infinity || until === Infinity ? until : host.clock.trueAt(until));
  }

  /** The guard is the last resort: a keeper that runs, and has not just now lost its lease, has begun to stand down long before. */
  guardFires(host: Host, toldAt: number): void {
    const { keeper } = host;
    const since = this.#world.queue.now - Math.max(keeper.awakeSince, toldAt);
    const isAwake = keeper.alive && !keeper.process.paused && since > KEEPER_WAKES_MS;
    if (isAwake && keeper.state !== null && isActing(keeper.state))
      throw new Violation('stands-down-before-guard', `${host.name} still acts when its guard fires`);
  }

  performs(host: Host, effect: Effect): void {
    switch (effect.type) {
      case 'set-names':
        if (effect.names === '') this.#emptiesNames(host);
        return;
      case 'promote':
        this.#actsByRoster(host, effect.term, 'promoting');
        return;
      case 'open-service':
        this.#opens(host, effect.term);
        return;
      default:
    }
  }

  #emptiesNames(host: Host): void {
    if (host.postgres.role !== 'primary') return;
    for (const roster of this.rosters.electable()) {
      if (!isOnly(roster, host.voterId))
        throw new Violation(
          'names-emptied-only-when-decided',
          `${host.name} frees its commits while ${describeRoster(roster)} could win`,
        );
    }
  }

  /** Acting on a roster needs that it is decided. */
  #actsByRoster(host: Host, term: number, phase: Roster['phase']): void {
    for (const { roster, isDecided } of this.rosters.known.values()) {
      const isIts = roster.term === term && roster.master === host.voterId && roster.phase === phase;
      if (isIts && isDecided) return;
    }
    throw new Violation('acts-after-decided', `${host.name} acts in term ${term} without a decided roster`);
  }

  #opens(host: Host, term: number): void {
    this.#actsByRoster(host, term, 'active');
    this.leases.opens(host);
    const newest = this.rosters.newest?.roster;
    if (newest === undefined) return;
    const others = Object.keys(newest.inSync)
      .filter((id) => id !== host.voterId)
      .map((id) => this.#world.hostOf(id))
      .filter(
        (other) => other !== undefined && other.postgres.directory?.token === newest.inSync[other.voterId],
      );
    this.data.assertGated(host, others as Host[]);
    this.data.assertHolds(host, 'acked-never-lost');
    if (newest.term === term) this.elections += 1;
  }

  /** The directory that the newest decided roster lists is not dropped. */
  copyBegins(host: Host): void {
    const token = host.postgres.directory?.token;
    if (token === undefined) return;
    for (const roster of this.rosters.electable()) {
      if (roster.inSync[host.voterId] === token)
        throw new Violation(
          'in-sync-directory-kept',
          `${host.name} drops its directory, which ${describeRoster(roster)} lists in sync`,
        );
    }
  }

  acknowledged(host: Host, entry: Entry): void {
    this.data.relyOn(host, entry, 'acknowledged');
  }

  dispatches(host: Host, entry: Entry): void {
    this.leases.acts(host);
    this.data.relyOn(host, entry, 'dispatched');
  }

  /** An agent has taken an attempt of this term; `before`: highest term that it knew. */
  agentRuns(term: number, before: number, isKnown: boolean): void {
    if (term < before) throw new Violation('agents-refuse-lower-terms', `term ${term} after ${before}`);
    if (isKnown) throw new Violation('attempt-runs-once', `an attempt ran again in term ${term}`);
  }

  /** At the end: whoever serves, and everybody who is in sync, holds everything. */
  final(): void {
    const newest = this.rosters.newest?.roster;
    if (newest === undefined) return;
    for (const id of Object.keys(newest.inSync)) {
      const host = this.#world.hostOf(id);
      if (host !== undefined && host.postgres.directory?.token === newest.inSync[id])
        this.data.assertHolds(host, 'acked-never-lost');
    }
  }
}

export function describeRoster(roster: Roster): string {
  const { term, revision, master, phase, voters } = roster;
  const inSync = Object.keys(roster.inSync).join('+');
  const sets = voters.map((set) => set.join('+')).join(' & ');
  return `roster ${term}/${revision} of ${master} (${phase}, in sync ${inSync}, voters ${sets}${roster.forced === null ? '' : ', forced'})`;
}
