// The commands on events.
import type { CommandSpec } from '../command.ts';
import { eventFilterOptions } from './event-filter.ts';

const group = 'events';

export const eventsCommands: readonly CommandSpec[] = [
  {
    name: 'events',
    aliases: ['events list'],
    group,
    summary: 'List events, or follow them',
    positionals: [],
    options: {
      follow: { type: 'flag', short: 'f', description: 'Print the newest, then each new one as it comes' },
      ...eventFilterOptions,
      limit: {
        type: 'integer',
        value: 'N',
        min: 1,
        max: 20_000,
        description: 'How many at most (50; with --follow 10 to begin with)',
      },
    },
    details: ['The newest event stands at the bottom, as in a log.'],
    examples: ['nezuban events --priority critical --unconfirmed', 'nezuban events --follow'],
    load: () => import('./events.ts'),
  },
  {
    name: 'events export',
    group,
    summary: 'Write all events that fit, newest first',
    positionals: [],
    options: {
      format: {
        type: 'text',
        value: 'FORMAT',
        choices: ['csv', 'ndjson'],
        description: 'Form of a line (csv; with --json ndjson)',
      },
      file: { type: 'text', value: 'FILE', description: 'Write to this file instead of standard output' },
      ...eventFilterOptions,
    },
    details: ['Rows are sent as they are read, however many there are.'],
    examples: [
      'nezuban events export --from 7d --file events.csv',
      'nezuban events export --format ndjson | jq .code',
    ],
    load: () => import('./events-export.ts'),
  },
  {
    name: 'events chain',
    group,
    summary: 'Show what an event came from and what became of it: trap, notifications, escalations, sessions',
    positionals: [{ name: 'EVENT', description: 'number of an event', integer: true }],
    options: {},
    examples: ['nezuban events chain 210'],
    load: () => import('./chain.ts'),
  },
  {
    name: 'confirm',
    group,
    summary: 'Confirm events',
    positionals: [{ name: 'EVENT', description: 'number of an event', integer: true, many: true }],
    options: {
      comment: { type: 'text', value: 'TEXT', description: 'What was found or done' },
      undo: { type: 'flag', description: 'Take the confirmation back' },
    },
    examples: ['nezuban confirm 210 211 --comment "disk was full, cleaned up"'],
    load: () => import('./confirm.ts'),
  },
];
