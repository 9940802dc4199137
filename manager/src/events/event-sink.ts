// Where every domain puts what happened.
// Responsible for writing events together with what notifications have to decide about them, in one transaction, and for telling
// browsers and the outbox after the commit, never before.
import type { Database } from '../database/database.ts';
import type { EventDraft, EventSink, LiveBus, Transaction } from '../ports.ts';
import type { EventView } from '@nezuban/protocol/events/event';
import { statusSettingsSchema, type StatusSettings } from '@nezuban/protocol/events/event-settings';
import { storeBatch } from './event-batch.ts';
import type { EventPosition } from './event-position.ts';
import type { Counted } from './repeat-store.ts';

/** `clears`: it ends what earlier events with its node, monitor and key have raised. */
export type PlannedEvent = EventView & { readonly clears?: boolean };

/** What notifications do with new events. Implemented in notifications/. */
export type DeliveryPlanner = {
  /** Writes down what notifications have to decide about these events. Resolves to whether there is anything. */
  plan(
    transaction: Transaction,
    events: readonly PlannedEvent[],
    /** Events of before that were counted up in this call, as they are now, and how often. */
    repeats: readonly Counted[],
  ): Promise<boolean>;
  /** Tells named channels of an event, whatever the rules say. */
  tell?(
    transaction: Transaction,
    orders: readonly { readonly event: EventView; readonly channels: readonly string[] }[],
  ): Promise<void>;
  /** There is something to send. */
  wake(): void;
};

export type EventSinkPorts = {
  readonly database: Database;
  readonly live: LiveBus;
  readonly deliveries: DeliveryPlanner;
  /** The maintenance window that keeps back notifications of the event; null: they go out. */
  readonly mutedBy?: (draft: EventDraft) => string | null;
  readonly statusSettings?: () => StatusSettings;
  readonly position?: EventPosition;
  /** Events were committed. */
  readonly onCommitted?: () => void;
};

/** Rows of one statement; more are written by several, so that no single one runs into its time limit. */
const BATCH_MAX = 5_000;

/** More at once are told as one: whoever shows events loads them anew. */
const PUBLISHED_MAX = 100;
const DEFAULTS = statusSettingsSchema.parse({});

export const createEventSink = ({
  database,
  live,
  deliveries,
  mutedBy = () => null,
  statusSettings = () => DEFAULTS,
  position,
  onCommitted = () => undefined,
}: EventSinkPorts): EventSink => {
  /** The event is kept as any other; it only says that nobody was notified, and because of what. */
  const marked = (draft: EventDraft): EventDraft => {
    const window = mutedBy(draft);
    return window === null ? draft : { ...draft, details: { ...draft.details, mutedBy: window } };
  };
  const append: EventSink['append'] = async (transaction, drafts) => {
    const changed: EventView[] = [];
    const written = drafts.length > 0 ? position?.writing() : undefined;
    let highestId = 0;
    let demanded = false;
    let changesStatus = false;
    let ordered = false;
    for (let start = 0; start < drafts.length; start += BATCH_MAX) {
      const batch = drafts.slice(start, start + BATCH_MAX).map(marked);
      const stored = await storeBatch(transaction, batch, statusSettings());
      const planned = stored.events.map(({ event, draft }): PlannedEvent =>
        draft.clears === true ? { ...event, clears: true } : event,
      );
      demanded = (await deliveries.plan(transaction, planned, stored.repeats)) || demanded;
      changesStatus ||= stored.changesStatus;
      const orders = stored.events.flatMap(({ event, draft: { channels } }) =>
        channels === undefined || channels.length === 0 ? [] : [{ event, channels }],
      );
      if (orders.length > 0) {
        await deliveries.tell?.(transaction, orders);
        ordered = true;
      }
      highestId = Math.max(highestId, stored.events.at(-1)?.event.id ?? 0);
      for (const { event } of stored.events) changed.push(event);
      for (const { event } of stored.repeats) changed.push(event);
    }
    return () => {
      written?.(highestId);
      if (drafts.length > 0) onCommitted();
      if (changed.length > PUBLISHED_MAX) live.publish({ type: 'eventsChanged' });
      else for (const event of changed) live.publish({ type: 'event', event });
      if (changesStatus) live.publish({ type: 'statusChanged' });
      if (demanded || ordered) deliveries.wake();
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
