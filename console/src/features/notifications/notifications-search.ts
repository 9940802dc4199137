// What stands behind the `?` of the addresses of notifications: filters of the deliveries, and for what a new silence is asked. Pure.
import { deliveryStates } from '@nezuban/protocol/notifications/rule';

/** `kept`: what is kept back at this moment. */
export const deliveryShows = ['all', ...deliveryStates, 'kept'] as const;
export type DeliveryShow = (typeof deliveryShows)[number];

export type NotificationsSearch = {
  state?: DeliveryShow;
  rule?: string;
  channel?: string;
  event?: number;
  node?: string;
  monitor?: string;
  key?: string;
};

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;

/** Unknown values are dropped. */
export const parseNotificationsSearch = (raw: Readonly<Record<string, unknown>>): NotificationsSearch => {
  const search: NotificationsSearch = {};
  const state = deliveryShows.find((each) => each === raw['state']);
  if (state !== undefined) search.state = state;
  for (const name of ['rule', 'channel', 'node', 'monitor', 'key'] as const) {
    const value = text(raw[name]);
    if (value !== undefined) search[name] = value;
  }
  const event = Number(raw['event']);
  if (Number.isSafeInteger(event) && event > 0) search.event = event;
  return search;
};
