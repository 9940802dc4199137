// `nezuban users`: who may use the manager.
import type { UserView } from '@nezuban/protocol/access/views';
import { collect, listItemsMax } from '../../api/pages.ts';
import { formatInstant } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const api = await context.api();
  const q = args.text('search');
  const role = args.text('role');
  const filter = { ...(q !== undefined && { q }), ...(role !== undefined && { role }) };
  const page = await collect(
    (query) => api.call('listUsers', { query: { ...filter, ...query } }),
    listItemsMax,
  );
  await out.result(page, () => {
    if (page.items.length === 0) return 'No user fits.';
    return out.table(
      [
        { title: 'USER' },
        { title: 'TITLE', flexible: true },
        { title: 'ROLES' },
        { title: 'STATE' },
        { title: 'LAST SIGN-IN' },
      ],
      page.items.map((user) => {
        const state = stateOf(user);
        return [
          user.name,
          user.title,
          user.roles.join(', '),
          { text: state, style: state === 'active' ? 'green' : 'yellow' },
          formatInstant(user.lastSignInAt),
        ];
      }),
    );
  });
};

export const stateOf = (user: UserView): string => {
  if (user.disabled) return 'disabled';
  if (user.lockedUntil !== null) return `locked until ${formatInstant(user.lockedUntil)}`;
  return user.mustChangePassword ? 'must change password' : 'active';
};
