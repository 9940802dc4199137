// The commands on traps as they were heard.
import type { CommandSpec } from '../command.ts';
import { timeRangeOptions } from '../shared/time-range.ts';

const group = 'events';

export const trapsCommands: readonly CommandSpec[] = [
  {
    name: 'trap list',
    aliases: ['traps', 'trap'],
    group,
    summary: 'List what devices have said, whether it became an event or not',
    positionals: [],
    options: {
      node: { type: 'text', value: 'NODE', description: 'Only of this node', completes: 'nodes' },
      address: {
        type: 'text',
        value: 'ADDRESS',
        description: 'Only of this sender: an address, or a network such as 192.0.2.0/24',
      },
      protocol: {
        type: 'text',
        value: 'PROTOCOL',
        many: true,
        choices: ['syslog', 'snmp', 'custom', 'control'],
        description: 'Only by this protocol; may be repeated. control: what an intake says of itself',
      },
      unmatched: { type: 'flag', description: 'Only what no rule of a trap monitor fits' },
      malformed: { type: 'flag', description: 'Only what could not be understood' },
      unknown: { type: 'flag', description: 'Only of senders for which no node is known' },
      search: { type: 'text', value: 'TEXT', description: 'Only messages that hold the text' },
      ...timeRangeOptions,
      limit: { type: 'integer', value: 'N', min: 1, max: 20_000, description: 'How many at most (50)' },
    },
    details: ['The newest stands at the bottom, as in a log.'],
    examples: ['nezuban trap list --unmatched --from 1h', 'nezuban trap list --address 192.0.2.0/24'],
    load: () => import('./trap-list.ts'),
  },
  {
    name: 'trap show',
    group,
    summary: 'Show one trap: as it came, what was understood, and its events',
    positionals: [{ name: 'TRAP', description: 'number of a trap', integer: true }],
    options: {},
    examples: ['nezuban trap show 4711'],
    load: () => import('./trap-show.ts'),
  },
  {
    name: 'trap sources',
    group,
    summary: 'List who has spoken, the latest first',
    positionals: [],
    options: { unknown: { type: 'flag', description: 'Only those for which no node is known' } },
    details: ['Counted since the manager came on duty.'],
    examples: ['nezuban trap sources --unknown'],
    load: () => import('./trap-sources.ts'),
  },
  {
    name: 'trap status',
    group,
    summary: 'Show how the intakes of both hosts hear, and how far they are read',
    positionals: [],
    options: {},
    examples: ['nezuban trap status'],
    load: () => import('./trap-status.ts'),
  },
];
