// Tidies away what nobody needs any more: folders of delivered output, ids that are old and many.
// Responsible for the rule (pure, `chooseFolders`) and for carrying it out at intervals. Never touches an attempt that has not ended or is owed to the manager.
import fs from 'node:fs';
import path from 'node:path';
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
  /** Where watches of files keep what they know. */
  readonly watches: string;
  readonly clock: Clock;
  readonly logger: Logger;
}): Housekeeping {
  const { journal, folders, watches, clock, logger } = ports;
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
      removeOldWatches(watches, clock.epochMs() - agentLimits.watchesKeptMs);
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

/** Both sides of a watch go together: one of them is its lock. */
export function removeOldWatches(folder: string, beforeMs: number): void {
  const names = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  const isOld = (name: string): boolean =>
    (fs.statSync(path.join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0) < beforeMs;
  for (const key of new Set(names.map((name) => name.slice(0, name.lastIndexOf('.'))))) {
    const sides = names.filter((name) => name.startsWith(`${key}.`));
    if (sides.every(isOld)) for (const name of sides) fs.rmSync(path.join(folder, name), { force: true });
  }
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
