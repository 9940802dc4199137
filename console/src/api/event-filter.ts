// Whether an event belongs to a filtered list, as the manager decides it: for events that arrive live.
import type { EventView } from '@nezuban/protocol/events/event';
import type { EventsFilter } from './queries.ts';

/** Where a node lies, and whether what an event raised goes on, only the manager knows: such a list is loaded anew instead. */
export const isJudgedHere = ({ scope, cleared }: EventsFilter): boolean =>
  scope === undefined && (cleared === undefined || cleared === 'yes');

export const eventMatches = (event: EventView, filter: EventsFilter): boolean =>
  (filter.priority === undefined ||
    filter.priority.length === 0 ||
    filter.priority.includes(event.priority)) &&
  (filter.code === undefined || filter.code.length === 0 || filter.code.includes(event.code)) &&
  (filter.confirm === undefined || filter.confirm === event.confirm) &&
  (filter.node === undefined || filter.node === event.node) &&
  (filter.monitor === undefined || filter.monitor === event.monitor) &&
  (filter.key === undefined || filter.key === event.key) &&
  (filter.cleared !== 'yes' || event.clearedAt !== null) &&
  (filter.min_count === undefined || event.count >= filter.min_count) &&
  (filter.trap === undefined || filter.trap === event.trapId) &&
  (filter.session === undefined || event.details['session'] === filter.session) &&
  (filter.from === undefined || event.at >= filter.from) &&
  (filter.to === undefined || event.at < filter.to) &&
  (filter.field ?? []).every((field) => holdsField(event, field)) &&
  (filter.q === undefined || holdsText(event, filter.q));

const holdsField = ({ fields }: EventView, field: string): boolean => {
  const at = field.indexOf('=');
  return fields[field.slice(0, at)] === field.slice(at + 1);
};

/** Full and half width, upper and lower case are the same, as the manager's search has it. */
const plain = (text: string): string => text.normalize('NFKC').toLowerCase();

const holdsText = ({ message, node, comment, details }: EventView, text: string): boolean =>
  plain([message, node ?? '', comment ?? '', String(details['net'] ?? '')].join('\n')).includes(plain(text));
