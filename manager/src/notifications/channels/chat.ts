// The channels `slack`, `teams`, `google_chat` and `discord`: an address that is the secret, a message in the form that each takes.
// Not responsible for the words (message-text.ts) nor for what an answer means (http-post.ts).
import type { MessageLanguage } from '@nezuban/protocol/notifications/channel';
import type { Priority } from '@nezuban/protocol/priority';
import type { ChannelKind, ChannelOf, DeliveryMessage } from './channel.ts';
import { sendJson } from './http-post.ts';
import { factPairsOf, linkWordsOf, prefaceOf, subjectOf, textOf, urlsOf } from './message-text.ts';
import { secretsAt } from './secret-places.ts';
import { escapeValue, fillTemplate, type Escaping } from './template.ts';

type ChatType = 'slack' | 'teams' | 'google_chat' | 'discord';
type ChatChannel = ChannelOf<ChatType>;

/** What each service cuts or refuses: Slack 3,000 a block, Discord 2,000, Google Chat 4,096, Teams about 28 kB. */
const CHARS_MAX: Readonly<Record<ChatType, number>> = {
  slack: 2_900,
  teams: 20_000,
  google_chat: 4_000,
  discord: 1_950,
};
/** Discord takes 25, Slack 10 in one block; more than these is read by nobody in a chat. */
const FACTS_MAX = 10;
const FACT_CHARS_MAX = 900;
const COLOURS: Readonly<Record<Priority, string>> = {
  info: '#2f7d4f',
  unknown: '#6b7280',
  warning: '#c27c0e',
  critical: '#c92a2a',
};
const RECOVERED_COLOUR = '#2f7d4f';

/** What of a message goes into a chat. */
type ChatText = {
  readonly title: string;
  readonly body: string;
  readonly facts: readonly (readonly [string, string])[];
  /** To the console; none where the body has them, or its owner's words stand for all. */
  readonly links: readonly string[];
  readonly linkWords: string;
  readonly colour: string;
  readonly key: string;
};
type Post = { readonly url: string; readonly value: unknown };

/** One of the four; what differs is the form. */
const chatChannel = <Type extends ChatType>(
  type: Type,
  post: (url: string, text: ChatText) => Post,
): ChannelKind<ChannelOf<Type>> => {
  const kind: ChannelKind<ChatChannel> = {
    describe: ({ url }) => `${type} ${hostOf(url)}`,
    send: async (channel, message, { signal }) => {
      const { url, value } = post(channel.url, chatTextOf(channel, message));
      return await sendJson({ url, value, signal, headers: { 'idempotency-key': message.key } });
    },
    ...secretsAt<ChatChannel>(() => [{ path: 'url', boundTo: '', boundBy: 'the address', required: true }]),
  };
  // It is given channels of its own type alone, which the compiler cannot follow.
  return kind as unknown as ChannelKind<ChannelOf<Type>>;
};

const chatTextOf = (channel: ChatChannel, message: DeliveryMessage): ChatText => {
  const language: MessageLanguage = channel.language ?? 'en';
  // Slack gets its texts as plain ones, and its title escaped.
  const escaping: Escaping = channel.type === 'slack' ? 'plain' : 'unlinked';
  const safe = (text: string): string => escapeValue(text, escaping);
  const several = message.events.length > 1;
  const preface = prefaceOf(message, language).join('\n');
  const body =
    channel.text === undefined
      ? several
        ? safe(textOf(message, language))
        : preface
      : fillTemplate(channel.text, message, { escaping, language });
  return {
    title: safe(subjectOf(message, language)),
    body: shorten(body, CHARS_MAX[channel.type]),
    facts:
      several || channel.text !== undefined
        ? []
        : factPairsOf(message.event, language)
            .slice(0, FACTS_MAX)
            .map(([name, value]) => [safe(name), shorten(safe(value), FACT_CHARS_MAX)] as const),
    links: several || channel.text !== undefined ? [] : urlsOf(message),
    linkWords: linkWordsOf(message, language).replace(/:$/, ''),
    colour: message.recovered ? RECOVERED_COLOUR : COLOURS[message.event.priority],
    key: message.key,
  };
};

const shorten = (text: string, max: number): string =>
  text.length <= max ? text : `${text.slice(0, max - 1)}…`;

const hostOf = (url: string): string => {
  try {
    return new URL(url).host;
  } catch {
    return '';
  }
};

/** `&`, `<` and `>` begin links and mentions (`<!channel>`): foreign text must not call people. */
const slackText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Services name the link; of several each says its host. */
const linkNames = ({ links, linkWords }: ChatText): readonly (readonly [string, string])[] =>
  links.map((link) => [links.length === 1 ? linkWords : `${linkWords} (${hostOf(link)})`, link]);

export const slackChannel = chatChannel('slack', (url, text) => {
  const { title, body, facts, colour } = text;
  const links = linkNames(text).map(([name, link]) => `<${slackText(link)}|${slackText(name)}>`);
  return slackPost(url, { title, body, facts, colour, links });
});

const slackPost = (
  url: string,
  { title, body, facts, colour, links }: Omit<ChatText, 'key' | 'linkWords'>,
): Post => ({
  url,
  value: {
    text: slackText(title),
    attachments: [
      {
        color: colour,
        blocks: [
          ...(body === '' ? [] : [{ type: 'section', text: { type: 'plain_text', text: body } }]),
          ...(facts.length === 0
            ? []
            : [
                {
                  type: 'section',
                  fields: facts.map(([name, value]) => ({ type: 'plain_text', text: `${name}\n${value}` })),
                },
              ]),
          ...(links.length === 0
            ? []
            : [{ type: 'section', text: { type: 'mrkdwn', text: links.join('\n') } }]),
        ],
      },
    ],
  },
});

export const teamsChannel = chatChannel('teams', (url, { title, body, facts, colour, ...text }) => ({
  url,
  value: {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        content: {
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            {
              type: 'TextBlock',
              text: title,
              weight: 'Bolder',
              wrap: true,
              color:
                colour === COLOURS.critical
                  ? 'Attention'
                  : colour === COLOURS.warning
                    ? 'Warning'
                    : 'Default',
            },
            ...(body === '' ? [] : [{ type: 'TextBlock', text: body, wrap: true }]),
            ...(facts.length === 0
              ? []
              : [
                  {
                    type: 'FactSet',
                    facts: facts.map(([name, value]) => ({
                      title: name,
                      value: value,
                    })),
                  },
                ]),
          ],
          ...(text.links.length === 0
            ? {}
            : {
                actions: linkNames({ title, body, facts, colour, ...text }).map(([name, link]) => ({
                  type: 'Action.OpenUrl',
                  title: name,
                  url: link,
                })),
              }),
        },
      },
    ],
  },
}));

/** `requestId`: the same request again gives the message that it has made, and makes none. */
export const googleChatChannel = chatChannel(
  'google_chat',
  (url, { title, body, facts, key, links, linkWords }) => {
    const to = new URL(url);
    to.searchParams.set('requestId', key);
    const lines = [
      title,
      ...(body === '' ? [] : [body]),
      ...facts.map(([name, value]) => `${name}: ${value}`),
    ];
    const end = links.length === 0 ? '' : ['', `${linkWords}:`, ...links].join('\n');
    const text = shorten(lines.join('\n'), CHARS_MAX.google_chat - end.length);
    return { url: to.href, value: { text: `${text}${end}` } };
  },
);

/** `wait`: it answers when the message is there, not when it is queued. No mentions, whatever the text holds. */
export const discordChannel = chatChannel('discord', (url, text) => {
  const { title, body, facts, colour, links } = text;
  const to = new URL(url);
  to.searchParams.set('wait', 'true');
  return {
    url: to.href,
    value: {
      allowed_mentions: { parse: [] },
      embeds: [
        {
          title: shorten(title, 250),
          ...(links[0] === undefined ? {} : { url: links[0] }),
          description: body,
          color: Number.parseInt(colour.slice(1), 16),
          fields: [
            ...facts.map(([name, value]) => ({
              name: shorten(name, 250),
              value: value === '' ? '-' : value,
              inline: true,
            })),
            ...linkNames(text).map(([name, link]) => ({ name, value: link, inline: false })),
          ],
        },
      ],
    },
  };
});
