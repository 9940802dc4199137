// The commands on named channels of notifications.
import type { CommandSpec, PositionalSpec } from '../command.ts';

const group = 'events';
const channel: PositionalSpec = { name: 'CHANNEL', description: 'name of a channel' };

export const channelCommands: readonly CommandSpec[] = [
  {
    name: 'channel list',
    aliases: ['channels'],
    group,
    summary: 'List the channels by which notifications go out',
    positionals: [],
    options: {},
    details: [
      'A channel is written as "kind: channel" in a YAML file; "nezuban export --kind channel" prints those that there are, without secrets.',
    ],
    examples: ['nezuban channel list'],
    load: () => import('./list.ts'),
  },
  {
    name: 'channel test',
    group,
    summary: 'Send a test message by a channel now, and say how it went',
    positionals: [channel],
    options: {},
    details: ['Channels that act start nothing for a test. The exit code is 1 if it was not taken.'],
    examples: ['nezuban channel test night-team'],
    load: () => import('./test-channel.ts'),
  },
  {
    name: 'channel delete',
    group,
    summary: 'Delete a channel that no rule and no escalation names',
    positionals: [channel],
    options: {},
    examples: ['nezuban channel delete old-chat'],
    load: () => import('./delete.ts'),
  },
];
