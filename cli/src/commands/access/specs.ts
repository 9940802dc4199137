// The commands on signing in, tokens and the audit log.
import type { CommandSpec } from '../command.ts';

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
    summary: 'List your API tokens',
    positionals: [],
    options: {},
    examples: ['nezuban tokens'],
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
    },
    exclusive: [['days', 'never-expires']],
    details: ['The token alone goes to standard output.'],
    examples: ['nezuban token create deploy --days 30'],
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
      actor: { type: 'text', value: 'NAME', description: 'Only what this user did' },
      action: { type: 'text', value: 'ACTION', description: 'Only this action, such as runNet' },
      limit: { type: 'integer', value: 'N', min: 1, max: 20_000, description: 'How many at most (50)' },
    },
    examples: ['nezuban audit --actor admin'],
    load: () => import('./audit.ts'),
  },
];
