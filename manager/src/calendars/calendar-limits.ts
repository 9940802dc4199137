// The bounds of the calendars domain, each with its reason.
import { calendarLimits as protocolLimits } from '@nezuban/protocol/calendars/calendar';

export const calendarLimits = {
  calendarsMax: protocolLimits.calendarsMax,
  /** Uses named in a refusal; more would hide the sentence. */
  usesNamedMax: 5,
  /** Between two looks at whether holidays run out, and whether the copy in memory is that of the database. */
  lookEveryMs: 60_000,
  /** The days of a calendar that is in use end so soon: told, while there is time to get the next year's. */
  endWarningDays: 30,
} as const;
