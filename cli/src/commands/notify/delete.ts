// `nezuban notify delete`: deletes the version that is there now; one that changes meanwhile is left alone.
import { collect, listItemsMax } from '../../api/pages.ts';
import { didYouMean } from '../../arguments/suggest.ts';
import { exitCodes } from '../../exit-codes.ts';
import { Failure } from '../../failure.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const name = context.args.positional('RULE');
  const api = await context.api();
  const { items } = await collect((query) => api.call('listRules', { query }), listItemsMax);
  const found = items.find(({ rule }) => rule.name === name);
  if (found === undefined) {
    const names = items.map(({ rule }) => rule.name);
    throw new Failure(`There is no notification rule "${name}".${didYouMean(name, names)}`, {
      exitCode: exitCodes.refused,
      code: 'not_found',
    });
  }
  await api.call('deleteRule', { params: { name }, ifMatch: `"${found.revision}"` });
  await context.out.result({ deleted: name }, () => `Notification rule ${name} is deleted.`);
};
