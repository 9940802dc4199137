// `nezuban events`: the newest events, oldest first as in a log; with --follow each new one as it comes.
import type { EventView } from '@nezuban/protocol/events/event';
import type { OperationInput } from '@nezuban/protocol/api/operation';
import type { Operations } from '@nezuban/protocol/api/operations';
import type { ApiClient } from '../../api/client.ts';
import { createLiveWatch } from '../../api/live-watch.ts';
import { collect } from '../../api/pages.ts';
import { withPatience } from '../../api/patience.ts';
import { formatInstant } from '../../output/time.ts';
import { visible } from '../../output/visible.ts';
import { padEnd } from '../../output/width.ts';
import type { CommandContext, CommandRun } from '../command.ts';
import { createNewEvents } from './new-events.ts';

type Query = NonNullable<OperationInput<Operations['listEvents']>['query']>;

const limitDefault = { once: 50, follow: 10 } as const;
/** Looked at after each wake-up. Numbers are given before the commit, so a lower one may appear after a higher one. */
const lookBackItems = 500;
/** Columns of the longest priority. */
const priorityWidth = 'critical'.length;

export const run: CommandRun = async (context) => {
  const api = await context.api();
  return context.args.flag('follow') ? follow(api, context) : list(api, context);
};

const filterOf = ({ args }: CommandContext): Partial<Query> => {
  const node = args.text('node');
  const session = args.integer('session');
  const q = args.text('search');
  return {
    priority: args.texts('priority'),
    ...(args.flag('unconfirmed') && { confirm: 'unconfirmed' }),
    ...(node !== undefined && { node }),
    ...(session !== undefined && { session }),
    ...(q !== undefined && { q }),
  };
};

const list = async (api: ApiClient, context: CommandContext): Promise<void> => {
  const filter = filterOf(context);
  const limit = context.args.integer('limit') ?? limitDefault.once;
  const page = await collect((query) => api.call('listEvents', { query: { ...filter, ...query } }), limit);
  await context.out.result(page, () =>
    page.items.length === 0 ? 'No event.' : page.items.toReversed().map((event) => eventLine(event, context)),
  );
};

const follow = async (api: ApiClient, context: CommandContext): Promise<void> => {
  const { out, signal, ports } = context;
  const filter = filterOf(context);
  const load = (limit: number) =>
    withPatience(
      () => collect((query) => api.call('listEvents', { query: { ...filter, ...query } }), limit),
      {
        signal,
        now: ports.now,
        onTrouble: (failure) => out.note(`${failure.message} Trying on.`),
      },
    );
  const watch = createLiveWatch(api, {
    query: { topic: ['events'] },
    signal,
    concerns: (message) => message.type === 'event',
  });
  const newEvents = createNewEvents(context.args.integer('limit') ?? limitDefault.follow);
  try {
    for (;;) {
      const page = await load(lookBackItems);
      const found = newEvents(page.items);
      for (const event of found) await out.item(event, () => eventLine(event, context));
      if (found.length > 0) watch.hurry();
      await watch.next();
    }
  } finally {
    await watch.close();
  }
};

const eventLine = (event: EventView, { out }: CommandContext): string => {
  const node = event.node === null ? '' : `${visible(event.node)}: `;
  const confirmed =
    event.confirm === 'unconfirmed'
      ? ''
      : ` (confirmed by ${visible(event.confirmedBy ?? '?')}${event.comment === null ? '' : `: ${visible(event.comment)}`})`;
  const { style } = out.word(event.priority);
  const priority = padEnd(event.priority, priorityWidth);
  return `${String(event.id).padStart(6)}  ${formatInstant(event.at)}  ${style === undefined ? priority : out.paint(style, priority)}  ${node}${visible(event.message)}${confirmed}`;
};
