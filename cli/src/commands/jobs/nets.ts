// `nezuban nets`: job nets by name.
import { collect, listItemsMax } from '../../api/pages.ts';
import { formatInstant } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';
import { sessionWord } from './session-words.ts';

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const api = await context.api();
  const q = args.text('search');
  const page = await collect(
    (query) => api.call('listNets', { query: { ...query, ...(q !== undefined && { q }) } }),
    listItemsMax,
  );
  await out.result(page, () => {
    if (page.items.length === 0)
      return q === undefined ? 'No job net yet. Try: nezuban sample' : `No job net matches "${q}".`;
    return out.table(
      [
        { title: 'NET' },
        { title: 'TITLE', flexible: true },
        { title: 'UNITS', align: 'right' },
        { title: 'NEXT START' },
        { title: 'LAST SESSION' },
      ],
      page.items.map((net) => [
        net.name,
        net.title,
        net.unitCount,
        formatInstant(net.nextRunAt),
        net.lastSession === null
          ? null
          : {
              text: `${net.lastSession.id} ${sessionWord(net.lastSession)}`,
              style: out.word(net.lastSession.endStatus ?? net.lastSession.state).style,
            },
      ]),
    );
  });
};
