// The commands on escalation chains.
import type { CommandSpec } from '../command.ts';

const group = 'events';

export const escalationCommands: readonly CommandSpec[] = [
  {
    name: 'escalation list',
    group,
    summary: 'List escalation chains: who is told next while nobody takes care',
    positionals: [],
    options: {},
    details: [
      'A chain is written as "kind: escalation" in a YAML file and named by rules ("escalation: NAME"). It stops when its events are confirmed, or somebody says that he is on them.',
    ],
    examples: ['nezuban escalation list'],
    load: () => import('./list.ts'),
  },
  {
    name: 'escalation runs',
    group,
    summary: 'List chains that run, and how those of the last 90 days ended',
    positionals: [],
    options: {
      state: {
        type: 'text',
        value: 'STATE',
        many: true,
        choices: ['running', 'acknowledged', 'cleared', 'exhausted', 'ended'],
        description: 'Only in this state; may be repeated',
      },
      limit: { type: 'integer', value: 'N', min: 1, max: 20_000, description: 'How many at most (50)' },
    },
    examples: ['nezuban escalation runs --state running'],
    load: () => import('./runs.ts'),
  },
];
