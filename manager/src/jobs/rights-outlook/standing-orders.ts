// The port StandingOrders: what a change of people's rights means for what they have left behind, to look at and to tell.
// Responsible for what one may see of it, and for the events, which are written in the transaction of the change, so that the night is not the
// first to say it. Made by jobs.ts; asked by access/, and by nothing else.
import { outlookLimits, type OrdersOutlook, type StandingOrder } from '@nezuban/protocol/access/outlook';
import type { Clock } from '@nezuban/platform/clock';
import type { EventSink, StandingOrders } from '../../ports.ts';
import type { AuthorRights } from '../author-rights.ts';
import { findAffected } from './order-outlook.ts';
import { orderEvents } from './outlook-events.ts';

export type StandingOrderPorts = {
  readonly authors: AuthorRights;
  readonly events: Pick<EventSink, 'append'>;
  readonly clock: Clock;
};

export const createStandingOrders = ({ authors, events, clock }: StandingOrderPorts): StandingOrders => ({
  async look(transaction, changes, { actor, kept }) {
    const all = await findAffected(authors, transaction, { changes, kept });
    return viewOf(all, (net) => actor.permissions.onNet('nets.read', net));
  },
  async tell(transaction, changes, actor) {
    const all = await findAffected(authors, transaction, { changes, kept: false });
    const drafts = orderEvents(all, { actor: actor.name, at: new Date(clock.epochMs()) });
    return drafts.length === 0 ? () => undefined : await events.append(transaction, drafts);
  },
});

const viewOf = (all: readonly StandingOrder[], sees: (net: string) => boolean): OrdersOutlook => {
  const counts = { refused: 0, allowed: 0, kept: 0 };
  for (const { becomes } of all) counts[becomes] += 1;
  const visible = all.filter(({ net }) => sees(net));
  // What stops matters most.
  const items = (['refused', 'allowed', 'kept'] as const).flatMap((turn) =>
    visible.filter(({ becomes }) => becomes === turn),
  );
  return { items: items.slice(0, outlookLimits.itemsMax), counts, hidden: all.length - visible.length };
};
