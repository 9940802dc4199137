// The commands on signing in, tokens and the audit log.
import type { CommandSpec } from '../command.ts';
import { auditFilterOptions } from './audit-filter.ts';
import { ownerOptions } from './owner-filter.ts';
import { userCommands } from './user-specs.ts';

const group = 'access';

export const accessCommands: readonly CommandSpec[] = [
  {
    name: 'login',
    group,
    summary: 'Sign in to a manager elsewhere and remember it',
    positionals: [
      { name: 'URL', description: 'address of the manager, such as https://manager.example:7380' },
    ],
    options: {
      user: { type: 'text', value: 'NAME', description: 'User name; asked for when left out' },
      'password-stdin': { type: 'flag', description: 'Read the password from standard input' },
      name: { type: 'text', value: 'NAME', description: 'Name of the API token that is made (cli on HOST)' },
      days: {
        type: 'integer',
        value: 'N',
        min: 1,
        max: 3650,
        description: 'Days until the token expires (90)',
      },
    },
    details: [
      'Makes an API token and stores it, readable by you alone, in ~/.config/nezuban/cli.json. The password is not stored.',
      "On the manager's own host no login is needed: the manager leaves a token in its home for the user that runs it.",
    ],
    examples: ['nezuban login https://manager.example:7380 --ca manager-ca.pem'],
    load: () => import('./login.ts'),
  },
  {
    name: 'logout',
    group,
    summary: 'Revoke the token that login made, and forget it',
    positionals: [],
    options: {},
    examples: ['nezuban logout'],
    load: () => import('./logout.ts'),
  },
  {
    name: 'whoami',
    group,
    summary: 'Say who you are to which manager',
    positionals: [],
    options: {},
    examples: ['nezuban whoami'],
    load: () => import('./whoami.ts'),
  },
  {
    name: 'tokens',
    aliases: ['tokens list', 'token list'],
    group,
    summary: 'List API tokens: your own, or those of others',
    positionals: [],
    options: ownerOptions,
    exclusive: [['user', 'all']],
    examples: ['nezuban tokens', 'nezuban tokens --all'],
    load: () => import('./tokens.ts'),
  },
  {
    name: 'token create',
    group,
    summary: 'Make an API token; it is shown once',
    positionals: [{ name: 'NAME', description: 'what the token is for' }],
    options: {
      days: { type: 'integer', value: 'N', min: 1, max: 3650, description: 'Days until it expires (365)' },
      'never-expires': { type: 'flag', description: 'It is good until it is revoked' },
      right: {
        type: 'text',
        value: 'RIGHT',
        many: true,
        description: 'Only this right, such as nets.run or nets.*; may be repeated (all rights of yours)',
      },
      folder: {
        type: 'text',
        value: 'FOLDER',
        completes: 'folders',
        description: 'Rights on job nets only in this folder',
      },
      scope: {
        type: 'text',
        value: 'SCOPE',
        completes: 'scopes',
        description: 'Rights on nodes only in this scope',
      },
    },
    exclusive: [['days', 'never-expires']],
    details: ['The token alone goes to standard output.'],
    examples: [
      'nezuban token create deploy --days 30',
      'nezuban token create night-start --right nets.run --folder night',
    ],
    load: () => import('./token-create.ts'),
  },
  {
    name: 'token revoke',
    group,
    summary: 'Revoke an API token',
    positionals: [
      { name: 'TOKEN-ID', description: 'number of a token, as "nezuban tokens" lists it', integer: true },
    ],
    options: {},
    examples: ['nezuban token revoke 3'],
    load: () => import('./token-revoke.ts'),
  },
  {
    name: 'audit',
    group,
    summary: 'List who changed what, newest first',
    positionals: [],
    options: {
      ...auditFilterOptions,
      limit: { type: 'integer', value: 'N', min: 1, max: 20_000, description: 'How many at most (50)' },
    },
    examples: ['nezuban audit --actor admin', 'nezuban audit --action putNet --from 7d'],
    load: () => import('./audit.ts'),
  },
  {
    name: 'audit export',
    group,
    summary: 'Write all entries of the audit log that fit, newest first',
    positionals: [],
    options: {
      format: {
        type: 'text',
        value: 'FORMAT',
        choices: ['csv', 'ndjson'],
        description: 'Form of a line (csv; with --json ndjson)',
      },
      file: { type: 'text', value: 'FILE', description: 'Write to this file instead of standard output' },
      ...auditFilterOptions,
    },
    details: ['Rows are sent as they are read, however many there are. The export itself is audited.'],
    examples: ['nezuban audit export --from 2026-10-01 --to 2026-11-01 --file audit-2026-10.csv'],
    load: () => import('./audit-export.ts'),
  },
  ...userCommands,
];
