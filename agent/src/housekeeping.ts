// Tidies away what nobody needs any more: folders of delivered output, ids that are old and many.
// Responsible for the rule (pure, `chooseFolders`) and for carrying it out at intervals. Never touches an attempt that has not ended or is owed to the manager.
import type { AttemptId } from '@nezuban/protocol/ids';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { AttemptFolders } from './attempts/attempt-folders.ts';
import type { Journal, KeptOutput } from './journal/journal.ts';
import { agentLimits } from './limits.ts';

export type Housekeeping = {
  readonly start: () => void;
  readonly run: () => void;
  readonly stop: () => void;
};

export function createHousekeeping(ports: {
  readonly journal: Journal;
  readonly folders: AttemptFolders;
  readonly clock: Clock;
  readonly logger: Logger;
}): Housekeeping {
  const { journal, folders, clock, logger } = ports;
  let timer: NodeJS.Timeout | undefined;

  const run = (): void => {
    try {
      const removed = chooseFolders(journal.deliveredFolders(), clock.epochMs());
      for (const id of removed) folders.remove(id);
      journal.noteFoldersRemoved(removed);
      const forgotten = journal.forget({
        beforeMs: clock.epochMs() - agentLimits.idsKeptMs,
        keepMax: agentLimits.idsKeptMax,
        lookAtMax: agentLimits.idsTidiedMax,
      });
      if (removed.length + forgotten > 0)
        logger.info({ folders: removed.length, ids: forgotten }, 'tidied away what is delivered and old');
    } catch (error) {
      logger.warn({ err: error }, 'could not tidy; it is tried again');
    }
  };

  return {
    start() {
      timer = setInterval(run, agentLimits.housekeepingIntervalMs);
      timer.unref();
    },
    run,
    stop: () => clearInterval(timer),
  };
}

/** Of delivered folders, newest first, those beyond the age, the number or the bytes that are kept. */
export function chooseFolders(kept: readonly KeptOutput[], nowMs: number): AttemptId[] {
  let bytes = 0;
  return kept
    .filter((folder, index) => {
      bytes += folder.bytes;
      return (
        index >= agentLimits.outputKeptAttemptsMax ||
        bytes > agentLimits.outputKeptBytesMax ||
        nowMs - folder.recordedMs > agentLimits.outputKeptMs
      );
    })
    .map((folder) => folder.id);
}
