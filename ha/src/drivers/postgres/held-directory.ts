/**
 * What is known of the data directory now: as last looked at, plus what its server has shown since.
 *
 * Responsible for the position that never goes back within one directory, and for the record of promotions, whose writes follow one another.
 * Called by the actor.
 */
import type { Lsn, Term } from '@nezuban/protocol/pair/roster';
import {
  flushedPosition,
  inspectDirectory,
  type DirectoryPlace,
  type Inspected,
  type Trouble,
} from './data-directory.ts';
import { writeLineage } from './data-marks.ts';

export type HeldDirectory = {
  readonly now: () => Inspected;
  readonly flushed: () => Lsn;
  readonly systemIdentifier: () => string | null;
  /** The server has shown that everything below is on the disk. */
  readonly reached: (position: Lsn) => void;
  /** Looks again. Gives what must be mended by somebody, if anything. */
  readonly look: () => Promise<Trouble | null>;
  /** Counts as absent from here on, until the next look. */
  readonly forget: () => void;
  /** The data contains the promotion of this term; on the disk when it resolves. */
  readonly keepLineage: (term: Term) => Promise<void>;
};

const ABSENT: Inspected = { kind: 'absent', trouble: null };

export function createHeldDirectory(place: DirectoryPlace): HeldDirectory {
  let directory: Inspected = ABSENT;
  let flushed: Lsn = 0;
  let write: Promise<void> = Promise.resolve();

  return {
    now: () => directory,
    flushed: () => flushed,
    systemIdentifier: () => (directory.kind === 'present' ? directory.control.systemIdentifier : null),
    reached: (position) => (flushed = Math.max(flushed, position)),
    async look() {
      // It would write into whatever lies there after the next renaming.
      await write.catch(() => undefined);
      directory = await inspectDirectory(place);
      if (directory.kind === 'absent') {
        flushed = 0;
        return directory.trouble;
      }
      flushed = Math.max(flushed, await flushedPosition(place.data, directory.control));
      return null;
    },
    forget() {
      directory = ABSENT;
      flushed = 0;
    },
    keepLineage(term) {
      const next = write
        .catch(() => undefined)
        .then(async () => {
          if (directory.kind === 'absent' || directory.lineage === term) return;
          await writeLineage(place.data, term, place.user);
          directory = { ...directory, lineage: term };
        });
      write = next;
      return next;
    },
  };
}
