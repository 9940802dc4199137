/**
 * Idempotency keys that lie in the journal: of requests that were kept and perhaps not answered before the process ended.
 *
 * Responsible for reading the newest segments once, before the doors open. Who was not answered repeats soon, so the newest are enough. Called by
 * `http-receiver.ts`.
 */
import { crc32 } from 'node:zlib';
import { formatAddress } from '@nezuban/core/traps/address-list';
import { IDEMPOTENCY_KEY } from '@nezuban/core/traps/custom/parse-custom';
import { FRAME_HEAD_BYTES } from '@nezuban/protocol/intake/frame-codec';
import { decodeRecords } from '@nezuban/protocol/intake/record-codec';
import { createJournalCursor } from '../journal/journal-cursor.ts';
import { createJournalDisk } from '../journal/journal-disk.ts';
import { listSegments } from '../journal/recovery.ts';
import type { KeyedRequest } from './idempotency-book.ts';

/** The one that was written, which may have just begun, and the one before: 64 MiB and more, read in less than a second. */
const SEGMENTS_READ = 2;
const READ_BYTES = 1024 * 1024;

export async function readRememberedKeys(journalFolder: string): Promise<readonly KeyedRequest[]> {
  const disk = createJournalDisk(journalFolder);
  const segments = (await listSegments(disk)).slice(-SEGMENTS_READ);
  const [first] = segments;
  if (first === undefined) return [];
  const keys: KeyedRequest[] = [];
  const cursor = createJournalCursor(
    { disk, segments: () => segments, onDamaged: () => undefined },
    first.firstSeq,
  );
  try {
    for (let piece = await cursor.next(READ_BYTES); piece !== null; piece = await cursor.next(READ_BYTES)) {
      for (const record of decodeRecords(piece.frame.subarray(FRAME_HEAD_BYTES), crc32)) {
        const key = record.protocol === 'custom' ? record.extra?.[IDEMPOTENCY_KEY] : undefined;
        if (key !== undefined)
          keys.push({ address: formatAddress(record.address), key, body: record.payload });
      }
    }
  } finally {
    await cursor.close();
  }
  return keys;
}
