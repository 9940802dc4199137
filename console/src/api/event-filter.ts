// Whether an event belongs to a filtered list, as the manager decides it: for events that arrive live.
import type { EventView } from '@nezuban/protocol/events/event';
import type { EventsFilter } from './queries.ts';

export const eventMatches = (event: EventView, filter: EventsFilter): boolean =>
  (filter.priority === undefined ||
    filter.priority.length === 0 ||
    filter.priority.includes(event.priority)) &&
  (filter.code === undefined || filter.code.length === 0 || filter.code.includes(event.code)) &&
  (filter.confirm === undefined || filter.confirm === event.confirm) &&
  (filter.node === undefined || filter.node === event.node) &&
  (filter.session === undefined || event.details['session'] === filter.session) &&
  (filter.q === undefined || event.message.toLowerCase().includes(filter.q.toLowerCase()));
