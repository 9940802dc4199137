// Gathers changes of one turn of the event loop into one transaction of the journal, and lets what waits for it go on.
// Responsible for group commit, and for what happens when the journal cannot be written: changes that must not be lost are kept and tried
// again, new attempts are dropped unanswered (the manager repeats them). Not responsible for the SQL (journal.ts). Used by attempt-runner.ts.
import type { Journal, JournalChange } from '../journal/journal.ts';
import { agentLimits } from '../limits.ts';
import type { Logger } from '@nezuban/platform/logger';

export type Entry = {
  readonly change: JournalChange;
  /** Called once the change is on disk. */
  readonly written: () => void;
  /** Called if it is dropped since the journal cannot be written. Entries without it are kept and tried again. */
  readonly dropped?: () => void;
};

export type JournalWriterPorts = {
  readonly journal: Pick<Journal, 'write'>;
  readonly logger: Logger;
  /** After each transaction: there may be receipts to send. */
  readonly onCommit: () => void;
  /** The journal cannot be written; `null`: it can again. */
  readonly onFault: (reason: string | null) => void;
};

export type JournalWriter = {
  readonly add: (entry: Entry) => void;
  readonly isFaulty: () => boolean;
  /** Writes what has been gathered. What cannot be written now stays out of the journal. */
  readonly stop: () => void;
};

export function createJournalWriter(ports: JournalWriterPorts): JournalWriter {
  let gathered: Entry[] = [];
  let scheduled: NodeJS.Immediate | null = null;
  let retry: NodeJS.Timeout | null = null;

  const commit = (): void => {
    scheduled = null;
    const batch = gathered;
    gathered = [];
    try {
      ports.journal.write(batch.map((entry) => entry.change));
    } catch (error) {
      fail(batch, error);
      return;
    }
    if (retry) recover();
    for (const entry of batch) entry.written();
    ports.onCommit();
  };

  const fail = (batch: readonly Entry[], error: unknown): void => {
    const reason = error instanceof Error ? error.message : String(error);
    // Before anything that they could cause: order matters within an attempt, and what is kept stands before what comes.
    gathered = [...batch.filter((entry) => entry.dropped === undefined), ...gathered];
    if (!retry) {
      ports.logger.error(
        { err: error },
        'the journal cannot be written: no attempt is accepted until it can',
      );
      ports.onFault(reason);
    }
    clearTimeout(retry ?? undefined);
    retry = setTimeout(commit, agentLimits.journalRetryMs);
    for (const entry of batch) entry.dropped?.();
  };

  const recover = (): void => {
    clearTimeout(retry ?? undefined);
    retry = null;
    ports.logger.info('the journal can be written again');
    ports.onFault(null);
  };

  return {
    add(entry) {
      gathered.push(entry);
      if (!retry) scheduled ??= setImmediate(commit);
    },
    isFaulty: () => retry !== null,
    stop() {
      if (scheduled) clearImmediate(scheduled);
      clearTimeout(retry ?? undefined);
      if (gathered.length > 0) commit();
      clearTimeout(retry ?? undefined);
    },
  };
}
