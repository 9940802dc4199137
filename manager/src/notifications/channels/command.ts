// The channel `command`: runs a command on an agent. What the event says stands in the environment, never in the command line, so that no
// device writes words into a shell.
import type { ChannelKind, ChannelOf, DeliveryMessage } from './channel.ts';
import { stateOf } from './template.ts';

type CommandChannel = ChannelOf<'command'>;

/** Of one value, so that all of them together stay within what a system takes. */
const VALUE_CHARS_MAX = 16_000;

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

/** Always the same names: they are the parameters of the job net that runs the command. */
export const environmentOf = (message: DeliveryMessage): Readonly<Record<string, string>> => {
  const { event } = message;
  const values = {
    NEZUBAN_EVENT: String(event.id),
    NEZUBAN_AT: event.at,
    NEZUBAN_PRIORITY: event.priority,
    NEZUBAN_CODE: event.code,
    NEZUBAN_NODE: event.node ?? '',
    NEZUBAN_MONITOR: event.monitor ?? '',
    NEZUBAN_KEY: event.key ?? '',
    NEZUBAN_MESSAGE: event.message,
    NEZUBAN_STATE: stateOf(message),
    NEZUBAN_RULE: message.rule,
    NEZUBAN_DELIVERY: message.key,
    NEZUBAN_DETAILS: JSON.stringify(event.details),
    NEZUBAN_FIELDS: JSON.stringify(event.fields),
  };
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      value.replaceAll('\0', '').slice(0, VALUE_CHARS_MAX),
    ]),
  );
};
