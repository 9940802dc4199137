// When a unit, net or session is late: computed from its definition and from times that stand in its record, never from a timer of its own,
// so that it is the same after a restart. Pure.
import type { SessionTrigger } from '@nezuban/protocol/jobs/session';
import type { Session, UnitRecord } from '../session-state.ts';
import { hasBegunBefore, isActive, isSettled, parentOf } from '../step.ts';

const MINUTES_OF_DAY = 24 * 60;

export type Watched = { readonly what: 'start' | 'end'; readonly at: number };

/** What comes next of a unit's watches; null if nothing does now. */
export function nextWatch(session: Session, record: UnitRecord): Watched | null {
  const watch = record.unit.control?.watch ?? null;
  if (watch === null || isSettled(record)) return null;
  const told = record.control?.delayed;
  // Reopened, it has started; its end is watched when it goes on.
  if (hasBegunBefore(record)) return null;
  if (!isActive(record)) {
    const at = watch.start === undefined || told?.start !== undefined ? null : startLimit(session, record);
    return at === null ? null : { what: 'start', at };
  }
  const at = watch.end === undefined || told?.end !== undefined ? null : endLimit(session, record);
  return at === null ? null : { what: 'end', at };
}

/** Its next watch ends it, or passes it over, whatever it waits for. */
export function isEndedByWatch(session: Session, record: UnitRecord): boolean {
  const watch = record.unit.control?.watch;
  if (watch == null || record.state === 'stopping' || !session.watched.has(record.unit.index)) return false;
  const action = isActive(record) ? watch.end?.do : watch.start?.do;
  return (action ?? 'notify') !== 'notify';
}

/** Null: not known yet, because the net around it has not begun. */
function startLimit(session: Session, record: UnitRecord): number | null {
  const start = record.unit.control?.watch?.start;
  const net = parentOf(session, record);
  if (start === undefined || (net !== null && net.state !== 'running')) return null;
  if (start.at !== undefined) return timeOfSession(session, start.at);
  const from = net === null ? dueTime(session) : (net.startedAt ?? session.createdAt);
  return from + Math.ceil((start.after_s ?? 0) * 1000);
}

function endLimit(session: Session, record: UnitRecord): number | null {
  const end = record.unit.control?.watch?.end;
  if (end === undefined) return null;
  const since = record.control?.goesOnSince ?? null;
  if (end.at !== undefined) {
    const at = timeOfSession(session, end.at);
    // Whoever lets it go on after that time knows that it is late.
    return since !== null && at <= since ? null : at;
  }
  const startedAt = since ?? record.startedAt;
  if (startedAt === null) return null;
  if (end.after_s !== undefined) return startedAt + Math.ceil(end.after_s * 1000);
  const limit = session.units[0]?.control?.runTimeLimits?.[record.unit.number];
  return limit === undefined ? null : startedAt + limit;
}

/** `HH:MM`, up to 47:59, on the day for which the session was due, in the zone of its net. */
function timeOfSession(session: Session, text: string): number {
  const [hour = 0, minute = 0] = text.split(':').map(Number);
  const minutes = hour * 60 + minute;
  const day = Temporal.Instant.fromEpochMilliseconds(dueTime(session))
    .toZonedDateTimeISO(session.plan.definition.timezone)
    .toPlainDate()
    .add({ days: Math.floor(minutes / MINUTES_OF_DAY) });
  const time = Temporal.PlainTime.from({ hour: hour % 24, minute });
  return day.toZonedDateTime({ timeZone: session.plan.definition.timezone, plainTime: time }).toInstant()
    .epochMilliseconds;
}

function dueTime({ trigger, createdAt }: Session): number {
  return dueOf(trigger) ?? createdAt;
}

function dueOf(trigger: SessionTrigger): number | null {
  return trigger.type === 'schedule' ? Date.parse(trigger.dueAt) : null;
}

/** The longest run time that is not late, of earlier run times in milliseconds; null: too few are known. */
export function runTimeLimit(
  times: readonly number[],
  {
    factor,
    sigma,
    min_runs: least,
  }: { factor?: number | undefined; sigma?: number | undefined; min_runs: number },
): number | null {
  if (times.length < least) return null;
  const mean = times.reduce((sum, each) => sum + each, 0) / times.length;
  if (factor !== undefined) return Math.ceil(mean * factor);
  const variance = times.reduce((sum, each) => sum + (each - mean) ** 2, 0) / times.length;
  return Math.ceil(mean + (sigma ?? 0) * Math.sqrt(variance));
}
