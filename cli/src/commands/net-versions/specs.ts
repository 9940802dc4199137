// The commands on versions of job nets: history, difference, restore, releases at a date.
import type { CommandSpec, PositionalSpec } from '../command.ts';
import { reasonOption } from '../jobs/specs.ts';

const group = 'jobs';
const net: PositionalSpec = {
  name: 'NET',
  description: 'name of a job net, such as night/settlement; a deleted one, too',
  completes: 'nets',
};
const revision = (name: string, description: string, optional = false): PositionalSpec => ({
  name,
  description,
  integer: true,
  ...(optional && { optional }),
});
const limit = {
  type: 'integer',
  value: 'N',
  min: 1,
  max: 20_000,
  description: 'How many at most (20)',
} as const;

export const netVersionCommands: readonly CommandSpec[] = [
  {
    name: 'net history',
    group,
    summary: 'List the revisions of a job net: who changed it, when, how and why',
    positionals: [net],
    options: { limit },
    details: [
      'Every change is a revision, and none is ever removed; "nezuban export NET --revision N" prints one. Of a deleted net the history stays.',
    ],
    examples: ['nezuban net history night/settlement'],
    load: () => import('./net-history.ts'),
  },
  {
    name: 'net diff',
    group,
    summary: 'Show what differs between two revisions of a job net',
    positionals: [
      net,
      revision('A', 'the older revision; without it, the one before', true),
      revision('B', 'the newer revision; without it, the one in force', true),
    ],
    options: {},
    details: ['Exit code: 0 nothing differs, 5 something does, 1 and above 1 an error.'],
    examples: [
      'nezuban net diff night/settlement',
      'nezuban net diff night/settlement 3',
      'nezuban net diff night/settlement 3 7 --json',
    ],
    load: () => import('./net-diff.ts'),
  },
  {
    name: 'net restore',
    group,
    summary: 'Put an old revision into force again, as a new one; brings a deleted net back',
    positionals: [net, revision('REVISION', 'number of a revision')],
    options: { reason: reasonOption },
    details: ['Nothing is lost: what was in force until now stays a revision. Running sessions keep theirs.'],
    examples: ['nezuban net restore night/settlement 6 --reason "7 loads the wrong file"'],
    load: () => import('./net-restore.ts'),
  },
  {
    name: 'net release',
    group,
    summary: 'Let a revision, or the definition of a file, come into force at a date or at once',
    positionals: [net, revision('REVISION', 'number of a revision; or --file', true)],
    options: {
      file: {
        type: 'text',
        value: 'FILE',
        description: 'A YAML file with the job net, or "-": kept as a revision that is not in force yet',
      },
      at: {
        type: 'text',
        value: 'TIME',
        description: 'When, such as "2026-12-01 00:00", or in how long: 30m, 2h, 7d; without it, at once',
      },
      replace: {
        type: 'flag',
        description: 'Release it even if somebody changes the net before; otherwise it is refused then',
      },
      reason: reasonOption,
    },
    details: [
      'The manager on duty releases it, once; after an outage at the next start. A start that is due at the same moment runs what was released.',
      'If the net is changed, created or deleted between now and then, the release is refused and an event says so, unless --replace was given. Releases that were planned before this one do not count as changes.',
    ],
    examples: [
      'nezuban net release night/settlement --file settlement.yaml --at "2026-12-01 00:00"',
      'nezuban net release night/settlement 6 --at 2h --reason "ticket 4711"',
    ],
    load: () => import('./net-release.ts'),
  },
  {
    name: 'net releases',
    group,
    summary: 'List planned and past releases of job nets',
    positionals: [{ ...net, optional: true }],
    options: {
      state: {
        type: 'text',
        value: 'STATE',
        many: true,
        choices: ['planned', 'released', 'refused', 'cancelled'],
        description: 'Only releases in this state; may be repeated',
      },
      limit,
    },
    examples: ['nezuban net releases --state planned', 'nezuban net releases night/settlement'],
    load: () => import('./net-releases.ts'),
  },
  {
    name: 'net cancel-release',
    group,
    summary: 'Cancel a planned release',
    positionals: [{ name: 'RELEASE', description: 'number of a release', integer: true }],
    options: { reason: { ...reasonOption, description: 'Why; kept with the release' } },
    examples: ['nezuban net cancel-release 4 --reason "postponed"'],
    load: () => import('./net-cancel-release.ts'),
  },
];
