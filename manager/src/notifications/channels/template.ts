// Words with `{{name}}` in them, filled with what a message says. Pure. Called by the channels, and by what judges a channel before it is
// saved.
import { sentenceIn } from '@nezuban/protocol/sentences/sentence';
import type { MessageLanguage } from '@nezuban/protocol/notifications/channel';
import { eventText } from '@nezuban/protocol/events/event-text';
import { templateFamilies, type TemplateName } from '@nezuban/protocol/notifications/template-names';
import type { DeliveryMessage } from './channel.ts';
import { subjectOf, textOf, untilOf, urlsOf } from './message-text.ts';

/** How a value is written where it stands: as it is, inside a JSON string, on one line, or so that a chat makes no link or call of it. */
export type Escaping = 'plain' | 'json' | 'line' | 'unlinked';

const NAME = /\{\{\s*([\w.-]+)\s*\}\}/g;
const FILLED_CHARS_MAX = 100_000;

type Fill = (message: DeliveryMessage, language: MessageLanguage) => string;

const names: Readonly<Record<TemplateName, Fill>> = {
  subject: (message, language) => subjectOf(message, language),
  text: (message, language) => textOf(message, language),
  message: ({ event }, language) => eventText(event, language, sentenceIn),
  priority: ({ event }) => event.priority,
  code: ({ event }) => event.code,
  node: ({ event }) => event.node ?? '',
  monitor: ({ event }) => event.monitor ?? '',
  key: ({ event }) => event.key ?? '',
  event: ({ event }) => String(event.id),
  at: ({ event }) => event.at,
  rule: ({ rule }) => rule,
  delivery: ({ key }) => key,
  count: ({ events, more }) => String(events.length + more),
  more: ({ more }) => String(more),
  state: (message) => stateOf(message),
  repeat: ({ repeat }) => String(repeat),
  link: (message) => urlsOf(message)[0] ?? '',
  until: ({ event }) => untilOf(event) ?? '',
};
export const stateOf = ({ recovered, reminder }: DeliveryMessage): 'raised' | 'recovered' | 'reminder' => {
  if (recovered) return 'recovered';
  return reminder ? 'reminder' : 'raised';
};

export const fillTemplate = (
  template: string,
  message: DeliveryMessage,
  {
    escaping,
    language = 'en',
  }: { readonly escaping: Escaping; readonly language?: MessageLanguage | undefined },
): string => {
  const filled = template.replaceAll(NAME, (_, name: string) =>
    escapeValue(valueOf(name, message, language), escaping),
  );
  return filled.slice(0, FILLED_CHARS_MAX);
};

/** Names that mean nothing, as they stand. */
export const unknownNames = (template: string): readonly string[] =>
  [...template.matchAll(NAME)]
    .map(([, name = '']) => name)
    .filter((name) => !isName(name) && !templateFamilies.some((family) => name.startsWith(family)));

const isName = (name: string): name is TemplateName => Object.hasOwn(names, name);

const valueOf = (name: string, message: DeliveryMessage, language: MessageLanguage): string => {
  if (isName(name)) return names[name](message, language);
  const { event } = message;
  if (name.startsWith('detail.')) return String(own(event.details, name.slice('detail.'.length)) ?? '');
  if (name.startsWith('field.')) return String(own(event.fields ?? {}, name.slice('field.'.length)) ?? '');
  return '';
};

const own = (record: Readonly<Record<string, string | number>>, name: string): string | number | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;

export const escapeValue = (value: string, escaping: Escaping): string => {
  switch (escaping) {
    case 'plain':
      return value;
    case 'json':
      return JSON.stringify(value).slice(1, -1);
    case 'line':
      return value.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim();
    // Foreign text must not look like a link of ours to people who decide, nor call everybody: `[decide here](https://...)`,
    // `<https://...|decide here>`, `<users/all>`.
    case 'unlinked':
      return value.replaceAll('](', ']\u{200B}(').replaceAll('<', '<\u{200B}');
    default:
      return escaping satisfies never;
  }
};
