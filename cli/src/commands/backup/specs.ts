// The commands on backups. Those that read and write PostgreSQL's files are a program of their own, which the launcher starts
// (`ha/src/backup`); here they are only described. Schedule, status and "now" ask the manager.
import type { CommandSpec } from '../command.ts';

const group = 'backup';
const launched = { group, positionals: [], options: {} } as const;

export const backupCommands: readonly CommandSpec[] = [
  {
    ...launched,
    name: 'backup create',
    summary: 'Make a backup while the manager runs',
    details: [
      'On the host of the manager, as its user: nezuban backup create --to DIR',
      'With --verify it is checked at once, with --keep NUMBER older ones go then, with --passphrase-file FILE the CA and the keys in it are sealed. All options: nezuban backup --help',
    ],
    examples: ['nezuban backup create --to /backup/nezuban --verify'],
  },
  {
    ...launched,
    name: 'backup list',
    summary: 'List the backups in a folder, newest first',
    details: ['nezuban backup list --from DIR'],
    examples: ['nezuban backup list --from /backup/nezuban'],
  },
  {
    ...launched,
    name: 'backup verify',
    summary: 'Check every checksum of a backup; with --restore, restore it for a test',
    details: ['The newest one, or the one that is named: nezuban backup verify [NAME] --from DIR'],
    examples: ['nezuban backup verify --from /backup/nezuban --restore'],
  },
  {
    ...launched,
    name: 'backup restore',
    summary: 'Restore a backup into an empty home',
    details: [
      'The newest one, or the one that is named: nezuban backup restore [NAME] --from DIR --home DIR. With --to-time it goes as far as that instant, if the log was archived.',
      'Nothing is ever restored over what is there. The page "Backup" of the manual says what to look at afterwards.',
    ],
    examples: [
      'nezuban backup restore --from /backup/nezuban --home /var/lib/nezuban --to-time 2026-11-26T09:30:00+09:00',
    ],
  },
  {
    ...launched,
    name: 'backup archive',
    summary: 'Copy the log into the folder of the backups, until it is ended',
    details: ['The manager does it by itself once "nezuban backup schedule" has named a folder.'],
    examples: ['nezuban backup archive --to /backup/nezuban'],
  },
  {
    ...launched,
    name: 'backup export',
    summary: 'Write all data as one file of text, which any version of PostgreSQL can take',
    details: ['nezuban backup export FILE'],
    examples: ['nezuban backup export /backup/nezuban-export.zst'],
  },
  {
    ...launched,
    name: 'backup import',
    summary: 'Read such a file into an empty home',
    details: ['nezuban backup import FILE --home DIR'],
    examples: ['nezuban backup import /backup/nezuban-export.zst --home /var/lib/nezuban'],
  },
  {
    name: 'backup schedule',
    group,
    summary: 'Let the manager make backups by itself, or show how it does',
    positionals: [],
    options: {
      to: {
        type: 'text',
        value: 'DIR',
        description: 'folder on the host of the manager (both hosts of a pair)',
      },
      daily: { type: 'text', value: 'HH:MM', description: "every day at that time of the manager's zone" },
      keep: {
        type: 'integer',
        value: 'NUMBER',
        min: 1,
        max: 1000,
        description: 'how many to keep (default 14)',
      },
      'passphrase-file': {
        type: 'text',
        value: 'FILE',
        description: 'on the host of the manager: its first line seals CA and keys',
      },
      log: {
        type: 'text',
        value: 'on|off',
        choices: ['on', 'off'],
        description: 'archive the log for restores to a point in time (default on)',
      },
      off: { type: 'flag', description: 'make no more by itself; the folder stays named' },
    },
    details: [
      'Each one is verified; older ones go only then. One that was missed is made up as soon as a manager is on duty.',
      'Without options it shows the schedule.',
    ],
    examples: [
      'nezuban backup schedule --daily 02:00 --keep 14 --to /backup/nezuban',
      'nezuban backup schedule',
    ],
    load: () => import('./schedule.ts'),
  },
  {
    name: 'backup status',
    group,
    summary: 'Say when the last backup was made, how far one is, and when the next is due',
    positionals: [],
    options: {},
    details: ['Exit code 1 if the last one failed or none was ever made: for your monitoring.'],
    examples: ['nezuban backup status'],
    load: () => import('./status.ts'),
  },
  {
    name: 'backup now',
    group,
    summary: 'Let the manager make a backup now, and wait for it',
    positionals: [],
    options: {},
    details: ['Into the folder of the schedule. Ctrl-C ends the watching; the backup goes on.'],
    examples: ['nezuban backup now'],
    load: () => import('./now.ts'),
  },
];
