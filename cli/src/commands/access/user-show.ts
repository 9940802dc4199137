// `nezuban user show`: one user in some lines.
import { formatInstant } from '../../output/time.ts';
import { visible } from '../../output/visible.ts';
import type { CommandRun } from '../command.ts';
import { stateOf } from './users.ts';

export const run: CommandRun = async (context) => {
  const name = context.args.positional('USER');
  const user = await (await context.api()).call('getUser', { params: { name } });
  await context.out.result(user, () => [
    `${visible(user.name)}${user.title === null ? '' : `  ${visible(user.title)}`}  ${context.out.painted(stateOf(user))}`,
    `roles             ${user.roles.length === 0 ? 'none: may do nothing' : user.roles.join(', ')}`,
    `made              ${formatInstant(user.createdAt)}`,
    `last sign-in      ${formatInstant(user.lastSignInAt)}`,
    `password changed  ${formatInstant(user.passwordChangedAt)}`,
    `signed in         ${user.signInCount} ${user.signInCount === 1 ? 'browser' : 'browsers'}, ${user.tokenCount} API ${user.tokenCount === 1 ? 'token' : 'tokens'}`,
  ]);
};
