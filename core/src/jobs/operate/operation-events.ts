// The events that operations bring about by themselves: pauses, results set by hand, and what agents say of attempts that were closed by hand.
// Starts, ends and stops of sessions have theirs in `session-events.ts`.
import { saidFacts } from '@nezuban/protocol/events/event-facts';
import type { Said } from '@nezuban/protocol/sentences/sentence';
import type { PauseKind } from '@nezuban/protocol/jobs/session';
import { byWhom } from '../marks.ts';
import type { Mark } from '../marks.ts';
import {
  nameOfSession,
  nameOfUnit,
  priorityOfStatus,
  sessionDetails,
  unitDetails,
} from '../session-events.ts';
import type { SessionEvent } from '../session-inputs.ts';
import type { DefinitionChange } from './definition-change.ts';
import type { AttemptRecord, Session, UnitRecord } from '../session-state.ts';

/** Of the session or one of its nets. */
export function sessionPaused(
  session: Session,
  record: UnitRecord,
  { kind, by }: { readonly kind: PauseKind; readonly by: Mark },
): SessionEvent {
  const follows =
    kind === 'suspended'
      ? 'Nothing new starts in it until it is released'
      : 'It ends once what runs has ended, unless it is released before';
  return {
    code: kind === 'suspended' ? 'session_suspended' : 'session_interrupted',
    priority: 'warning',
    node: null,
    message: `${nameOfPlace(session, record)} was ${kind} by ${byWhom(by.by, by.reason)}. ${follows}.`,
    details: { ...placeDetails(session, record), ...byDetails(by) },
  };
}

export function sessionReleased(session: Session, record: UnitRecord, by: Mark): SessionEvent {
  return {
    code: 'session_released',
    priority: 'info',
    node: null,
    message: `${nameOfPlace(session, record)} was released by ${byWhom(by.by, by.reason)} and goes on.`,
    details: { ...placeDetails(session, record), ...byDetails(by) },
  };
}

/** `to`: the revision. */
export function sessionRedefined(
  session: Session,
  { by, to, change }: { readonly by: Mark; readonly to: number; readonly change: DefinitionChange },
): SessionEvent {
  const counts = {
    added: change.added.length,
    removed: change.removed.length,
    changed: change.redefined.length,
  };
  return {
    code: 'session_redefined',
    priority: 'warning',
    node: null,
    message: `${nameOfSession(session)} was given revision ${to} of its definition by ${byWhom(by.by, by.reason)}: ${counts.added} units added, ${counts.removed} removed, ${counts.changed} changed.`,
    details: { ...sessionDetails(session), revision: to, ...counts, ...byDetails(by) },
  };
}

export function unitStatusSet(
  session: Session,
  record: UnitRecord,
  { status, was, by }: { readonly status: string; readonly was: string; readonly by: Mark },
): SessionEvent {
  const { reason: _sentence, reasonSaid: _said, ...details } = unitDetails(session, record);
  return {
    code: 'unit_status_set',
    priority: record.endStatus === null ? 'unknown' : priorityOfStatus[record.endStatus],
    node: null,
    message: `${nameOfUnit(session, record)} was set to ${status} by ${byWhom(by.by, by.reason)}; it was ${was}.`,
    details: { ...details, status, was, ...byDetails(by) },
  };
}

/** What an agent says of an attempt that an operator has closed. Nothing follows from it. */
export function attemptReportedLate(
  session: Session,
  record: UnitRecord,
  { attempt, late }: { readonly attempt: AttemptRecord; readonly late: Said },
): SessionEvent {
  const actor = attempt.byHand?.by ?? 'somebody';
  return {
    code: 'attempt_reported_late',
    priority: 'warning',
    node: attempt.node,
    message: `The agent of ${attempt.node} says of attempt ${attempt.id} of unit "${record.unit.path}", which ${actor} had closed as ${attempt.endStatus ?? 'unknown'}: ${late.message}. Nothing was changed.`,
    details: {
      ...sessionDetails(session),
      unit: record.unit.path,
      attempt: attempt.id,
      actor,
      status: attempt.endStatus ?? 'unknown',
      ...saidFacts('late', late),
    },
  };
}

function nameOfPlace(session: Session, record: UnitRecord): string {
  if (record.unit.parent === -1) return nameOfSession(session);
  return `Net "${record.unit.path}" of session ${session.id} (${session.plan.definition.name})`;
}

function placeDetails(session: Session, { unit }: UnitRecord): Record<string, string | number> {
  return { ...sessionDetails(session), ...(unit.parent === -1 ? {} : { unit: unit.path }) };
}

function byDetails({ by, reason }: Mark): Record<string, string> {
  return { actor: by, ...(reason === null ? {} : { why: reason }) };
}
