// The channel `command`: runs a command on an agent. What the event says stands in the environment, never in the command line, so that no
// device writes words into a shell.
import type { ChannelKind, ChannelOf, DeliveryMessage } from './channel.ts';
import { stateOf } from './template.ts';

type CommandChannel = ChannelOf<'command'>;

/** Of one value, so that all of them together stay within what a system takes. */
const VALUE_CHARS_MAX = 8_000;
const FACTS_MAX = 100;

export const commandChannel: ChannelKind<CommandChannel> = {
  describe: ({ node }) => (node === undefined ? 'command on the node of the event' : `command on ${node}`),
  send: async (channel, message, { hands }) => {
    const node = channel.node ?? message.event.node;
    if (node === null)
      return { type: 'refused', error: 'The event names no node, and the channel names none either' };
    if (message.test)
      return { type: 'accepted', note: `Not run for a test; a real event runs it on ${node}` };
    return await hands.runCommand({
      node,
      command: channel.command,
      user: channel.user,
      timeoutS: channel.timeout_s,
      key: message.key,
      environment: environmentOf(message),
    });
  },
  splitSecrets: (channel) => ({ channel, secrets: {}, issues: [] }),
  joinSecrets: (channel) => channel,
  mask: (channel) => channel,
};

export const environmentOf = (message: DeliveryMessage): Readonly<Record<string, string>> => {
  const { event } = message;
  const facts = [
    ...Object.entries(event.details).map(
      ([name, value]) => [`NEZUBAN_DETAIL_${name}`, String(value)] as const,
    ),
    ...Object.entries(event.fields).map(([name, value]) => [`NEZUBAN_FIELD_${name}`, value] as const),
  ].slice(0, FACTS_MAX);
  return Object.fromEntries(
    [
      ['NEZUBAN_EVENT', String(event.id)] as const,
      ['NEZUBAN_AT', event.at] as const,
      ['NEZUBAN_PRIORITY', event.priority] as const,
      ['NEZUBAN_CODE', event.code] as const,
      ['NEZUBAN_NODE', event.node ?? ''] as const,
      ['NEZUBAN_MONITOR', event.monitor ?? ''] as const,
      ['NEZUBAN_KEY', event.key ?? ''] as const,
      ['NEZUBAN_MESSAGE', event.message] as const,
      ['NEZUBAN_STATE', stateOf(message)] as const,
      ['NEZUBAN_RULE', message.rule] as const,
      ['NEZUBAN_DELIVERY', message.key] as const,
      ...facts,
    ].map(([name, value]) => [variableName(name), value.replaceAll('\0', '').slice(0, VALUE_CHARS_MAX)]),
  );
};

const variableName = (name: string): string => name.replaceAll(/[^A-Za-z0-9_]/g, '_');
