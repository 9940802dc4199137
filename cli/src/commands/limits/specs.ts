// The commands on queues, locks and limits of nodes: who holds places, who waits, pausing and opening, and who comes next.
import type { CommandSpec, OptionSpec, PositionalSpec } from '../command.ts';

const group = 'jobs';
const kind: PositionalSpec = { name: 'KIND', description: 'queue, lock or node' };
const name: PositionalSpec = { name: 'NAME', description: 'name of the queue, lock or node' };
const reason: OptionSpec = {
  type: 'text',
  value: 'TEXT',
  description: 'Why; shown to everybody who waits, and kept in the audit log',
};

export const limitCommands: readonly CommandSpec[] = [
  {
    name: 'queues',
    aliases: ['queue list'],
    group,
    summary: 'List queues, locks and limits of nodes: how many places are taken, how many wait',
    positionals: [],
    options: {},
    details: [
      'They are written as "kind: queue", "kind: lock" and "kind: node_limit" in YAML files; "nezuban apply" changes them at once, also while units wait.',
    ],
    examples: ['nezuban queues'],
    load: () => import('./list.ts'),
  },
  {
    name: 'queue show',
    group,
    summary: 'Show who holds the places of a queue, lock or node, and who waits, in order',
    positionals: [kind, name],
    options: {},
    examples: ['nezuban queue show queue batch', 'nezuban queue show lock ledger'],
    load: () => import('./show.ts'),
  },
  {
    name: 'queue pause',
    group,
    summary: 'Give no more places of a queue, lock or node until it is opened; what has one goes on',
    positionals: [kind, name],
    options: { reason },
    examples: ['nezuban queue pause queue batch --reason "the disk is full"'],
    load: () => import('./pause.ts'),
  },
  {
    name: 'queue open',
    group,
    summary: 'Take a pause back: those that wait start as places are free',
    positionals: [kind, name],
    options: {},
    examples: ['nezuban queue open queue batch'],
    load: () => import('./pause.ts'),
  },
  {
    name: 'queue delete',
    group,
    summary: 'Delete a queue, lock or limit of a node; who waits for it goes on',
    positionals: [kind, name],
    options: {},
    details: ['A queue that is not defined has no limit; a lock that is not defined has one place.'],
    examples: ['nezuban queue delete node web-1'],
    load: () => import('./delete.ts'),
  },
];
