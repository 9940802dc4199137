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
  unconfirmed: { type: 'flag', description: 'Only events that nobody has confirmed' },
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
  const node = args.text('node');
  const session = args.integer('session');
  const q = args.text('search');
  const codes = args.texts('code');
  return {
    priority: args.texts('priority'),
    ...(codes.length > 0 && { code: codes }),
    ...(args.flag('unconfirmed') && { confirm: 'unconfirmed' }),
    ...(node !== undefined && { node }),
    ...(session !== undefined && { session }),
    ...(q !== undefined && { q }),
    ...timeRangeOf(context),
  };
};
