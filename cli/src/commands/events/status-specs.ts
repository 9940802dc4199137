// The commands on the status view.
import type { CommandSpec, OptionSpec, PositionalSpec } from '../command.ts';

const group = 'events';
const scope: OptionSpec = {
  type: 'text',
  value: 'SCOPE',
  description: 'Only nodes of this scope',
  completes: 'scopes',
};
const entry: readonly PositionalSpec[] = [
  { name: 'NODE', description: 'name of a node; "-" for the manager itself', completes: 'nodes' },
  { name: 'MONITOR', description: 'name of a monitor; "-" for Nezuban itself' },
  {
    name: 'KEY',
    description: 'what state it is; "-" or left out for the monitor as a whole',
    optional: true,
  },
];
const comment: OptionSpec = { type: 'text', value: 'TEXT', description: 'Why, for the audit log' };

export const statusCommands: readonly CommandSpec[] = [
  {
    name: 'status tree',
    group,
    summary: 'Worst current priority by scope and node',
    positionals: [],
    options: {
      scope,
      nodes: {
        type: 'integer',
        value: 'N',
        min: 0,
        max: 10_000,
        description: 'How many nodes, the worst ones (20)',
      },
    },
    examples: ['nezuban status tree', 'nezuban status tree --scope tokyo --nodes 100'],
    load: () => import('./status-tree.ts'),
  },
  {
    name: 'status list',
    group,
    summary: 'What is the matter now, by node, monitor and key, the worst first',
    positionals: [],
    options: {
      priority: {
        type: 'text',
        value: 'PRIORITY',
        many: true,
        choices: ['info', 'unknown', 'warning', 'critical'],
        description: 'Only entries of this priority; may be repeated',
      },
      node: { type: 'text', value: 'NODE', description: 'Only this node', completes: 'nodes' },
      scope,
      monitor: { type: 'text', value: 'MONITOR', description: 'Only this monitor' },
      search: { type: 'text', value: 'TEXT', description: 'Only entries that hold the text' },
      limit: { type: 'integer', value: 'N', min: 1, max: 20_000, description: 'How many at most (50)' },
    },
    examples: ['nezuban status list --priority critical'],
    load: () => import('./status-list.ts'),
  },
  {
    name: 'status clear',
    group,
    summary: 'Remove an entry of the status view by hand; what it raised counts as cleared',
    positionals: entry,
    options: { comment },
    examples: ['nezuban status clear router-1 routers link:3'],
    load: () => import('./status-change.ts'),
  },
  {
    name: 'status acknowledge',
    aliases: ['status ack'],
    group,
    summary: 'Say that an entry of the status view has been seen',
    positionals: entry,
    options: { comment },
    examples: ['nezuban status acknowledge router-1 routers link:3'],
    load: () => import('./status-change.ts'),
  },
];
