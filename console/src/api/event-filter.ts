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
  (filter.from === undefined || event.at >= filter.from) &&
  (filter.to === undefined || event.at < filter.to) &&
  (filter.q === undefined || holdsText(event, filter.q));

/** Full and half width, upper and lower case are the same, as the manager's search has it. */
const plain = (text: string): string => text.normalize('NFKC').toLowerCase();

const holdsText = ({ message, node, comment, details }: EventView, text: string): boolean =>
  plain([message, node ?? '', comment ?? '', String(details['net'] ?? '')].join('\n')).includes(plain(text));
