/**
 * How far a backup is, on standard error: a line that is written over on a terminal, a line now and then elsewhere, or JSON for a program.
 */
import type { BackupProgress } from '@nezuban/protocol/backup/backup';

const EVERY_MS = 200;
const EVERY_IN_A_FILE_MS = 10_000;
const MEGABYTE = 1024 * 1024;
const WORDS: Readonly<Record<BackupProgress['phase'], string>> = {
  starting: 'the database makes a checkpoint',
  copying: 'copying',
  flushing: 'flushing to the disk',
  verifying: 'verifying',
  tidying: 'tidying up',
};

export type ProgressWriter = {
  readonly show: (progress: BackupProgress) => void;
  /** Ends a line that is being written over. */
  readonly end: () => void;
};

export function createProgressWriter(
  write: (text: string) => void,
  how: { readonly json: boolean; readonly isTerminal: boolean },
): ProgressWriter {
  let shownAt = -Infinity;
  let phase: string | null = null;
  let open = false;
  return {
    show(progress) {
      const now = performance.now();
      const every = how.json || how.isTerminal ? EVERY_MS : EVERY_IN_A_FILE_MS;
      if (progress.phase === phase && now - shownAt < every) return;
      phase = progress.phase;
      shownAt = now;
      if (how.json) return write(`${JSON.stringify(progress)}\n`);
      const { bytes, totalBytes } = progress;
      const amount =
        totalBytes === null || totalBytes === 0
          ? ''
          : `: ${Math.floor(bytes / MEGABYTE)} of about ${Math.ceil(totalBytes / MEGABYTE)} MB`;
      const text = `  ${WORDS[progress.phase]}${amount}`;
      if (how.isTerminal) write(`\r\u001b[K${text}`);
      else write(`${text}\n`);
      open = how.isTerminal;
    },
    end() {
      if (open) write('\r\u001b[K');
      open = false;
    },
  };
}
