// The commands on the manager's settings.
import type { CommandSpec, PositionalSpec } from '../command.ts';

const group = 'system';
const section: PositionalSpec = {
  name: 'SECTION',
  description: 'a section, such as retention or password_policy',
  completes: 'sections',
};

export const settingsCommands: readonly CommandSpec[] = [
  {
    name: 'settings',
    aliases: ['settings show', 'settings list'],
    group,
    summary: 'Show the settings of the manager, or one section of them',
    positionals: [{ ...section, optional: true }],
    options: {},
    details: ['What each one means: docs/reference/settings.md.'],
    examples: ['nezuban settings', 'nezuban settings retention'],
    load: () => import('./show.ts'),
  },
  {
    name: 'settings set',
    group,
    summary: 'Change settings of one section',
    positionals: [
      section,
      {
        name: 'CHANGE',
        description: 'KEY=VALUE, a setting and its new value; a point leads inside',
        many: true,
      },
    ],
    options: {
      'dry-run': {
        type: 'flag',
        description: 'Of run_as: only say which units of job nets in force the rules would refuse',
      },
    },
    details: [
      'The others keep their values. A value is a number, true, false, null for none, or a text. "KEY=" alone gives the default back.',
      'Refused if somebody else changes the section meanwhile.',
      'Of the section run_as it says before what the rules refuse that runs today.',
    ],
    examples: [
      'nezuban settings set retention events_days=400 output_days=30',
      'nezuban settings set self_watch disk_free_percent.warning=20',
      'nezuban settings set password_policy expires_days=null',
      `nezuban settings set run_as --dry-run 'rules=[{"users":["@agent"]},{"folder":"pay","users":["batch"]}]'`,
    ],
    load: () => import('./set.ts'),
  },
];
