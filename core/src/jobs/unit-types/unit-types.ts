// The registry of unit types.
import type { PlannedUnit } from '../net-plan.ts';
import { attemptUnitType } from './attempt.ts';
import { approvalUnitType } from './approval.ts';
import { eventSendUnitType } from './event-send.ts';
import { eventWaitUnitType } from './event-wait.ts';
import { judgmentUnitType } from './judgment.ts';
import { mailSendUnitType } from './mail-send.ts';
import { netStartUnitType } from './net-start.ts';
import { netUnitType } from './net.ts';
import { netWaitUnitType } from './net-wait.ts';
import { orUnitType } from './or.ts';
import type { UnitType } from './unit-type.ts';
import { waitUnitType } from './wait.ts';

export const unitTypes: Readonly<Record<PlannedUnit['type'], UnitType>> = {
  command: attemptUnitType,
  file_watch: attemptUnitType,
  http: attemptUnitType,
  ssh: attemptUnitType,
  container: attemptUnitType,
  file_transfer: attemptUnitType,
  net: netUnitType,
  wait: waitUnitType,
  judgment: judgmentUnitType,
  event_send: eventSendUnitType,
  or: orUnitType,
  event_wait: eventWaitUnitType,
  net_wait: netWaitUnitType,
  net_start: netStartUnitType,
  approval: approvalUnitType,
  mail_send: mailSendUnitType,
};
