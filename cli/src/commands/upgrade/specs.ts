// The command on upgrades.
import type { CommandSpec } from '../command.ts';

export const upgradeCommands: readonly CommandSpec[] = [
  {
    name: 'upgrade',
    group: 'system',
    summary: 'Say what stands in the way of an upgrade, and in which order it is done',
    positionals: [],
    options: {
      check: { type: 'flag', description: 'Look; change nothing' },
      to: {
        type: 'text',
        value: 'DIR',
        description:
          'Where the new release lies unpacked (the release of this command line, if it is another one)',
      },
      'backup-hours': {
        type: 'integer',
        value: 'N',
        min: 1,
        max: 8760,
        description: 'How old the newest backup may be (24)',
      },
    },
    details: [
      'Asks the running manager. Looks at schema, PostgreSQL, agents, the pair, disks, backup and running sessions, and prints the steps for a single host or a pair.',
      'Exit code: 0 nothing stands in the way, 30 look at something first, 31 do not begin yet.',
    ],
    examples: ['nezuban upgrade --check --to /opt/nezuban.new', 'nezuban upgrade --check --json'],
    load: () => import('./check.ts'),
  },
];
