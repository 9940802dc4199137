// Which state an event is about, and how states are told apart.
// Responsible for the state that events of Nezuban itself raise and clear, and for the hash by which rows find each other. Pure. Called by
// the manager for each event, in the transaction that stores it.
import type { EventCode } from '@nezuban/protocol/events/event';
import type { Priority } from '@nezuban/protocol/priority';

/** An event as far as its state is concerned. */
export type StatedEvent = {
  readonly code: EventCode;
  readonly priority: Priority;
  readonly node: string | null;
  readonly details: Readonly<Record<string, string | number>>;
  readonly monitor?: string;
  readonly key?: string;
  readonly clears?: boolean;
};

/** Empty text: no node (the manager itself), no monitor (Nezuban), no key (the monitor as a whole). */
export type EventState = {
  readonly node: string;
  readonly monitor: string;
  readonly key: string;
  readonly net: string | null;
  /** What happens to earlier events of it: this one starts, ends, or merely tells. */
  readonly turn: 'raises' | 'clears' | 'tells';
};

/** Keys are parts of an index, whose entries are limited; templates on long traps make longer ones. */
export const KEY_CHARS_MAX = 300;

/** Null: it is about no state. */
export const stateOf = (event: StatedEvent): EventState | null => {
  if (event.monitor !== undefined || event.key !== undefined) {
    const key = boundedKey(event.key ?? '');
    const raises = key !== '' && event.priority !== 'info';
    return {
      node: event.node ?? '',
      monitor: event.monitor ?? '',
      key,
      net: netOf(event),
      turn: event.clears === true && key !== '' ? 'clears' : raises ? 'raises' : 'tells',
    };
  }
  return ownStateOf(event);
};

const ownStateOf = (event: StatedEvent): EventState | null => {
  const own = (key: string, turn: EventState['turn']): EventState => ({
    node: event.node ?? '',
    monitor: '',
    key,
    net: netOf(event),
    turn,
  });
  switch (event.code) {
    case 'agent_connected':
      return own('agent', 'clears');
    case 'agent_disconnected':
      return own('agent', 'raises');
    case 'self_watch_raised':
      return own(`self:${event.details['item'] ?? ''}`, 'raises');
    case 'self_watch_cleared':
      return own(`self:${event.details['item'] ?? ''}`, 'clears');
    case 'session_ended': {
      const net = netOf(event);
      if (net === null) return null;
      return own(boundedKey(`net:${net}`), event.details['endStatus'] === 'normal' ? 'clears' : 'raises');
    }
    default:
      return null;
  }
};

const netOf = ({ details }: StatedEvent): string | null => {
  const net = details['net'] ?? details['folder'];
  return net === undefined ? null : String(net);
};

/** A long key keeps its beginning, for people, and a hash of all of it. */
export const boundedKey = (key: string): string =>
  key.length <= KEY_CHARS_MAX ? key : `${key.slice(0, KEY_CHARS_MAX - 20)}…${hashText(key)}`;

/** Of node, monitor and key; 53 bits, so that it is a number everywhere. Whoever finds rows by it compares the three as well. */
export const hashState = ({ node, monitor, key }: Pick<EventState, 'node' | 'monitor' | 'key'>): number =>
  hashText(`${node}\0${monitor}\0${key}`);

/** cyrb53 (bryc, public domain): no guard against intent, only few collisions for little time. */
const hashText = (text: string): number => {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 2_654_435_761);
    low = Math.imul(low ^ code, 1_597_334_677);
  }
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
  return 4_294_967_296 * (0x1fffff & low) + (high >>> 0);
};
