/**
 * Reads records in order, from any place that is still kept.
 *
 * Responsible for pieces of whole, checked records that can be sent as they are, for stepping over damaged places, and for going from segment
 * to segment. Only what is durable is given. Called by the hand-over server and the inspector; files may be removed while it reads.
 */
import { FRAME_HEAD_BYTES } from '@nezuban/protocol/intake/frame-codec';
import type { JournalDisk, SegmentFile } from './journal-disk.ts';
import { journalLimits } from './journal-limits.ts';
import { findRecord, RECORD_BYTES_MAX, scanRecords } from './record-scan.ts';
import { SEGMENT_HEAD_BYTES } from './segment-format.ts';
import type { DamagedPlace, Segment } from './segment.ts';

export type RecordPiece = {
  /** Room for a frame's head, then records: nothing needs to be copied to send it. */
  readonly frame: Buffer;
  readonly recordBytes: number;
  readonly count: number;
  readonly lastSeq: number;
  /** When that one was heard. */
  readonly lastUs: number;
};

export type JournalCursor = {
  /** About `bytesMax` of records, one at least; null: there are none beyond now. One call at a time. */
  readonly next: (bytesMax: number) => Promise<RecordPiece | null>;
  readonly close: () => Promise<void>;
};

export type CursorSource = {
  readonly disk: JournalDisk;
  /** In order of their numbers. */
  readonly segments: () => readonly Segment[];
  readonly onDamaged: (place: DamagedPlace) => void;
};

type Place = { readonly segment: Segment; readonly file: SegmentFile; offset: number };

export function createJournalCursor(source: CursorSource, fromSeq: number): JournalCursor {
  const { disk } = source;
  let place: Place | null = null;
  let afterSeq = 0;

  /** The first segment that may hold something behind `afterSeq`. */
  function followingSegment(): Segment | undefined {
    const segments = source.segments();
    if (place !== null) {
      const { firstSeq } = place.segment;
      return segments.find((segment) => segment.firstSeq > firstSeq);
    }
    return segments.findLast((segment) => segment.firstSeq <= fromSeq) ?? segments[0];
  }

  async function step(): Promise<boolean> {
    const next = followingSegment();
    if (next === undefined) return false;
    await close();
    try {
      place = { segment: next, file: await disk.open(next.name, 'read'), offset: SEGMENT_HEAD_BYTES };
      return true;
    } catch (error) {
      // Removed in this moment: whoever is so late reads on with the oldest one kept.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || source.segments().includes(next)) throw error;
      return await step();
    }
  }

  function untilSeqOf({ firstSeq }: Segment): number {
    return source.segments().find((segment) => segment.firstSeq > firstSeq)?.firstSeq ?? Infinity;
  }

  async function readPiece(at: Place, bytesMax: number): Promise<RecordPiece | 'again' | 'end'> {
    const left = at.segment.bytes - at.offset;
    if (left <= 0) return 'end';
    const size = Math.min(left, Math.max(Math.min(bytesMax, journalLimits.readBytes), RECORD_BYTES_MAX));
    const bytes = Buffer.allocUnsafeSlow(FRAME_HEAD_BYTES + size);
    const got = await at.file.read(bytes.subarray(FRAME_HEAD_BYTES), at.offset);
    const piece = bytes.subarray(0, FRAME_HEAD_BYTES + got);
    const untilSeq = untilSeqOf(at.segment);
    const scanned = scanRecords(piece, { at: FRAME_HEAD_BYTES, afterSeq, untilSeq, fromSeq });
    afterSeq = scanned.lastSeq;
    const advanced = scanned.end - FRAME_HEAD_BYTES;
    at.offset += advanced;
    if (scanned.count > 0) {
      const frame = piece.subarray(scanned.start - FRAME_HEAD_BYTES, scanned.end);
      const recordBytes = scanned.end - scanned.start;
      return { frame, recordBytes, count: scanned.count, lastSeq: scanned.lastSeq, lastUs: scanned.lastUs };
    }
    if (scanned.ended === 'over') return 'end';
    if (advanced > 0) return 'again';
    // A write that failed left something behind; it stands in the next segment.
    if (afterSeq + 1 >= untilSeq) return 'end';
    await stepOverDamage(at);
    return 'again';
  }

  /** What stands at the offset is no record, although it is said to be durable. */
  async function stepOverDamage(at: Place): Promise<void> {
    const from = at.offset;
    const untilSeq = untilSeqOf(at.segment);
    let offset = from + 1;
    while (offset < at.segment.bytes) {
      const size = Math.min(journalLimits.readBytes, at.segment.bytes - offset);
      const bytes = Buffer.allocUnsafeSlow(size);
      const got = await at.file.read(bytes, offset);
      const found = findRecord(bytes.subarray(0, got), 0, { afterSeq, untilSeq });
      if (found !== -1) {
        at.offset = offset + found;
        source.onDamaged({ segment: at.segment.name, offset: from, nextOffset: at.offset });
        return;
      }
      // A record across the edge of two pieces is whole in the next one.
      if (got < size || offset + size >= at.segment.bytes) break;
      offset += size - RECORD_BYTES_MAX;
    }
    at.offset = at.segment.bytes;
    source.onDamaged({ segment: at.segment.name, offset: from, nextOffset: null });
  }

  async function close(): Promise<void> {
    const old = place;
    if (old === null) return;
    await old.file.close().catch(() => undefined);
  }

  return {
    async next(bytesMax) {
      for (;;) {
        if (place === null && !(await step())) return null;
        if (place === null) return null;
        const piece = await readPiece(place, bytesMax);
        if (piece === 'again') continue;
        if (piece !== 'end') return piece;
        if (!(await step())) return null;
      }
    },
    close,
  };
}
