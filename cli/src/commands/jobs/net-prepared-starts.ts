// `nezuban net prepared-starts`: the starts of a job net that somebody has prepared or left out beforehand.
import { formatInstant } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';
import { wishWords } from './wish-words.ts';

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const name = args.positional('NET');
  const api = await context.api();
  const answer = await api.call('listStartPreparations', { params: { name } });
  await out.result(answer, () => {
    if (answer.items.length === 0) return `No start of ${name} is prepared.`;
    return out.table(
      [
        { title: 'AT' },
        { title: 'SCHEDULE' },
        { title: 'BY' },
        { title: 'PREPARED' },
        { title: 'REASON', flexible: true },
      ],
      answer.items.map((item) => [
        formatInstant(item.movedTo ?? item.at),
        item.schedule,
        item.by,
        wishWords(item),
        item.reason ?? '',
      ]),
    );
  });
};
