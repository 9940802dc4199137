// `nezuban trap alias list`: aliases of senders.
import { collect, listItemsMax } from '../../api/pages.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { out } = context;
  const api = await context.api();
  const page = await collect((query) => api.call('listTrapAliases', { query }), listItemsMax);
  await out.result(page, () => {
    if (page.items.length === 0)
      return 'No alias: senders are known by their addresses and by what they call themselves.';
    return out.table(
      [
        { title: 'ALIAS' },
        { title: 'NODE' },
        { title: 'ADDRESSES', flexible: true },
        { title: 'HOSTS', flexible: true },
      ],
      page.items.map(({ alias }) => [
        alias.name,
        alias.node === 'claimed' ? '(as claimed)' : alias.node,
        alias.addresses.length === 0 ? 'any' : alias.addresses.join(', '),
        alias.hosts.length === 0 ? 'any' : alias.hosts.join(', '),
      ]),
    );
  });
};
