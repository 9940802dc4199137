// The commands on what manager and agents know differently.
import type { CommandSpec } from '../command.ts';

export const reconciliationCommands: readonly CommandSpec[] = [
  {
    name: 'reconcile',
    group: 'operations',
    summary: 'Say what manager and agents know differently: silent agents, attempts that nobody waits for',
    positionals: [],
    options: {},
    details: [
      'The manager compares by itself and repairs what it can; this is what is left for people. Exit code 5: there is something.',
    ],
    examples: ['nezuban reconcile', 'nezuban reconcile --json'],
    load: () => import('./reconcile.ts'),
  },
  {
    name: 'attempt end',
    group: 'operations',
    summary: 'End an attempt that an agent runs and nobody waits for',
    positionals: [{ name: 'ATTEMPT', description: 'id of an attempt, as "nezuban reconcile" prints it' }],
    options: {
      'kill-after': {
        type: 'integer',
        value: 'SECONDS',
        min: 0,
        max: 3600,
        description: 'Time between TERM and KILL (10)',
      },
    },
    details: ['Attempts of open sessions are ended with "nezuban stop".'],
    examples: ['nezuban attempt end 12-k3x9a2b7-4.1.0.1 --kill-after 30'],
    load: () => import('./attempt-end.ts'),
  },
];
