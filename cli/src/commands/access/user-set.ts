// `nezuban user set`: changes what is named and leaves the rest; a user that changes meanwhile is left alone.
import { usageFailure } from '../../failure.ts';
import type { CommandRun } from '../command.ts';
import { orderLines } from '../shared/outlook.ts';

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
  if (!isSame(user.roles, [...roles])) {
    const outlook = await api.call('previewAccess', { body: { kind: 'user', name, roles: [...roles] } });
    if (args.flag('dry-run')) return await out.result(outlook, () => said(orderLines(outlook)));
    for (const line of orderLines(outlook)) out.note(line);
  } else if (args.flag('dry-run')) return await out.result({ items: [] }, () => said([]));
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

const isSame = (some: readonly string[], others: readonly string[]): boolean =>
  JSON.stringify(some.toSorted()) === JSON.stringify(others.toSorted());

const said = (lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? ['Nothing that this user has left behind stops.'] : lines;
