// What of a calendar has the right shape and no sense: days that do not exist, a day that is open and closed, a circle of inheritance. Pure.
// Called wherever a calendar comes in, by YAML or by the API; `judgeInheritance` where the others are known, too.
import { calendarLimits, type CalendarDefinition } from '@nezuban/protocol/calendars/calendar';
import { say } from '@nezuban/protocol/sentences/sentence';
import { judgeTimeZone } from '../definitions/judge-time-zone.ts';
import type { PathIssue } from '../definitions/path-issue.ts';
import type { CalendarDefinitions } from './calendar.ts';
import { dateText } from './civil-date.ts';
import { daysOfEntry, entryObject } from './day-entries.ts';

/** Issues of one calendar; a list with the same slip in each line would only hide the others. */
const issuesMax = 50;

export const judgeCalendar = (calendar: CalendarDefinition): readonly PathIssue[] => {
  const zone = calendar.timezone === undefined ? null : judgeTimeZone(calendar.timezone, ['timezone']);
  const self: readonly PathIssue[] =
    calendar.inherits === calendar.name ? [{ path: ['inherits'], ...say('calendar_itself') }] : [];
  return [...(zone === null ? [] : [zone]), ...self, ...judgeDays(calendar)].slice(0, issuesMax);
};

const tooMany: PathIssue = {
  path: [],
  ...say('calendar_too_many_days', { max: calendarLimits.daysMax }),
};

const judgeDays = (calendar: CalendarDefinition): readonly PathIssue[] => {
  const issues: PathIssue[] = [];
  const closedBy = new Map<string, number>();
  let days = 0;
  for (const list of ['closed', 'open'] as const)
    for (const [index, entry] of calendar[list].entries()) {
      const path = [list, index];
      const found = daysOfEntry(entry);
      if (found.kind === 'wrong') {
        // A bare date has no keys.
        const key = typeof entry === 'string' ? [] : [found.key];
        issues.push({ path: [...path, ...key], ...found.said });
        continue;
      }
      const keys = found.kind === 'dated' ? found.days.map(dateText) : found.days;
      days += keys.length;
      // A list that is far too long is not gone through to its end.
      if (days > calendarLimits.daysMax) return [...issues, tooMany];
      if (list === 'closed') for (const key of keys) closedBy.set(key, index);
      else {
        const twice = keys.find((key) => closedBy.has(key));
        if (twice !== undefined)
          issues.push({
            path,
            ...say('calendar_opens_closed', { day: twice, number: (closedBy.get(twice) ?? 0) + 1 }),
          });
      }
    }
  return issues;
};

/** Null: it may stand among the others, as they are. */
export const judgeInheritance = (
  calendar: CalendarDefinition,
  others: CalendarDefinitions,
): PathIssue | null => {
  const path = ['inherits'];
  const above = [calendar.name];
  let next = calendar.inherits;
  while (next !== undefined) {
    if (above.includes(next))
      return { path, ...say('calendar_circle', { circle: [...above, next].join(' -> ') }) };
    const definition = others.get(next);
    if (definition === undefined) return { path, ...say('no_calendar', { name: next }) };
    above.push(next);
    if (above.length > calendarLimits.inheritedMax)
      return {
        path,
        ...say('calendar_too_high', { max: calendarLimits.inheritedMax - 1, chain: above.join(' -> ') }),
      };
    next = definition.inherits;
  }
  return null;
};

/** Names of the calendars whose days rest on this one, itself included. */
export const dependentsOf = (name: string, definitions: CalendarDefinitions): ReadonlySet<string> => {
  const found = new Set([name]);
  for (let before = 0; before < found.size;) {
    before = found.size;
    for (const { name: other, inherits } of definitions.values())
      if (inherits !== undefined && found.has(inherits)) found.add(other);
  }
  return found;
};

/** For the picture and the import: the entry that names exactly this one day of one year. */
export const indexOfSingleDay = (list: CalendarDefinition['closed'], date: string): number =>
  list.findIndex((entry) => {
    const each = entryObject(entry);
    return each.date === date && (each.to === undefined || each.to === each.date);
  });
