// The commands on definitions as files: apply, diff, export.
import type { CommandSpec, OptionSpec, PositionalSpec } from '../command.ts';
import { reasonOption } from '../jobs/specs.ts';

const group = 'jobs';
const files: PositionalSpec = {
  name: 'FILE',
  description: 'a YAML file, a folder with all YAML files below it, or "-" for standard input',
  many: true,
};
const folder = { type: 'text', value: 'FOLDER', completes: 'folders' } as const;
const yes: OptionSpec = {
  type: 'flag',
  description: 'Do it without being asked; needed where there is no terminal',
};

export const definitionsCommands: readonly CommandSpec[] = [
  {
    name: 'apply',
    group,
    summary: 'Apply YAML files of definitions: job nets, scopes, notification rules and others',
    positionals: [files],
    options: {
      'dry-run': { type: 'flag', description: 'Check everything and say what would change; change nothing' },
      atomic: { type: 'flag', description: 'Apply all files in one change: all of them, or nothing' },
      prune: {
        ...folder,
        description: 'Delete the job nets of this folder that stand in none of the files; means --atomic',
      },
      reason: { ...reasonOption, description: 'Why; kept in the history of the job nets' },
      yes,
    },
    details: [
      'Each file is applied whole or not at all. Without --atomic files are applied in the order given, those of a folder by name, each for itself: when one is refused, the others are applied all the same, and the exit code is 1. Folders and files whose name begins with a point are left out.',
      'Errors are printed as FILE:LINE:COLUMN: PATH: MESSAGE.',
      '"nezuban diff" shows beforehand what would change.',
    ],
    examples: [
      'nezuban apply night.yaml',
      'nezuban apply --dry-run nets/*.yaml',
      'nezuban apply --atomic definitions --reason "ticket 4711"',
      'nezuban apply definitions/nets/night --prune night',
      'generate-nets | nezuban apply -',
    ],
    load: () => import('./apply.ts'),
  },
  {
    name: 'diff',
    group,
    summary: 'Show what applying YAML files would change',
    positionals: [files],
    options: {
      prune: {
        ...folder,
        description: 'Show the job nets of this folder, too, that stand in none of the files',
      },
    },
    details: [
      'Each definition is compared with what is in force, both in the same canonical form, so that only differences of meaning are shown. Changes nothing and needs only the right to read.',
      'Exit code: 0 nothing would change, 5 something would, 1 and above 1 an error. A secret is never shown: "********" stands for the stored one, "******** (new)" for another one.',
    ],
    examples: [
      'nezuban diff night.yaml',
      'nezuban diff definitions',
      'nezuban diff definitions --json | jq .different',
    ],
    load: () => import('./diff.ts'),
  },
  {
    name: 'export',
    group,
    summary: 'Print definitions as YAML, or write them as a folder of files',
    positionals: [
      {
        name: 'NET',
        description: 'name of a job net, such as night/settlement',
        optional: true,
        completes: 'nets',
      },
    ],
    options: {
      all: { type: 'flag', description: 'Every definition that you may see, of every kind' },
      kind: {
        type: 'text',
        value: 'KIND',
        description: 'All definitions of one kind, such as jobnet or scope',
      },
      revision: {
        type: 'integer',
        value: 'N',
        min: 1,
        max: 2_147_483_647,
        description: 'This revision of the job net, of a deleted one, too; "nezuban net history" lists them',
      },
      folder: { ...folder, description: 'All job nets of a folder' },
      to: { type: 'text', value: 'DIR', description: 'Write one file for each definition into this folder' },
      prune: {
        type: 'flag',
        description: 'With --all --to: remove files of definitions that are not in force any more',
      },
      yes,
    },
    details: [
      'With --to a file that means what is in force is left untouched, with its comments and its layout, wherever in the folder it lies; only what differs is written. So the folder can be kept in Git, and "nezuban apply" of it changes nothing.',
      'Secrets are never exported: "********" stands for them, and applying that keeps the secret that is stored.',
    ],
    examples: [
      'nezuban export night/settlement > settlement.yaml',
      'nezuban export --all --to definitions',
      'nezuban export --folder night',
    ],
    load: () => import('./export.ts'),
  },
];
