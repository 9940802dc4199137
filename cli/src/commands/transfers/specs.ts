// The command on file transfers that are under way.
import type { CommandSpec } from '../command.ts';

export const transferCommands: readonly CommandSpec[] = [
  {
    name: 'transfers',
    group: 'jobs',
    summary: 'List file transfers that are under way: how far, how quick, what they wait for',
    positionals: [],
    options: {
      session: {
        type: 'integer',
        value: 'SESSION',
        min: 1,
        max: Number.MAX_SAFE_INTEGER,
        description: 'Only those of this session',
      },
    },
    details: ['What came of those that have ended is the output of their units: "nezuban output".'],
    examples: ['nezuban transfers', 'nezuban transfers --session 12 --json'],
    load: () => import('./list.ts'),
  },
];
