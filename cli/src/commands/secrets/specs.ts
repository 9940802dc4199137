// The commands on kept secrets.
import type { CommandSpec, PositionalSpec } from '../command.ts';

const group = 'jobs';
const secret: PositionalSpec = { name: 'SECRET', description: 'name of a kept secret' };

export const secretCommands: readonly CommandSpec[] = [
  {
    name: 'secret list',
    aliases: ['secrets'],
    group,
    summary: 'List the kept secrets and the job nets that name them; values are shown to nobody',
    positionals: [],
    options: {},
    examples: ['nezuban secret list'],
    load: () => import('./list.ts'),
  },
  {
    name: 'secret set',
    group,
    summary: 'Set a kept secret; its value is asked for, or read from standard input',
    positionals: [secret],
    options: {
      file: { type: 'text', value: 'FILE', description: 'Read the value from this file' },
      description: { type: 'text', value: 'TEXT', description: 'What it is for' },
    },
    details: [
      'The value is never an argument, which every user of a host can read. One line end at its end is left out. Job nets name it as {{secret.NAME}} under "environment", "stdin" and "files".',
    ],
    examples: [
      'nezuban secret set database',
      'nezuban secret set database --file /run/credentials/db --description "of the ledger"',
      'pass show db | nezuban secret set database',
    ],
    load: () => import('./set.ts'),
  },
  {
    name: 'secret delete',
    group,
    summary: 'Delete a kept secret that no job net names',
    positionals: [secret],
    options: {},
    examples: ['nezuban secret delete database'],
    load: () => import('./delete.ts'),
  },
];
