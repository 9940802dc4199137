// Which notification rules name a calendar in their times. Called by the calendars domain, for lists and before one is deleted.
import type { FindCalendarUses, UseOfCalendar } from '../calendars/calendar-uses.ts';

export const findRulesOnCalendar: FindCalendarUses = async (transaction, calendar) => {
  const { rows } = await transaction.query<UseOfCalendar>(
    `SELECT DISTINCT 'notification' AS kind, r.name, band.calendar #>> '{}' AS calendar
     FROM notification_rule r
     CROSS JOIN LATERAL jsonb_path_query(r.definition, '$.times.*[*].calendar') AS band (calendar)
     WHERE $1::text IS NULL OR band.calendar #>> '{}' = $1`,
    [calendar],
  );
  return rows;
};
