/**
 * What a custom trap says: a body that the HTTP receivers took, as one trap for each thing it reports.
 *
 * Responsible for both forms (`protocol/src/traps/custom-trap.ts`). It never throws: a body, or an entry of Hinemos's form, that cannot be
 * read is a malformed trap. Called by the manager on duty for each record of protocol `custom`.
 */
import type { TrapRecord } from '@nezuban/protocol/intake/record';
import type { CustomTrap, HinemosItem } from '@nezuban/protocol/traps/custom-trap';
import { formatAddress } from '../address-list.ts';
import { createFields, putField } from '../fields.ts';
import { createLocalTime, type LocalTime } from '../local-time.ts';
import type { ParsedTrap } from '../parsed-trap.ts';
import { readTimestamp } from '../syslog/timestamp.ts';
import { readCustomBody, type HinemosEntry } from './custom-body.ts';

export type CustomOptions = {
  /** As of `SyslogOptions`. */
  readonly timeZone?: string;
};

export type CustomParser = (record: TrapRecord) => readonly ParsedTrap[];

/** In `extra` of a record. */
export const IDEMPOTENCY_KEY = 'idempotencyKey';

export function createCustomParser(options: CustomOptions = {}): CustomParser {
  const localTime = createLocalTime(options.timeZone);
  return (record) => parse(record, localTime);
}

/** With the zone of this process. */
export const parseCustom: CustomParser = createCustomParser();

/** By what the other host's copy, and a repeat, is recognised, beside the address: the sender's own key, or else all that was sent. */
export function identityOfCustom(record: TrapRecord): string | Uint8Array {
  const key = record.extra?.[IDEMPOTENCY_KEY];
  // No body begins like this: it is JSON.
  return key === undefined ? record.payload : `key ${key}`;
}

type Part = Pick<ParsedTrap, 'claimedHost' | 'text' | 'saidAtMs'> & Partial<ParsedTrap>;

function parse(record: TrapRecord, localTime: LocalTime): readonly ParsedTrap[] {
  const receivedMs = Math.floor(record.receivedUs / 1000);
  const address = formatAddress(record.address);
  const trapOf = (part: Part): ParsedTrap => ({
    protocol: 'custom',
    receivedMs,
    address,
    fields: {},
    syslog: null,
    snmp: null,
    malformed: null,
    ...part,
    claimedHost: part.claimedHost === null ? null : storable(part.claimedHost),
    text: storable(part.text),
  });
  const instant = (text: string): number | null => {
    const stamp = readTimestamp(text, 0);
    return stamp?.parts == null ? null : localTime.toMs(stamp.parts, receivedMs);
  };
  const body = readCustomBody(record.payload);
  switch (body.form) {
    case 'own':
      return body.traps.map((trap) => trapOf(ofOwn(trap, instant)));
    case 'hinemos':
      return body.entries.map((entry) => trapOf(ofHinemos(entry, body.facility, instant)));
    case 'bad': {
      const { path, says } = body.problem;
      const malformed = storable(path === '' ? says : `${path}: ${says}`);
      return [trapOf({ claimedHost: null, saidAtMs: null, text: body.text, malformed })];
    }
  }
}

type Instant = (text: string) => number | null;

function ofOwn(trap: CustomTrap, instant: Instant): Part {
  const { at } = trap;
  const sink = createFields();
  putField(sink, 'key', storable(trap.key));
  if (trap.priority !== undefined) putField(sink, 'priority', trap.priority);
  for (const [name, value] of Object.entries(trap.fields ?? {}))
    putField(sink, storable(name), storable(String(value)));
  return {
    claimedHost: trap.host ?? null,
    saidAtMs: at === undefined ? null : typeof at === 'number' ? at : instant(withSeconds(at)),
    text: trap.text,
    fields: sink.fields,
  };
}

/** `key` and `type`, and the message under the name of the key: `{ name: used, at_least: 90 }` is a condition on a number. */
function ofHinemos(entry: HinemosEntry, facility: string | null, instant: Instant): Part {
  const claimedHost = facility === '' ? null : facility;
  if (!entry.ok) {
    const { path, says } = entry.problem;
    const malformed = storable(`${path}: ${says}`);
    return { claimedHost, saidAtMs: null, text: JSON.stringify(entry.given), malformed };
  }
  const item: HinemosItem = entry.item;
  const sink = createFields();
  putField(sink, 'key', storable(item.KEY));
  putField(sink, 'type', item.TYPE.toUpperCase());
  putField(sink, storable(item.KEY), storable(item.MSG));
  const date = item.DATE ?? '';
  return {
    claimedHost,
    saidAtMs: date === '' ? null : instant(padded(date)),
    text: item.MSG,
    fields: sink.fields,
  };
}

/** The schema lets seconds be left out: `2024-01-02T10:20`. */
const withSeconds = (at: string): string => at.replace(/^(.{10}T\d\d:\d\d)(?!:)/, '$1:00');

/** `2024-1-2 1:2:3`, which Java reads too. */
const padded = (date: string): string => date.replaceAll(/(?<!\d)\d(?!\d)/g, '0$&');

/** JSON can write characters that a database cannot hold: NUL, and halves of surrogate pairs. */
function storable(text: string): string {
  const whole = text.toWellFormed();
  return whole.includes('\0') ? whole.replaceAll('\0', '\u2400') : whole;
}
