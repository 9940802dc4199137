// `nezuban tokens`: the user's API tokens, never their secrets.
import { collect, listItemsMax } from '../../api/pages.ts';
import { formatInstant } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { out } = context;
  const api = await context.api();
  const page = await collect((query) => api.call('listTokens', { query }), listItemsMax);
  await out.result(page, () => {
    if (page.items.length === 0) return 'No token. Make one with: nezuban token create NAME';
    return out.table(
      [
        { title: 'ID', align: 'right' },
        { title: 'NAME', flexible: true },
        { title: 'MADE' },
        { title: 'EXPIRES' },
        { title: 'LAST USED' },
      ],
      page.items.map((token) => [
        token.id,
        token.name,
        formatInstant(token.createdAt),
        token.expiresAt === null ? 'never' : formatInstant(token.expiresAt),
        formatInstant(token.lastUsedAt),
      ]),
    );
  });
};
