// `nezuban queue show`: who holds places and who waits.
import type { LimitDetail, PlaceHolder } from '@nezuban/protocol/jobs/control/limit';
import { formatInstant } from '../../output/time.ts';
import { visible } from '../../output/visible.ts';
import type { CommandRun } from '../command.ts';
import {
  freezeLines,
  freezeWords,
  holderWord,
  kindWord,
  limitOf,
  sinceWord,
  stateWord,
} from './limit-words.ts';

export const run: CommandRun = async (context) => {
  const { out } = context;
  const params = limitOf(context.args, 'queue show');
  const api = await context.api();
  const limit = await api.call('getLimit', { params });
  const rows = (items: readonly PlaceHolder[]): string[] =>
    out.table(
      [
        { title: '#', align: 'right' },
        { title: 'WHO', flexible: true },
        { title: 'PLACES', align: 'right' },
        { title: 'PRIORITY', align: 'right' },
        { title: 'SINCE' },
        ...(items.some(({ waits }) => waits !== undefined) ? [{ title: 'BECAUSE' }] : []),
      ],
      items.map((item, index) => [
        String(index + 1),
        holderWord(item),
        item.count === null ? 'all' : String(item.count),
        String(item.priority),
        sinceWord(item.since),
        ...(items.some(({ waits }) => waits !== undefined)
          ? [item.waits === undefined ? '' : freezeWords(item.waits)]
          : []),
      ]),
    );
  await out.result(limit, () => [
    head(limit),
    ...freezeLines(limit).map(visible),
    '',
    limit.holders.length === 0 ? 'Nobody holds a place.' : 'Hold places:',
    ...(limit.holders.length === 0 ? [] : rows(limit.holders)),
    '',
    limit.waiters.length === 0 ? 'Nobody waits.' : 'Wait, in order:',
    ...(limit.waiters.length === 0 ? [] : rows(limit.waiters)),
  ]);
};

const head = (limit: LimitDetail): string => {
  const { paused, changesAt } = limit;
  const what = `${kindWord(limit.kind)} ${limit.name}: ${limit.used} of ${limit.places} places taken, ${limit.waiting} wait (${stateWord(limit)})`;
  const why =
    paused === null
      ? ''
      : `\nPaused by ${paused.by} since ${formatInstant(paused.at)}${paused.reason === null ? '' : `: ${paused.reason}`}`;
  return `${what}${why}${changesAt === null ? '' : `\nAnother number of places from ${formatInstant(changesAt)}`}`;
};
