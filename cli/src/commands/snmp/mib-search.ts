// `nezuban mib search`.
import type { CommandRun } from '../command.ts';
import { oidTable } from './oid-table.ts';

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const q = args.positional('TEXT');
  const limit = args.integer('limit');
  const api = await context.api();
  const found = await api.call('searchOids', { query: { q, ...(limit !== undefined && { limit }) } });
  await out.result(found, () =>
    found.items.length === 0 ? `No name of a MIB module holds "${q}".` : oidTable(out, found.items),
  );
};
