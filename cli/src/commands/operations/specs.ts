// The commands that freeze, drain and resume, and those on maintenance windows.
import type { CommandSpec, OptionSpec } from '../command.ts';

const group = 'operations';
const place = [
  { name: 'KIND', description: 'manager, folder, net, scope or node' },
  { name: 'NAME', description: 'its name; not for the manager', optional: true },
] as const;
const reason: OptionSpec = {
  type: 'text',
  value: 'TEXT',
  description: 'Why; shown to everybody who meets the freeze',
};
const until: OptionSpec = {
  type: 'text',
  value: 'TIME',
  description:
    'End by itself: "2026-12-01T05:00" in the zone of this computer, or "30m", "2h", "1d" from now',
};

export const operationsCommands: readonly CommandSpec[] = [
  {
    name: 'freeze',
    group,
    summary: 'Let nothing start at a place; what runs goes on',
    positionals: place,
    options: { reason, until },
    details: [
      'Of the manager, a folder or a net no session starts: starts by hand are refused, scheduled ones are held and treated at the resume as their schedule says of missed ones.',
      'On a scope or node no command starts: units that are ready wait, and say why; a target of any node of a scope takes another one.',
      'What is frozen already gets the new reason and end.',
    ],
    examples: [
      'nezuban freeze node web-1 --reason "disk swap" --until 2h',
      'nezuban freeze manager --reason "core switch is replaced"',
    ],
    load: () => import('./freeze.ts'),
  },
  {
    name: 'drain',
    group,
    summary: 'Freeze a place and say what still runs there, or wait until nothing does',
    positionals: place,
    options: {
      reason,
      until,
      wait: { type: 'flag', description: 'Stay until nothing runs there any more' },
      timeout: {
        type: 'integer',
        value: 'SECONDS',
        min: 1,
        max: 604_800,
        description: 'With --wait: give up after this time (exit code 6); the place stays frozen',
      },
    },
    details: [
      'Without --reason it watches a place that is frozen already. Ctrl-C ends the waiting, not the freeze.',
    ],
    examples: ['nezuban drain node web-1 --reason "disk swap" --wait --timeout 1800 && ssh web-1 poweroff'],
    outlivesReader: true,
    load: () => import('./drain.ts'),
  },
  {
    name: 'resume',
    group,
    summary: 'Take a freeze back',
    positionals: place,
    options: {},
    details: [
      'Nothing happens where nothing is frozen. What else keeps the place frozen, such as a maintenance window, is said.',
    ],
    examples: ['nezuban resume node web-1'],
    load: () => import('./resume.ts'),
  },
  {
    name: 'frozen',
    group,
    summary: 'Show what is frozen, what still runs there, and which scheduled starts wait',
    positionals: [],
    options: {},
    examples: ['nezuban frozen'],
    load: () => import('./frozen.ts'),
  },
  {
    name: 'maintenance list',
    aliases: ['maintenance'],
    group,
    summary: 'List maintenance windows with their next times',
    positionals: [],
    options: {},
    examples: ['nezuban maintenance list'],
    load: () => import('./maintenance-list.ts'),
  },
  {
    name: 'maintenance add',
    group,
    summary: 'Plan a maintenance window, once or again and again',
    positionals: [{ name: 'NAME', description: 'name of the new window' }],
    options: {
      at: {
        type: 'text',
        value: 'PLACE',
        many: true,
        description: 'manager, node:NAME, scope:NAME, net:NAME or folder:NAME; may be repeated',
      },
      start: { type: 'text', value: 'TIME', description: 'Once: from, such as "2026-12-01T01:00"' },
      end: { type: 'text', value: 'TIME', description: 'Once: to' },
      cron: {
        type: 'text',
        value: 'CRON',
        description: 'Again and again: when it begins, such as "0 1 * * SUN"',
      },
      'duration-min': {
        type: 'integer',
        value: 'MINUTES',
        min: 1,
        max: 10_080,
        description: 'Again and again: how long it is open',
      },
      timezone: { type: 'text', value: 'ZONE', description: 'Zone of these times (UTC)' },
      effect: {
        type: 'text',
        value: 'EFFECT',
        many: true,
        choices: ['freeze', 'mute'],
        description: 'freeze: nothing starts; mute: notifications are kept back. Both unless one is given',
      },
      reason,
    },
    details: ['The same can be written as "kind: maintenance_window" in a YAML file for "nezuban apply".'],
    examples: [
      'nezuban maintenance add patch-sunday --at scope:web --cron "0 1 * * SUN" --duration-min 120 --timezone Asia/Tokyo --reason "monthly patches"',
      'nezuban maintenance add switch --at manager --start 2026-12-01T01:00 --end 2026-12-01T03:00 --timezone Asia/Tokyo',
    ],
    load: () => import('./maintenance-add.ts'),
  },
  {
    name: 'maintenance remove',
    group,
    summary: 'Remove a maintenance window; one that is open ends',
    positionals: [{ name: 'NAME', description: 'name of a window' }],
    options: {},
    examples: ['nezuban maintenance remove patch-sunday'],
    load: () => import('./maintenance-remove.ts'),
  },
];
