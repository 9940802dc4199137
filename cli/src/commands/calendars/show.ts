// `nezuban calendar show`: the days of a year, month by month, or the definition as YAML.
import type { CalendarDay, CalendarView } from '@nezuban/protocol/api/calendar-operations';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async ({ api, args, out }) => {
  const name = args.positional('CALENDAR');
  const client = await api();
  if (args.flag('yaml')) {
    const yaml = await client.call('exportCalendar', { params: { name } });
    await out.write(yaml.endsWith('\n') ? yaml : `${yaml}\n`);
    return;
  }
  const view = await client.call('getCalendar', { params: { name } });
  const year = args.integer('year') ?? Number(view.today.slice(0, 4));
  const days = await client.call('getCalendarDays', {
    params: { name },
    query: { from: `${year}-01-01`, to: `${year}-12-31` },
  });
  await out.result({ ...view, days: days.items }, () => [
    ...headOf(view),
    '',
    ...monthsOf(days.items).flatMap(monthLines),
  ]);
};

const headOf = (view: CalendarView): string[] => {
  const { calendar, uses, usesHidden } = view;
  const users = uses.map((use) => `${use.kind} ${use.name}`);
  const hidden = usesHidden === 0 ? [] : [`${usesHidden} that you may not see`];
  return [
    `${calendar.name}${calendar.title === undefined ? '' : ` (${calendar.title})`}: today, ${view.today}, is ${view.todayOpen ? 'open' : 'closed'}; days begin at ${view.dayStarts} in ${view.timezone}.`,
    ...(calendar.inherits === undefined ? [] : [`Inherits from ${calendar.inherits}.`]),
    `Used by: ${[...users, ...hidden].join(', ') || 'nothing'}.`,
  ];
};

const monthsOf = (days: readonly CalendarDay[]): (readonly CalendarDay[])[] => {
  const months = new Map<string, CalendarDay[]>();
  for (const day of days) {
    const month = day.date.slice(0, 7);
    const list = months.get(month) ?? [];
    list.push(day);
    months.set(month, list);
  }
  return [...months.values()];
};

const monthLines = (days: readonly CalendarDay[]): string[] => {
  const open = days.filter((day) => day.open).length;
  const row = days.map((day) => {
    const ofMonth = String(Number(day.date.slice(8)));
    return day.open ? ` ${ofMonth} ` : `[${ofMonth}]`;
  });
  const told = days
    .filter(({ by, name }) => by !== 'week' || name !== null)
    .map((day) => `  ${day.date} ${day.open ? 'open' : 'closed'}${day.name === null ? '' : ` ${day.name}`}`);
  return [
    `${days[0]?.date.slice(0, 7) ?? ''}, ${open} open days`,
    `  ${row.join('').trimEnd()}`,
    ...told,
    '',
  ];
};
