// The words of a notification. Pure. Called by the channels.
import type { EventView } from '@nezuban/protocol/events/event';
import type { DeliveryMessage } from './channel.ts';

const SUBJECT_CHARS_MAX = 200;
/** Bytes that mail and chat take without complaint. */
const TEXT_CHARS_MAX = 60_000;

/** A message of one event, told for the first time. */
export const messageOfEvent = (event: EventView): Omit<DeliveryMessage, 'key' | 'rule'> => ({
  event,
  events: [event],
  more: 0,
  counts: { raised: 1, recovered: 0 },
  recovered: false,
  reminder: false,
  overflow: false,
  escalation: null,
  unchanged: 0,
  repeat: false,
  test: false,
});

export const subjectOf = (message: DeliveryMessage): string => {
  const { event, repeat, test, recovered, reminder, escalation } = message;
  const mark = [
    ...(test ? ['test: '] : []),
    ...(repeat ? ['repeat: '] : []),
    ...(escalation === null ? [] : [`escalation ${escalation.step}/${escalation.steps}: `]),
    ...(recovered ? ['recovered: '] : []),
    ...(reminder ? ['still: '] : []),
    ...(totalOf(message) > 1 ? [`${totalOf(message)} events: `] : []),
  ].join('');
  const subject = `[Nezuban ${event.priority}] ${mark}${event.message}`.replaceAll(/\s+/g, ' ');
  return subject.length <= SUBJECT_CHARS_MAX ? subject : `${subject.slice(0, SUBJECT_CHARS_MAX - 1)}…`;
};

export const textOf = (message: DeliveryMessage): string => {
  const { event, events, rule } = message;
  const preface = prefaceOf(message);
  const lines = [
    ...preface,
    ...(preface.length > 0 ? [''] : []),
    ...(events.length > 1 ? listOf(message) : [event.message, '', ...factsOf(event)]),
    '',
    `Event ${event.id}, sent by the notification rule "${rule}". Delivery ${message.key}.`,
    '',
  ];
  const text = lines.join('\n');
  return text.length <= TEXT_CHARS_MAX ? text : `${text.slice(0, TEXT_CHARS_MAX)}…\n`;
};

const totalOf = ({ events, more }: DeliveryMessage): number => events.length + more;

const prefaceOf = (message: DeliveryMessage): readonly string[] => {
  const { escalation, unchanged } = message;
  return [
    ...(message.test ? ['This is a test message; nothing has happened.'] : []),
    ...(message.repeat
      ? ['This message may have reached you before: the answer to an earlier try was lost.']
      : []),
    ...(escalation === null
      ? []
      : [
          `Nobody has taken it up yet: step ${escalation.step} of ${escalation.steps} of the escalation "${escalation.chain}"${escalation.round > 1 ? `, round ${escalation.round}` : ''}.`,
        ]),
    ...(message.recovered ? ['It is over.'] : []),
    ...(message.reminder ? ['It still stands.'] : []),
    ...(message.overflow
      ? ['The rule has sent as many messages as it may in a minute; these are gathered.']
      : []),
    ...(unchanged > 0 ? [`Since the last message it came ${unchanged} more times unchanged.`] : []),
  ];
};

const factsOf = (event: EventView): readonly string[] => {
  const facts: [string, string][] = [
    ['Time', event.at],
    ['Priority', event.priority],
    ['Code', event.code],
    ...(event.node === null ? [] : [['Node', event.node] as [string, string]]),
    ...Object.entries(event.details).map(([name, value]): [string, string] => [name, String(value)]),
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  return facts.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
};

const listOf = (message: DeliveryMessage): readonly string[] => {
  const { events, more, counts } = message;
  return [
    `${totalOf(message)} events: ${counts.raised} raised, ${counts.recovered} over.`,
    '',
    ...events.map(
      ({ id, at, priority, node, message: says }) =>
        `${at}  ${priority.padEnd(8)}  ${node === null ? '' : `${node}: `}${says}  (event ${id})`,
    ),
    ...(more > 0 ? [`... and ${more} more that are not listed`] : []),
  ];
};
