/**
 * Watches voters' disks: which rosters exist, which are decided, who was elected by whom.
 *
 * It believes records on disks alone and never asks the core. A roster is decided when majorities of its voter sets have had it on
 * disk; a fence vote on the disk of its owner stands for the peer. Called by `checks.ts`.
 */
import type { Roster, Term, VoterId, VoterRecord } from '@nezuban/protocol/pair/roster';
import { Violation } from './violation.ts';

/** More revisions than a term ever has. */
const REVISIONS_PER_TERM = 100_000;

export interface Known {
  readonly roster: Roster;
  readonly position: number;
  readonly holders: Set<VoterId>;
  isDecided: boolean;
}

type Fence = NonNullable<VoterRecord['fence']>;

interface Elected {
  readonly roster: Roster;
  /** Position of the newest roster that it can have been derived from. */
  readonly base: number;
}

export function positionOf(roster: Roster): number {
  return roster.term * REVISIONS_PER_TERM + roster.revision;
}

function hasMajorities(roster: Roster, yes: (id: VoterId) => boolean): boolean {
  return roster.voters.every((set) => 2 * set.filter(yes).length > set.length);
}

/** What an election must take over unchanged. */
function groundOf(roster: Roster): string {
  const { inSync, voters, base, members, lineage, epoch, tieBreaker } = roster;
  const tokens = Object.entries(inSync).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([tokens, voters, base, members, lineage, epoch, tieBreaker]);
}

export class RosterWatch {
  /** What each voter has on disk now. A voter whose disk was wiped is no longer among them. */
  readonly durable = new Map<VoterId, VoterRecord>();
  readonly known = new Map<number, Known>();
  newest: Known | null = null;
  /** Told when a roster becomes decided, and when what could win has changed. */
  readonly onDecided: (known: Known) => void;
  readonly onChanged: () => void;
  readonly #votes = new Map<Term, Map<VoterId, VoterId>>();
  readonly #elected = new Map<Term, Elected>();
  /** Fence votes whose peer the voter has heard since, with a new start. */
  readonly #void = new Map<VoterId, Fence>();

  constructor(onDecided: (known: Known) => void, onChanged: () => void) {
    this.onDecided = onDecided;
    this.onChanged = onChanged;
  }

  /** A cluster that is already in service: its roster counts as decided. */
  begin(roster: Roster): void {
    const known = this.#know(roster);
    known.isDecided = true;
    this.newest = known;
    this.#elected.set(roster.term, { roster, base: known.position });
  }

  /** All of these are on the voter's disk now, the last one on top. */
  written(records: readonly VoterRecord[]): void {
    for (const record of records) this.#write(record);
  }

  forget(id: VoterId): void {
    this.durable.delete(id);
    this.onChanged();
  }

  #write(record: VoterRecord): void {
    const before = this.durable.get(record.id);
    if (before !== undefined && record.term < before.term)
      throw new Violation('terms-only-rise', `${record.id} wrote term ${record.term} after ${before.term}`);
    this.durable.set(record.id, record);
    if (record.fence !== before?.fence) this.#void.delete(record.id);
    if (record.votedFor !== null) this.#vote(record, record.votedFor);
    const { roster } = record;
    if (roster === null) {
      if (before?.roster != null) throw new Violation('rosters-only-rise', `${record.id} dropped its roster`);
      return;
    }
    const old = before?.roster ?? null;
    if (old !== null && positionOf(roster) < positionOf(old))
      throw new Violation('rosters-only-rise', `${record.id} wrote an older roster`);
    if (roster === old && record.fence === before?.fence) return;
    const known = this.#know(roster);
    known.holders.add(record.id);
    const elected = this.#elected.get(roster.term);
    const { newest } = this;
    const isFirst = elected?.roster === roster && roster.master === record.id;
    if (isFirst && newest !== null && newest.roster.term < roster.term && elected.base < newest.position)
      this.#missed(roster, newest);
    if (record.fence !== null) known.holders.add(record.fence.peer);
    if (!known.isDecided && hasMajorities(roster, (id) => known.holders.has(id))) this.#decide(known);
    if (roster !== old) this.onChanged();
  }

  #vote(record: VoterRecord, candidate: VoterId): void {
    let votes = this.#votes.get(record.term);
    if (votes === undefined) this.#votes.set(record.term, (votes = new Map<VoterId, VoterId>()));
    const before = votes.get(record.id);
    if (before !== undefined && before !== candidate)
      throw new Violation(
        'one-vote-per-term',
        `${record.id} voted for ${before} and ${candidate} in term ${record.term}`,
      );
    votes.set(record.id, candidate);
  }

  #know(roster: Roster): Known {
    const position = positionOf(roster);
    const known = this.known.get(position);
    if (known !== undefined) {
      if (known.roster !== roster && JSON.stringify(known.roster) !== JSON.stringify(roster))
        throw new Violation(
          'one-roster-per-position',
          `two rosters of term ${roster.term} have revision ${roster.revision}`,
        );
      return known;
    }
    const fresh: Known = { roster, position, holders: new Set(), isDecided: false };
    this.known.set(position, fresh);
    return fresh;
  }

  #decide(known: Known): void {
    known.isDecided = true;
    for (const elected of this.#elected.values()) {
      if (elected.roster.term <= known.roster.term || elected.base >= known.position) continue;
      if (this.#isOnOwnDisk(elected.roster)) this.#missed(elected.roster, known);
    }
    if (this.newest === null || known.position > this.newest.position) this.newest = known;
    this.onDecided(known);
  }

  /** A master that dies before its first roster is on its own disk has told nobody of it, and was none. */
  #isOnOwnDisk(roster: Roster): boolean {
    return this.known.get(positionOf(roster))?.holders.has(roster.master) === true;
  }

  #missed(roster: Roster, decided: Known): void {
    if (roster.forced !== null) return;
    throw new Violation(
      'decided-roster-seen',
      `${roster.master} became master of term ${roster.term} without the decided roster ${decided.roster.term}/${decided.roster.revision}`,
    );
  }

  fenceIsVoid(voter: VoterId, fence: Fence): void {
    this.#void.set(voter, fence);
  }

  forgetHeard(voter: VoterId): void {
    this.#void.delete(voter);
  }

  /** Does this record still call that peer off, although the voter has heard better? */
  isFenceVoid(record: VoterRecord | null, peer: VoterId): boolean {
    if (record?.fence?.peer !== peer) return false;
    const heard = this.#void.get(record.id);
    return heard?.peer === peer && heard.startId === record.fence.startId;
  }

  /** A member writes the first roster of its own term: it claims to be elected. Called before that is on disk. */
  claims(record: VoterRecord): void {
    const { roster } = record;
    if (roster === null || roster.master !== record.id) return;
    const elected = this.#elected.get(roster.term);
    if (elected !== undefined) {
      if (elected.roster.master !== roster.master)
        throw new Violation(
          'one-master-per-term',
          `${elected.roster.master} and ${roster.master} in term ${roster.term}`,
        );
      return;
    }
    let base = -1;
    const ground = groundOf(roster);
    for (const known of this.known.values()) {
      const isBefore = known.roster.term < roster.term && known.position > base;
      if (isBefore && groundOf(known.roster) === ground) base = known.position;
    }
    this.#elected.set(roster.term, { roster, base });
    if (roster.forced !== null && this.#votesOf(record) === 0) return;
    if (!hasMajorities(roster, (id) => this.#supports(record, id)))
      throw new Violation(
        'elected-by-majority',
        `${record.id} is master of term ${roster.term} without a majority of durable votes`,
      );
    const { newest } = this;
    if (newest !== null && newest.roster.term < roster.term && base < newest.position)
      this.#missed(roster, newest);
  }

  #votesOf(record: VoterRecord): number {
    let count = 0;
    for (const [voter, candidate] of this.#votes.get(record.term) ?? [])
      if (voter !== record.id && candidate === record.id) count += 1;
    return count;
  }

  #supports(record: VoterRecord, id: VoterId): boolean {
    if (this.#votes.get(record.term)?.get(id) === record.id) return true;
    if (this.isFenceVoid(record, id))
      throw new Violation('fence-vote-void', `${record.id} counts ${id} as off after having heard it`);
    return record.fence?.peer === id;
  }

  /** Rosters that a later election could still find as the newest: the newest decided one, and all newer ones on some disk. */
  electable(): Roster[] {
    const { newest } = this;
    const all: Roster[] = newest === null ? [] : [newest.roster];
    for (const { roster } of this.durable.values()) {
      if (roster === null || (newest !== null && positionOf(roster) <= newest.position)) continue;
      if (!all.includes(roster)) all.push(roster);
    }
    return all;
  }
}
