// The words of a notification. Pure. Called by the channels.
import { isOwnFact, saidBeside } from '@nezuban/protocol/events/event-facts';
import { sentenceIn } from '@nezuban/protocol/sentences/sentence';
import { eventText } from '@nezuban/protocol/events/event-text';
import type { EventView } from '@nezuban/protocol/events/event';
import type { MessageLanguage } from '@nezuban/protocol/notifications/channel';
import type { DeliveryMessage } from './channel.ts';
import { messageWords } from './message-words.ts';

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
  consoleUrls: [],
  mail: null,
});

export const subjectOf = (message: DeliveryMessage, language: MessageLanguage = 'en'): string => {
  const { event, repeat, test, recovered, reminder, escalation } = message;
  const { marks, priority } = messageWords[language];
  const mark = [
    ...(test ? [marks.test] : []),
    ...(repeat ? [marks.repeat] : []),
    ...(escalation === null ? [] : [marks.escalation(escalation)]),
    ...(recovered ? [marks.recovered] : []),
    ...(reminder ? [marks.reminder] : []),
    ...(totalOf(message) > 1 ? [marks.events(totalOf(message))] : []),
  ].join('');
  const subject =
    `[Nezuban ${priority[event.priority]}] ${mark}${eventText(event, language, sentenceIn)}`.replaceAll(
      /\s+/g,
      ' ',
    );
  return subject.length <= SUBJECT_CHARS_MAX ? subject : `${subject.slice(0, SUBJECT_CHARS_MAX - 1)}…`;
};

export const textOf = (message: DeliveryMessage, language: MessageLanguage = 'en'): string => {
  const { event, events, rule, key } = message;
  const preface = prefaceOf(message, language);
  const lines = [
    ...preface,
    ...(preface.length > 0 ? [''] : []),
    ...(events.length > 1
      ? listOf(message, language)
      : [eventText(event, language, sentenceIn), '', ...factsOf(event, language)]),
    '',
    ...linksOf(message, language),
    messageWords[language].source({ event: event.id, rule, key }),
    '',
  ];
  const text = lines.join('\n');
  return text.length <= TEXT_CHARS_MAX ? text : `${text.slice(0, TEXT_CHARS_MAX)}…\n`;
};

const linksOf = (message: DeliveryMessage, language: MessageLanguage): readonly string[] => {
  const urls = urlsOf(message);
  return urls.length === 0 ? [] : [linkWordsOf(message, language), ...urls, ''];
};

/**
 * Where to look or decide, by each address of the console: the question of an approval, else the session, else the event. The link itself
 * decides nothing. Characters that end a link in one chat or the other are escaped.
 */
export const urlsOf = ({ event, consoleUrls }: DeliveryMessage): readonly string[] => {
  // What `encodeURIComponent` has left.
  const place = placeOf(event).replaceAll('(', '%28').replaceAll(')', '%29');
  return consoleUrls.map(
    (url) => `${url.replace(/\/+$/, '').replaceAll(/[\s<>"|]/g, encodeURIComponent)}${place}`,
  );
};

export const linkWordsOf = ({ event }: DeliveryMessage, language: MessageLanguage = 'en'): string =>
  messageWords[language][event.code === 'approval_asked' ? 'decide' : 'open'];

/** Until when somebody has to decide; null: it is no approval, or waits for ever. */
export const untilOf = ({ code, details }: EventView): string | null =>
  code === 'approval_asked' && typeof details['until'] === 'string' ? details['until'] : null;

const placeOf = ({ id, code, details }: EventView): string => {
  const { session, unit } = details;
  if (session === undefined) return `/events/${id}`;
  const at = unit === undefined ? '' : `unit=${encodeURIComponent(unit)}`;
  return code === 'approval_asked'
    ? `/approvals?session=${session}&${at}`
    : `/sessions/${session}${at === '' ? '' : `?${at}`}`;
};

/** What stands above the event itself: why this message comes, and comes now. */
export const prefaceOf = (message: DeliveryMessage, language: MessageLanguage = 'en'): readonly string[] => {
  const words = messageWords[language];
  const { escalation, unchanged } = message;
  return [
    ...(message.test ? [words.test] : []),
    ...(message.repeat ? [words.repeat] : []),
    ...(escalation === null ? [] : [words.escalation(escalation)]),
    ...(message.recovered ? [words.recovered] : []),
    ...(message.reminder ? [words.reminder] : []),
    ...(message.overflow ? [words.overflow] : []),
    ...(unchanged > 0 ? [words.unchanged(unchanged)] : []),
  ];
};

/** Names and values of what is known of an event. */
export const factPairsOf = (
  event: EventView,
  language: MessageLanguage = 'en',
): readonly (readonly [string, string])[] => {
  const { facts, priority } = messageWords[language];
  return [
    [facts.time, event.at],
    [facts.priority, priority[event.priority]],
    [facts.code, event.code],
    ...(event.node === null ? [] : [[facts.node, event.node] as const]),
    ...(event.monitor === null ? [] : [[facts.monitor, event.monitor] as const]),
    ...(event.count > 1 ? [[facts.count, String(event.count)] as const] : []),
    ...detailsOf(event).map(
      ([name, value]) =>
        [labelOf(event, language, name), factText(event, language, { name, value })] as const,
    ),
    ...Object.entries(event.fields).map(([name, value]) => [name, value] as const),
  ];
};

/** Of an approval first what has to be answered, and until when: a chat does not show all. */
const detailsOf = (event: EventView): readonly (readonly [string, string | number])[] => {
  const own = Object.entries(event.details).filter(([name]) => isOwnFact(name));
  if (!isAboutApproval(event)) return own;
  const isFirst = ([name]: readonly [string, unknown]): boolean => name === 'question' || name === 'until';
  return [...own.filter(isFirst), ...own.filter((fact) => !isFirst(fact))];
};

const labelOf = (event: EventView, language: MessageLanguage, name: string): string => {
  const labels = messageWords[language].approval;
  return isAboutApproval(event) && Object.hasOwn(labels, name) ? (labels[name] ?? name) : name;
};

const isAboutApproval = ({ code }: EventView): boolean =>
  code === 'approval_asked' || code === 'approval_decided';

/** A sentence among the facts, in the language of the message. */
const factText = (
  event: EventView,
  language: MessageLanguage,
  { name, value }: { readonly name: string; readonly value: string | number },
): string => {
  const said = saidBeside(event.details, name);
  return said === null ? String(value) : sentenceIn(said, language);
};

const totalOf = ({ events, more }: DeliveryMessage): number => events.length + more;

const factsOf = (event: EventView, language: MessageLanguage): readonly string[] => {
  const facts = factPairsOf(event, language);
  const width = Math.max(...facts.map(([name]) => name.length));
  return facts.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
};

const listOf = (message: DeliveryMessage, language: MessageLanguage): readonly string[] => {
  const words = messageWords[language];
  const { events, more, counts } = message;
  return [
    words.list({ all: totalOf(message), ...counts }),
    '',
    ...events.map(
      (event) =>
        `${event.at}  ${words.priority[event.priority].padEnd(8)}  ${event.node === null ? '' : `${event.node}: `}${eventText(event, language, sentenceIn)}  ${words.event(event.id)}`,
    ),
    ...(more > 0 ? [words.more(more)] : []),
  ];
};
