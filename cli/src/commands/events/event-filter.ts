// What the commands on events can be narrowed by.
import type { OperationInput } from '@nezuban/protocol/api/operation';
import type { Operations } from '@nezuban/protocol/api/operations';
import type { CommandContext, OptionSpec } from '../command.ts';
import { timeRangeOf, timeRangeOptions } from '../shared/time-range.ts';

type Query = NonNullable<OperationInput<Operations['listEvents']>['query']>;

export const eventFilterOptions = {
  priority: {
    type: 'text',
    value: 'PRIORITY',
    many: true,
    choices: ['info', 'unknown', 'warning', 'critical'],
    description: 'Only events of this priority; may be repeated',
  },
  code: {
    type: 'text',
    value: 'CODE',
    many: true,
    description: 'Only events of this code, such as session_ended; may be repeated',
  },
  unconfirmed: { type: 'flag', description: 'Only events that nobody has confirmed or is on' },
  confirming: { type: 'flag', description: 'Only events that somebody is on' },
  monitor: { type: 'text', value: 'MONITOR', description: 'Only events of this monitor' },
  key: { type: 'text', value: 'KEY', description: 'Only events about this state' },
  scope: {
    type: 'text',
    value: 'SCOPE',
    description: 'Only events of nodes in this scope',
    completes: 'scopes',
  },
  cleared: {
    type: 'text',
    value: 'WHETHER',
    choices: ['yes', 'no', 'other'],
    description: 'Whether what they raised has ended (yes), goes on (no), or they raised nothing (other)',
  },
  field: {
    type: 'text',
    value: 'NAME=VALUE',
    many: true,
    description: 'Only events with this value of a field; may be repeated',
  },
  'min-count': {
    type: 'integer',
    value: 'N',
    min: 1,
    max: 1_000_000_000,
    description: 'Only events that happened at least so often',
  },
  node: { type: 'text', value: 'NODE', description: 'Only events of this node', completes: 'nodes' },
  session: {
    type: 'integer',
    value: 'N',
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    description: 'Only events of this session',
  },
  search: { type: 'text', value: 'TEXT', description: 'Only events whose message holds the text' },
  ...timeRangeOptions,
} as const satisfies Record<string, OptionSpec>;

export const eventFilterOf = (context: CommandContext): Omit<Query, 'cursor' | 'limit'> => {
  const { args } = context;
  const text = (option: string) => args.text(option);
  const codes = args.texts('code');
  const fields = args.texts('field');
  const cleared = text('cleared');
  const given = {
    node: text('node'),
    scope: text('scope'),
    monitor: text('monitor'),
    key: text('key'),
    q: text('search'),
    session: args.integer('session'),
    min_count: args.integer('min-count'),
    code: codes.length > 0 ? codes : undefined,
    field: fields.length > 0 ? fields : undefined,
    cleared: cleared === 'yes' || cleared === 'no' || cleared === 'other' ? cleared : undefined,
    confirm: args.flag('unconfirmed') ? 'unconfirmed' : args.flag('confirming') ? 'confirming' : undefined,
  };
  return {
    priority: args.texts('priority'),
    ...(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as object),
    ...timeRangeOf(context),
  };
};
