/**
 * The files of a journal while it runs: the segment that is written, the others, and what may be removed.
 *
 * Responsible for the bound of their size, for the change of segments, and for leaving a segment whose write failed. Not responsible for when
 * and in which groups is written (`journal.ts`), nor for reading.
 */
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { JournalDisk, SegmentFile } from './journal-disk.ts';
import { journalLimits } from './journal-limits.ts';
import { encodeSegmentHead, SEGMENT_HEAD_BYTES, segmentName } from './segment-format.ts';
import type { Segment } from './segment.ts';

export type RecordGroup = {
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly pieces: readonly Uint8Array[];
};

export type SegmentStore = {
  readonly journalId: string;
  /** Resolves when it is durable. After a rejection the same group is to be given again. One call at a time. */
  readonly write: (group: RecordGroup) => Promise<void>;
  readonly processed: (seq: number) => void;
  readonly processedSeq: () => number;
  readonly setBytesMax: (bytes: number) => void;
  readonly bytesMax: () => number;
  readonly bytes: () => number;
  /** What the disk has left for it; counts until it is told anew. */
  readonly setDiskRoom: (bytes: number) => void;
  /** What may still be written, if all that may be removed is. */
  readonly roomBytes: () => number;
  readonly all: () => readonly Segment[];
  readonly close: () => Promise<void>;
};

export type SegmentStoreOptions = {
  readonly journalId: string;
  readonly segments: readonly Segment[];
  readonly bytesMax: number;
  readonly processedSeq: number;
};

type Active = { readonly segment: Segment; readonly file: SegmentFile };

export function createSegmentStore(
  ports: { readonly clock: Clock; readonly logger: Logger; readonly disk: JournalDisk },
  options: SegmentStoreOptions,
): SegmentStore {
  const { clock, logger, disk } = ports;
  const { journalId } = options;
  const segments: Segment[] = [...options.segments];
  let { bytesMax, processedSeq } = options;
  let active: Active | null = null;
  let room = 0;
  let diskRoom = Infinity;

  const total = (): number => segments.reduce((sum, { bytes }) => sum + bytes, 0);
  const isDone = (segment: Segment): boolean =>
    segment !== active?.segment && segment.lastSeq <= processedSeq;

  function measure(): void {
    let kept = 0;
    let done = 0;
    for (const segment of segments) {
      if (isDone(segment)) done += segment.bytes;
      else kept += segment.bytes;
    }
    // Each segment that is begun has a head.
    room = Math.min(bytesMax - kept, diskRoom + done) - SEGMENT_HEAD_BYTES;
  }

  measure();

  /** Oldest first; what is kept of the processed ones is for the inspector alone. */
  async function removeDone(needed: number): Promise<void> {
    let bytes = total();
    let doneBytes = segments.reduce((sum, segment) => sum + (isDone(segment) ? segment.bytes : 0), 0);
    while (segments[0] !== undefined && isDone(segments[0])) {
      const [oldest] = segments;
      const isRoomy = bytes + needed <= bytesMax && needed <= diskRoom;
      if (isRoomy && doneBytes <= journalLimits.processedKeptBytes) break;
      segments.shift();
      bytes -= oldest.bytes;
      doneBytes -= oldest.bytes;
      diskRoom += oldest.bytes;
      await disk.remove(oldest.name);
    }
  }

  function segmentBytes(): number {
    return Math.min(journalLimits.segmentBytes, Math.floor(bytesMax / journalLimits.segmentsMin));
  }

  async function activeFor(group: RecordGroup, bytes: number): Promise<Active> {
    if (active !== null) {
      const { segment } = active;
      if (segment.bytes + bytes <= segmentBytes() || segment.bytes === SEGMENT_HEAD_BYTES) return active;
      const { file } = active;
      active = null;
      await file.close();
    }
    await removeDone(bytes + SEGMENT_HEAD_BYTES);
    const name = segmentName(group.firstSeq);
    const file = await disk.create(name);
    const segment = { name, firstSeq: group.firstSeq, bytes: 0, lastSeq: group.firstSeq - 1 };
    active = { segment, file };
    await file.write(
      [encodeSegmentHead({ journalId, firstSeq: group.firstSeq, createdUs: clock.epochMs() * 1000 })],
      0,
    );
    segment.bytes = SEGMENT_HEAD_BYTES;
    return active;
  }

  /** What was durable of it stays; the rest is cut off, if the disk lets it be: readers stop at the next segment's first number anyway. */
  async function leaveActive(): Promise<void> {
    const left = active;
    active = null;
    if (left === null) return;
    const { segment, file } = left;
    const isEmpty = segment.lastSeq < segment.firstSeq;
    try {
      if (isEmpty) await disk.remove(segment.name);
      else await file.truncate(segment.bytes);
    } catch (error) {
      logger.warn(
        { err: error, segment: segment.name },
        'a segment of the journal that failed could not be cut',
      );
    }
    await file.close().catch(() => undefined);
  }

  /** Of a full disk: what only the inspector wants is given up. */
  async function giveUpDone(error: unknown): Promise<void> {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') return;
    await removeDone(bytesMax).catch(() => undefined);
  }

  return {
    journalId,
    async write(group) {
      const bytes = group.pieces.reduce((sum, { length }) => sum + length, 0);
      try {
        const { segment, file } = await activeFor(group, bytes);
        if (total() + bytes > bytesMax || bytes > diskRoom) await removeDone(bytes);
        await file.write(group.pieces, segment.bytes);
        await file.sync();
        segment.bytes += bytes;
        diskRoom -= bytes;
        segment.lastSeq = group.lastSeq;
        // Seen by readers from now on: another one of the same number may have failed before.
        if (segments.at(-1) !== segment) segments.push(segment);
      } catch (error) {
        await leaveActive();
        await giveUpDone(error);
        throw error;
      } finally {
        measure();
      }
    },
    processed(seq) {
      if (seq <= processedSeq) return;
      processedSeq = seq;
      measure();
    },
    processedSeq: () => processedSeq,
    setBytesMax(bytes) {
      bytesMax = bytes;
      measure();
    },
    bytesMax: () => bytesMax,
    bytes: total,
    setDiskRoom(bytes) {
      diskRoom = bytes;
      measure();
    },
    roomBytes: () => room,
    all: () => segments,
    async close() {
      const left = active;
      active = null;
      if (left === null) return;
      if (left.segment.lastSeq < left.segment.firstSeq)
        await disk.remove(left.segment.name).catch(() => undefined);
      await left.file.close().catch(() => undefined);
    },
  };
}
