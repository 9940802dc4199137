// The people behind a session: who has started it, or had it started by a schedule, a condition or another net, who has prepared its start, who has run something in it
// again, and who has given it another definition. None of them may decide an approval that excludes its starter. Pure.
import type { EventCode, EventView } from '@nezuban/protocol/events/event';
import type { SessionTrigger } from '@nezuban/protocol/jobs/session';
import type { Session } from './session-state.ts';
import { recordAt } from './step.ts';

/** As many are kept; who starts, runs again and defines one session are a handful. */
export const peopleBehindMax = 100;

/** The person who has started it, also where a net between them or a start before its time has begun it; null: nobody. */
export function starterOf(trigger: SessionTrigger): string | null {
  if (trigger.type === 'manual') return trigger.user;
  return trigger.type === 'condition' ? null : (trigger.by ?? null);
}

/** Each once. */
export function peopleBehind(session: Session): string[] {
  const { trigger } = session;
  const people = [starterOf(trigger)];
  people.push(trigger.onBehalfOf ?? null);
  if (trigger.type === 'schedule') people.push(trigger.prepared?.by ?? null);
  else people.push(...(trigger.behind ?? []));
  const { marks } = recordAt(session, 0);
  people.push(...(marks?.rerunBy ?? []), ...(marks?.definitions ?? []).map(({ by }) => by));
  return [...new Set(people.filter((name) => name !== null))].slice(0, peopleBehindMax);
}

/**
 * The people behind an event, who so stand behind what starts by it. Said by events of sessions and of changes alone: what devices and others
 * write into theirs is theirs.
 */
export function peopleInEvent({ code, details }: Pick<EventView, 'code' | 'details'>): string[] {
  if (!namesPeople.has(code)) return [];
  const all = details['startedBy'];
  const people = typeof all === 'string' ? all.split(', ') : [];
  for (const name of ['actor', 'approvedBy', 'refusedBy']) {
    const person = details[name];
    if (typeof person === 'string') people.push(person);
  }
  return [...new Set(people)].slice(0, peopleBehindMax);
}

const namesPeople: ReadonlySet<string> = new Set<EventCode>([
  'session_started',
  'session_ended',
  'session_stopped',
  'session_suspended',
  'session_interrupted',
  'session_released',
  'session_redefined',
  'unit_ended',
  'unit_slow',
  'unit_held',
  'unit_status_set',
  'job_event',
  'approval_asked',
  'approval_decided',
  'attempt_unknown',
  'attempt_leftovers',
  'attempt_refused',
  'attempt_moved',
  'attempt_reported_late',
  'start_delayed',
  'end_delayed',
  'definition_changed',
  'work_frozen',
  'work_resumed',
]);
