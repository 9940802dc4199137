// `nezuban calendar list`: calendars with who uses them.
import type { CalendarView } from '@nezuban/protocol/api/calendar-operations';
import { collect, listItemsMax } from '../../api/pages.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { out } = context;
  const api = await context.api();
  const page = await collect((query) => api.call('listCalendars', { query }), listItemsMax);
  await out.result(page, () => {
    if (page.items.length === 0) return 'No calendar.';
    return [
      ...out.table(
        [
          { title: 'CALENDAR' },
          { title: 'TODAY' },
          { title: 'ZONE' },
          { title: 'LAST DAY' },
          { title: 'USES', align: 'right' },
          { title: 'TITLE', flexible: true },
        ],
        page.items.map((view) => [
          view.calendar.name,
          view.todayOpen ? 'open' : 'closed',
          view.timezone,
          view.lastDay ?? '-',
          String(view.uses.length + view.usesHidden),
          view.calendar.title ?? '',
        ]),
      ),
      ...page.items.filter(({ ending }) => ending).map(warning),
    ];
  });
};

const warning = ({ calendar, lastDay }: CalendarView): string =>
  `Calendar ${calendar.name} names no day after ${lastDay ?? ''}: import the holidays that follow ("nezuban calendar import ${calendar.name} FILE").`;
