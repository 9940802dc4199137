// Who may do what: the grants of a user's roles, and the limits of the API token that he uses, turned into answers. Pure.
// A deny wins over every allow. Called by the manager for each request, list and live message; not responsible for who a user is, nor for
// which scopes a node lies in: that is given.
import { rightPlaces, rights } from '@nezuban/protocol/access/rights';
import type { Right } from '@nezuban/protocol/access/rights';
import { fitsLimits, rightsOfPattern } from '@nezuban/protocol/access/role';
import type { Grant } from '@nezuban/protocol/access/role';
import type { TokenLimits } from '@nezuban/protocol/access/views';
import { coversArea } from './covers.ts';
import { allowsPoint, isNetBelow, netPoint, nowhere } from './area.ts';
import type { Area } from './area.ts';

export type Permissions = {
  readonly grants: readonly Grant[];
  /** Null: not narrowed by a token. */
  readonly limits: TokenLimits | null;
  /** Where a right is held, as stored; for turning into conditions of lists. */
  readonly area: (right: Right) => Area;
  /** Held anywhere. */
  readonly holds: (right: Right) => boolean;
  /** Held without any limit. */
  readonly everywhere: (right: Right) => boolean;
  readonly onNet: (right: Right, net: string) => boolean;
  /** `scopes`: all that the node lies in, parents of scopes included. Of a scope itself: the scope and its parents. */
  readonly onScopes: (right: Right, scopes: ReadonlySet<string>) => boolean;
};

/** Grants of all roles together; the order does not matter. */
export const createPermissions = (
  grants: readonly Grant[],
  limits: TokenLimits | null = null,
): Permissions => {
  const areas = new Map(rights.map((right) => [right, areaOf(right, { grants, limits })]));
  const area = (right: Right): Area => areas.get(right) ?? nowhere;
  return {
    grants,
    limits,
    area,
    holds: (right) => isSomewhere(right, area(right)),
    everywhere: (right) => isEverywhere(area(right)),
    onNet: (right, net) => allowsPoint(area(right), netPoint(net)),
    onScopes: (right, scopes) => allowsPoint(area(right), (scope) => scopes.has(scope)),
  };
};

/**
 * Whether `mine` allows all that `other` allows, at every place: the rule for giving. `parentsOf` gives the scopes above a scope, so that who
 * holds a right in a scope may give it in a scope inside.
 */
export const covers = (
  mine: Permissions,
  other: Permissions,
  parentsOf: (scope: string) => readonly string[],
): boolean => firstUncovered(mine, other, parentsOf) === null;

/** A right that `other` has at a place where `mine` has not; null: none. */
export const firstUncovered = (
  mine: Permissions,
  other: Permissions,
  parentsOf: (scope: string) => readonly string[],
): Right | null =>
  rights.find(
    (right) =>
      !coversArea(
        { mine: mine.area(right), other: other.area(right) },
        { place: rightPlaces[right], parentsOf },
      ),
  ) ?? null;

const areaOf = (
  right: Right,
  from: { readonly grants: readonly Grant[]; readonly limits: TokenLimits | null },
): Area => {
  const place = rightPlaces[right];
  const placeOf = (limited: { folder?: string | null | undefined; scope?: string | null | undefined }) =>
    (place === 'folder' ? limited.folder : place === 'scope' ? limited.scope : null) ?? null;
  const meant = from.grants.filter(
    (grant) => fitsLimits(right, grant) && grant.rights.some((one) => rightsOfPattern(one).includes(right)),
  );
  const placesOf = (effect: Grant['effect']) =>
    meant.flatMap((grant) => (grant.effect === effect ? [placeOf(grant)] : []));
  const [allowed, denied] = [placesOf('allow'), placesOf('deny')];
  if (allowed.length === 0 || denied.includes(null)) return nowhere;
  const { limits } = from;
  if (limits !== null) {
    const named = limits.rights === null || limits.rights.some((one) => rightsOfPattern(one).includes(right));
    const fits = fitsLimits(right, {
      folder: limits.folder ?? undefined,
      scope: limits.scope ?? undefined,
    });
    if (!named || !fits) return nowhere;
  }
  return {
    all: allowed.includes(null),
    in: distinct(allowed),
    notIn: distinct(denied),
    within: limits === null ? null : placeOf(limits),
  };
};

const distinct = (places: readonly (string | null)[]): readonly string[] => [
  ...new Set(places.filter((place) => place !== null)),
];

const isEverywhere = (area: Area): boolean => area.all && area.notIn.length === 0 && area.within === null;

/** Of folders exact. Of scopes a deny of a parent scope is not seen here, since the tree is not known: then lists are empty. */
const isSomewhere = (right: Right, area: Area): boolean => {
  if (!area.all && area.in.length === 0) return false;
  if (rightPlaces[right] !== 'folder') {
    const least = area.all ? [[]] : area.in.map((place) => [place]);
    return least.some((places) => {
      const set = new Set(area.within === null ? places : [...places, area.within]);
      return allowsPoint(area, (place) => set.has(place));
    });
  }
  const candidates = [...(area.all ? [''] : []), ...area.in, ...(area.within === null ? [] : [area.within])];
  return candidates.some((folder) => allowsPoint(area, (place) => isNetBelow(folder, place)));
};
