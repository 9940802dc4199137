// What goes wrong with a backup, as one sentence. Not responsible for who is told it (run.ts). Thrown by everything in this folder.
import { say, type Said } from '@nezuban/protocol/sentences/sentence';

/** A backup that cannot be made, read or restored: the message is one sentence for the person at the terminal. */
export class BackupError extends Error {
  override readonly name = 'BackupError';

  /** The same by its code, where it is one of those that are told in events. */
  readonly said: Said | null;

  constructor(sentence: Said | string, cause?: unknown) {
    super(
      typeof sentence === 'string' ? sentence : sentence.message,
      cause === undefined ? undefined : { cause },
    );
    this.said = typeof sentence === 'string' ? null : sentence;
  }
}

/** Everything that goes wrong with files, as one sentence about `place`. */
export function toBackupError(error: unknown, place: string): Error {
  if (error instanceof BackupError) return error;
  const { code, message, syscall } = error as NodeJS.ErrnoException;
  if (syscall === 'connect') return new Error(`the database does not answer (${message}).`, { cause: error });
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new BackupError(say('backup_disk_full', { place }), error);
    case 'EACCES':
    case 'EPERM':
      return new BackupError(say('backup_no_right', { place, message }), error);
    case 'EROFS':
      return new BackupError(say('backup_read_only', { place }), error);
    case 'ENOENT':
    case 'ENOTDIR':
      return new BackupError(say('backup_not_there', { place, message }), error);
    default:
      return error instanceof Error ? error : new Error(String(error));
  }
}
