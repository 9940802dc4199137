// `nezuban trap alias delete`: deletes the version that is there now; one that changes meanwhile is left alone.
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const name = context.args.positional('ALIAS');
  const api = await context.api();
  const { etag } = await api.reply('getTrapAlias', { params: { name } });
  await api.call('deleteTrapAlias', { params: { name }, ...(etag !== undefined && { ifMatch: etag }) });
  await context.out.result({ deleted: name }, () => `Trap alias ${name} is deleted.`);
};
