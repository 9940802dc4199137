// `nezuban roles`: what roles there are and how many have them.
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { out } = context;
  const { items } = await (await context.api()).call('listRoles');
  await out.result({ items }, () =>
    out.table(
      [
        { title: 'ROLE' },
        { title: 'TITLE' },
        { title: 'USERS', align: 'right' },
        { title: 'MADE BY' },
        { title: 'DESCRIPTION', flexible: true },
      ],
      items.map(({ role, builtin, userCount, updatedBy }) => [
        role.name,
        role.title ?? null,
        userCount,
        builtin ? { text: 'built in', style: 'dim' } : updatedBy,
        role.description ?? '',
      ]),
    ),
  );
};
