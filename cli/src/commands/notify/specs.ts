// The commands on notification rules and what they have sent.
import type { CommandSpec, PositionalSpec } from '../command.ts';
import { timeRangeOptions } from '../shared/time-range.ts';

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
    name: 'notify try',
    group,
    summary: 'Show what a rule would have told of the events of the last hours, when and gathered how',
    positionals: [rule],
    options: {
      hours: { type: 'integer', value: 'N', min: 1, max: 744, description: 'How far back (24)' },
    },
    details: ['Nothing is sent, and nothing is remembered. Silences are left out: they are of today.'],
    examples: ['nezuban notify try night-mail --hours 48'],
    load: () => import('./try-rule.ts'),
  },
  {
    name: 'notify kept',
    group,
    summary: 'List what silences and inhibitions keep back now, and will be told if it still stands',
    positionals: [],
    options: {
      limit: { type: 'integer', value: 'N', min: 1, max: 20_000, description: 'How many at most (200)' },
    },
    details: ['What was kept back earlier: nezuban notify deliveries --state suppressed'],
    examples: ['nezuban notify kept'],
    load: () => import('./kept.ts'),
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
      rule: { type: 'text', value: 'RULE', completes: 'rules', description: 'Only of this rule' },
      channel: { type: 'text', value: 'CHANNEL', description: 'Only to this named channel' },
      event: {
        type: 'integer',
        value: 'EVENT',
        min: 1,
        max: Number.MAX_SAFE_INTEGER,
        description: 'Only those that speak of this event',
      },
      limit: { type: 'integer', value: 'N', min: 1, max: 20_000, description: 'How many at most (50)' },
    },
    examples: ['nezuban notify deliveries --state failed'],
    load: () => import('./deliveries.ts'),
  },
  {
    name: 'notify retry',
    group,
    summary: 'Try deliveries that failed once more: single ones, or all that fit',
    positionals: [
      {
        name: 'DELIVERY',
        description: 'number of a delivery, as "nezuban notify deliveries" lists it',
        integer: true,
        many: true,
        optional: true,
      },
    ],
    options: {
      all: { type: 'flag', description: 'All failed ones that fit, the oldest 10,000' },
      rule: { type: 'text', value: 'RULE', completes: 'rules', description: 'With --all: only of this rule' },
      channel: { type: 'text', value: 'CHANNEL', description: 'With --all: only to this named channel' },
      ...timeRangeOptions,
    },
    examples: ['nezuban notify retry 31 32', 'nezuban notify retry --all --channel team --from 2h'],
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
