// What a job net has to do with other job nets, read from its definition: which it runs, starts, waits for, never runs beside.
// Pure. Called when a definition is stored, so that both ends of a relation can be looked up.
import type { NetRelationKind } from '@nezuban/protocol/jobs/net-relation';
import type { JobNetDefinition, UnitDefinition } from '@nezuban/protocol/jobs/definition';

export type NetRelation = {
  readonly kind: NetRelationKind;
  /** The other net; it need not exist. */
  readonly other: string;
  /** Paths of the units that say so, in the definition's order; empty if the net itself does. */
  readonly units: readonly string[];
};

/** Each kind and other net once. */
export function relationsOf(definition: JobNetDefinition): NetRelation[] {
  const found = new Map<string, { kind: NetRelationKind; other: string; units: string[] }>();
  const add = (kind: NetRelationKind, other: string, unit: string | null): void => {
    const key = `${kind} ${other}`;
    const relation = found.get(key) ?? { kind, other, units: [] };
    if (unit !== null) relation.units.push(unit);
    found.set(key, relation);
  };
  walk(definition.units, '', add);
  const { any, all } = definition.start_conditions ?? {};
  for (const watcher of any ?? all ?? []) if ('net' in watcher) add('begins_after', watcher.net, null);
  for (const other of definition.exclusive_with ?? []) add('excludes', other, null);
  return [...found.values()];
}

type Add = (kind: NetRelationKind, other: string, unit: string | null) => void;

function walk(units: readonly UnitDefinition[], before: string, add: Add): void {
  for (const unit of units) {
    const path = `${before}${unit.name}`;
    switch (unit.type) {
      case 'net':
        walk(unit.units, `${path}/`, add);
        break;
      case 'net_ref':
        add('contains', unit.net, path);
        break;
      case 'net_start':
        add('starts', unit.net, path);
        break;
      case 'net_wait':
        for (const { net } of 'any' in unit.nets ? unit.nets.any : unit.nets.all) add('waits_for', net, path);
        break;
      default:
      // The other types know of no net.
    }
  }
}
