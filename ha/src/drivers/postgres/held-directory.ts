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
  newestTimeline,
  readControl,
  type DirectoryPlace,
  type Inspected,
  type Trouble,
} from './data-directory.ts';
import { writeLineage, type LineageFile } from './data-marks.ts';

export type HeldDirectory = {
  readonly now: () => Inspected;
  readonly flushed: () => Lsn;
  readonly systemIdentifier: () => string | null;
  /** Whether the bytes are of this cluster, whatever files lie beside them; null: of any. */
  readonly isOf: (systemIdentifier: string | null) => boolean;
  /** The server has shown that everything below is on the disk. */
  readonly reached: (position: Lsn) => void;
  /** Looks again. Gives what must be mended by somebody, if anything. */
  readonly look: () => Promise<Trouble | null>;
  /** Counts as absent from here on, until the next look. */
  readonly forget: () => void;
  /** A promotion is about to be asked for; on the disk when it resolves, so that it is known even if this host dies just after it. */
  readonly announcePromotion: (term: Term) => Promise<void>;
  /** One has been announced, and nothing is known of it yet. */
  readonly isPromoting: () => boolean;
  /** The announced promotion has taken place. Counts at once, since a newer timeline proves it; recorded when it resolves. */
  readonly settlePromotion: (term: Term) => Promise<void>;
  /** The data contains the promotion of this term. Counts, and is on the disk, when it resolves. */
  readonly keepLineage: (term: Term) => Promise<void>;
};

const ABSENT: Inspected = { kind: 'absent', trouble: null };

export function createHeldDirectory(place: DirectoryPlace): HeldDirectory {
  let directory: Inspected = ABSENT;
  let flushed: Lsn = 0;
  let promoting = false;
  /** Being written now: asked for again at every look. */
  let keeping: Term | null = null;
  let write: Promise<void> = Promise.resolve();

  /** One write after the other: they have the same draft, and the newest must be the last. */
  function record(content: LineageFile): Promise<void> {
    const next = write.catch(() => undefined).then(() => writeLineage(place.data, content, place.user));
    write = next;
    return next;
  }

  function contain(term: Term): void {
    if (directory.kind === 'present') directory = { ...directory, lineage: term };
  }

  return {
    now: () => directory,
    flushed: () => flushed,
    systemIdentifier: () => (directory.kind === 'present' ? directory.control.systemIdentifier : null),
    isOf: (wanted) =>
      wanted === null || (directory.kind === 'present' && directory.control.systemIdentifier === wanted),
    reached: (position) => (flushed = Math.max(flushed, position)),
    async look() {
      // It would write into whatever lies there after the next renaming.
      await write.catch(() => undefined);
      directory = await inspectDirectory(place);
      promoting = false;
      // A promotion that was asked for is decided by now, one way or the other; later timelines are not its own.
      if (directory.kind === 'present' && directory.isUnsettled) await record({ term: directory.lineage });
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
    async announcePromotion(term) {
      const control = readControl(place.data);
      if (directory.kind === 'absent' || control === null) return;
      const timeline = await newestTimeline(place.data, control);
      promoting = true;
      await record({ term: directory.lineage, promoting: { term, timeline } });
    },
    isPromoting: () => promoting,
    settlePromotion(term) {
      contain(term);
      promoting = false;
      return record({ term });
    },
    async keepLineage(term) {
      if (directory.kind === 'absent' || keeping === term) return;
      keeping = term;
      try {
        await record({ term });
        contain(term);
      } finally {
        keeping = null;
      }
    },
  };
}
