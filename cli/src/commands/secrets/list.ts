// `nezuban secret list`: which secrets are kept, and who names them.
import { collect, listItemsMax } from '../../api/pages.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { out } = context;
  const api = await context.api();
  const page = await collect((query) => api.call('listSecrets', { query }), listItemsMax);
  await out.result(page, () => {
    if (page.items.length === 0) return 'No secret is kept yet. Set one with: nezuban secret set NAME';
    return out.table(
      [
        { title: 'SECRET' },
        { title: 'DESCRIPTION', flexible: true },
        { title: 'NAMED BY', flexible: true },
        { title: 'SET BY' },
        { title: 'SET AT' },
      ],
      page.items.map(({ name, description, usedBy, lost, updatedAt, updatedBy }) => [
        name,
        lost ? { text: 'cannot be opened, set it anew', style: 'red' } : (description ?? ''),
        usedBy.join(', '),
        updatedBy,
        updatedAt,
      ]),
    );
  });
};
