// The commands on events.
import type { CommandSpec } from '../command.ts';

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
      priority: {
        type: 'text',
        value: 'PRIORITY',
        many: true,
        choices: ['info', 'unknown', 'warning', 'critical'],
        description: 'Only events of this priority; may be repeated',
      },
      unconfirmed: { type: 'flag', description: 'Only events that nobody has confirmed' },
      node: { type: 'text', value: 'NODE', description: 'Only events of this node' },
      session: {
        type: 'integer',
        value: 'N',
        min: 1,
        max: Number.MAX_SAFE_INTEGER,
        description: 'Only events of this session',
      },
      search: { type: 'text', value: 'TEXT', description: 'Only events whose message holds the text' },
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
