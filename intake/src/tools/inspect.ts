/**
 * `nezuban intake inspect`: what lies in the journal of a host, read from its files alone, whether an intake runs or not.
 *
 * Responsible for gathering: segments, damaged places, the records that are asked for. Changes nothing. Called by `run-tool.ts`.
 */
import fs from 'node:fs';
import { crc32 } from 'node:zlib';
import { FRAME_HEAD_BYTES } from '@nezuban/protocol/intake/frame-codec';
import { decodeRecords } from '@nezuban/protocol/intake/record-codec';
import type { TrapRecord } from '@nezuban/protocol/intake/record';
import { intakePlaces } from '../intake-places.ts';
import { createJournalCursor } from '../journal/journal-cursor.ts';
import { createJournalDisk, type JournalDisk } from '../journal/journal-disk.ts';
import { listSegments, newestId } from '../journal/recovery.ts';
import { damageText, type Segment } from '../journal/segment.ts';

export type SegmentReport = {
  readonly name: string;
  readonly bytes: number;
  readonly firstSeq: number;
  /** Null: not one record. */
  readonly lastSeq: number | null;
  readonly records: number;
  /** Behind the last whole record of the last segment: being written in this moment, or torn by a crash; the next start cuts it off. */
  readonly tailBytes: number;
};

export type JournalReport = {
  readonly folder: string;
  readonly journalId: string | null;
  readonly bytes: number;
  /** From the file of positions; null: not known. */
  readonly processedSeq: number | null;
  readonly segments: readonly SegmentReport[];
  readonly damaged: readonly string[];
};

const READ_BYTES = 1024 * 1024;
const DAMAGED_SHOWN_MAX = 1_000;

export type Inspection = {
  readonly report: JournalReport;
  /** In order; each once. `fromSeq` null: the last `limit` ones. */
  readonly records: (fromSeq: number | null, limit: number) => AsyncGenerator<TrapRecord>;
};

/** Null: there is no journal in that home. */
export async function inspectJournal(home: string): Promise<Inspection | null> {
  const places = intakePlaces(home);
  if (!fs.existsSync(places.journal)) return null;
  const disk = createJournalDisk(places.journal);
  const segments = await listSegments(disk);
  const damaged: string[] = [];
  const reports: SegmentReport[] = [];
  for (const segment of segments) reports.push(await reportOf({ disk, segments, damaged }, segment));
  const lastSeq = reports.findLast((report) => report.lastSeq !== null)?.lastSeq ?? 0;
  return {
    report: {
      folder: places.journal,
      journalId: await newestId(disk, segments),
      bytes: segments.reduce((sum, { bytes }) => sum + bytes, 0),
      processedSeq: readProcessed(places.positions),
      segments: reports,
      damaged,
    },
    records: (fromSeq, limit) =>
      readRecords({ disk, segments }, fromSeq ?? Math.max(1, lastSeq - limit + 1), limit),
  };
}

type Place = { readonly disk: JournalDisk; readonly segments: readonly Segment[] };

async function reportOf(
  place: Place & { readonly damaged: string[] },
  segment: Segment,
): Promise<SegmentReport> {
  const { disk, segments, damaged } = place;
  const following = segments[segments.indexOf(segment) + 1];
  let records = 0;
  let tailBytes = 0;
  let lastSeq: number | null = null;
  // The next one is named for its first number, but not read.
  const cursor = createJournalCursor(
    {
      disk,
      segments: () => (following === undefined ? [segment] : [segment, { ...following, bytes: 0 }]),
      onDamaged(damage) {
        if (damage.nextOffset === null && following === undefined) tailBytes = segment.bytes - damage.offset;
        else if (damaged.length < DAMAGED_SHOWN_MAX) damaged.push(damageText(damage));
      },
    },
    segment.firstSeq,
  );
  try {
    for (let piece = await cursor.next(READ_BYTES); piece !== null; piece = await cursor.next(READ_BYTES)) {
      records += piece.count;
      ({ lastSeq } = piece);
    }
  } finally {
    await cursor.close();
  }
  return {
    name: segment.name,
    bytes: segment.bytes,
    firstSeq: segment.firstSeq,
    lastSeq,
    records,
    tailBytes,
  };
}

async function* readRecords(
  { disk, segments }: Place,
  fromSeq: number,
  limit: number,
): AsyncGenerator<TrapRecord> {
  const cursor = createJournalCursor({ disk, segments: () => segments, onDamaged: () => undefined }, fromSeq);
  let left = limit;
  try {
    while (left > 0) {
      const piece = await cursor.next(READ_BYTES);
      if (piece === null) return;
      for (const record of decodeRecords(piece.frame.subarray(FRAME_HEAD_BYTES), crc32)) {
        if (left === 0) return;
        left -= 1;
        yield record;
      }
    }
  } finally {
    await cursor.close();
  }
}

function readProcessed(file: string): number | null {
  try {
    const value: unknown = JSON.parse(fs.readFileSync(file, 'utf8'));
    const seq =
      typeof value === 'object' && value !== null && 'processedSeq' in value ? value.processedSeq : null;
    return typeof seq === 'number' ? seq : null;
  } catch {
    // Not written yet, or not by us: nobody knows.
    return null;
  }
}
