// Writes down which new events notifications have to decide about, in the transaction of the events. Called by the event sink.
// What no rule wants costs a look into a table. Deciding is the loop's (`notification-loop.ts`): one at a time, on what is committed.
import { notifiedEvent, type EndedState, type ScopesOf } from '@nezuban/core/notifications/notified-event';
import type { MessageBody } from '@nezuban/core/notifications/effects';
import type { EventView } from '@nezuban/protocol/events/event';
import type { DeliveryPlanner } from '../events/event-sink.ts';
import type { Transaction } from '../ports.ts';
import type { Configurations } from './configurations.ts';
import { insertDeliveries, type DeliveryDraft } from './delivery-store.ts';
import { insertInput, type InputEvent } from './input-store.ts';

export type PlannerPorts = {
  readonly configurations: Pick<Configurations, 'now'>;
  /** Null: nobody knows yet where nodes lie; then every event that might fit is looked at. */
  readonly scopesOf: () => ScopesOf | null;
  /** Where a named channel sends, for lists. */
  readonly describeChannel?: (name: string) => string;
  readonly wake: () => void;
};

/** Lies in every scope that somebody asks for. */
const everywhere = { has: () => true } as unknown as ReadonlySet<string>;

export type NotificationPlanner = DeliveryPlanner & {
  /** Somebody says that these states are over. Resolves to whether there is anything to decide. */
  end(transaction: Transaction, ended: readonly EndedState[]): Promise<boolean>;
};

export const createDeliveryPlanner = ({
  configurations,
  scopesOf,
  describeChannel = (name) => name,
  wake,
}: PlannerPorts): NotificationPlanner => ({
  async plan(transaction, events, repeats) {
    const configuration = configurations.now();
    if (configuration.rules.size === 0 && configuration.inhibitions.size === 0) return false;
    const places = scopesOf() ?? (() => everywhere);
    const input: readonly InputEvent[] = [
      ...events,
      ...repeats.map(({ event, times }) => ({ ...event, repeats: times })),
    ];
    const wanted = input.filter((event) => {
      try {
        return configuration.wants(notifiedEvent(event, event, places));
      } catch {
        // Whatever is wrong with a rule, the event is stored; the loop tells of what it cannot decide, but not of its telling.
        return event.code !== 'notification_failed';
      }
    });
    if (wanted.length === 0) return false;
    await insertInput(transaction, wanted);
    return true;
  },
  async tell(transaction, orders) {
    await insertDeliveries(
      transaction,
      orders.flatMap(({ event, channels }) =>
        channels.map((target): DeliveryDraft => ({
          rule: '',
          target,
          channel: describeChannel(target),
          body: bodyOf(event),
          suppression: null,
        })),
      ),
    );
  },
  async end(transaction, ended) {
    const { rules, inhibitions } = configurations.now();
    if (ended.length === 0 || (rules.size === 0 && inhibitions.size === 0)) return false;
    await insertInput(transaction, { ended });
    return true;
  },
  wake,
});

const bodyOf = (event: EventView): MessageBody => ({
  events: [event],
  more: 0,
  counts: { raised: 1, recovered: 0 },
  recovered: false,
  reminder: false,
  overflow: false,
  unchanged: 0,
  escalation: null,
});
