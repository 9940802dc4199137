// `nezuban user delete`.
import type { CommandRun } from '../command.ts';
import { orderLines } from '../shared/outlook.ts';

export const run: CommandRun = async (context) => {
  const name = context.args.positional('USER');
  const api = await context.api();
  const outlook = await api.call('previewAccess', { body: { kind: 'user', name, roles: null } });
  for (const line of orderLines(outlook)) context.out.note(line);
  await api.call('deleteUser', { params: { name } });
  await context.out.result(
    { deleted: name },
    () => `User ${name} is deleted, with sign-ins and tokens. What the user did stays in the audit log.`,
  );
};
