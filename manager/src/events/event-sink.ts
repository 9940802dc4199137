// Where every domain puts what happened.
// Responsible for writing events together with the deliveries that notification rules demand, in one transaction, and for telling
// browsers and the outbox after the commit, never before.
import type { Database } from '../database/database.ts';
import type { EventDraft, EventSink, LiveBus, Transaction } from '../ports.ts';
import type { EventView } from '@nezuban/protocol/events/event';
import { insertEvents } from './event-store.ts';

/** What notifications do with new events. Implemented in notifications/. */
export type DeliveryPlanner = {
  /** Writes the deliveries that the rules demand for these events. Resolves to whether there are any. */
  plan(transaction: Transaction, events: readonly EventView[]): Promise<boolean>;
  /** There is something to send. */
  wake(): void;
};

export type EventSinkPorts = {
  readonly database: Database;
  readonly live: LiveBus;
  readonly deliveries: DeliveryPlanner;
  /** The maintenance window that keeps back notifications of the event; null: they go out. */
  readonly mutedBy?: (draft: EventDraft) => string | null;
};

/** Rows of one statement; more are written by several, so that no single one runs into its time limit. */
const BATCH_MAX = 2_000;

export const createEventSink = ({
  database,
  live,
  deliveries,
  mutedBy = () => null,
}: EventSinkPorts): EventSink => {
  /** The event is kept as any other; it only says that nobody was notified, and because of what. */
  const marked = (draft: EventDraft): EventDraft => {
    const window = mutedBy(draft);
    return window === null ? draft : { ...draft, details: { ...draft.details, mutedBy: window } };
  };
  const append: EventSink['append'] = async (transaction, drafts) => {
    const events: EventView[] = [];
    let demanded = false;
    for (let start = 0; start < drafts.length; start += BATCH_MAX) {
      const stored = await insertEvents(transaction, drafts.slice(start, start + BATCH_MAX).map(marked));
      demanded = (await deliveries.plan(transaction, stored)) || demanded;
      events.push(...stored);
    }
    return () => {
      for (const event of events) live.publish({ type: 'event', event });
      if (demanded) deliveries.wake();
    };
  };
  return {
    append,
    async appendNow(drafts) {
      if (drafts.length === 0) return;
      const publish = await database.inTransaction((transaction) => append(transaction, drafts));
      publish();
    },
  };
};
