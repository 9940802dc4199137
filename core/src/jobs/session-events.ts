// The events that a session brings about, with their sentences. Quiet on success: a unit that ends normally is seen on the session's
// page; events are for what somebody may have to read.
import { reasonFacts } from '@nezuban/protocol/events/event-facts';
import { sentenceText } from '@nezuban/protocol/sentences/sentence';
import { saidInRow, type Reason } from './reasons.ts';
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import type { SessionTrigger } from '@nezuban/protocol/jobs/session';
import type { Priority } from '@nezuban/protocol/priority';
import { leftoverPhrase } from './attempt-outcome.ts';
import type { Leftover, SessionEvent } from './session-inputs.ts';
import { isPlannedAttempt } from './net-plan.ts';
import { peopleBehind } from './people-behind.ts';
import type { AttemptRecord, Session, UnitRecord } from './session-state.ts';
import type { Decision } from './unit-work.ts';

export const priorityOfStatus: Readonly<Record<EndStatus, Priority>> = {
  normal: 'info',
  warning: 'warning',
  abnormal: 'critical',
  unknown: 'unknown',
};
const endPhrase: Readonly<Record<EndStatus, string>> = {
  normal: 'ended normally',
  warning: 'ended with a warning',
  abnormal: 'ended abnormally',
  unknown: 'ended with an unknown result',
};

export function sessionStarted(session: Session): SessionEvent {
  return {
    code: 'session_started',
    priority: 'info',
    node: null,
    message: `${nameOfSession(session)} was started ${triggerPhrase(session.trigger)}.`,
    details: sessionDetails(session),
  };
}

/** An ended or stopped session runs again. */
export function sessionResumed(session: Session, from: UnitRecord, actor: string): SessionEvent {
  const place = from.unit.parent === -1 ? '' : ` from unit "${from.unit.path}"`;
  return {
    code: 'session_started',
    priority: 'info',
    node: null,
    message: `${nameOfSession(session)} was started again${place} by ${actor}.`,
    details: { ...sessionDetails(session), actor, ...(place === '' ? {} : { unit: from.unit.path }) },
  };
}

export function sessionEnded(session: Session, endStatus: EndStatus): SessionEvent {
  return {
    code: 'session_ended',
    priority: priorityOfStatus[endStatus],
    node: null,
    message: `${nameOfSession(session)} ${endPhrase[endStatus]}.`,
    details: { ...sessionDetails(session), endStatus },
  };
}

export function sessionStopped(session: Session, actor: string, endStatus: EndStatus): SessionEvent {
  return {
    code: 'session_stopped',
    priority: 'warning',
    node: null,
    message: `${nameOfSession(session)} was stopped by ${actor}.`,
    details: { ...sessionDetails(session), actor, endStatus },
  };
}

/** Only for ends other than normal. */
export function unitEnded(session: Session, record: UnitRecord, endStatus: EndStatus): SessionEvent {
  const last = record.attempts.at(-1);
  return {
    code: 'unit_ended',
    priority: priorityOfStatus[endStatus],
    node: last?.run === record.run ? last.node : null,
    message: `${nameOfUnit(session, record)} ${endPhrase[endStatus]}${record.reason === null ? '.' : `: ${record.reason}`}`,
    details: {
      ...unitDetails(session, record),
      endStatus,
      ...(last?.run === record.run ? attemptDetails(last) : {}),
    },
  };
}

/** It runs longer than its definition finds usual, and goes on. */
export function unitSlow(session: Session, record: UnitRecord, seconds: number): SessionEvent {
  const last = record.attempts.at(-1);
  return {
    code: 'unit_slow',
    priority: 'warning',
    node: last?.run === record.run ? last.node : null,
    message: `${nameOfUnit(session, record)} has been running for ${seconds} s, which its "warn_after_s" finds long; it goes on.`,
    details: { ...unitDetails(session, record), seconds },
  };
}

/** Written by a unit of type `event_send`, with the words of its definition. */
export function unitSays(
  session: Session,
  record: UnitRecord,
  says: Pick<SessionEvent, 'priority' | 'message' | 'key' | 'clears'>,
): SessionEvent {
  return {
    code: 'job_event',
    node: null,
    ...says,
    details: unitDetails(session, record),
  };
}

/** Once for a start and once for an end in a run. */
export function unitDelayed(
  session: Session,
  record: UnitRecord,
  late: { readonly what: 'start' | 'end'; readonly at: number; readonly doing: string },
): SessionEvent {
  const name = record.unit.parent === -1 ? nameOfSession(session) : nameOfUnit(session, record);
  const limit = new Date(late.at).toISOString();
  const told = late.what === 'start' ? 'has not started by' : 'has not ended by';
  const follows = late.doing === 'notify' ? '' : ` What follows by its definition: ${late.doing}.`;
  return {
    code: late.what === 'start' ? 'start_delayed' : 'end_delayed',
    priority: 'warning',
    node: null,
    message: `${name} ${told} ${limit}.${follows}`,
    details: {
      ...(record.unit.parent === -1 ? sessionDetails(session) : unitDetails(session, record)),
      limit,
      ...(late.doing === 'notify' ? {} : { action: late.doing }),
    },
  };
}

export function unitHeld(session: Session, record: UnitRecord): SessionEvent {
  return {
    code: 'unit_held',
    priority: 'warning',
    node: null,
    message: `${nameOfUnit(session, record)} is held and waits for somebody to release it.`,
    details: unitDetails(session, record),
  };
}

export function approvalAsked(
  session: Session,
  record: UnitRecord,
  { question, channel }: { readonly question: string; readonly channel: string | undefined },
): SessionEvent {
  return {
    code: 'approval_asked',
    priority: 'info',
    node: null,
    message: `${nameOfUnit(session, record)} waits for approval: ${question}`,
    details: {
      ...unitDetails(session, record),
      question,
      ...(record.retryAt === null ? {} : { until: new Date(record.retryAt).toISOString() }),
    },
    ...(channel === undefined ? {} : { channels: [channel] }),
  };
}

export function approvalDecided(session: Session, record: UnitRecord, decision: Decision): SessionEvent {
  const { by, approve, comment } = decision;
  const said = comment === null ? '.' : `: ${comment}`;
  return {
    code: 'approval_decided',
    priority: 'info',
    node: null,
    message: `${nameOfUnit(session, record)} was ${approve ? 'approved' : 'refused'} by ${by}${said}`,
    details: {
      ...unitDetails(session, record),
      [approve ? 'approvedBy' : 'refusedBy']: by,
      ...(comment === null ? {} : { comment }),
    },
  };
}

/** What got away from an attempt that has ended: still there after its command's end, or after KILL. Nothing is done to it. */
export function attemptLeftovers(
  session: Session,
  record: UnitRecord,
  { attempt, leftovers }: { readonly attempt: AttemptRecord; readonly leftovers: readonly Leftover[] },
): SessionEvent {
  const phrase = leftoverPhrase(leftovers);
  const named = phrase === null ? '' : sentenceText(phrase, 'en');
  return {
    code: 'attempt_leftovers',
    priority: 'warning',
    node: attempt.node,
    message: `Attempt ${attempt.id} of unit "${record.unit.path}" on ${attempt.node} has ended, but ${named}.`,
    details: {
      ...unitDetails(session, record),
      attempt: attempt.id,
      count: leftovers.length,
      leftovers: leftovers.map(({ pid, command }) => `${pid} ${command}`).join('\n'),
    },
  };
}

export function attemptUnknown(session: Session, record: UnitRecord, attempt: AttemptRecord): SessionEvent {
  const { unit } = record;
  const repeated = isPlannedAttempt(unit) && unit.rules.repeatable && record.state !== 'stopping';
  return {
    code: 'attempt_unknown',
    priority: repeated ? 'warning' : 'unknown',
    node: attempt.node,
    message: `Nobody can say how attempt ${attempt.id} of unit "${record.unit.path}" on ${attempt.node} ended: ${attempt.reason ?? 'no reason given'}. ${repeated ? 'It may be begun again, and is, by itself.' : 'It is not run again by itself.'}`,
    details: {
      ...unitDetails(session, record),
      ...attemptDetails(attempt),
      ...(repeated ? { repeatable: unit.type } : {}),
    },
  };
}

/** Refused by the agent, or by the manager where the agent's release does not know such an order. */
/** Its agent did not take it in time. */
export function attemptWithdrawn(
  session: Session,
  record: UnitRecord,
  { attempt, seconds }: { readonly attempt: AttemptRecord; readonly seconds: number },
): SessionEvent {
  return {
    code: 'attempt_moved',
    priority: 'warning',
    node: attempt.node,
    message: `The agent of ${attempt.node} did not take attempt ${attempt.id} of unit "${record.unit.path}" within ${seconds} s: it is withdrawn, and goes to the next node unless it has been started there.`,
    details: { ...unitDetails(session, record), ...attemptDetails(attempt), seconds },
  };
}

export function attemptRefused(
  session: Session,
  record: UnitRecord,
  { attempt, code }: { readonly attempt: AttemptRecord; readonly code: string },
): SessionEvent {
  const who = code === 'agent_old' ? 'The manager' : `The agent of ${attempt.node}`;
  return {
    code: 'attempt_refused',
    priority: 'warning',
    node: attempt.node,
    message: `${who} refused attempt ${attempt.id} of unit "${record.unit.path}": ${attempt.reason ?? 'no reason given'}.`,
    details: { ...unitDetails(session, record), ...attemptDetails(attempt) },
  };
}

export function nameOfSession(session: Session): string {
  return `Session ${session.id} of ${session.plan.definition.name}`;
}

export function nameOfUnit(session: Session, record: UnitRecord): string {
  return `Unit "${record.unit.path}" of session ${session.id} (${session.plan.definition.name})`;
}

function triggerPhrase(trigger: SessionTrigger): string {
  switch (trigger.type) {
    case 'manual':
      return `by ${trigger.user}`;
    case 'schedule':
      return `by schedule "${trigger.schedule}", due at ${trigger.dueAt}`;
    case 'unit':
      return `by unit "${trigger.unit}" of session ${trigger.session} (${trigger.net})`;
    case 'condition':
      return `by its start conditions, generation ${trigger.generation}`;
  }
}

/** For what starts by it: the people behind it stand behind that, too. */
function startedBy(session: Session): Record<string, string> {
  const people = peopleBehind(session);
  return people.length === 0 ? {} : { startedBy: people.join(', ') };
}

export function sessionDetails(session: Session): Record<string, string | number> {
  return { session: session.id, net: session.plan.definition.name, ...startedBy(session) };
}

export function unitDetails(session: Session, record: UnitRecord): Record<string, string | number> {
  return {
    ...sessionDetails(session),
    unit: record.unit.path,
    run: record.run,
    ...reasonOfRow(record),
  };
}

function reasonOfRow(record: Reason): Readonly<Record<string, string>> {
  const said = saidInRow(record);
  return said === null ? {} : reasonFacts(said);
}

function attemptDetails(attempt: AttemptRecord): Record<string, string | number> {
  return {
    attempt: attempt.id,
    ...(attempt.exitCode === null ? {} : { exitCode: attempt.exitCode }),
    ...(attempt.signal === null ? {} : { signal: attempt.signal }),
    ...reasonOfRow(attempt),
  };
}
