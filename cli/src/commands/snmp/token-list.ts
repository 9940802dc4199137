// `nezuban trap token list`: tokens for custom traps, never their secrets.
import { formatInstant } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { out } = context;
  const { items } = await (await context.api()).call('listTrapTokens');
  await out.result({ items }, () => {
    if (items.length === 0)
      return 'No token: custom traps are taken from every address that may send. Make one with: nezuban trap token create NAME';
    return out.table(
      [{ title: 'NAME', flexible: true }, { title: 'MADE' }, { title: 'BY' }],
      items.map((token) => [token.name, formatInstant(token.createdAt), token.createdBy]),
    );
  });
};
