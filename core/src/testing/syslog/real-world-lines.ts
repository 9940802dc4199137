/**
 * Lines as devices and programs write them, with what is to be understood of each.
 *
 * Responsible for the table that `parse-syslog.test.ts` holds the parser against, and that the fuzzer mutates. All are heard at
 * `HEARD_AT` by a host in Tokyo; what is not named in `is` is null (fields: none).
 */
import type { SyslogFacts } from '../../traps/parsed-trap.ts';
import { firewallLines } from './firewall-lines.ts';
import { networkLines } from './network-lines.ts';
import { rfc5424Lines } from './rfc5424-lines.ts';
import { serverLines } from './server-lines.ts';

/** 10:20:45 in Tokyo. */
export const HEARD_AT = '2024-01-02T01:20:45.000Z';
export const HEARD_IN = 'Asia/Tokyo';

export type Understood = Partial<SyslogFacts> & {
  readonly text: string;
  readonly host?: string;
  /** ISO 8601. */
  readonly said?: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly malformed?: string;
};

export type SyslogLine = { readonly of: string; readonly line: string; readonly is: Understood };

export const realWorldLines: readonly SyslogLine[] = [
  ...serverLines,
  ...rfc5424Lines,
  ...networkLines,
  ...firewallLines,
];
