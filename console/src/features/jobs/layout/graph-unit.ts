// A unit as the picture needs it, from a definition or from a session alike. Pure.
import type { EdgeOutcome } from '@nezuban/protocol/jobs/units/unit-base';
import type { JobNetDefinition, UnitDefinition } from '@nezuban/protocol/jobs/definition';

export type GraphUnit = {
  /** Names joined by `/` from the root's child down. */
  readonly path: string;
  /** Path of the net around it; null at the root. */
  readonly parent: string | null;
  readonly name: string;
  readonly title: string | null;
  readonly type: UnitDefinition['type'];
  readonly position: { readonly x: number; readonly y: number } | null;
  readonly after: {
    readonly mode: 'all' | 'any';
    readonly edges: readonly {
      readonly unit: string;
      readonly on: readonly EdgeOutcome[];
      /** In the difference of two definitions. */
      readonly mark?: 'added' | 'removed' | 'changed';
      /** What the arrow says, where that is not on which ends it leads on. */
      readonly word?: string;
    }[];
  };
};

export const pathIn = (parent: string | null, name: string): string =>
  parent === null ? name : `${parent}/${name}`;

/** All units of a definition, each net before what lies in it. */
export const unitsOfDefinition = (
  definition: JobNetDefinition,
): (GraphUnit & { readonly definition: UnitDefinition })[] => {
  const units: (GraphUnit & { readonly definition: UnitDefinition })[] = [];
  const visit = (siblings: readonly UnitDefinition[], parent: string | null): void => {
    for (const unit of siblings) {
      const path = pathIn(parent, unit.name);
      const { after } = unit;
      units.push({
        path,
        parent,
        name: unit.name,
        title: unit.title ?? null,
        type: unit.type,
        position: unit.position ?? null,
        after:
          after === undefined
            ? { mode: 'all', edges: [] }
            : 'all' in after
              ? { mode: 'all', edges: after.all }
              : { mode: 'any', edges: after.any },
        definition: unit,
      });
      if (unit.type === 'net') visit(unit.units, path);
    }
  };
  visit(definition.units, null);
  return units;
};
