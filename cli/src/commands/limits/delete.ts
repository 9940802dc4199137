// `nezuban queue delete`: deletes the version that is there now; one that changes meanwhile is left alone.
import type { CommandRun } from '../command.ts';
import { kindWord, limitOf } from './limit-words.ts';

export const run: CommandRun = async (context) => {
  const params = limitOf(context.args, 'queue delete');
  const api = await context.api();
  const { etag } = await api.reply('getLimit', { params });
  await api.call('deleteLimit', { params, ...(etag !== undefined && { ifMatch: etag }) });
  await context.out.result(
    { deleted: params.name },
    () => `The ${kindWord(params.kind)} ${params.name} is deleted.`,
  );
};
