// `nezuban queues`: queues, locks and limits of nodes with what they hold now.
import { visible } from '../../output/visible.ts';
import type { CommandRun } from '../command.ts';
import { freezeLines, kindWord, stateWord } from './limit-words.ts';

export const run: CommandRun = async (context) => {
  const { out } = context;
  const api = await context.api();
  const list = await api.call('listLimits');
  await out.result(list, () =>
    list.items.length === 0
      ? 'No queue, lock or limit of a node.'
      : [
          ...out.table(
            [
              { title: 'KIND' },
              { title: 'NAME' },
              { title: 'STATE' },
              { title: 'USED', align: 'right' },
              { title: 'PLACES', align: 'right' },
              { title: 'WAIT', align: 'right' },
              { title: 'TITLE', flexible: true },
            ],
            list.items.map((limit) => [
              kindWord(limit.kind),
              limit.name,
              stateWord(limit),
              String(limit.used),
              String(limit.places),
              String(limit.waiting),
              limit.title ?? '',
            ]),
          ),
          ...list.items.flatMap(freezeLines).map(visible),
        ],
  );
};
