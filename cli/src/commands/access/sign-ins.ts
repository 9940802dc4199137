// `nezuban sign-ins`: browsers that are signed in.
import { collect, listItemsMax } from '../../api/pages.ts';
import { formatInstant } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';
import { ownerFilterOf } from './owner-filter.ts';

export const run: CommandRun = async (context) => {
  const { out } = context;
  const api = await context.api();
  const filter = ownerFilterOf(context);
  const page = await collect(
    (query) => api.call('listSignIns', { query: { ...filter, ...query } }),
    listItemsMax,
  );
  await out.result(page, () => {
    if (page.items.length === 0) return 'No browser is signed in. Those of all users: nezuban sign-ins --all';
    return out.table(
      [
        { title: 'ID', align: 'right' },
        { title: 'USER' },
        { title: 'SINCE' },
        { title: 'LAST SEEN' },
        { title: 'FROM' },
        { title: 'BROWSER', flexible: true },
      ],
      page.items.map((signIn) => [
        signIn.id,
        signIn.user,
        formatInstant(signIn.createdAt),
        formatInstant(signIn.lastSeenAt),
        signIn.address,
        signIn.userAgent ?? '',
      ]),
    );
  });
};
