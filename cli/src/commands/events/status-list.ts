// `nezuban status list`: what is the matter now.
import { collect } from '../../api/pages.ts';
import { formatInstant } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';

const limitDefault = 50;

export const run: CommandRun = async ({ api, args, out }) => {
  const client = await api();
  const [node, scope, monitor, q] = [
    args.text('node'),
    args.text('scope'),
    args.text('monitor'),
    args.text('search'),
  ];
  const filter = {
    priority: args.texts('priority'),
    ...(node !== undefined && { node }),
    ...(scope !== undefined && { scope }),
    ...(monitor !== undefined && { monitor }),
    ...(q !== undefined && { q }),
  };
  const page = await collect(
    (query) => client.call('listStatus', { query: { ...filter, ...query } }),
    args.integer('limit') ?? limitDefault,
  );
  await out.result(page, () =>
    page.items.length === 0
      ? 'Nothing is the matter that fits.'
      : out.table(
          [
            { title: 'PRIORITY' },
            { title: 'NODE' },
            { title: 'MONITOR' },
            { title: 'KEY' },
            { title: 'SINCE' },
            { title: 'TIMES' },
            { title: 'MESSAGE', flexible: true },
          ],
          page.items.map((entry) => [
            out.word(entry.priority),
            entry.node ?? '-',
            entry.monitor ?? '-',
            entry.key ?? '-',
            formatInstant(entry.since),
            String(entry.count),
            `${entry.message}${noteOf(entry)}`,
          ]),
        ),
  );
};

const noteOf = (entry: {
  readonly clearedAt: string | null;
  readonly expiredAt: string | null;
  readonly acknowledgedBy: string | null;
}): string => {
  if (entry.clearedAt !== null) return ' (cleared)';
  if (entry.expiredAt !== null) return ' (not updated)';
  return entry.acknowledgedBy === null ? '' : ` (seen by ${entry.acknowledgedBy})`;
};
