// The commands on job nets, sessions and output.
import { netMapLimits } from '@nezuban/protocol/jobs/net-relation';
import type { CommandSpec, OptionSpec, PositionalSpec } from '../command.ts';
import { sessionOperationCommands } from './operation-specs.ts';
import { timeRangeOptions } from '../shared/time-range.ts';

const net: PositionalSpec = {
  name: 'NET',
  description: 'name of a job net, such as night/settlement',
  completes: 'nets',
};
const session: PositionalSpec = {
  name: 'SESSION',
  description: 'number of a session',
  integer: true,
  completes: 'sessions',
};
const unitOption: OptionSpec = {
  type: 'text',
  value: 'PATH',
  description: 'Path of a unit in the session, such as loads/load-a',
};
const waitOptions = {
  wait: { type: 'flag', description: 'Wait for the end of the session and tell it by the exit code' },
  follow: { type: 'flag', short: 'f', description: 'The same, and print each change of a unit' },
} as const satisfies Record<string, OptionSpec>;
/** Why, for the history of the definitions. */
const parameterOptions = {
  param: {
    type: 'text',
    value: 'NAME=VALUE',
    many: true,
    description: 'Value of a parameter; may be repeated',
  },
  parameter: { type: 'text', value: 'NAME=VALUE', many: true, description: 'The same as --param' },
} as const;

export const reasonOption: OptionSpec = {
  type: 'text',
  value: 'TEXT',
  description: 'Why; kept in the history of the job net',
};
const group = 'jobs';

export const jobsCommands: readonly CommandSpec[] = [
  {
    name: 'nets',
    aliases: ['nets list'],
    group,
    summary: 'List job nets with their next start and last session',
    positionals: [],
    options: {
      search: { type: 'text', value: 'TEXT', description: 'Only nets whose name or title holds the text' },
    },
    examples: ['nezuban nets', 'nezuban nets --search night'],
    load: () => import('./nets.ts'),
  },
  {
    name: 'net map',
    group,
    summary: 'Show how job nets are related: which contains, starts or waits for which',
    positionals: [{ ...net, optional: true, description: 'only this job net and those that are near it' }],
    options: {
      folder: {
        type: 'text',
        value: 'FOLDER',
        description: 'Only job nets below this folder and those that are related to them',
      },
      depth: {
        type: 'integer',
        value: 'STEPS',
        min: 1,
        max: netMapLimits.depthMax,
        description: 'Steps from the job net (2)',
      },
    },
    examples: ['nezuban net map', 'nezuban net map night/settlement --depth 3'],
    load: () => import('./net-map.ts'),
  },
  {
    name: 'net delete',
    group,
    summary: 'Delete a job net; its sessions and its history stay',
    positionals: [net],
    options: { reason: reasonOption },
    details: [
      'Running sessions hold their own copy of the definition and go on. "nezuban net restore" brings it back; its planned releases are cancelled.',
    ],
    examples: ['nezuban net delete night/old --reason "replaced by night/new"'],
    load: () => import('./net-delete.ts'),
  },
  {
    name: 'net preview',
    group,
    summary: 'Show what an agent would be given for a unit: command, environment, user, directory, nodes',
    positionals: [net],
    options: {
      unit: {
        type: 'text',
        value: 'UNIT',
        description: 'Path of the unit, such as load/extract',
      },
      ...parameterOptions,
    },
    details: [
      'Nothing runs. Secrets are shown as ***; what only a session can know, such as the output of another unit, stays a place in double braces.',
    ],
    examples: ['nezuban net preview night/settlement --unit load --param DATE=2026-11-22'],
    load: () => import('./net-preview.ts'),
  },
  {
    name: 'run',
    group,
    summary: 'Run a job net now',
    positionals: [net],
    options: {
      ...parameterOptions,
      secret: {
        type: 'text',
        value: 'NAME[=FILE]',
        many: true,
        description:
          'Secret parameter: its value is asked for, or read from the file (- for standard input); never an argument',
      },
      ...waitOptions,
      'override-freeze': {
        type: 'flag',
        description: 'Start although it is frozen; for whoever may resume it, and audited',
      },
      'idempotency-key': {
        type: 'text',
        value: 'KEY',
        description:
          'The same key within a day gives the session that the first call made, and runs nothing again',
      },
    },
    exclusive: [['wait', 'follow']],
    details: [
      'With --wait and --follow the exit code tells how the session ended: see "nezuban help exit-codes". Ctrl-C ends the waiting, not the session.',
    ],
    examples: [
      'nezuban run night/settlement --follow',
      'nezuban run night/settlement --param DATE=2026-11-22 --wait && next-step',
    ],
    outlivesReader: true,
    load: () => import('./run.ts'),
  },
  {
    name: 'sessions',
    aliases: ['sessions list'],
    group,
    summary: 'List sessions, newest first',
    positionals: [],
    options: {
      net: { type: 'text', value: 'NET', completes: 'nets', description: 'Only sessions of this job net' },
      state: {
        type: 'text',
        value: 'STATE',
        many: true,
        choices: ['running', 'stopping', 'stopped', 'ended'],
        description: 'Only sessions in this state; may be repeated',
      },
      'end-status': {
        type: 'text',
        value: 'STATUS',
        many: true,
        choices: ['normal', 'warning', 'abnormal', 'unknown'],
        description: 'Only sessions that ended so; may be repeated',
      },
      folder: { type: 'text', value: 'FOLDER', description: 'Only sessions of job nets below this folder' },
      ...timeRangeOptions,
      time: {
        type: 'text',
        value: 'WHAT',
        choices: ['begun', 'running', 'ended'],
        description:
          'Whether --from and --to mean those begun in that time (default), ended in it, or running at some moment of it',
      },
      limit: { type: 'integer', value: 'N', min: 1, max: 20_000, description: 'How many at most (20)' },
    },
    examples: [
      'nezuban sessions',
      'nezuban sessions --net night/settlement --end-status abnormal',
      'nezuban sessions --time running --from 02:00 --to 03:00',
      'nezuban sessions --end-status abnormal --time ended --from "yesterday 22:00"',
    ],
    load: () => import('./sessions.ts'),
  },
  {
    name: 'session show',
    group,
    summary: 'Show a session: the tree of its units with their states',
    positionals: [session],
    options: {},
    examples: ['nezuban session show 12'],
    load: () => import('./session-show.ts'),
  },
  ...sessionOperationCommands,
  {
    name: 'output',
    group,
    summary: 'Print the output of a command',
    positionals: [
      {
        name: 'ATTEMPT',
        description: 'id of an attempt, as "nezuban session show" prints it',
        optional: true,
      },
    ],
    options: {
      session: {
        type: 'integer',
        value: 'N',
        min: 1,
        max: Number.MAX_SAFE_INTEGER,
        description: 'With --unit: the newest attempt of that unit',
      },
      unit: unitOption,
      node: {
        type: 'text',
        value: 'NODE',
        completes: 'nodes',
        description: 'Which node, where a unit runs on several',
      },
      stderr: { type: 'flag', description: 'Standard error instead of standard output' },
      follow: { type: 'flag', short: 'f', description: 'Go on printing until the command has ended' },
      tail: {
        type: 'integer',
        value: 'N',
        min: 1,
        max: 100_000,
        description: 'Only the last N lines; with --follow, begin with them',
      },
      search: {
        type: 'text',
        value: 'TEXT',
        description: 'Only lines that hold the text, each with its place',
      },
      pattern: { type: 'flag', description: 'The text of --search is a regular expression (RE2)' },
      'ignore-case': { type: 'flag', short: 'i', description: 'With --search: capital letters or not' },
      save: {
        type: 'text',
        value: 'FILE',
        description: 'Write all of it to the file, byte for byte; packed if it ends in .gz',
      },
      raw: { type: 'flag', description: 'The bytes as the command wrote them, not decoded' },
    },
    exclusive: [
      ['follow', 'raw', 'search', 'save'],
      ['json', 'raw'],
      ['tail', 'raw'],
      ['tail', 'search'],
      ['tail', 'save'],
    ],
    details: [
      'With --follow, a unit that has not started yet is waited for.',
      'What was longer than its limit has its beginning and its end; a line says what was left out between.',
    ],
    examples: [
      'nezuban output --session 12 --unit extract --follow',
      'nezuban output 12-k3x9a2b7-4.1.0.1 --stderr',
      'nezuban output --session 12 --unit extract --tail 50 --follow',
      'nezuban output --session 12 --unit extract --search "ORA-[0-9]+" --pattern',
      'nezuban output --session 12 --unit extract --save extract.log.gz',
    ],
    load: () => import('./output.ts'),
  },
];
