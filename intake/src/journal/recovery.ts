/**
 * What a journal finds when it is opened: the segments of earlier processes.
 *
 * Responsible for the last segment, the only one that a crash can have left torn: how far it is good, what is damaged within it, and that all
 * that is kept is durable from now on. Earlier segments were durable before a later one began; they are checked where they are read. Never
 * throws for what a file holds. Called by the journal.
 */
import { createJournalCursor } from './journal-cursor.ts';
import type { JournalDisk } from './journal-disk.ts';
import { decodeSegmentHead, firstSeqOfName, SEGMENT_HEAD_BYTES } from './segment-format.ts';
import type { DamagedPlace, Segment } from './segment.ts';

export type Recovered = {
  /** Null: there was no journal, or nothing of it can be read. */
  readonly journalId: string | null;
  readonly segments: Segment[];
  readonly damaged: readonly DamagedPlace[];
  /** Bytes of a torn tail that were cut off. */
  readonly cutBytes: number;
  /** When the last record was heard; 0: nobody knows. */
  readonly lastUs: number;
};

export async function recoverJournal(disk: JournalDisk): Promise<Recovered> {
  const segments = await listSegments(disk);
  const journalId = await newestId(disk, segments);
  const last = segments.at(-1);
  if (last === undefined) return { journalId, segments, damaged: [], cutBytes: 0, lastUs: 0 };
  const { damaged, cutBytes, lastUs } = await recoverLast(disk, last);
  // Nothing in it: its number is free for the next one.
  if (last.lastSeq < last.firstSeq) {
    await disk.remove(last.name);
    segments.pop();
  }
  return { journalId, segments, damaged, cutBytes, lastUs };
}

/** By their names; of each but the last one the numbers are known from the next one's. */
export async function listSegments(disk: JournalDisk): Promise<Segment[]> {
  const files = await disk.list();
  const segments = files
    .map(({ name, bytes }) => ({ name, bytes, firstSeq: firstSeqOfName(name) }))
    .filter((file): file is typeof file & { firstSeq: number } => file.firstSeq !== null)
    .sort((one, other) => one.firstSeq - other.firstSeq);
  return segments.map(({ name, bytes, firstSeq }, index) => {
    const following = segments[index + 1];
    return { name, bytes, firstSeq, lastSeq: following === undefined ? Infinity : following.firstSeq - 1 };
  });
}

/** All carry the same; a head may be damaged, or not written whole. */
export async function newestId(disk: JournalDisk, segments: readonly Segment[]): Promise<string | null> {
  for (const segment of segments.toReversed()) {
    const file = await disk.open(segment.name, 'read');
    try {
      const bytes = Buffer.alloc(SEGMENT_HEAD_BYTES);
      const got = await file.read(bytes, 0);
      const head = decodeSegmentHead(bytes.subarray(0, got));
      if (head !== null) return head.journalId;
    } finally {
      await file.close();
    }
  }
  return null;
}

async function recoverLast(
  disk: JournalDisk,
  last: Segment,
): Promise<Pick<Recovered, 'damaged' | 'cutBytes' | 'lastUs'>> {
  const size = last.bytes;
  const damaged: DamagedPlace[] = [];
  const cursor = createJournalCursor(
    { disk, segments: () => [last], onDamaged: (place) => damaged.push(place) },
    last.firstSeq,
  );
  let lastSeq = last.firstSeq - 1;
  let lastUs = 0;
  try {
    for (let piece = await cursor.next(size); piece !== null; piece = await cursor.next(size))
      ({ lastSeq, lastUs } = piece);
  } finally {
    await cursor.close();
  }
  last.lastSeq = lastSeq;
  // Damage up to the end is a torn tail: it was being written when the process or the machine died.
  const torn = damaged.at(-1)?.nextOffset === null ? damaged.pop() : undefined;
  last.bytes = torn?.offset ?? size;
  const file = await disk.open(last.name, 'write');
  try {
    if (torn !== undefined) await file.truncate(torn.offset);
    // A process that was killed had not made durable all that the file shows now.
    await file.sync();
  } finally {
    await file.close();
  }
  return { damaged, cutBytes: size - last.bytes, lastUs };
}
