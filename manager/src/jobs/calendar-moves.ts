// What a change of calendars means to schedules, and which nets name a calendar. Called by the calendars domain in the transaction of a change.
//
// Every instant of a schedule is decided once, by the calendar that is in force at that time. So the change raises `last_checked` of each schedule
// that it concerns to its own time: days that were opened or closed afterwards make no start of the past. Where a start is due by the days that
// held until now and not yet made (held by a freeze, or in this very moment) it stays where it is, and the new days decide. The schedule's
// `calendar_revision` makes a start that was decided before the change, and is stored after it, come to nothing: it is decided again.
import { setImmediate } from 'node:timers/promises';
import { openRunTimes } from '@nezuban/core/schedules/next-runs';
import type { ScheduleDefinition } from '@nezuban/protocol/jobs/schedule';
import type { FindCalendarUses, UseOfCalendar } from '../calendars/calendar-uses.ts';
import type { MoveSchedules } from '../calendars/calendar-changes.ts';

type Row = {
  readonly net: string;
  readonly timezone: string;
  readonly schedule: ScheduleDefinition;
  readonly lastChecked: number;
};

/** Schedules looked at in one go; each takes a tenth to half a millisecond, and others wait meanwhile. */
const AT_ONCE = 50;

export const moveSchedules: MoveSchedules = async (transaction, { calendars, before, at, revision }) => {
  const { rows } = await transaction.query<Row>(
    `SELECT n.name AS net, n.timezone, each.schedule, round(extract(epoch FROM s.last_checked) * 1000) AS "lastChecked"
     FROM net n CROSS JOIN LATERAL jsonb_array_elements(n.schedules) AS each (schedule)
     JOIN schedule_state s ON s.net = n.name AND s.schedule = each.schedule ->> 'name'
     WHERE each.schedule ->> 'calendar' = ANY ($1) ORDER BY n.name, s.schedule FOR UPDATE OF s`,
    [[...calendars]],
  );
  const raised: { net: string; schedule: string; until: Date | null }[] = [];
  for (const [index, { net, timezone, schedule, lastChecked }] of rows.entries()) {
    if (index % AT_ONCE === AT_ONCE - 1) await setImmediate();
    const due = schedule.enabled ? openRunTimes(schedule, timezone, before).next(Number(lastChecked)) : null;
    const isDue = due !== null && due <= at.getTime();
    raised.push({ net, schedule: schedule.name, until: isDue ? null : at });
  }
  // A null is passed over by greatest().
  await transaction.query(
    `UPDATE schedule_state s SET last_checked = greatest(s.last_checked, r.until), calendar_revision = $4
     FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS r (net, schedule, until)
     WHERE s.net = r.net AND s.schedule = r.schedule`,
    [
      raised.map(({ net }) => net),
      raised.map(({ schedule }) => schedule),
      raised.map(({ until }) => until),
      revision,
    ],
  );
  return [...new Set(rows.map(({ net }) => net))];
};

/** Nets whose schedules name a calendar, and planned releases of contents that do. */
export const findNetsOnCalendar: FindCalendarUses = async (transaction, calendar) => {
  const { rows } = await transaction.query<UseOfCalendar>(
    `SELECT DISTINCT 'jobnet' AS kind, n.name, each.schedule ->> 'calendar' AS calendar
     FROM net n CROSS JOIN LATERAL jsonb_array_elements(n.schedules) AS each (schedule)
     WHERE each.schedule ? 'calendar' AND ($1::text IS NULL OR each.schedule ->> 'calendar' = $1)
     UNION
     SELECT DISTINCT 'jobnet', n.name, r.definition -> 'business_date' ->> 'calendar'
     FROM net n JOIN net_revision r ON r.net = n.name AND r.revision = n.revision
     WHERE r.definition ? 'business_date' AND ($1::text IS NULL OR r.definition -> 'business_date' ->> 'calendar' = $1)
     UNION
     SELECT DISTINCT 'jobnet', w.net, each.time ->> 'calendar'
     FROM net_watch w CROSS JOIN LATERAL jsonb_path_query(w.conditions, '$.*[*].time') AS each (time)
     WHERE each.time ? 'calendar' AND ($1::text IS NULL OR each.time ->> 'calendar' = $1)
     UNION
     SELECT DISTINCT 'release', r.net, each.schedule ->> 'calendar'
     FROM net_release p JOIN net_revision r ON r.net = p.net AND r.revision = p.revision
     CROSS JOIN LATERAL jsonb_array_elements(r.definition -> 'schedules') AS each (schedule)
     WHERE p.state = 'planned' AND each.schedule ? 'calendar' AND ($1::text IS NULL OR each.schedule ->> 'calendar' = $1)`,
    [calendar],
  );
  return rows;
};
