// What the commands on events can be narrowed by.
import type { OperationInput } from '@nezuban/protocol/api/operation';
import type { Operations } from '@nezuban/protocol/api/operations';
import { parseInstant } from '../../arguments/instant.ts';
import type { CommandContext, OptionSpec } from '../command.ts';

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
  from: {
    type: 'text',
    value: 'TIME',
    description: 'Only since then: "2026-11-22 18:30", or 2h, 7d for how long ago',
  },
  to: { type: 'text', value: 'TIME', description: 'Only before then' },
} as const satisfies Record<string, OptionSpec>;

export const eventFilterOf = ({ args, ports, command }: CommandContext): Omit<Query, 'cursor' | 'limit'> => {
  const node = args.text('node');
  const session = args.integer('session');
  const q = args.text('search');
  const codes = args.texts('code');
  const instant = (option: 'from' | 'to') => {
    const text = args.text(option);
    return text === undefined
      ? undefined
      : parseInstant(text, { option, command: command.name, now: ports.now() });
  };
  const [from, to] = [instant('from'), instant('to')];
  return {
    priority: args.texts('priority'),
    ...(codes.length > 0 && { code: codes }),
    ...(args.flag('unconfirmed') && { confirm: 'unconfirmed' }),
    ...(node !== undefined && { node }),
    ...(session !== undefined && { session }),
    ...(q !== undefined && { q }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
};
