/**
 * `global/pg_control` and the few bytes of WAL that belong to it: what a data directory says of itself while no server runs.
 *
 * Pure parsing of PostgreSQL 18's binary layout (src/include/catalog/pg_control.h, access/xlogrecord.h, access/xlog_internal.h); the npm
 * build has no `pg_controldata`. Not responsible for reading files (`data-directory.ts`). Called by the actor that owns the directory.
 */
import type { Lsn } from '@nezuban/protocol/pair/roster';

export type ControlState =
  | 'starting'
  | 'shut-down'
  | 'shut-down-in-recovery'
  | 'shutting-down'
  | 'crash-recovery'
  | 'archive-recovery'
  | 'in-production';

export type ControlFile = {
  readonly systemIdentifier: string;
  readonly state: ControlState;
  /** Where the record of the newest checkpoint begins. */
  readonly checkpoint: Lsn;
  /** Timeline that this record was written on. */
  readonly timeline: number;
  /** Recovery must reach this before the data is consistent; 0 where there is no such point. */
  readonly minRecoveryPoint: Lsn;
  readonly minRecoveryTimeline: number;
  readonly segmentBytes: number;
};

/** In the order of the enumeration `DBState`. */
const STATES: readonly ControlState[] = [
  'starting',
  'shut-down',
  'shut-down-in-recovery',
  'shutting-down',
  'crash-recovery',
  'archive-recovery',
  'in-production',
];

const CONTROL_VERSION = 1800;
const AT = {
  systemIdentifier: 0,
  controlVersion: 8,
  state: 16,
  checkpoint: 32,
  timeline: 48,
  minRecoveryPoint: 136,
  minRecoveryTimeline: 144,
  segmentBytes: 228,
  checksum: 292,
} as const;
export const CONTROL_BYTES = 296;

/** Null: torn, cut off, or of another version. A read beside a write may be torn; whoever needs it reads again. */
export function parseControlFile(bytes: Uint8Array): ControlFile | null {
  if (bytes.byteLength < CONTROL_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, CONTROL_BYTES);
  if (view.getUint32(AT.controlVersion, true) !== CONTROL_VERSION) return null;
  if (view.getUint32(AT.checksum, true) !== crc32c(bytes.subarray(0, AT.checksum))) return null;
  const state = STATES[view.getUint32(AT.state, true)];
  if (state === undefined) return null;
  return {
    systemIdentifier: String(view.getBigUint64(AT.systemIdentifier, true)),
    state,
    checkpoint: Number(view.getBigUint64(AT.checkpoint, true)),
    timeline: view.getUint32(AT.timeline, true),
    minRecoveryPoint: Number(view.getBigUint64(AT.minRecoveryPoint, true)),
    minRecoveryTimeline: view.getUint32(AT.minRecoveryTimeline, true),
    segmentBytes: view.getUint32(AT.segmentBytes, true),
  };
}

/** Name of the WAL segment that holds the byte at `lsn`, and where in it. */
export function locateInWal(
  lsn: Lsn,
  timeline: number,
  segmentBytes: number,
): { readonly file: string; readonly offset: number } {
  const segment = Math.floor(lsn / segmentBytes);
  const perLog = 2 ** 32 / segmentBytes;
  const parts = [timeline, Math.floor(segment / perLog), segment % perLog];
  return { file: parts.map(toHex8).join(''), offset: lsn % segmentBytes };
}

const PAGE_BYTES = 8192;
const PAGE_HEADER_BYTES = 24;
/** The first page of a segment has a longer header. */
const SEGMENT_HEADER_BYTES = 40;
const ALIGNMENT = 8;

/** Where the record that begins at `lsn` and has `length` bytes ends: page headers lie in between, and records are aligned. */
export function endOfRecord(lsn: Lsn, length: number, segmentBytes: number): Lsn {
  let at = lsn;
  let left = length;
  for (;;) {
    const room = PAGE_BYTES - (at % PAGE_BYTES);
    if (left <= room) return Math.ceil((at + left) / ALIGNMENT) * ALIGNMENT;
    left -= room;
    at += room;
    at += at % segmentBytes === 0 ? SEGMENT_HEADER_BYTES : PAGE_HEADER_BYTES;
  }
}

/** `16/B374D848` as a number of bytes; null if it is none. */
export function parseLsn(text: string): Lsn | null {
  const match = /^([0-9A-Fa-f]{1,8})\/([0-9A-Fa-f]{1,8})$/.exec(text);
  if (match === null) return null;
  return Number.parseInt(match[1] ?? '', 16) * 2 ** 32 + Number.parseInt(match[2] ?? '', 16);
}

/** Where the newest timeline of a history file (`00000003.history`) was switched to; null if the file says nothing. */
export function parseSwitchPoint(history: string): Lsn | null {
  const last = history
    .split('\n')
    .filter((line) => /^\s*\d/.test(line))
    .at(-1);
  return last === undefined ? null : parseLsn(last.trim().split(/\s+/)[1] ?? '');
}

export function historyFileName(timeline: number): string {
  return `${toHex8(timeline)}.history`;
}

function toHex8(value: number): string {
  return value.toString(16).toUpperCase().padStart(8, '0');
}

const CASTAGNOLI = 0x82f63b78;
const BITS = 8;

/** CRC-32C, bit by bit: only ever over three hundred bytes. */
function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < BITS; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? CASTAGNOLI : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
