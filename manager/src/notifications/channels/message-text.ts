// The words of a notification. Pure. Called by the channels.
import type { DeliveryMessage } from './channel.ts';

const SUBJECT_CHARS_MAX = 200;

export const subjectOf = ({ event, repeat, test }: DeliveryMessage): string => {
  const mark = `${test ? 'test: ' : ''}${repeat ? 'repeat: ' : ''}`;
  const subject = `[Nezuban ${event.priority}] ${mark}${event.message}`.replaceAll(/\s+/g, ' ');
  return subject.length <= SUBJECT_CHARS_MAX ? subject : `${subject.slice(0, SUBJECT_CHARS_MAX - 1)}…`;
};

export const textOf = (message: DeliveryMessage): string => {
  const { event, repeat, test, rule } = message;
  const facts: [string, string][] = [
    ['Time', event.at],
    ['Priority', event.priority],
    ['Code', event.code],
    ...(event.node === null ? [] : [['Node', event.node] as [string, string]]),
    ...Object.entries(event.details).map(([name, value]): [string, string] => [name, String(value)]),
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  return [
    ...(test ? ['This is a test message; nothing has happened.', ''] : []),
    ...(repeat
      ? ['This message may have reached you before: the answer to an earlier try was lost.', '']
      : []),
    event.message,
    '',
    ...facts.map(([name, value]) => `${name.padEnd(width)}  ${value}`),
    '',
    `Event ${event.id}, sent by the notification rule "${rule}". Delivery ${message.key}.`,
    '',
  ].join('\n');
};
