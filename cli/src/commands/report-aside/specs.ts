// The commands on reports of agents that could not be taken.
import type { CommandSpec } from '../command.ts';

const report = { name: 'REPORT', description: 'key of a report, as "nezuban report list" prints it' };

export const reportAsideCommands: readonly CommandSpec[] = [
  {
    name: 'report list',
    group: 'operations',
    summary: 'List what agents reported and the manager could not take, and what it says',
    positionals: [],
    options: {
      node: {
        type: 'text',
        value: 'NODE',
        description: 'Only of the agent of this node',
        completes: 'nodes',
      },
    },
    details: [
      'Such a report was put aside, so that its agent goes on. While its attempt is open it is tried again every minute; else the attempt has ended as unknown. Exit code 5: there is one.',
    ],
    examples: ['nezuban report list', 'nezuban report list --node web-1 --json'],
    load: () => import('./list.ts'),
  },
  {
    name: 'report take',
    group: 'operations',
    summary: 'Try at once to take a report that was put aside and whose attempt is open',
    positionals: [report],
    options: {},
    examples: ['nezuban report take 0b5ad0c7f1f64d0c9c0e7a3f2b1d4e5f'],
    load: () => import('./take.ts'),
  },
  {
    name: 'report remove',
    group: 'operations',
    summary: 'Remove a report that was put aside, once somebody has seen to its attempt',
    positionals: [report],
    options: {},
    examples: ['nezuban report remove 0b5ad0c7f1f64d0c9c0e7a3f2b1d4e5f'],
    load: () => import('./remove.ts'),
  },
];
