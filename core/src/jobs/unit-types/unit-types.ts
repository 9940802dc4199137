// The registry of unit types.
import type { PlannedUnit } from '../net-plan.ts';
import { commandUnitType } from './command.ts';
import { netUnitType } from './net.ts';
import type { UnitType } from './unit-type.ts';

export const unitTypes: Readonly<Record<PlannedUnit['type'], UnitType>> = {
  command: commandUnitType,
  net: netUnitType,
};
