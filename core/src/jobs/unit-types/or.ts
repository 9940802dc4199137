// Unit type "or": where branches meet. Has no work of its own and ends normally at once; `after: { any: [...] }` makes it an OR.
import type { UnitRecord } from '../session-state.ts';
import { settle } from '../step.ts';
import type { Step } from '../step.ts';
import type { UnitType } from './unit-type.ts';

function start(step: Step, record: UnitRecord): void {
  record.startedAt = step.now;
  settle(step, record, { state: 'ended', endStatus: 'normal', reason: null });
}

export const orUnitType: UnitType = { start };
