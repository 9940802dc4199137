// Where the units of a definition stand, apart from the definition: read from it, moved, and put back into it. Pure.
// Called by the arrange mode of the net's page. Not responsible for the layout of units without a position (layout.ts).
import type { JobNetDefinition, UnitDefinition } from '@nezuban/protocol/jobs/definition';
import { pathIn, unitsOfDefinition, type GraphUnit } from './graph-unit.ts';
import { layoutUnits, type Point } from './layout.ts';

/** By path of the unit, relative to its siblings; a unit that is not in it has none. */
export type Positions = Readonly<Record<string, Point>>;

export const positionsOf = (definition: JobNetDefinition): Positions =>
  Object.fromEntries(
    unitsOfDefinition(definition).flatMap(({ path, position }) =>
      position === null ? [] : [[path, position] as const],
    ),
  );

/** The definition with these positions and no others. Positions of units that are not there are dropped. */
export const applyPositions = (definition: JobNetDefinition, positions: Positions): JobNetDefinition => {
  const visit = (siblings: readonly UnitDefinition[], parent: string | null): UnitDefinition[] =>
    siblings.map((unit) => {
      const path = pathIn(parent, unit.name);
      const { position: _, ...rest } =
        unit.type === 'net' ? { ...unit, units: visit(unit.units, path) } : unit;
      const position = positions[path];
      return position === undefined ? rest : { ...rest, position };
    });
  return { ...definition, units: visit(definition.units, null) };
};

export type Move = {
  readonly path: string;
  /** Left upper corner relative to the net around, as the picture has it. */
  readonly to: Point;
};

/**
 * Positions after a unit was moved in the picture of these units. All that stand beside it get the position they are seen at, because
 * positions count only where all siblings have one.
 */
export const moveUnit = (
  units: readonly GraphUnit[],
  positions: Positions,
  { path, to }: Move,
): Positions => {
  const moved = units.find((unit) => unit.path === path);
  if (moved === undefined) return positions;
  const { boxes } = layoutUnits(units);
  const siblings = units.filter(({ parent }) => parent === moved.parent);
  const corners = siblings.map((unit) => ({
    path: unit.path,
    at: unit === moved ? to : (boxes.get(unit.path) ?? { x: 0, y: 0 }),
  }));
  const left = Math.min(...corners.map(({ at }) => at.x));
  const top = Math.min(...corners.map(({ at }) => at.y));
  const next = { ...positions };
  for (const corner of corners)
    next[corner.path] = { x: Math.round(corner.at.x - left), y: Math.round(corner.at.y - top) };
  return next;
};
