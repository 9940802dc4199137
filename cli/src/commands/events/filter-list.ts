// `nezuban events filter list`.
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async ({ api, out }) => {
  const page = await (await api()).call('listEventFilters');
  await out.result(page, () =>
    page.items.length === 0
      ? 'No saved filter yet.'
      : out.table(
          [
            { title: 'FILTER' },
            { title: 'OF' },
            { title: 'FOR EVERYBODY' },
            { title: 'EVENTS', flexible: true },
          ],
          page.items.map(({ name, owner, shared, filter }) => [
            name,
            owner,
            shared ? 'yes' : 'no',
            Object.entries(filter)
              .map(([key, value]) => `${key} ${Array.isArray(value) ? value.join(', ') : String(value)}`)
              .join('; '),
          ]),
        ),
  );
};
