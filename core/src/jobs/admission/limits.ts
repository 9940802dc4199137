// The limits in force, as the admission book asks for them. Made anew whenever one of them changes.
import type { LimitDefinition, LimitPause } from '@nezuban/protocol/jobs/control/limit';
import { capacityOf, type Capacity } from './capacity.ts';
import { partsOf, type ResourceId } from './claims.ts';

export type Limit = {
  readonly definition: LimitDefinition;
  readonly paused: LimitPause | null;
  /** For those who change it. */
  readonly revision?: number;
};
/** With how many places it has when it is not paused. */
export type KnownLimit = Limit & { readonly capacity: Capacity };
export type Limits = {
  /** Places of a resource at an instant: those of its definition, none while it is paused, else of a lock one, of anything else no bound. */
  readonly places: (resource: ResourceId, now: number) => number;
  readonly nextChange: (resource: ResourceId, now: number) => number | null;
  readonly has: (resource: ResourceId) => boolean;
  readonly find: (resource: ResourceId) => KnownLimit | null;
  /** All that are defined. */
  readonly ids: readonly ResourceId[];
  readonly hasNodes: boolean;
  readonly nodes: ReadonlySet<string>;
};

export function limitsOf(limits: readonly Limit[]): Limits {
  const known = new Map<ResourceId, KnownLimit>();
  for (const limit of limits) {
    const { kind, name } = limit.definition;
    known.set(`${kind} ${name}`, { ...limit, capacity: capacityOf(limit.definition) });
  }
  const nodes = new Set(
    limits.flatMap(({ definition }) => (definition.kind === 'node_limit' ? [definition.name] : [])),
  );
  return {
    places(resource, now) {
      const limit = known.get(resource);
      if (limit === undefined) return partsOf(resource).kind === 'lock' ? 1 : Infinity;
      return limit.paused === null ? limit.capacity.at(now) : 0;
    },
    nextChange: (resource, now) => known.get(resource)?.capacity.nextChange(now) ?? null,
    has: (resource) => known.has(resource),
    find: (resource) => known.get(resource) ?? null,
    ids: [...known.keys()],
    hasNodes: nodes.size > 0,
    nodes,
  };
}

export const noLimits: Limits = limitsOf([]);
