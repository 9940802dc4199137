/**
 * What the readers of a syslog line hand on to each other.
 *
 * Responsible for the shape alone. `parse-syslog.ts` makes one for each message, the readers of the formats fill it.
 */
import type { LocalTime } from '../local-time.ts';
import type { Stamp } from './timestamp.ts';

/** Filled in place: one object a message, for the sake of speed. */
export type SyslogFinding = {
  text: string;
  host: string | null;
  app: string | null;
  procId: string | null;
  msgId: string | null;
  saidAtMs: number | null;
  fields: Record<string, string>;
  malformed: string | null;
};

export type Finding = {
  /** The whole line. */
  readonly text: string;
  /** Behind the priority. */
  readonly at: number;
  readonly receivedMs: number;
  readonly localTime: LocalTime;
  readonly finding: SyslogFinding;
};

/** The first reason is the one that is kept. */
export function sayMalformed(finding: SyslogFinding, why: string): void {
  finding.malformed ??= why;
}

/** A clock that the device itself does not trust is believed only this near to when it was heard. */
const UNSET_CLOCK_TRUST_MS = 24 * 3_600_000;

export function takeStamp(context: Finding, stamp: Stamp): void {
  const ms = stamp.parts === null ? stamp.epochMs : context.localTime.toMs(stamp.parts, context.receivedMs);
  const isTrusted =
    ms !== null && (!stamp.isUnset || Math.abs(ms - context.receivedMs) < UNSET_CLOCK_TRUST_MS);
  context.finding.saidAtMs = isTrusted ? ms : null;
}
