// `nezuban notify deliveries`: the outbox.
import type { DeliveryView } from '@nezuban/protocol/api/events-operations';
import { collect } from '../../api/pages.ts';
import { formatInstant } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';

const limitDefault = 50;
const styles = { sent: 'green', pending: 'yellow', failed: 'red', suppressed: 'dim' } as const;

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const api = await context.api();
  const state = args.texts('state') as (keyof typeof styles)[];
  const [rule, channel, event] = [args.text('rule'), args.text('channel'), args.integer('event')];
  const filter = {
    ...(state.length > 0 && { state }),
    ...(rule !== undefined && { rule }),
    ...(channel !== undefined && { channel }),
    ...(event !== undefined && { event }),
  };
  const page = await collect(
    (query) => api.call('listDeliveries', { query: { ...query, ...filter } }),
    args.integer('limit') ?? limitDefault,
  );
  await out.result(page, () => {
    if (page.items.length === 0)
      return Object.keys(filter).length === 0 ? 'Nothing was sent yet.' : 'No delivery fits.';
    return out.table(
      [
        { title: 'ID', align: 'right' },
        { title: 'MADE' },
        { title: 'RULE' },
        { title: 'EVENT', align: 'right' },
        { title: 'STATE' },
        { title: 'TRIES', align: 'right' },
        { title: 'NEXT TRY' },
        { title: 'LAST ERROR, OR WHY IT IS KEPT BACK', flexible: true },
      ],
      page.items.map((delivery) => [
        delivery.id,
        formatInstant(delivery.createdAt),
        delivery.rule,
        delivery.eventId,
        { text: delivery.state, style: styles[delivery.state] },
        delivery.tries,
        formatInstant(delivery.nextTryAt),
        delivery.lastError ?? keptText(delivery),
      ]),
    );
  });
};

const keptText = ({ suppressedBy, suppressedKind, eventCount = 1 }: DeliveryView): string =>
  suppressedBy == null
    ? ''
    : `${suppressedKind ?? 'maintenance'} ${suppressedBy}${eventCount > 1 ? `, ${eventCount} events` : ''}`;
