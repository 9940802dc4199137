// `nezuban sessions`: sessions, newest first.
import { collect, listItemsMax } from '../../api/pages.ts';
import { formatInstant, formatSpan } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';
import { timeRangeOf } from '../shared/time-range.ts';
import { sessionTimes } from '@nezuban/protocol/jobs/session';
import { sessionWord, triggerWords } from './session-words.ts';
import type { OperationInput } from '@nezuban/protocol/api/operation';
import type { Operations } from '@nezuban/protocol/api/operations';

type Query = NonNullable<OperationInput<Operations['listSessions']>['query']>;

const limitDefault = 20;

export const run: CommandRun = async (context) => {
  const { args, out, ports } = context;
  const api = await context.api();
  const net = args.text('net');
  const folder = args.text('folder');
  const time = sessionTimes.find((each) => each === args.text('time'));
  const filter: Partial<Query> = {
    state: args.texts('state'),
    end_status: args.texts('end-status'),
    ...(net !== undefined && { net }),
    ...(folder !== undefined && { folder }),
    ...(time !== undefined && { time }),
    ...timeRangeOf(context),
  };
  const page = await collect(
    (query) => api.call('listSessions', { query: { ...filter, ...query } }),
    args.integer('limit') ?? limitDefault,
  );
  await out.result(page, () => {
    if (page.items.length === 0) return 'No session.';
    return out.table(
      [
        { title: 'SESSION', align: 'right' },
        { title: 'NET', flexible: true },
        { title: 'STATE' },
        { title: 'BEGUN' },
        { title: 'TOOK', align: 'right' },
        { title: 'STARTED' },
      ],
      page.items.map((session) => [
        session.id,
        session.net,
        {
          text: sessionWord(session),
          style: out.word(session.state === 'ended' ? (session.endStatus ?? 'ended') : session.state).style,
        },
        formatInstant(session.createdAt),
        formatSpan(session.createdAt, session.endedAt, ports.now()),
        triggerWords(session.trigger),
      ]),
    );
  });
  if (page.nextCursor !== null)
    out.note(`There are more: nezuban sessions --limit ${Math.min(page.items.length * 5, listItemsMax)}`);
};
