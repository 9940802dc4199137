// `nezuban role delete`: deletes the version that is there now; one that changes meanwhile is left alone.
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const name = context.args.positional('ROLE');
  const api = await context.api();
  const { etag } = await api.reply('getRole', { params: { name } });
  await api.call('deleteRole', { params: { name }, ...(etag !== undefined && { ifMatch: etag }) });
  await context.out.result({ deleted: name }, () => `Role ${name} is deleted.`);
};
