// The commands on notification rules and what they have sent.
import type { CommandSpec, PositionalSpec } from '../command.ts';

const group = 'events';
const rule: PositionalSpec = { name: 'RULE', description: 'name of a notification rule', completes: 'rules' };

export const notifyCommands: readonly CommandSpec[] = [
  {
    name: 'notify rules',
    aliases: ['notify list'],
    group,
    summary: 'List notification rules',
    positionals: [],
    options: {},
    details: [
      'A rule is written as "kind: notification" in a YAML file; "nezuban export --kind notification" prints those that there are.',
    ],
    examples: ['nezuban notify rules'],
    load: () => import('./rules.ts'),
  },
  {
    name: 'notify test',
    group,
    summary: 'Send a test message by a rule now, and say how it went',
    positionals: [rule],
    options: {},
    details: ['The exit code is 1 if it was not taken.'],
    examples: ['nezuban notify test night-mail'],
    load: () => import('./test-rule.ts'),
  },
  {
    name: 'notify deliveries',
    group,
    summary: 'List what was sent, is being sent, or could not be sent, newest first',
    positionals: [],
    options: {
      state: {
        type: 'text',
        value: 'STATE',
        many: true,
        choices: ['pending', 'sent', 'failed', 'suppressed'],
        description: 'Only in this state; may be repeated',
      },
      limit: { type: 'integer', value: 'N', min: 1, max: 20_000, description: 'How many at most (50)' },
    },
    examples: ['nezuban notify deliveries --state failed'],
    load: () => import('./deliveries.ts'),
  },
  {
    name: 'notify retry',
    group,
    summary: 'Try deliveries that failed once more',
    positionals: [
      {
        name: 'DELIVERY',
        description: 'number of a delivery, as "nezuban notify deliveries" lists it',
        integer: true,
        many: true,
      },
    ],
    options: {},
    examples: ['nezuban notify retry 31 32'],
    load: () => import('./retry.ts'),
  },
  {
    name: 'notify delete',
    group,
    summary: 'Delete a notification rule',
    positionals: [rule],
    options: {},
    examples: ['nezuban notify delete old-mail'],
    load: () => import('./delete.ts'),
  },
];
