// `nezuban notify deliveries`: the outbox.
import { collect } from '../../api/pages.ts';
import { formatInstant } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';

const limitDefault = 50;
const styles = { sent: 'green', pending: 'yellow', failed: 'red', suppressed: 'dim' } as const;

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const api = await context.api();
  const state = args.texts('state') as (keyof typeof styles)[];
  const page = await collect(
    (query) => api.call('listDeliveries', { query: { ...query, ...(state.length > 0 && { state }) } }),
    args.integer('limit') ?? limitDefault,
  );
  await out.result(page, () => {
    if (page.items.length === 0) return state.length === 0 ? 'Nothing was sent yet.' : 'No delivery fits.';
    return out.table(
      [
        { title: 'ID', align: 'right' },
        { title: 'MADE' },
        { title: 'RULE' },
        { title: 'EVENT', align: 'right' },
        { title: 'STATE' },
        { title: 'TRIES', align: 'right' },
        { title: 'NEXT TRY' },
        { title: 'LAST ERROR', flexible: true },
      ],
      page.items.map((delivery) => [
        delivery.id,
        formatInstant(delivery.createdAt),
        delivery.rule,
        delivery.eventId,
        { text: delivery.state, style: styles[delivery.state] },
        delivery.tries,
        formatInstant(delivery.nextTryAt),
        delivery.lastError ?? '',
      ]),
    );
  });
};
