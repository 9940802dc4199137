/**
 * Questions about rosters: order, voters, majorities, lineage.
 *
 * Pure functions over protocol's `Roster`. Not responsible for what is done with the answers.
 */
import type { Roster, RosterPosition, Term, VoterId } from '@nezuban/protocol/pair/roster';
import type { DatabaseReport } from './inputs.ts';
import { NOWHERE } from './state.ts';

export type VoterSets = readonly (readonly VoterId[])[];

export function positionOf(roster: Roster | null): RosterPosition {
  return roster === null ? NOWHERE : { term: roster.term, revision: roster.revision };
}

/** Negative: `a` is older; 0: the same; positive: newer. */
export function comparePositions(a: RosterPosition, b: RosterPosition): number {
  return a.term - b.term || a.revision - b.revision;
}

export function isNewer(roster: Roster, than: Roster | null): boolean {
  return than === null || comparePositions(roster, than) > 0;
}

/** More than half of *each* set: of the old and of the new voters while they change. */
export function hasMajority(sets: VoterSets, yes: (id: VoterId) => boolean): boolean {
  return sets.every((set) => 2 * set.filter(yes).length > set.length);
}

/** The moment that a majority of each set has reached: the earliest, over the sets, of each set's majority-th newest. */
export function majorityTime(sets: VoterSets, timeOf: (id: VoterId) => number): number {
  let earliest = Infinity;
  for (const set of sets) {
    const times = set.map(timeOf).toSorted((a, b) => b - a);
    earliest = Math.min(earliest, times[Math.floor(set.length / 2)] ?? -Infinity);
  }
  return earliest;
}

export function isInSync(roster: Roster, id: VoterId): boolean {
  return roster.inSync[id] !== undefined;
}

/** Does the roster say that this member alone holds everything? */
export function isAlone(roster: Roster, id: VoterId): boolean {
  const inSync = Object.keys(roster.inSync);
  return inSync.length === 1 && inSync[0] === id;
}

export function peerOf(roster: Roster | null, self: VoterId): VoterId | null {
  return roster?.members.find((one) => one !== self) ?? null;
}

/** Everybody that a master speaks to: voters of both sets, members, and those to whom it must return or who must confirm it. */
export function audienceOf(roster: Roster, more: readonly VoterId[] = []): Set<VoterId> {
  return new Set([
    ...roster.voters.flat(),
    ...roster.members,
    ...(roster.base ?? []),
    ...(roster.forced?.oldVoters.flat() ?? []),
    ...more,
  ]);
}

/** Voters exactly the two members: then only a fence, a human, or both of them decide. */
export function isTwoHosts(roster: Roster): boolean {
  const [only, second] = roster.voters;
  return (
    roster.tieBreaker !== 'witness' &&
    second === undefined &&
    only?.length === 2 &&
    roster.members.length === 2 &&
    only.every((id) => roster.members.includes(id))
  );
}

/** The name under which a standby streams: an old receiver, or a copy of it, cannot stand for it. */
export function streamName(member: VoterId, epoch: number): string {
  return `${member}.e${epoch}`;
}

/** Term of the newest promotion. */
export function lineageTerm(roster: Roster): Term {
  return roster.lineage.at(-1)?.term ?? 0;
}

/**
 * May this directory simply follow the master of that roster, or why must it be made anew? Timeline numbers prove nothing, since two
 * promotions can make the same one; our own record of promotions does.
 */
export function whyCopy(database: DatabaseReport, roster: Roster): string | null {
  if (database.runs === 'absent') return 'there is no usable directory';
  if (database.token === null) return 'the directory carries no token';
  const index = roster.lineage.findIndex((one) => one.term === database.lineage);
  if (index < 0) return 'its history is not that of the master';
  const next = roster.lineage[index + 1];
  if (next !== undefined && database.flushed > next.startLsn)
    return 'it holds work that the master never had';
  return null;
}
