/**
 * How much of its disk the journal may still take.
 *
 * Responsible for looking regularly, and for leaving to others what they need. A disk that cannot be asked bounds nothing: its writes say what is
 * wrong. Called by `intake.ts`.
 */
import type { Logger } from '@nezuban/platform/logger';
import type { JournalDisk } from './journal/journal-disk.ts';
import { journalLimits } from './journal/journal-limits.ts';
import type { Journal } from './journal/journal.ts';

/** Below it the journal takes control records alone. */
const SHORT_BYTES = 2 * journalLimits.controlReserveBytes;

export type DiskWatch = { readonly look: () => Promise<void> };

export function createDiskWatch(ports: {
  readonly logger: Logger;
  readonly disk: Pick<JournalDisk, 'space'>;
  readonly journal: Pick<Journal, 'setDiskRoom'>;
}): DiskWatch {
  const { logger, disk, journal } = ports;
  let looking = false;
  let isShort = false;

  function judge({
    freeBytes,
    totalBytes,
  }: {
    readonly freeBytes: number;
    readonly totalBytes: number;
  }): void {
    const { diskReserveBytes, diskReserveShare } = journalLimits;
    const room = freeBytes - Math.min(diskReserveBytes, totalBytes * diskReserveShare);
    const short = room < SHORT_BYTES;
    if (short && !isShort)
      logger.error(
        { freeBytes },
        'the disk is nearly full: the journal leaves the rest of it to the database, and takes nothing more',
      );
    if (!short && isShort) logger.info({ freeBytes }, 'the disk has room for the journal again');
    isShort = short;
    journal.setDiskRoom(room);
  }

  return {
    async look() {
      if (looking) return;
      looking = true;
      try {
        judge(await disk.space());
      } catch (error) {
        logger.debug({ err: error }, 'the disk of the journal cannot be asked how full it is');
        journal.setDiskRoom(Infinity);
      } finally {
        looking = false;
      }
    },
  };
}
