// The commands on the manager and on the command line itself.
import type { CommandSpec } from '../command.ts';

const group = 'system';

export const systemCommands: readonly CommandSpec[] = [
  {
    name: 'manager',
    group,
    summary: 'Run the manager on this host',
    positionals: [],
    options: {},
    details: ['Its own options: nezuban manager --help'],
    examples: ['nezuban manager'],
  },
  {
    name: 'status',
    group,
    summary: 'Say what the manager is and what it is busy with',
    positionals: [],
    options: {},
    examples: ['nezuban status'],
    load: () => import('./status.ts'),
  },
  {
    name: 'sample',
    group,
    summary: 'Install the sample night run',
    positionals: [],
    options: {},
    examples: ['nezuban sample'],
    load: () => import('./sample.ts'),
  },
  {
    name: 'help',
    group,
    summary: 'Explain a command or a topic (exit-codes, connection)',
    positionals: [{ name: 'WORD', description: 'a command or a topic', many: true, optional: true }],
    options: {},
    examples: ['nezuban help run', 'nezuban help exit-codes'],
    load: () => import('./help.ts'),
  },
  {
    name: 'version',
    group,
    summary: 'Print the version of the command line',
    positionals: [],
    options: {},
    examples: ['nezuban version'],
    load: () => import('./version.ts'),
  },
  {
    name: 'completion',
    group,
    summary: 'Print a script that completes commands and options in the shell',
    positionals: [{ name: 'SHELL', description: 'bash or zsh' }],
    options: {},
    examples: ['source <(nezuban completion bash)'],
    load: () => import('./completion.ts'),
  },
];
