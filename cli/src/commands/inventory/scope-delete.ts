// `nezuban scope delete`: deletes the version that is there now; one that changes meanwhile is left alone.
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const name = context.args.positional('SCOPE');
  const api = await context.api();
  const { etag } = await api.reply('getScope', { params: { name } });
  await api.call('deleteScope', { params: { name }, ...(etag !== undefined && { ifMatch: etag }) });
  await context.out.result({ deleted: name }, () => `Scope ${name} is deleted. Its nodes stay.`);
};
