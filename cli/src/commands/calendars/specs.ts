// The commands on calendars, and the one that says when schedules start next.
import type { CommandSpec, PositionalSpec } from '../command.ts';

const group = 'jobs';
const calendar: PositionalSpec = {
  name: 'CALENDAR',
  description: 'name of a calendar',
  completes: 'calendars',
};

export const calendarCommands: readonly CommandSpec[] = [
  {
    name: 'calendar list',
    aliases: ['calendar', 'calendars'],
    group,
    summary: 'List calendars with who uses them and the last day that they name',
    positionals: [],
    options: {},
    details: [
      'A calendar is written as "kind: calendar" in a YAML file; "nezuban export --kind calendar" prints those that there are.',
    ],
    examples: ['nezuban calendar list'],
    load: () => import('./list.ts'),
  },
  {
    name: 'calendar show',
    group,
    summary: 'Show the days of a year, or the calendar as YAML',
    positionals: [calendar],
    options: {
      year: {
        type: 'integer',
        value: 'YEAR',
        min: 1970,
        max: 2199,
        description: 'Another year than this one',
      },
      yaml: { type: 'flag', description: 'The definition instead of the days' },
    },
    exclusive: [['year', 'yaml']],
    details: [
      'Closed days stand in brackets. Below each month stand its days that have a name or differ from the week, inherited ones included.',
    ],
    examples: ['nezuban calendar show bank', 'nezuban calendar show bank --year 2027'],
    load: () => import('./show.ts'),
  },
  {
    name: 'calendar import',
    group,
    summary: 'Put the holidays of a file among the closed days of a calendar',
    positionals: [calendar, { name: 'FILE', description: 'CSV or iCalendar file' }],
    options: {
      'dry-run': { type: 'flag', description: 'Say what would change, and change nothing' },
      'remove-missing': {
        type: 'flag',
        description: 'Take out named days that, in the years of the file, do not stand in it',
      },
      yes: { type: 'flag', short: 'y', description: 'Do not ask' },
    },
    exclusive: [['dry-run', 'yes']],
    details: [
      'CSV: a date and a name on each line, as the Japanese Cabinet Office publishes them (2026/1/1,元日), in Shift_JIS or UTF-8. iCalendar: events of whole days.',
      'What would change is shown before it is asked for. A day that the calendar opens stays open.',
    ],
    examples: [
      'nezuban calendar import japan syukujitsu.csv',
      'nezuban calendar import japan holidays.ics --dry-run',
    ],
    load: () => import('./import-holidays.ts'),
  },
  {
    name: 'calendar delete',
    group,
    summary: 'Delete a calendar that nothing uses',
    positionals: [calendar],
    options: {},
    examples: ['nezuban calendar delete bank-2025'],
    load: () => import('./delete.ts'),
  },
  {
    name: 'net starts',
    group,
    summary: 'Show when the schedules of a job net start next, and which days they leave out and why',
    positionals: [{ name: 'NET', description: 'name of a job net', completes: 'nets' }],
    options: {
      from: {
        type: 'text',
        value: 'DATE',
        description: 'From this day on, such as 2026-12-01, instead of now',
      },
      count: { type: 'integer', value: 'N', min: 1, max: 200, description: 'Starts of each schedule (20)' },
    },
    examples: ['nezuban net starts night/settlement --count 40'],
    load: () => import('./net-starts.ts'),
  },
];
