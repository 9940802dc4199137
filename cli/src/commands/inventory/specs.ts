// The commands on nodes, scopes and agents.
import type { CommandSpec, OptionSpec, PositionalSpec } from '../command.ts';

const group = 'inventory';
const scope: PositionalSpec = { name: 'SCOPE', description: 'name of a scope', completes: 'scopes' };
const nodesOption = (description: string): OptionSpec => ({
  type: 'text',
  value: 'NODE',
  many: true,
  completes: 'nodes',
  description,
});

export const inventoryCommands: readonly CommandSpec[] = [
  {
    name: 'nodes',
    aliases: ['nodes list'],
    group,
    summary: 'List nodes and whether their agents are connected',
    positionals: [],
    options: {
      search: {
        type: 'text',
        value: 'TEXT',
        description: 'Only nodes whose name or host name holds the text',
      },
    },
    examples: ['nezuban nodes'],
    load: () => import('./nodes.ts'),
  },
  {
    name: 'node show',
    group,
    summary: 'Show a node and its agent',
    positionals: [{ name: 'NODE', description: 'name of a node', completes: 'nodes' }],
    options: {},
    examples: ['nezuban node show local'],
    load: () => import('./node-show.ts'),
  },
  {
    name: 'node remove',
    group,
    summary: 'Remove a node: its agent is refused from now on',
    positionals: [{ name: 'NODE', description: 'name of a node', completes: 'nodes' }],
    options: {},
    details: [
      'Refused while its agent is connected and commands run on it. What is open on a host that is away, and may never come back, ends as unknown.',
    ],
    examples: ['nezuban node remove old-host'],
    load: () => import('./node-remove.ts'),
  },
  {
    name: 'scopes',
    aliases: ['scopes list'],
    group,
    summary: 'List scopes as a tree with their nodes',
    positionals: [],
    options: {},
    examples: ['nezuban scopes'],
    load: () => import('./scopes.ts'),
  },
  {
    name: 'scope show',
    group,
    summary: 'Show a scope',
    positionals: [scope],
    options: {},
    examples: ['nezuban scope show web'],
    load: () => import('./scope-show.ts'),
  },
  {
    name: 'scope set',
    group,
    summary: 'Make a scope, or change title, parent or nodes of one',
    positionals: [{ ...scope, description: 'name of a scope, there or new' }],
    options: {
      title: { type: 'text', value: 'TEXT', description: 'What people read beside the name' },
      parent: { type: 'text', value: 'SCOPE', description: 'The scope above it', completes: 'scopes' },
      'no-parent': { type: 'flag', description: 'It stands at the top' },
      node: nodesOption('Exactly these nodes; may be repeated'),
      'add-node': nodesOption('One more node; may be repeated'),
      'remove-node': nodesOption('One node less; may be repeated'),
    },
    exclusive: [
      ['parent', 'no-parent'],
      ['node', 'add-node'],
      ['node', 'remove-node'],
    ],
    examples: [
      'nezuban scope set web --parent all --node web-1 --node web-2',
      'nezuban scope set web --add-node web-3',
    ],
    load: () => import('./scope-set.ts'),
  },
  {
    name: 'scope delete',
    group,
    summary: 'Delete a scope; its nodes stay',
    positionals: [scope],
    options: {},
    details: ['Refused while it holds other scopes, and while job nets run on it.'],
    examples: ['nezuban scope delete old'],
    load: () => import('./scope-delete.ts'),
  },
  {
    name: 'join-token',
    aliases: ['token join'],
    group,
    summary: 'Print the line that joins a new host, good for one agent',
    positionals: [],
    options: {
      'expires-in': {
        type: 'integer',
        value: 'SECONDS',
        min: 60,
        max: 604_800,
        description: 'How long the token can be used (3600)',
      },
    },
    details: [
      'The line alone goes to standard output. Paste it on the new host as the user that is to run the agent.',
    ],
    examples: ['nezuban join-token', 'nezuban join-token --expires-in 600 | ssh new-host sh'],
    load: () => import('./join-token.ts'),
  },
  {
    name: 'agent join',
    group,
    summary: 'Join this host to a manager (run on the managed host)',
    positionals: [],
    options: {},
    details: [
      '"nezuban join-token" on the manager prints the whole line.',
      'All its options: nezuban agent --help',
    ],
    examples: ['nezuban agent join --manager manager.example:7381 --token TOKEN'],
  },
  {
    name: 'agent run',
    group,
    summary: 'Run the agent of this host',
    positionals: [],
    options: {},
    details: ['SIGTERM stops it; running jobs go on. All its options: nezuban agent --help'],
    examples: ['nezuban agent run'],
  },
  {
    name: 'agent status',
    group,
    summary: 'Say who the agent of this host is and whether it runs',
    positionals: [],
    options: {},
    details: ['All its options: nezuban agent --help'],
    examples: ['nezuban agent status'],
  },
];
