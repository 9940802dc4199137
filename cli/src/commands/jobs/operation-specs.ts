// The commands that operate sessions and units, and the two that say something before one does: "why", and "--what-if" of each.
import { workPriorities } from '@nezuban/protocol/jobs/control/places';
import { settableStatuses } from '@nezuban/protocol/jobs/operate';
import type { CommandSpec, OptionSpec, PositionalSpec } from '../command.ts';

const session: PositionalSpec = {
  name: 'SESSION',
  description: 'number of a session',
  integer: true,
  completes: 'sessions',
};
const unit: OptionSpec = {
  type: 'text',
  value: 'PATH',
  description: 'Path of a unit in the session, such as loads/load-a',
};
const common = {
  reason: {
    type: 'text',
    value: 'TEXT',
    description: 'Why; kept in the audit log and shown with the unit. Some managers ask for it',
  },
  'what-if': {
    type: 'flag',
    description:
      'Only say what would happen: which units begin again, start, are held, passed over or never run',
  },
} as const satisfies Record<string, OptionSpec>;
const waitOptions = {
  wait: { type: 'flag', description: 'Wait for the end of the session and tell it by the exit code' },
  follow: { type: 'flag', short: 'f', description: 'The same, and print each change of a unit' },
} as const satisfies Record<string, OptionSpec>;
const group = 'jobs';
const load: CommandSpec['load'] = () => import('./operate.ts');

/** Kinds of rerun, of which one may be given. */
const rerunKinds = {
  only: { type: 'flag', description: 'With --unit: that unit alone; what follows it stays as it is' },
  next: {
    type: 'flag',
    description: 'With --unit: what follows that unit, as if it had ended normally; it stays as it is',
  },
  failed: {
    type: 'flag',
    description: 'From each unit that failed or was kept from running by a stop, with all that follows it',
  },
  'failed-nets': { type: 'flag', description: 'The same from the top of the nested nets that those lie in' },
  'after-failed': {
    type: 'flag',
    description: 'What follows each unit that failed, as if it had ended normally; it stays as it is',
  },
  warnings: { type: 'flag', description: 'Only the units that ended with a warning' },
} as const satisfies Record<string, OptionSpec>;

const unitOperation = (name: 'hold' | 'skip', summary: string, details: string): CommandSpec => ({
  name,
  group,
  summary,
  positionals: [session],
  options: { unit, ...common },
  details: [details],
  examples: [`nezuban ${name} 12 --unit loads/load-a`],
  load,
});

export const sessionOperationCommands: readonly CommandSpec[] = [
  {
    name: 'why',
    group,
    summary:
      'Say why a session or a unit waits, down to what runs, is held, or is not there; of one that has ended, what failed first',
    positionals: [
      session,
      { name: 'UNIT', description: 'path of a unit, such as loads/load-a', optional: true },
    ],
    options: {},
    examples: ['nezuban why 12', 'nezuban why 12 loads/load-a'],
    load: () => import('./why.ts'),
  },
  {
    name: 'stop',
    group,
    summary: 'Stop a session, or one of its units',
    positionals: [session],
    options: { unit, ...common },
    details: ['Running commands get TERM, and KILL after the time that their definition gives them.'],
    examples: ['nezuban stop 12', 'nezuban stop 12 --unit loads/load-a'],
    load,
  },
  {
    name: 'kill',
    group,
    summary: 'Stop a session, or one of its units, without grace',
    positionals: [session],
    options: { unit, ...common },
    details: [
      'Running commands get KILL at once; also those that are being stopped already. It takes the right nets.kill.',
    ],
    examples: ['nezuban kill 12 --unit loads/load-a --reason "it ignores TERM"'],
    load,
  },
  {
    name: 'interrupt',
    group,
    summary: 'Let what runs of a session end, and start nothing more',
    positionals: [session],
    options: { ...common },
    details: ['Then it ends as stopped. "nezuban release" before that takes it back.'],
    examples: ['nezuban interrupt 12 --reason "the disk fills"'],
    load,
  },
  {
    name: 'suspend',
    group,
    summary: 'Start nothing new in a session, or one of its nets, until it is released',
    positionals: [session],
    options: { unit, ...common },
    details: ['What runs goes on. The session does not end by itself meanwhile.'],
    examples: ['nezuban suspend 12', 'nezuban suspend 12 --unit loads'],
    load,
  },
  {
    name: 'rerun',
    group,
    summary: 'Run an ended session again, as a whole or in parts, or one unit and all that follows it',
    positionals: [session],
    options: {
      unit,
      ...rerunKinds,
      hold: { type: 'flag', description: 'Hold first what begins again; a whole session begins suspended' },
      'old-as-warning': {
        type: 'flag',
        description:
          'Abnormal results that stay count as warnings, so that they do not keep the session abnormal',
      },
      ...common,
      ...waitOptions,
    },
    exclusive: [Object.keys(rerunKinds), ['wait', 'follow', 'what-if']],
    details: [
      'Without --unit and a kind, everything begins again. A unit that is named runs even where its definition holds it and where its condition cannot hold.',
    ],
    examples: [
      'nezuban rerun 12 --failed --follow',
      'nezuban rerun 12 --unit loads/load-a --what-if',
      'nezuban rerun 12 --after-failed --old-as-warning --reason "loaded by hand"',
    ],
    outlivesReader: true,
    load,
  },
  unitOperation(
    'hold',
    'Hold a unit before it starts',
    'A held unit waits, whatever its condition says, until it is released.',
  ),
  {
    name: 'release',
    group,
    summary: 'Release a held unit, or a suspended or interrupted session or net',
    positionals: [session],
    options: { unit, ...common },
    details: ['A unit starts as soon as its condition is met; a skip that is still to come is taken back.'],
    examples: ['nezuban release 12 --unit loads/load-a', 'nezuban release 12'],
    load,
  },
  {
    name: 'to-front',
    group,
    summary: 'Let a session or unit that waits in a queue come next',
    positionals: [session],
    options: { unit, ...common },
    details: [
      'It gets its turn before all that wait for the same queue, lock, node or net; what has a place keeps it.',
    ],
    examples: ['nezuban to-front 12 --unit loads/load-a', 'nezuban to-front 12'],
    load,
  },
  unitOperation(
    'skip',
    'Skip a unit',
    'It does not run and counts as ended normally, so what follows it goes on.',
  ),
  {
    name: 'take-definition',
    group,
    summary: 'Give a suspended session another revision of its definition',
    positionals: [session],
    options: {
      revision: {
        type: 'integer',
        value: 'N',
        min: 1,
        max: 2_147_483_647,
        description: 'Which one (the one in force)',
      },
      file: {
        type: 'text',
        value: 'FILE',
        description: 'The definition of this file, for this session alone; "-" reads standard input',
      },
      ...common,
    },
    details: [
      'What has begun keeps what it is and has done. Units that have not begun may be added anywhere, removed, connected otherwise and changed. What cannot be taken is refused with names; --what-if says before what would come of it.',
      'A definition of a file is kept as a revision of the job net that is not in force: the job net stays as it is. To undo it, take the former revision again. Nothing starts before "nezuban release".',
    ],
    examples: [
      'nezuban take-definition 12 --file night.yaml --what-if',
      'nezuban take-definition 12 --file night.yaml --reason "the check was forgotten"',
      'nezuban take-definition 12 --revision 8',
    ],
    load,
  },
  {
    name: 'net change-start',
    group,
    summary: 'Skip, move or begin now a coming start of a schedule, this once',
    positionals: [
      { name: 'NET', description: 'name of a job net', completes: 'nets' },
      { name: 'SCHEDULE', description: 'name of a schedule of it' },
    ],
    options: {
      skip: { type: 'flag', description: 'It does not start' },
      'move-to': {
        type: 'text',
        value: 'TIME',
        description: 'It starts then, such as 2h or 2026-12-01T05:00',
      },
      now: { type: 'flag', description: 'It starts at once, in its place' },
      at: {
        type: 'text',
        value: 'TIME',
        description: 'Which start, also one further ahead, by its time (the next)',
      },
      reason: common.reason,
    },
    exclusive: [['skip', 'move-to', 'now']],
    details: [
      'The schedule itself stays as it is. A moved start can be moved again, skipped or begun; one that was skipped ahead of the next can be had back with "nezuban net prepare-start NET SCHEDULE --at TIME --withdraw".',
    ],
    examples: [
      'nezuban net change-start night/settlement nightly --skip --reason "no business"',
      'nezuban net change-start night/settlement nightly --skip --at 2026-12-31T22:00',
      'nezuban net change-start night/settlement nightly --move-to 2h',
    ],
    load: () => import('./net-change-start.ts'),
  },
  {
    name: 'net prepare-start',
    group,
    summary:
      'Say beforehand what a coming start is to be like: suspended, units held or skipped, other parameters',
    positionals: [
      { name: 'NET', description: 'name of a job net', completes: 'nets' },
      { name: 'SCHEDULE', description: 'name of a schedule of it' },
    ],
    options: {
      at: {
        type: 'text',
        value: 'TIME',
        description: 'Which start, also one further ahead, by its time (the next)',
      },
      suspended: { type: 'flag', description: 'The session begins suspended, until somebody releases it' },
      hold: { ...unit, many: true, description: 'This unit waits for its release; may be repeated' },
      release: {
        ...unit,
        many: true,
        description: 'This unit does not wait, though its definition holds it; may be repeated',
      },
      skip: { ...unit, many: true, description: 'This unit is passed over; may be repeated' },
      param: {
        type: 'text',
        value: 'NAME=VALUE',
        many: true,
        description: 'Value of a parameter, instead of that of the schedule; may be repeated',
      },
      secret: {
        type: 'text',
        value: 'NAME[=FILE]',
        many: true,
        description: 'Value of a secret parameter: asked for, or read from a file (- for standard input)',
      },
      priority: {
        type: 'integer',
        value: 'N',
        min: workPriorities.lowest,
        max: workPriorities.highest,
        description: 'Priority of the session, for all in it without one of their own',
      },
      reason: common.reason,
      withdraw: { type: 'flag', description: 'Take back what was said of the start, or that it is skipped' },
    },
    details: [
      'What is said replaces what was said of this start before. It stays with a start that is moved. If something of it does not fit the definition any more when the start comes, the session begins suspended and an event says why.',
    ],
    examples: [
      'nezuban net prepare-start night/settlement nightly --hold loads/customers --skip archive --reason "late delivery"',
      'nezuban net prepare-start night/settlement nightly --at 2026-12-30T22:00 --suspended --param MODE=year-end',
      'nezuban net prepare-start night/settlement nightly --withdraw',
    ],
    load: () => import('./net-prepare-start.ts'),
  },
  {
    name: 'net prepared-starts',
    group,
    summary: 'List the coming starts of a job net that somebody has prepared or left out',
    positionals: [{ name: 'NET', description: 'name of a job net', completes: 'nets' }],
    options: {},
    examples: ['nezuban net prepared-starts night/settlement'],
    load: () => import('./net-prepared-starts.ts'),
  },
  {
    name: 'set-status',
    group,
    summary: 'Set the result of a unit by hand, when you have looked how it really ended',
    positionals: [
      session,
      {
        name: 'STATUS',
        description: `the result: ${settableStatuses.join(', ')}`,
        choices: settableStatuses,
        optional: true,
      },
    ],
    options: {
      unit,
      'exit-code': {
        type: 'integer',
        value: 'N',
        min: 0,
        max: 255,
        description: 'Its exit code; without STATUS the exit codes of its definition say the result',
      },
      ...common,
    },
    details: [
      'Of a unit that has ended, and of one whose agent is away: its attempts are closed, and what the agent says of them later changes nothing. Units that had been ruled out because of the old result get their turn. It takes the right nets.correct.',
    ],
    examples: [
      'nezuban set-status 12 normal --unit loads/load-a --reason "the file is complete"',
      'nezuban set-status 12 --exit-code 4 --unit loads/load-a',
    ],
    load,
  },
];
