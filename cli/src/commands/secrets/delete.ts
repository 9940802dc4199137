// `nezuban secret delete`: refused while a job net names it.
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const name = context.args.positional('SECRET');
  const api = await context.api();
  await api.call('deleteSecret', { params: { name } });
  await context.out.result({ deleted: name }, () => `The secret ${name} is deleted.`);
};
