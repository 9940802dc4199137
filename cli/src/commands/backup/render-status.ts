// How backups are, in some lines. Pure. For `backup status`, `backup schedule` and `backup now`.
import type { BackupRun, BackupStatus } from '@nezuban/protocol/api/backup-operations';
import { formatInstant } from '../../output/time.ts';
import { visible } from '../../output/visible.ts';

const MEGABYTE = 1024 * 1024;

export const megabytes = (bytes: number): string => `${Math.max(1, Math.round(bytes / MEGABYTE))} MB`;

export const renderBackupStatus = (status: BackupStatus): readonly string[] => {
  const { directory, lastMade, lastFailed, nextAt, running, archive } = status;
  return [
    `folder     ${directory === null ? 'none yet: nezuban backup schedule --to DIR' : visible(directory)}`,
    `last made  ${lastMade === null ? 'never' : runWords(lastMade)}`,
    ...(lastFailed === null || isOlder(lastFailed, lastMade)
      ? []
      : [`failed     ${formatInstant(lastFailed.endedAt)}: ${visible(lastFailed.says)}`]),
    ...(running === null ? [] : [`under way  ${progressWords(running)}`]),
    `next       ${nextAt === null ? 'none by itself: nezuban backup schedule --daily HH:MM' : formatInstant(nextAt)}`,
    `log        ${archive === null ? 'not archived: a restore reaches the last backup only' : archiveWords(archive)}`,
  ];
};

export const isOlder = (run: BackupRun, than: BackupRun | null): boolean =>
  than !== null && run.endedAt < than.endedAt;

const runWords = ({ endedAt, name, bytes, host }: BackupRun): string =>
  `${formatInstant(endedAt)}, ${name ?? ''}, ${megabytes(bytes ?? 0)}, verified, by ${visible(host)}`;

export const progressWords = ({ phase, bytes, totalBytes }: NonNullable<BackupStatus['running']>): string =>
  totalBytes === null || totalBytes === 0
    ? phase
    : `${phase}: ${megabytes(bytes)} of about ${megabytes(totalBytes)}`;

const archiveWords = ({ state, until, says }: NonNullable<BackupStatus['archive']>): string =>
  state === 'streaming' ? `archived up to ${formatInstant(until)}` : visible(says);
