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
    summary: 'Print a script that completes commands, options and names in the shell',
    positionals: [{ name: 'SHELL', description: 'bash, zsh or fish', choices: ['bash', 'zsh', 'fish'] }],
    options: {},
    details: [
      'Names of job nets, nodes, scopes, users and others are asked of the manager when the key is pressed; what it does not answer within 1.5 s is left out.',
      'For every new shell: put the line for bash or zsh into ~/.bashrc or ~/.zshrc, or write the script of fish to ~/.config/fish/completions/nezuban.fish.',
    ],
    examples: [
      'source <(nezuban completion bash)',
      'nezuban completion fish > ~/.config/fish/completions/nezuban.fish',
    ],
    load: () => import('./completion.ts'),
  },
  {
    name: 'complete-names',
    group,
    hidden: true,
    summary: 'Print names for a completion script',
    positionals: [
      { name: 'WHAT', description: 'what kind of names' },
      { name: 'TYPED', description: 'how they begin', optional: true, mayBeEmpty: true },
    ],
    options: {},
    examples: ['nezuban complete-names nets night'],
    load: () => import('./complete-names.ts'),
  },
];
