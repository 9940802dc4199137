// The types of units that make attempts on nodes, put together. A new one is a file beside this one, a line in each list here, and its kind
// in core/src/jobs/attempt-kinds.
import { commandUnitSchema, type CommandUnit } from './command.ts';
import { fileWatchUnitSchema, type FileWatchUnit } from './file-watch.ts';

export type AttemptUnit = CommandUnit | FileWatchUnit;

export const attemptUnitSchemas = [commandUnitSchema, fileWatchUnitSchema] as const;

const types: ReadonlySet<string> = new Set(attemptUnitSchemas.map(({ shape }) => shape.type.value));

/** Whether units of this type make attempts on nodes. */
export function isAttemptType(type: string): boolean {
  return types.has(type);
}

export function isAttemptUnit<Unit extends { readonly type: string }>(
  unit: Unit,
): unit is Extract<Unit, AttemptUnit> {
  return isAttemptType(unit.type);
}
