// How much of each resource is in use, and whether a claim fits beside it. Pure bookkeeping; knows no sessions.
import type { Claim, ResourceId } from './claims.ts';

export type Use = { used: number; whole: number; excluded: number };
export type Uses = Map<ResourceId, Use>;

const nothing: Readonly<Use> = { used: 0, whole: 0, excluded: 0 };

export function useOf(uses: Uses, resource: ResourceId): Readonly<Use> {
  return uses.get(resource) ?? nothing;
}

/** Adds a claim, or with -1 takes it away again. */
export function addClaim(uses: Uses, claim: Claim, by: 1 | -1): void {
  const use = uses.get(claim.resource) ?? { ...nothing };
  if (claim.count === 'whole') use.whole += by;
  else if (claim.count === 'exclude') use.excluded += by;
  else use.used += by * claim.count;
  if (use.used === 0 && use.whole === 0 && use.excluded === 0) uses.delete(claim.resource);
  else uses.set(claim.resource, use);
}

/** Whether a claim fits beside what is in use and what is kept for those that come first. */
export function fits(claim: Claim, places: number, uses: readonly Readonly<Use>[]): boolean {
  let used = 0;
  let whole = 0;
  let excluded = 0;
  for (const use of uses) {
    used += use.used;
    whole += use.whole;
    excluded += use.excluded;
  }
  switch (claim.count) {
    case 'whole':
      return used === 0 && whole === 0 && places > 0;
    case 'exclude':
      return used === 0 && whole === 0;
    default:
      return whole === 0 && excluded === 0 && used + claim.count <= Math.min(places, claim.max ?? Infinity);
  }
}

/** Whether a claim could ever be met with so many places: if not, nothing is kept for whoever waits for it. */
export function isPossible(claim: Claim, places: number): boolean {
  return claim.count === 'exclude' || (claim.count === 'whole' ? places > 0 : claim.count <= places);
}
