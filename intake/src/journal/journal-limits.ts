/**
 * The bounds of the journal, each with what breaks if it is wrong. Relations between them are asserted where the journal is opened.
 */
import assert from 'node:assert/strict';
import { FRAME_BYTES_MAX } from '@nezuban/protocol/intake/hand-over';
import { RECORD_BYTES_MAX } from './record-scan.ts';

const MIB = 1024 * 1024;

export const journalLimits = {
  /** Of one segment file; smaller where the whole bound is small, since only whole segments are removed. */
  segmentBytes: 64 * MIB,
  /** A journal has at least so many segments' worth of room: what is processed goes in steps of one. */
  segmentsMin: 8,
  /** One buffer; what comes while a group is on its way to the disk goes into the next. */
  bufferBytes: 4 * MIB,
  /** All buffers: at 40,000 records of 150 bytes a second a disk may stand still for four seconds before anything is refused. */
  buffersMax: 6,
  /** Buffers that are kept for the next time; the others give their memory back. */
  buffersKept: 2,
  /** So much is written without waiting for more. */
  groupBytesSoon: 1 * MIB,
  /** How long a group gathers while a sender waits for its answer. */
  delayWaitedMs: 5,
  /** How long while none does: this is what a loss of power costs of UDP, and part of what an event is late. */
  delayMs: 25,
  /** Above so many bytes that wait for the disk, streams are to stop reading; below the other they go on. */
  pressedBytes: 12 * MIB,
  relievedBytes: 4 * MIB,
  /** A disk that failed is tried again at this pace. */
  retryMs: 500,
  /** A sender is not kept waiting for longer by a disk that stands still; it hears that its message may not be safe. */
  durableWaitMaxMs: 5_000,
  /** Senders that wait at once; each holds a connection or a datagram. */
  waitersMax: 50_000,
  /** Of processed segments so many bytes are kept for the inspector, as long as nobody needs the room. */
  processedKeptBytes: 256 * MIB,
  /** Only control records take the last of the room: that it is full must be said where it is. */
  controlReserveBytes: 256 * 1024,
  /** A full journal takes again once this much is free: not record by record. */
  roomAgainBytes: 1 * MIB,
  /**
   * So much of the disk is left to others, or this share of a small one. PostgreSQL lies on the same disk: if the journal took the last of it, no
   * manager would be there to read it, and nothing would ever become free again.
   */
  diskReserveBytes: 512 * MIB,
  diskReserveShare: 0.05,
  /** Piece in which a segment is read. */
  readBytes: 1 * MIB,
  /** Places that are told as damaged; more of them is one sick disk, which says so in other ways. */
  damagedPlacesMax: 1_000,
} as const;

export function assertJournalLimits(): void {
  const { bufferBytes, buffersMax, pressedBytes, relievedBytes, readBytes } = journalLimits;
  assert.ok(bufferBytes > RECORD_BYTES_MAX, 'a record fits into a buffer');
  assert.ok(relievedBytes < pressedBytes && pressedBytes < bufferBytes * buffersMax);
  assert.ok(
    readBytes > RECORD_BYTES_MAX && readBytes < FRAME_BYTES_MAX,
    'a piece is a frame and holds a record',
  );
}
