// `nezuban notify retry`.
import type { DeliveryView } from '@nezuban/protocol/api/events-operations';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const ids = context.args.positionals('DELIVERY').map(Number);
  const api = await context.api();
  const deliveries: DeliveryView[] = [];
  for (const id of ids) deliveries.push(await api.call('retryDelivery', { params: { id } }));
  await context.out.result({ items: deliveries }, () =>
    deliveries.map(({ id, rule, state }) => `Delivery ${id} of ${rule} is tried again (${state}).`),
  );
};
