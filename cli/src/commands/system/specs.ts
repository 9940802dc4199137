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
    details: [
      'It stays in the foreground; Ctrl-C stops it, running jobs go on. All its options: nezuban manager --help',
    ],
    examples: ['nezuban manager', 'nezuban manager --listen 0.0.0.0:7380'],
  },
  {
    name: 'manager status',
    group,
    summary: 'Say which processes of the manager run on this host',
    positionals: [],
    options: {},
    details: ['Works without the API; "nezuban status" asks the manager itself.'],
    examples: ['nezuban manager status'],
  },
  {
    name: 'manager stop',
    group,
    summary: 'Stop the manager of this host; running jobs go on',
    positionals: [],
    options: {},
    details: ['With --with-jobs it ends running jobs too.'],
    examples: ['nezuban manager stop'],
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
