// `nezuban events`: the newest events, oldest first as in a log; with --follow each new one as it comes.
import type { EventView } from '@nezuban/protocol/events/event';
import type { OperationInput } from '@nezuban/protocol/api/operation';
import type { Operations } from '@nezuban/protocol/api/operations';
import type { ApiClient } from '../../api/client.ts';
import { createLiveWatch } from '../../api/live-watch.ts';
import { collect, type Page } from '../../api/pages.ts';
import { withPatience } from '../../api/patience.ts';
import { formatInstant, withLocalTimes } from '../../output/time.ts';
import { visible } from '../../output/visible.ts';
import { padEnd } from '../../output/width.ts';
import type { CommandContext, CommandRun } from '../command.ts';
import { eventFilterOf } from './event-filter.ts';
import { createNewEvents, type NewEvents } from './new-events.ts';

type Query = NonNullable<OperationInput<Operations['listEvents']>['query']>;

const limitDefault = { once: 50, follow: 10 } as const;
/** Looked at after each wake-up. Numbers are given before the commit, so a lower one may appear after a higher one. */
const lookBackItems = 500;
/** Most events that are caught up with at once, after a storm or a long cut. */
const backlogMax = 10_000;
/** Columns of the longest priority. */
const priorityWidth = 'critical'.length;

export const run: CommandRun = async (context) => {
  const api = await context.api();
  return context.command.name === 'events follow' || context.args.flag('follow')
    ? follow(api, context)
    : list(api, context);
};

const list = async (api: ApiClient, context: CommandContext): Promise<void> => {
  const filter = eventFilterOf(context);
  const limit = context.args.integer('limit') ?? limitDefault.once;
  const page = await collect((query) => api.call('listEvents', { query: { ...filter, ...query } }), limit);
  await context.out.result(page, () =>
    page.items.length === 0 ? 'No event.' : page.items.toReversed().map((event) => eventLine(event, context)),
  );
};

const follow = async (api: ApiClient, context: CommandContext): Promise<void> => {
  const { out, signal } = context;
  const watch = createLiveWatch(api, {
    query: { topic: ['events'] },
    signal,
    concerns: (message) => message.type === 'event' || message.type === 'eventsChanged',
  });
  const newEvents = createNewEvents(context.args.integer('limit') ?? limitDefault.follow);
  try {
    for (;;) {
      const found = newEvents.take(await loadNewest(api, newEvents, context));
      for (const event of found) await out.item(event, () => eventLine(event, context));
      if (found.length > 0) watch.hurry();
      await watch.next();
    }
  } finally {
    await watch.close();
  }
};

/** The newest events back to one that is known. */
const loadNewest = async (
  api: ApiClient,
  newEvents: NewEvents,
  context: CommandContext,
): Promise<readonly EventView[]> => {
  const { out, signal, ports } = context;
  const filter = eventFilterOf(context);
  const onTrouble = (failure: Error) => out.note(`${failure.message} Trying on.`);
  const items: EventView[] = [];
  let cursor: string | null = null;
  do {
    const query: Partial<Query> = { ...filter, limit: lookBackItems, ...(cursor !== null && { cursor }) };
    const page: Page<EventView> = await withPatience(() => api.call('listEvents', { query }), {
      signal,
      now: ports.now,
      onTrouble,
    });
    items.push(...page.items);
    cursor = page.nextCursor;
    if (newEvents.joins(page.items)) return items;
  } while (cursor !== null && items.length < backlogMax);
  if (cursor !== null)
    out.note(`More than ${backlogMax} events came at once; "nezuban events" lists the older ones.`);
  return items;
};

const eventLine = (event: EventView, { out }: CommandContext): string => {
  const node = event.node === null ? '' : `${visible(event.node)}: `;
  const times = event.count > 1 ? ` (${event.count} times)` : '';
  const cleared = typeof event.clearedAt === 'string' ? ' (cleared)' : '';
  const { style } = out.word(event.priority);
  const priority = padEnd(event.priority, priorityWidth);
  return `${String(event.id).padStart(6)}  ${formatInstant(event.at)}  ${style === undefined ? priority : out.paint(style, priority)}  ${node}${visible(withLocalTimes(event.message))}${times}${cleared}${confirmText(event)}`;
};

const confirmText = (event: EventView): string => {
  const comment = event.comment === null ? '' : `: ${visible(event.comment)}`;
  if (event.confirm === 'confirmed') return ` (confirmed by ${visible(event.confirmedBy ?? '?')}${comment})`;
  if (event.confirm === 'confirming') return ` (${visible(event.confirmingBy ?? '?')} is on it${comment})`;
  return '';
};
