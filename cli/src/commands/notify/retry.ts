// `nezuban notify retry`: single deliveries that failed, or all that fit.
import type { DeliveryView } from '@nezuban/protocol/api/events-operations';
import { usageFailure } from '../../failure.ts';
import type { CommandRun } from '../command.ts';
import { timeRangeOf } from '../shared/time-range.ts';

export const run: CommandRun = async (context) => {
  const { args, out, command } = context;
  const ids = args.positionals('DELIVERY').map(Number);
  if (args.flag('all') === ids.length > 0)
    throw usageFailure(
      'Give the numbers of deliveries, or --all for every failed one that fits.',
      command.name,
    );
  const api = await context.api();
  if (args.flag('all')) {
    const { from = null, to = null } = timeRangeOf(context);
    const body = { rule: args.text('rule') ?? null, channel: args.text('channel') ?? null, from, to };
    const { retried } = await api.call('retryDeliveries', { body });
    await out.result({ retried }, () =>
      retried === 0 ? 'No failed delivery fits.' : `${retried} deliveries are tried again.`,
    );
    return;
  }
  const deliveries: DeliveryView[] = [];
  for (const id of ids) deliveries.push(await api.call('retryDelivery', { params: { id } }));
  await out.result({ items: deliveries }, () =>
    deliveries.map(({ id, rule, state }) => `Delivery ${id} of ${rule} is tried again (${state}).`),
  );
};
