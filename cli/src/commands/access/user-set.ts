// `nezuban user set`: changes what is named and leaves the rest; a user that changes meanwhile is left alone.
import { usageFailure } from '../../failure.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { args, out, command } = context;
  const name = args.positional('USER');
  const given = ['title', 'role', 'add-role', 'remove-role'].some((option) => args.texts(option).length > 0);
  if (!given && !args.flag('disable') && !args.flag('enable'))
    throw usageFailure(
      'Name what is to change: --title, --role, --add-role, --remove-role, --disable or --enable.',
      command.name,
    );
  const api = await context.api();
  const { body: user, etag } = await api.reply('getUser', { params: { name } });
  const exact = args.texts('role');
  const roles = new Set(exact.length > 0 ? exact : user.roles);
  for (const role of args.texts('add-role')) roles.add(role);
  for (const role of args.texts('remove-role')) roles.delete(role);
  const changed = await api.call('updateUser', {
    params: { name },
    body: {
      title: args.text('title') ?? user.title,
      roles: [...roles],
      disabled: args.flag('disable') || (user.disabled && !args.flag('enable')),
    },
    ...(etag !== undefined && { ifMatch: etag }),
  });
  await out.result(
    changed,
    () =>
      `User ${name}: ${changed.disabled ? 'disabled' : 'enabled'}, ${changed.roles.length === 0 ? 'no role' : `roles ${changed.roles.join(', ')}`}.`,
  );
};
