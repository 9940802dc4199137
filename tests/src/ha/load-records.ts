/**
 * What the loads write down, one JSON line each: the facts that the checkers judge.
 *
 * Responsible for the shapes and for reading them back. All times are monotonic milliseconds of this machine. Written by `write-load.ts`,
 * `job-load.ts`, `trap-load.ts` and `duty-watch-main.ts`; read by the checkers.
 */
import fs from 'node:fs';

export interface WriteRecord {
  readonly type: 'write';
  /** Unique; it is what must be found later. */
  readonly id: string;
  readonly sentAt: number;
  readonly endedAt: number;
  /** `refused`: an answer that says no; whether nothing happened depends on its status. */
  readonly outcome: 'acked' | 'refused' | 'not-sent' | 'unknown';
  readonly host: string;
  readonly status: number;
  /** Code of the problem, or what the connection said. */
  readonly code: string | null;
}

/** Something that was read and is gone. */
export interface VanishedRecord {
  readonly type: 'vanished';
  readonly id: string;
  readonly at: number;
  readonly host: string;
  readonly says: string;
}

export interface ReadRecord {
  readonly type: 'read';
  readonly at: number;
  readonly host: string;
  readonly entries: number;
}

export interface SessionRecord {
  readonly type: 'session';
  readonly id: string;
  readonly net: string;
  readonly firstSentAt: number;
  /** Null: no answer said that it was started. */
  readonly ackedAt: number | null;
  readonly sessionId: number | null;
  readonly tries: number;
  readonly host: string | null;
  /** Of the last answer or failure that was none of success. */
  readonly code: string | null;
}

/** One look at `/health/master`; only changes and the ends of unchanged stretches are written. */
export interface ClaimRecord {
  readonly type: 'claim';
  readonly host: string;
  readonly sentAt: number;
  readonly endedAt: number;
  /** Null: no answer. */
  readonly master: boolean | null;
  readonly term: number | null;
}

/** One numbered trap. */
export interface TrapRecord {
  readonly type: 'trap';
  /** Unique within the load; it is what must be found later, `copies` times. */
  readonly id: string;
  readonly sentAt: number;
  readonly copies: number;
  /** `said`: datagrams to both hosts, which answer nothing. The others are answers of one host. */
  readonly outcome: 'said' | 'acked' | 'refused' | 'unknown';
  readonly host: string | null;
}

/** One question to the intake of a host. */
export interface HearingRecord {
  readonly type: 'hearing';
  readonly host: string;
  readonly sentAt: number;
  readonly endedAt: number;
  readonly hears: boolean;
}

export type LoadRecord =
  | WriteRecord
  | VanishedRecord
  | ReadRecord
  | SessionRecord
  | ClaimRecord
  | TrapRecord
  | HearingRecord;

export function readRecords(file: string): LoadRecord[] {
  if (!fs.existsSync(file)) return [];
  // The last piece is empty, or a line that is still being written.
  return fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as LoadRecord);
}

/** Reads only what was appended since the last call. */
export function createRecordTail(file: string): () => LoadRecord[] {
  let position = 0;
  return () => {
    if (!fs.existsSync(file)) return [];
    const descriptor = fs.openSync(file, 'r');
    try {
      const buffer = Buffer.alloc(fs.fstatSync(descriptor).size - position);
      fs.readSync(descriptor, buffer, 0, buffer.length, position);
      const whole = buffer.subarray(0, buffer.lastIndexOf(10) + 1);
      position += whole.length;
      return whole
        .toString('utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as LoadRecord);
    } finally {
      fs.closeSync(descriptor);
    }
  };
}
