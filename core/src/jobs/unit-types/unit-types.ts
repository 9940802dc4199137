// The registry of unit types.
import type { PlannedUnit } from '../net-plan.ts';
import { attemptUnitType } from './attempt.ts';
import { eventSendUnitType } from './event-send.ts';
import { judgmentUnitType } from './judgment.ts';
import { netUnitType } from './net.ts';
import type { UnitType } from './unit-type.ts';
import { waitUnitType } from './wait.ts';

export const unitTypes: Readonly<Record<PlannedUnit['type'], UnitType>> = {
  command: attemptUnitType,
  net: netUnitType,
  wait: waitUnitType,
  judgment: judgmentUnitType,
  event_send: eventSendUnitType,
};
