// The commands on silences.
import { priorities } from '@nezuban/protocol/priority';
import type { CommandSpec, OptionSpec } from '../command.ts';

const group = 'events';
const names = (value: string, description: string): OptionSpec => ({
  type: 'text',
  value,
  many: true,
  description,
});

export const silenceCommands: readonly CommandSpec[] = [
  {
    name: 'silence add',
    group,
    summary: 'Keep notifications of some events back for a time',
    positionals: [],
    options: {
      node: {
        ...names('NODE', 'Of this node; * at the end stands for any rest; may be repeated'),
        completes: 'nodes',
      },
      scope: { ...names('SCOPE', 'Of the nodes of this scope; may be repeated'), completes: 'scopes' },
      monitor: names('MONITOR', 'Of this monitor; may be repeated'),
      key: names('KEY', 'About this state, such as link:3; may be repeated'),
      code: names('CODE', 'Of this code; may be repeated'),
      net: names('NET', 'About this job net; may be repeated'),
      priority: {
        type: 'text',
        value: 'PRIORITY',
        many: true,
        choices: priorities,
        description: 'Of this priority; may be repeated',
      },
      text: { type: 'text', value: 'TEXT', description: 'Whose message holds this' },
      until: {
        type: 'text',
        value: 'TIME',
        description:
          'Until then: "2026-12-01T05:00" in the zone of this computer, or "30m", "2h", "1d" from now',
      },
      reason: { type: 'text', value: 'TEXT', description: 'Why; shown to everybody who asks' },
    },
    details: [
      'All that is named must hold. What is kept back is listed by "nezuban notify kept" and as suppressed among the deliveries; what still stands at the end is told then.',
    ],
    examples: ['nezuban silence add --scope web --until 2h --reason "new firmware"'],
    load: () => import('./add.ts'),
  },
  {
    name: 'silence list',
    group,
    summary: 'List the silences that are open',
    positionals: [],
    options: {
      all: { type: 'flag', description: 'Those that are over, too' },
      limit: { type: 'integer', value: 'N', min: 1, max: 20_000, description: 'How many at most (50)' },
    },
    examples: ['nezuban silence list'],
    load: () => import('./list.ts'),
  },
  {
    name: 'silence end',
    group,
    summary: 'End silences now; what they kept back and still stands is told',
    positionals: [
      {
        name: 'SILENCE',
        description: 'number of a silence, as "nezuban silence list" lists it',
        integer: true,
        many: true,
      },
    ],
    options: {},
    examples: ['nezuban silence end 4'],
    load: () => import('./end.ts'),
  },
];
