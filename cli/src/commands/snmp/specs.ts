// The commands on MIB modules, SNMPv3 users and tokens for custom traps.
import type { CommandSpec, PositionalSpec } from '../command.ts';

const group = 'events';
const oid: PositionalSpec = {
  name: 'OID',
  description: 'numbers (1.3.6.1.2.1) or a name (ifTable, IF-MIB::linkDown)',
};
const snmpUser: PositionalSpec = {
  name: 'SNMP-USER',
  description: 'name of the user as the device is configured with it',
};
const tokenName: PositionalSpec = { name: 'TOKEN-NAME', description: 'name of a token for custom traps' };
const limit = (description: string) =>
  ({ type: 'integer', value: 'N', min: 1, max: 200, description }) as const;

/** As the protocol's snmpAuthProtocols and snmpPrivProtocols; a test compares. Loading the schemas for some words would cost more than they. */
export const authChoices = ['none', 'md5', 'sha', 'sha224', 'sha256', 'sha384', 'sha512'] as const;
export const privChoices = ['none', 'des', 'aes', 'aes256', 'aes256c'] as const;

export const snmpCommands: readonly CommandSpec[] = [
  {
    name: 'mib import',
    group,
    summary: 'Upload MIB files, so that SNMP traps are shown with names',
    positionals: [{ name: 'FILE', description: 'MIB file (.mib, .txt, .my)', many: true }],
    options: {},
    details: [
      'A module that is there already is replaced. Modules may come in any order: what one imports from another that is missing is told, and resolved once that one is there.',
      'Text that is not UTF-8 is read as Latin-1. The exit code is 1 if a file holds no module.',
    ],
    examples: ['nezuban mib import CISCO-SMI.my CISCO-SYSLOG-MIB.my', 'nezuban mib import vendor/*.mib'],
    load: () => import('./mib-import.ts'),
  },
  {
    name: 'mib list',
    group,
    summary: 'List MIB modules, with what is missing in them',
    positionals: [],
    options: {
      uploaded: { type: 'flag', description: 'Without those that are built in' },
    },
    examples: ['nezuban mib list --uploaded'],
    load: () => import('./mib-list.ts'),
  },
  {
    name: 'mib delete',
    group,
    summary: 'Delete an uploaded MIB module',
    positionals: [{ name: 'MODULE', description: 'name of a MIB module, such as CISCO-SYSLOG-MIB' }],
    options: {},
    examples: ['nezuban mib delete OLD-MIB'],
    load: () => import('./mib-delete.ts'),
  },
  {
    name: 'mib tree',
    group,
    summary: 'Show what lies below an OID',
    positionals: [{ ...oid, optional: true }],
    options: {},
    examples: ['nezuban mib tree', 'nezuban mib tree ifEntry'],
    load: () => import('./mib-tree.ts'),
  },
  {
    name: 'mib search',
    group,
    summary: 'Find objects and notifications by a part of their name',
    positionals: [{ name: 'TEXT', description: 'part of a name, in upper or lower case' }],
    options: { limit: limit('How many at most (50)') },
    examples: ['nezuban mib search linkdown'],
    load: () => import('./mib-search.ts'),
  },
  {
    name: 'mib translate',
    group,
    summary: 'Say the name of an OID, or the OID of a name',
    positionals: [oid],
    options: {},
    examples: ['nezuban mib translate 1.3.6.1.6.3.1.1.5.3', 'nezuban mib translate IF-MIB::ifDescr.3'],
    load: () => import('./mib-translate.ts'),
  },
  {
    name: 'trap user list',
    group,
    summary: 'List the users of SNMPv3 that may send traps',
    positionals: [],
    options: {},
    examples: ['nezuban trap user list'],
    load: () => import('./user-list.ts'),
  },
  {
    name: 'trap user set',
    group,
    summary: 'Make or change a user of SNMPv3',
    positionals: [snmpUser],
    options: {
      auth: {
        type: 'text',
        value: 'PROTOCOL',
        choices: authChoices,
        description: 'How it authenticates (sha256); "none": unsigned traps are believed',
      },
      priv: {
        type: 'text',
        value: 'PROTOCOL',
        choices: privChoices,
        description: 'How it encrypts (aes); aes256c: AES-256 with keys as Cisco lengthens them',
      },
      'engine-id': {
        type: 'text',
        value: 'HEX',
        description: 'Only traps of this engine; without it, of any that authenticates',
      },
      'auth-password-file': {
        type: 'text',
        value: 'FILE',
        description: 'File whose first line is the password for authentication',
      },
      'priv-password-file': {
        type: 'text',
        value: 'FILE',
        description: 'File whose first line is the password for encryption',
      },
    },
    details: [
      'What is not given gets its default; passwords alone stay as they are. At a terminal they are asked for, where an empty answer keeps the present one. They are never shown again.',
    ],
    examples: [
      'nezuban trap user set ops',
      'nezuban trap user set core --auth sha512 --priv aes256 --auth-password-file auth.txt --priv-password-file priv.txt',
    ],
    load: () => import('./user-set.ts'),
  },
  {
    name: 'trap user delete',
    group,
    summary: 'Delete a user of SNMPv3; its traps are refused from then on',
    positionals: [snmpUser],
    options: {},
    examples: ['nezuban trap user delete old'],
    load: () => import('./user-delete.ts'),
  },
  {
    name: 'trap token list',
    group,
    summary: 'List the tokens that may post custom traps',
    positionals: [],
    options: {},
    details: ['Without any token, the lists of allowed and denied addresses alone decide who may post.'],
    examples: ['nezuban trap token list'],
    load: () => import('./token-list.ts'),
  },
  {
    name: 'trap token create',
    group,
    summary: 'Make a token that may post custom traps, and print it',
    positionals: [tokenName],
    options: {},
    details: ['It is shown this once, alone on standard output.'],
    examples: ['TOKEN=$(nezuban trap token create backup-tool)'],
    load: () => import('./token-create.ts'),
  },
  {
    name: 'trap token delete',
    group,
    summary: 'Revoke a token for custom traps',
    positionals: [tokenName],
    options: {},
    examples: ['nezuban trap token delete backup-tool'],
    load: () => import('./token-delete.ts'),
  },
];
