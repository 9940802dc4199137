/**
 * The second phase of a run: all faults end on a set of hosts that must suffice, and then the cluster must serve within a bound.
 *
 * Responsible for choosing that set and for judging progress. Hosts that are not needed may stay dead.
 */
import type { Roster, VoterId } from '@nezuban/protocol/pair/roster';
import { NO_TROUBLES } from './chance.ts';
import type { Host } from './host.ts';
import type { World } from './world.ts';

export interface Progress {
  /** True time at which faults ended. */
  readonly since: number;
  /** Entries up to this one are older than that. */
  readonly entries: number;
  /** All members are up, so both must be in sync in the end. */
  readonly isWhole: boolean;
  servedMs: number | null;
  pairedMs: number | null;
}

const SOME_STAY_DEAD_CHANCE = 0.3;
/** For hosts that nobody needs any more. */
const FOR_EVER_MS = 10_000_000;

/**
 * Nobody can be elected by the protocol itself: all complete copies are gone, or a majority of voters, or of the former voters that the
 * only voter must ask after a restart, has lost its memory. Then only an operator's force would help.
 */
export function isHopeless(world: World): boolean {
  const isMissing = (set: readonly VoterId[]): boolean =>
    2 * set.filter((id) => world.hosts.some(({ voterId }) => voterId === id)).length <= set.length;
  return world.checks.rosters.electable().some((roster) => {
    const former = roster.forced?.oldVoters ?? (roster.base === null ? [] : [roster.base]);
    return keepers(world, roster).length === 0 || [...former, ...roster.voters].some(isMissing);
  });
}

/** Members whose directory is the one that the roster names. */
function keepers(world: World, roster: Roster): Host[] {
  return world.members.filter(
    ({ voterId, postgres }) =>
      roster.inSync[voterId] !== undefined && postgres.directory?.token === roster.inSync[voterId],
  );
}

/** Ends all faults. Some hosts may stay dead where the others suffice. */
export function heal(world: World): Progress {
  world.adversary.stop();
  world.operators.stopDisturbing();
  world.network.heal();
  world.chance.troubles = NO_TROUBLES;
  const dead = chooseDead(world);
  for (const host of world.hosts) {
    host.disk.slow = false;
    host.disk.failing = false;
    host.slowData = false;
    host.sick = false;
    host.wake();
    if (dead.includes(host)) host.powerOff(FOR_EVER_MS);
    else host.powerOn();
  }
  for (const { actor } of world.members) actor?.reportSoon(0);
  world.trace?.note('heal', `faults end; dead: ${dead.map(({ name }) => name).join(' ') || 'nobody'}`);
  return {
    since: world.queue.now,
    entries: world.entries,
    isWhole: !dead.some(({ role }) => role === 'member'),
    servedMs: null,
    pairedMs: null,
  };
}

/** Hosts that can be missed: what remains has majorities of all voter sets that could count, and a complete copy. */
function chooseDead(world: World): Host[] {
  const { draw } = world.chance;
  const { layout } = world.options;
  if (layout === 'fence' || layout === 'manual' || !draw.chance(SOME_STAY_DEAD_CHANCE)) return [];
  const rosters = world.checks.rosters.electable();
  if (world.hosts.some(({ held }) => held)) return [];
  // An operator's commands would need those who are dead.
  if (rosters.some(({ base, forced }) => base !== null || forced !== null)) return [];
  const host = draw.pick(world.hosts);
  if (host === undefined) return [];
  const { durable } = world.checks.rosters;
  const isEnough = rosters.every(
    (roster) =>
      keepers(world, roster).some((one) => one !== host) &&
      roster.voters.every((set) => {
        const alive = set.filter((id) => id !== host.voterId && durable.has(id)).length;
        return 2 * alive > set.length;
      }),
  );
  return isEnough ? [host] : [];
}

/** Looks how far the cluster has come. True when everything is as it should be. */
export function isDone(world: World, progress: Progress): boolean {
  const { now } = world.queue;
  if (progress.servedMs === null && world.newestAcknowledged > progress.entries)
    progress.servedMs = now - progress.since;
  if (progress.servedMs === null) return false;
  const newest = world.checks.rosters.newest?.roster;
  if (newest === undefined) return false;
  const isPaired = newest.members.every((id) => newest.inSync[id] !== undefined);
  if (!isPaired && progress.isWhole) return false;
  progress.pairedMs = now - progress.since;
  return true;
}
