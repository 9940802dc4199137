// Keeps the program running that copies the log into the folder of the backups, while that is wished and this manager is on duty.
// Responsible for its restarts and for what it last said. Called by backup.ts.
import { archiveNewsSchema, type ArchiveNews } from '@nezuban/protocol/backup/backup';
import type { Logger } from '@nezuban/platform/logger';
import type { CancelTimer, Timers } from '@nezuban/platform/timers';
import type { Said } from '@nezuban/protocol/sentences/sentence';
import { saidIn, toJson, type BackupProgram, type StartProgram } from './backup-program.ts';

/** A program that cannot go on is started again at this pace; what it says is shown meanwhile. */
const AGAIN_MS = 30_000;

export type BackupArchive = {
  /** Null: off. */
  readonly set: (directory: string | null) => void;
  /** Null while it is off. */
  readonly news: () => ArchiveNews | null;
  readonly stop: () => Promise<void>;
};

export const createBackupArchive = (
  ports: { readonly timers: Timers; readonly logger: Logger; readonly startProgram: StartProgram },
  options: {
    readonly home: string;
    /** Log was lost before it could be copied. */
    readonly onGap: (says: Said) => void;
  },
): BackupArchive => {
  const { timers, logger } = ports;
  let wanted: string | null = null;
  let running: { readonly program: BackupProgram; readonly directory: string } | null = null;
  let news: ArchiveNews | null = null;
  let cancelAgain: CancelTimer = () => undefined;
  let stopped = false;
  let state: ArchiveNews['state'] | null = null;

  const take = (line: string): void => {
    const parsed = archiveNewsSchema.safeParse(toJson(line));
    if (!parsed.success) return;
    const { data } = parsed;
    news = { ...data, until: data.until ?? news?.until ?? null };
    if (data.state === state) return;
    state = data.state;
    logger.info({ state, says: data.says }, 'The archive of the log has changed its state');
    if (state === 'gap') options.onGap(saidIn(data.says, data.said));
  };

  const run = (): void => {
    if (stopped || wanted === null || running !== null) return;
    const directory = wanted;
    const program = ports.startProgram({
      home: options.home,
      args: ['archive', '--to', directory, '--json', '--end-with-stdin'],
      onLine: take,
    });
    const mine = { program, directory };
    running = mine;
    void program.ended.then(({ says }) => {
      running = null;
      if (stopped || wanted === null) return;
      if (wanted !== directory) return run();
      logger.warn({ says: says?.message }, 'The archive of the log has ended; it is started again');
      news = {
        state: 'waiting',
        says: says?.message ?? 'The log is not archived now.',
        until: news?.until ?? null,
      };
      state = 'waiting';
      cancelAgain = timers.after(AGAIN_MS, run);
    });
  };

  return {
    set(directory) {
      if (directory === wanted) return;
      wanted = directory;
      cancelAgain();
      news =
        directory === null ? null : { state: 'waiting', says: 'The archive of the log begins.', until: null };
      state = null;
      if (running === null) run();
      else void running.program.stop();
    },
    news: () => news,
    async stop() {
      stopped = true;
      cancelAgain();
      await running?.program.stop();
    },
  };
};
