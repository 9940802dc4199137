/** A journal in a folder of its own, for tests: opened, filled, read back. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { systemClock } from '@nezuban/platform/clock';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { systemTimers } from '@nezuban/platform/timers';
import { FRAME_HEAD_BYTES } from '@nezuban/protocol/intake/frame-codec';
import { decodeRecords } from '@nezuban/protocol/intake/record-codec';
import type { TrapRecord } from '@nezuban/protocol/intake/record';
import { createJournalDisk, type JournalDisk } from '../journal/journal-disk.ts';
import { openJournal, type Journal, type JournalOptions } from '../journal/journal.ts';
import type { RecordEntry } from '../journal/record-buffer.ts';

export const BOUND = 64 * 1024 * 1024;

export function entry(text: string, change: Partial<RecordEntry> = {}): RecordEntry {
  return {
    receivedUs: Date.now() * 1000,
    protocol: 0,
    flags: 0,
    address: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 1),
    port: 514,
    extra: new Uint8Array(0),
    payload: Buffer.from(text),
    ...change,
  };
}

export function createJournalBench() {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'nz-journal-'));
  const opened: Journal[] = [];
  const logger = createMemoryLogger();
  return {
    directory,
    logger,
    async open(options: Partial<JournalOptions> & { readonly disk?: JournalDisk } = {}): Promise<Journal> {
      const { disk = createJournalDisk(directory), ...rest } = options;
      const journal = await openJournal(
        { clock: systemClock, timers: systemTimers, logger, disk },
        { bytesMax: BOUND, processedSeq: 0, journalId: null, ...rest },
      );
      opened.push(journal);
      return journal;
    },
    async clean() {
      for (const journal of opened) await journal.close();
      fs.rmSync(directory, { recursive: true, force: true });
    },
  };
}

export async function readAll(journal: Journal, fromSeq = 1, bytesMax = 1_000_000): Promise<TrapRecord[]> {
  const cursor = journal.read(fromSeq);
  const records: TrapRecord[] = [];
  for (let piece = await cursor.next(bytesMax); piece !== null; piece = await cursor.next(bytesMax))
    records.push(...decodeRecords(piece.frame.subarray(FRAME_HEAD_BYTES), crc32));
  await cursor.close();
  return records;
}

export const textOf = (record: TrapRecord): string => Buffer.from(record.payload).toString();
