/**
 * What `nezuban intake` prints. Pure texts: for people, and for programs (JSON).
 */
import { formatAddress } from '@nezuban/core/traps/address-list';
import type { IntakeStatus } from '@nezuban/protocol/intake/hand-over';
import { recordFlags, type TrapRecord } from '@nezuban/protocol/intake/record';
import type { JournalReport } from './inspect.ts';

const UNIT = 1024 * 1024;
const TEXT_CHARS_MAX = 200;
const HEX_BYTES_MAX = 64;
/** Text of any script; tabs are common in syslog. */
const TEXT = /^[\t\P{Cc}]*$/u;

export function renderReport(report: JournalReport): string {
  const rows = report.segments.map(
    ({ name, bytes, records, firstSeq, lastSeq, tailBytes }) =>
      `  ${name}  ${String(records).padStart(9)} records  ${(lastSeq === null ? '-' : `${firstSeq} to ${lastSeq}`).padEnd(23)} ${megabytes(bytes)}${tailBytes === 0 ? '' : `, ${tailBytes} bytes of a record that is not whole`}`,
  );
  const processed = report.processedSeq === null ? 'not known' : `up to ${report.processedSeq}`;
  return lines([
    `Journal    ${report.folder}`,
    `Id         ${report.journalId ?? 'not readable'}`,
    `Size       ${megabytes(report.bytes)} in ${report.segments.length} segments`,
    `Processed  ${processed}`,
    ...(rows.length === 0 ? [] : ['Segments', ...rows]),
    ...(report.damaged.length === 0
      ? ['Damaged    nothing']
      : ['Damaged', ...report.damaged.map((says) => `  ${says}`)]),
  ]);
}

export function renderRecord(record: TrapRecord): string {
  const { seq, protocol, port, extra } = record;
  const from = protocol === 'control' ? 'intake' : `${formatAddress(record.address)} port ${port}`;
  const marks = [...flagNames(record.flags), ...(extra === null ? [] : [JSON.stringify(extra)])];
  const marked = marks.length === 0 ? '' : ` [${marks.join(' ')}]`;
  return `${seq}  ${timeOf(record)}  ${protocol.padEnd(7)} ${from}${marked}  ${readable(record.payload)}\n`;
}

export function recordJson(record: TrapRecord): string {
  const { seq, receivedUs, protocol, port, extra } = record;
  const text = decode(record.payload);
  return `${JSON.stringify({
    seq,
    received_at: timeOf(record),
    received_us: receivedUs,
    protocol,
    flags: flagNames(record.flags),
    address: formatAddress(record.address),
    port,
    extra,
    ...(text === null
      ? { payload_base64: Buffer.from(record.payload).toString('base64') }
      : { payload: text }),
  })}\n`;
}

export function renderStatus(status: IntakeStatus): string {
  const waiting = status.nextSeq - 1 - status.processedSeq;
  return lines([
    `Journal    ${status.journalId}`,
    `Records    ${status.firstSeq} to ${status.nextSeq - 1}, processed up to ${status.processedSeq}, ${waiting} wait for a manager`,
    `Size       ${megabytes(status.journalBytes)} of ${megabytes(status.journalBytesMax)}`,
    `Not kept   ${status.summarised} summarised, ${status.refusedFull} refused because the journal was full (since the intake began)`,
    `Orders     ${status.ordersRevision === 0 ? 'none yet: the defaults count' : `revision ${status.ordersRevision}`}`,
    'Receivers',
    ...status.receivers.map(
      ({ name, state, listen, received, refused, malformed, kernelDrops, says }) =>
        `  ${name.padEnd(11)} ${state.padEnd(9)} ${listen}  ${received} received, ${refused} refused, ${malformed} malformed, ${kernelDrops} dropped by the kernel${says === null ? '' : `\n              ${says}`}`,
    ),
    ...(status.sources.length === 0 ? [] : ['Sources']),
    ...status.sources.map(
      ({ address, perSecond, summarised }) =>
        `  ${address.padEnd(39)} ${perSecond.toFixed(1)}/s${summarised === 0 ? '' : `, ${summarised} summarised`}`,
    ),
  ]);
}

const lines = (all: readonly string[]): string => `${all.join('\n')}\n`;
const megabytes = (bytes: number): string => `${(bytes / UNIT).toFixed(1)} MiB`;
const timeOf = ({ receivedUs }: TrapRecord): string => new Date(receivedUs / 1000).toISOString();

function flagNames(flags: number): string[] {
  return Object.entries(recordFlags)
    .filter(([, bit]) => (flags & bit) !== 0)
    .map(([name]) => name);
}

/** Null: it is not text. */
function decode(payload: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(payload);
    return TEXT.test(text.replace(/[\r\n\0]+$/, '')) ? text : null;
  } catch {
    // Bytes of another encoding, or of no text.
    return null;
  }
}

/** Nothing of a sender reaches the terminal but printable characters. */
function readable(payload: Uint8Array): string {
  const text = decode(payload);
  if (text === null) {
    const hex = Buffer.from(payload.subarray(0, HEX_BYTES_MAX)).toString('hex');
    return `0x${hex}${payload.length > HEX_BYTES_MAX ? `... (${payload.length} bytes)` : ''}`;
  }
  const line = text.replace(/[\r\n\0]+$/, '').replaceAll('\t', ' ');
  return line.length > TEXT_CHARS_MAX
    ? `${line.slice(0, TEXT_CHARS_MAX)}... (${payload.length} bytes)`
    : line;
}
