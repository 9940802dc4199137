// Who uses a calendar: other calendars, notification rules, schedules of job nets, and releases of nets that are planned.
// Responsible for putting together what the domains answer and for what the one who asks may see of it.
import type { CalendarUse } from '@nezuban/protocol/api/calendar-operations';
import type { Transaction, ActorPermissions } from '../ports.ts';
import { calendarLimits } from './calendar-limits.ts';
import type { StoredCalendars } from './calendar-store.ts';

export type UseOfCalendar = CalendarUse & { readonly calendar: string };

/** Uses in what a domain holds; of one calendar, or of all. */
export type FindCalendarUses = (
  transaction: Transaction,
  calendar: string | null,
) => Promise<readonly UseOfCalendar[]>;

export const createCalendarUses = (sources: readonly FindCalendarUses[]) => ({
  /** Sorted by kind and name; those in calendars by `stored`. */
  async find(
    transaction: Transaction,
    { calendar, stored }: { readonly calendar: string | null; readonly stored: StoredCalendars },
  ): Promise<readonly UseOfCalendar[]> {
    const inherited = [...stored.values()].flatMap(({ value }): UseOfCalendar[] =>
      value.inherits === undefined || (calendar !== null && value.inherits !== calendar)
        ? []
        : [{ kind: 'calendar', name: value.name, calendar: value.inherits }],
    );
    const found: UseOfCalendar[] = [...inherited];
    // One connection: one question after the other.
    for (const source of sources) found.push(...(await source(transaction, calendar)));
    return found.sort((a, b) => (`${a.kind} ${a.name}` < `${b.kind} ${b.name}` ? -1 : 1));
  },
});
export type CalendarUses = ReturnType<typeof createCalendarUses>;

/** What the actor may not see is counted alone. */
export const visibleUses = (
  uses: readonly UseOfCalendar[],
  permissions: ActorPermissions,
): { readonly uses: readonly CalendarUse[]; readonly hidden: number } => {
  const visible = uses.filter((use) => maySee(use, permissions));
  return {
    uses: visible.map(({ kind, name }) => ({ kind, name })),
    hidden: uses.length - visible.length,
  };
};

const maySee = ({ kind, name }: CalendarUse, permissions: ActorPermissions): boolean => {
  switch (kind) {
    case 'calendar':
      return permissions.holds('calendars.read');
    case 'notification':
      return permissions.holds('notifications.read');
    case 'jobnet':
    case 'release':
      return permissions.onNet('nets.read', name);
  }
};

const useWords = {
  calendar: 'the calendar',
  notification: 'the notification rule',
  jobnet: 'schedules of the job net',
  release: 'a planned release of the job net',
} as const;

/** `the notification rule "a", schedules of the job net "b" and 3 more`. */
export const useSentence = (uses: readonly CalendarUse[], hidden: number): string => {
  const named = uses
    .slice(0, calendarLimits.usesNamedMax)
    .map(({ kind, name }) => `${useWords[kind]} "${name}"`);
  const more = uses.length - named.length + hidden;
  if (more === 0) return named.join(', ');
  return named.length === 0 ? `${more} of what you may not see` : `${named.join(', ')} and ${more} more`;
};
