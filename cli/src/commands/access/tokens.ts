// `nezuban tokens`: API tokens, never their secrets.
import type { TokenView } from '@nezuban/protocol/access/views';
import { collect, listItemsMax } from '../../api/pages.ts';
import { formatInstant } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';
import { ownerFilterOf } from './owner-filter.ts';

export const run: CommandRun = async (context) => {
  const { out } = context;
  const api = await context.api();
  const filter = ownerFilterOf(context);
  const page = await collect(
    (query) => api.call('listTokens', { query: { ...filter, ...query } }),
    listItemsMax,
  );
  await out.result(page, () => {
    if (page.items.length === 0) return 'No token. Make one with: nezuban token create NAME';
    return out.table(
      [
        { title: 'ID', align: 'right' },
        { title: 'USER' },
        { title: 'NAME', flexible: true },
        { title: 'MAY' },
        { title: 'MADE' },
        { title: 'EXPIRES' },
        { title: 'LAST USED' },
      ],
      page.items.map((token) => [
        token.id,
        token.user,
        token.name,
        limitsText(token),
        formatInstant(token.createdAt),
        token.expiresAt === null ? 'never' : formatInstant(token.expiresAt),
        formatInstant(token.lastUsedAt),
      ]),
    );
  });
};

/** What narrows it below its user. */
const limitsText = ({ rights, folder, scope }: TokenView): string => {
  const places = [
    ...(folder === null ? [] : [`folder ${folder}`]),
    ...(scope === null ? [] : [`scope ${scope}`]),
  ];
  return [rights === null ? 'all that the user may' : rights.join(', '), ...places].join('; ');
};
