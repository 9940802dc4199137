// Unit type "event_send": writes an event and ends normally. The event is an effect of the step that ends the unit, so both are committed
// in one transaction: it is written once for each run of the unit, whatever restarts.
import type { PlannedEventSend } from '../net-plan.ts';
import { giveReason } from '../reasons.ts';
import { unitSays } from '../session-events.ts';
import type { UnitRecord } from '../session-state.ts';
import { emit, settle } from '../step.ts';
import type { Step } from '../step.ts';
import { fillPlaces } from '../variables/unit-texts.ts';
import type { UnitType } from './unit-type.ts';

/** Bounds of what comes of filling: parameters can be long. */
const filledMax = { message: 2_000, key: 500 } as const;

function start(step: Step, record: UnitRecord): void {
  const { session } = step;
  const { priority, message, key, clears } = eventSendOf(record).definition;
  record.startedAt = step.now;
  const says = {
    priority,
    message: fillPlaces(session, { record, text: message, charsMax: filledMax.message }),
    ...(key === undefined
      ? {}
      : { key: fillPlaces(session, { record, text: key, charsMax: filledMax.key }) }),
    ...(clears ? { clears } : {}),
  };
  giveReason(record, null);
  emit(step, unitSays(session, record, says));
  settle(step, record, { state: 'ended', endStatus: 'normal', reason: null });
}

function eventSendOf(record: UnitRecord): PlannedEventSend {
  if (record.unit.type !== 'event_send') throw new Error(`unit "${record.unit.path}" sends no event`);
  return record.unit;
}

export const eventSendUnitType: UnitType = { start };
