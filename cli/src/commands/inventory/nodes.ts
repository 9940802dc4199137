// `nezuban nodes`: nodes by name.
import { collect, listItemsMax } from '../../api/pages.ts';
import { formatInstant } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const api = await context.api();
  const q = args.text('search');
  const page = await collect(
    (query) => api.call('listNodes', { query: { ...query, ...(q !== undefined && { q }) } }),
    listItemsMax,
  );
  await out.result(page, () => {
    if (page.items.length === 0)
      return q === undefined
        ? 'No node yet. Join one with the line that "nezuban join-token" prints.'
        : `No node matches "${q}".`;
    return out.table(
      [
        { title: 'NODE' },
        { title: 'AGENT' },
        { title: 'RUNNING', align: 'right' },
        { title: 'HOST' },
        { title: 'ADDRESS' },
        { title: 'VERSION' },
        { title: 'LAST SEEN' },
        { title: 'SCOPES', flexible: true },
      ],
      page.items.map((node) => [
        node.name,
        out.word(node.connection),
        node.runningAttempts,
        node.hostname,
        node.address,
        node.agentVersion,
        // Of one that is connected the manager notes when it came and went, not each sign.
        node.connection === 'connected' ? 'now' : formatInstant(node.lastSeenAt),
        node.scopes.join(', '),
      ]),
    );
  });
};
