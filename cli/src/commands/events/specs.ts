// The commands on events.
import type { CommandSpec, OptionSpec, PositionalSpec } from '../command.ts';
import { eventFilterOptions } from './event-filter.ts';
import { filterCommands } from './filter-specs.ts';
import { statusCommands } from './status-specs.ts';

const group = 'events';
const event: PositionalSpec = { name: 'EVENT', description: 'number of an event', integer: true };
const events: PositionalSpec = { ...event, many: true };
const comment: OptionSpec = { type: 'text', value: 'TEXT', description: 'What was found or done' };

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
    aliases: ['events confirm'],
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
  {
    name: 'events follow',
    group,
    summary: 'Print the newest events, then each new one as it comes',
    positionals: [],
    options: {
      ...eventFilterOptions,
      limit: { type: 'integer', value: 'N', min: 1, max: 20_000, description: 'How many to begin with (10)' },
    },
    examples: ['nezuban events follow --priority critical --scope tokyo'],
    load: () => import('./events.ts'),
  },
  {
    name: 'events show',
    group,
    summary: 'Show all that is known of an event',
    positionals: [event],
    options: {},
    examples: ['nezuban events show 210'],
    load: () => import('./event-show.ts'),
  },
  {
    name: 'events confirming',
    group,
    summary: 'Say that you are on events',
    positionals: [events],
    options: { comment },
    examples: ['nezuban events confirming 210 --comment "calling the vendor"'],
    load: () => import('./confirm-state.ts'),
  },
  {
    name: 'events unconfirm',
    group,
    summary: 'Take back that events are confirmed or that somebody is on them',
    positionals: [events],
    options: { comment },
    examples: ['nezuban events unconfirm 210'],
    load: () => import('./confirm-state.ts'),
  },
  {
    name: 'events comment',
    group,
    summary: 'Comment on events',
    positionals: [events],
    options: { comment },
    details: ['The last comment stands on the event; earlier ones are in the audit log.'],
    examples: ['nezuban events comment 210 --comment "disk ordered"'],
    load: () => import('./confirm-state.ts'),
  },
  {
    name: 'events confirm-all',
    group,
    summary: 'Confirm all events that fit; says how many first',
    positionals: [],
    options: {
      ...eventFilterOptions,
      comment,
      yes: { type: 'flag', short: 'y', description: 'Do it; without it they are only counted' },
    },
    details: ['At most 10,000 in one call. Events that come meanwhile are left as they are.'],
    examples: ['nezuban events confirm-all --monitor severe-syslog --to 1d --yes'],
    load: () => import('./confirm-all.ts'),
  },
  {
    name: 'events field',
    group,
    summary: 'Write fields of your own on an event',
    positionals: [event, { name: 'FIELD', description: 'NAME=VALUE; NAME= takes it away', many: true }],
    options: {},
    details: ['Which fields there are is set in the settings section "events".'],
    examples: ['nezuban events field 210 ticket=INC-4711'],
    load: () => import('./event-field.ts'),
  },
  ...filterCommands,
  ...statusCommands,
];
