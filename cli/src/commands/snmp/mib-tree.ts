// `nezuban mib tree`: one level of the tree of OIDs.
import type { CommandRun } from '../command.ts';
import { oidTable } from './oid-table.ts';

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const below = args.positionals('OID')[0];
  const api = await context.api();
  const level = await api.call('browseOids', { query: below === undefined ? {} : { below } });
  await out.result(level, () => [
    ...(level.at === null ? [] : [`${level.at.module}::${level.at.name} (${level.at.oid})`]),
    ...(level.at?.description == null || level.at.description === '' ? [] : [level.at.description]),
    ...(level.items.length === 0 ? ['Nothing lies below it.'] : oidTable(out, level.items)),
  ]);
};
