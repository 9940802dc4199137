// Whose sign-ins and tokens a list shows.
import type { CommandContext, OptionSpec } from '../command.ts';

export const ownerOptions = {
  user: { type: 'text', value: 'USER', description: 'Those of this user', completes: 'users' },
  all: { type: 'flag', description: 'Those of all users' },
} as const satisfies Record<string, OptionSpec>;

export const ownerFilterOf = ({ args }: CommandContext) => {
  const user = args.text('user');
  return { ...(user !== undefined && { user }), ...(args.flag('all') && { all: 'true' }) };
};
