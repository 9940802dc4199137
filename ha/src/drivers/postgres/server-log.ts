/**
 * What the server says in its log, as far as it decides something: whether the master's server has refused this standby for good, and why a
 * server ended.
 *
 * Pure but for reading lines from a stream. The texts are PostgreSQL 18's with `lc_messages = C`. Called by the actor for each start.
 */
import readline from 'node:readline';
import type { Readable } from 'node:stream';

/** `log_line_prefix` of settings.ts ends before the severity. */
const SEVERE = /\b(FATAL|PANIC):\s+(.*)$/;

/**
 * No later attempt can succeed: the WAL that is missing does not come back, and histories do not grow together again. Each text comes from
 * the wal receiver (what the master's server answered) or from recovery (what it found in the history file that it got).
 */
const REFUSALS = [
  /requested WAL segment \w+ has already been removed/,
  /requested starting point \S+ on timeline \d+ is not in this server's history/,
  /new timeline \d+ forked off current database system timeline \d+ before current recovery point/,
  /new timeline \d+ is not a child of database system timeline \d+/,
  /highest timeline \d+ of the primary is behind recovery timeline \d+/,
  /database system identifier differs between the primary and standby/,
] as const;

/** The wal receiver ended, for whatever reason. */
const STREAM_ENDED =
  /could not receive data from WAL stream|terminating walreceiver|replication terminated by primary/;

export type LogMeaning = {
  /** The whole reason why this standby cannot follow; null: it may. */
  readonly refusal: string | null;
  readonly streamEnded: boolean;
  /** Text of a FATAL or PANIC line. */
  readonly severe: string | null;
};

export function readLogLine(line: string): LogMeaning {
  const refusal = REFUSALS.map((pattern) => pattern.exec(line)?.[0]).find((found) => found !== undefined);
  return {
    refusal: refusal ?? null,
    streamEnded: refusal !== undefined || STREAM_ENDED.test(line),
    severe: SEVERE.exec(line)?.[2] ?? null,
  };
}

export function followLog(streams: readonly Readable[], onLine: (line: string) => void): void {
  for (const stream of streams) readline.createInterface({ input: stream }).on('line', onLine);
}
