// The commands on users, roles and sign-ins.
import type { CommandSpec, OptionSpec, PositionalSpec } from '../command.ts';
import { ownerOptions } from './owner-filter.ts';

const group = 'access';
const user: PositionalSpec = { name: 'USER', description: 'name of a user', completes: 'users' };
const role: PositionalSpec = { name: 'ROLE', description: 'name of a role', completes: 'roles' };
const roleOption = (description: string): OptionSpec => ({
  type: 'text',
  value: 'ROLE',
  many: true,
  completes: 'roles',
  description,
});

export const userCommands: readonly CommandSpec[] = [
  {
    name: 'users',
    aliases: ['users list', 'user list'],
    group,
    summary: 'List users with their roles',
    positionals: [],
    options: {
      search: { type: 'text', value: 'TEXT', description: 'Only users whose name or title holds the text' },
      role: { type: 'text', value: 'ROLE', description: 'Only users who have this role', completes: 'roles' },
    },
    examples: ['nezuban users', 'nezuban users --role operator'],
    load: () => import('./users.ts'),
  },
  {
    name: 'user show',
    group,
    summary: 'Show a user',
    positionals: [user],
    options: {},
    examples: ['nezuban user show sato'],
    load: () => import('./user-show.ts'),
  },
  {
    name: 'user create',
    group,
    summary: 'Make a user with a one-time password, which is shown once',
    positionals: [{ name: 'USER', description: 'name to sign in with' }],
    options: {
      title: { type: 'text', value: 'TEXT', description: 'Full name, or what the user is for' },
      role: roleOption('A role of the user; may be repeated'),
    },
    details: ['The one-time password alone goes to standard output.'],
    examples: ['nezuban user create sato --title "佐藤 花子" --role operator'],
    load: () => import('./user-create.ts'),
  },
  {
    name: 'user set',
    group,
    summary: 'Change roles or title of a user, or disable a user',
    positionals: [user],
    options: {
      title: { type: 'text', value: 'TEXT', description: 'Full name, or what the user is for' },
      role: roleOption('Exactly these roles; may be repeated'),
      'add-role': roleOption('One more role; may be repeated'),
      'remove-role': roleOption('One role less; may be repeated'),
      disable: { type: 'flag', description: 'No sign-in any more; ends sign-ins, and tokens do not work' },
      enable: { type: 'flag', description: 'Take that back' },
      'dry-run': {
        type: 'flag',
        description: 'Only say which starts and releases of this user the change of roles would stop',
      },
    },
    exclusive: [
      ['disable', 'enable'],
      ['role', 'add-role'],
      ['role', 'remove-role'],
    ],
    examples: ['nezuban user set sato --add-role editor', 'nezuban user set sato --disable'],
    load: () => import('./user-set.ts'),
  },
  {
    name: 'user reset-password',
    group,
    summary: 'Give a user a new one-time password, which is shown once',
    positionals: [user],
    options: {},
    details: [
      'Ends the sign-ins of the user, and a lock-out. If nobody can sign in any more, "nezuban admin reset-password" on the host of the manager helps.',
    ],
    examples: ['nezuban user reset-password sato'],
    load: () => import('./user-reset-password.ts'),
  },
  {
    name: 'user unlock',
    group,
    summary: 'End the lock-out of a user after wrong passwords',
    positionals: [user],
    options: {},
    examples: ['nezuban user unlock sato'],
    load: () => import('./user-unlock.ts'),
  },
  {
    name: 'user delete',
    group,
    summary: 'Delete a user with sign-ins and tokens',
    positionals: [user],
    options: {},
    details: [
      'What the user did stays in the audit log. To keep a person out for a time: nezuban user set USER --disable',
    ],
    examples: ['nezuban user delete sato'],
    load: () => import('./user-delete.ts'),
  },
  {
    name: 'roles',
    aliases: ['roles list', 'role list'],
    group,
    summary: 'List roles',
    positionals: [],
    options: {},
    details: ['A role is written as "kind: role" in a YAML file and applied with "nezuban apply".'],
    examples: ['nezuban roles'],
    load: () => import('./roles.ts'),
  },
  {
    name: 'role show',
    group,
    summary: 'Print a role as YAML',
    positionals: [role],
    options: {},
    examples: ['nezuban role show operator'],
    load: () => import('./role-show.ts'),
  },
  {
    name: 'role delete',
    group,
    summary: 'Delete a role; refused while users have it',
    positionals: [role],
    options: {},
    examples: ['nezuban role delete night-operator'],
    load: () => import('./role-delete.ts'),
  },
  {
    name: 'sign-ins',
    aliases: ['sign-ins list', 'sign-in list'],
    group,
    summary: 'List browsers that are signed in: your own, or those of others',
    positionals: [],
    options: ownerOptions,
    exclusive: [['user', 'all']],
    examples: ['nezuban sign-ins', 'nezuban sign-ins --all'],
    load: () => import('./sign-ins.ts'),
  },
  {
    name: 'sign-in revoke',
    group,
    summary: 'End a sign-in of a browser',
    positionals: [
      { name: 'SIGN-IN', description: 'number of a sign-in, as "nezuban sign-ins" lists it', integer: true },
    ],
    options: {},
    examples: ['nezuban sign-in revoke 7'],
    load: () => import('./sign-in-revoke.ts'),
  },
];
