// The commands on trap monitors and aliases of senders, and the one that tries rules.
import type { CommandSpec, PositionalSpec } from '../command.ts';

const group = 'events';
const monitor: PositionalSpec = {
  name: 'MONITOR',
  description: 'name of a trap monitor',
  completes: 'trapMonitors',
};
const alias: PositionalSpec = { name: 'ALIAS', description: 'name of an alias', completes: 'trapAliases' };
const rule = {
  type: 'text',
  value: 'RULE',
  description: 'Only this rule of it',
} as const;

export const trapMonitorCommands: readonly CommandSpec[] = [
  {
    name: 'trap monitor list',
    aliases: ['trap monitor', 'trap monitors'],
    group,
    summary: 'List trap monitors with what they took',
    positionals: [],
    options: {},
    details: [
      'A monitor is written as "kind: trap_monitor" in a YAML file; "nezuban export --kind trap_monitor" prints those that there are.',
      'TAKEN is counted since the manager came on duty.',
    ],
    examples: ['nezuban trap monitor list'],
    load: () => import('./monitor-list.ts'),
  },
  {
    name: 'trap monitor show',
    group,
    summary: 'Show a trap monitor as YAML, or what each of its rules took',
    positionals: [monitor],
    options: {
      counters: { type: 'flag', description: 'What each rule took, and hints, instead of the YAML' },
    },
    examples: ['nezuban trap monitor show severe-syslog', 'nezuban trap monitor show routers --counters'],
    load: () => import('./monitor-show.ts'),
  },
  {
    name: 'trap monitor enable',
    group,
    summary: 'Switch a trap monitor, or one rule of it, on',
    positionals: [monitor],
    options: { rule },
    examples: ['nezuban trap monitor enable routers'],
    load: () => import('./monitor-enable.ts'),
  },
  {
    name: 'trap monitor disable',
    group,
    summary: 'Switch a trap monitor, or one rule of it, off: its traps are kept, but become no events',
    positionals: [monitor],
    options: { rule },
    examples: ['nezuban trap monitor disable routers --rule fans'],
    load: () => import('./monitor-enable.ts'),
  },
  {
    name: 'trap monitor delete',
    group,
    summary: 'Delete a trap monitor; events that it made stay',
    positionals: [monitor],
    options: {},
    examples: ['nezuban trap monitor delete routers'],
    load: () => import('./monitor-delete.ts'),
  },
  {
    name: 'trap alias list',
    aliases: ['trap alias', 'trap aliases'],
    group,
    summary: 'List aliases of senders in the order in which they are tried',
    positionals: [],
    options: {},
    details: ['An alias is written as "kind: trap_alias" in a YAML file.'],
    examples: ['nezuban trap alias list'],
    load: () => import('./alias-list.ts'),
  },
  {
    name: 'trap alias show',
    group,
    summary: 'Show an alias as YAML',
    positionals: [alias],
    options: {},
    examples: ['nezuban trap alias show relay'],
    load: () => import('./alias-show.ts'),
  },
  {
    name: 'trap alias delete',
    group,
    summary: 'Delete an alias',
    positionals: [alias],
    options: {},
    examples: ['nezuban trap alias delete relay'],
    load: () => import('./alias-delete.ts'),
  },
  {
    name: 'trap test',
    group,
    summary: 'Say what trap monitors would make of a sample or of past traps; changes nothing',
    positionals: [
      {
        name: 'FILE',
        description: 'YAML file whose trap monitors are tried; left out: those in force',
        optional: true,
      },
    ],
    options: {
      sample: { type: 'text', value: 'TEXT', description: 'A message as a device sends it' },
      'sample-file': {
        type: 'text',
        value: 'FILE',
        description: 'The same from a file; "-": standard input',
      },
      hex: {
        type: 'flag',
        description: 'The sample is hexadecimal digits, as of an SNMP message',
      },
      protocol: {
        type: 'text',
        value: 'PROTOCOL',
        choices: ['syslog', 'snmp', 'custom'],
        description: 'What the sample came by (as the monitors of FILE; else syslog)',
      },
      from: { type: 'text', value: 'ADDRESS', description: 'Who sends the sample; of past traps, only his' },
      node: {
        type: 'text',
        value: 'NODE',
        description: 'Of past traps, only those of this node',
        completes: 'nodes',
      },
      past: {
        type: 'text',
        value: 'TIME',
        description: 'Traps since then: 24h, 7d, "2026-11-22 18:30" (24h)',
      },
      trap: {
        type: 'integer',
        value: 'ID',
        min: 1,
        max: Number.MAX_SAFE_INTEGER,
        description: 'One stored trap, by its number',
      },
      limit: {
        type: 'integer',
        value: 'N',
        min: 1,
        max: 1_000,
        description: 'How many past traps at most (1000)',
      },
      all: { type: 'flag', description: 'Show every trap, not only those that a rule took' },
    },
    exclusive: [['sample', 'sample-file', 'past', 'trap']],
    examples: [
      'nezuban trap test routers.yaml --past 24h',
      'nezuban trap test routers.yaml --sample "<11>Nov 26 12:00:00 sw1 link 3 down"',
      'nezuban trap test --sample "<2>db1 kernel: Out of memory"',
      'nezuban trap test --trap 4711',
    ],
    load: () => import('./trap-test.ts'),
  },
];
