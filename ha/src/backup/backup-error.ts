/** A backup that cannot be made, read or restored: the message is one sentence for the person at the terminal. */
export class BackupError extends Error {
  override readonly name = 'BackupError';

  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
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
      return new BackupError(`The disk of ${place} is full: make room and try again.`, error);
    case 'EACCES':
    case 'EPERM':
      return new BackupError(
        `This user may not read or write ${place} (${message}): run as the user of the manager.`,
        error,
      );
    case 'EROFS':
      return new BackupError(`The file system of ${place} is read-only: name another folder.`, error);
    case 'ENOENT':
    case 'ENOTDIR':
      return new BackupError(`${place} is not there (${message}).`, error);
    default:
      return error instanceof Error ? error : new Error(String(error));
  }
}
