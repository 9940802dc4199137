/**
 * Where a syslog message ends within a stream: RFC 6587, octet-counted or ended by LF or NUL, told apart for each message.
 *
 * Responsible for cutting bytes into messages, wherever the chunks are cut, and for the bound of a message. Pure but for its own buffer. Called by
 * `syslog-stream.ts`, which pulls messages only as long as the journal takes them.
 */
import { RECORD_PAYLOAD_MAX } from '@nezuban/protocol/intake/record';
import { receiverLimits } from './receiver-limits.ts';

export type FramedMessage = {
  readonly payload: Buffer;
  /** The sender meant more: it was too long, or the stream ended within it. */
  readonly isTruncated: boolean;
};

export type SyslogFraming = {
  readonly add: (chunk: Buffer) => void;
  /** The next whole message; null: more bytes are needed. */
  readonly next: () => FramedMessage | null;
  /** At the end of the stream: what is left of a message; null: nothing. */
  readonly rest: () => FramedMessage | null;
  /** A message has begun and not ended. */
  readonly isWithin: () => boolean;
};

const LF = 0x0a;
const NUL = 0x00;
const CR = 0x0d;
const SPACE = 0x20;
const LESS_THAN = 0x3c;
const NOTHING = Buffer.alloc(0);

export function createSyslogFraming(payloadMax: number = RECORD_PAYLOAD_MAX): SyslogFraming {
  let held: Buffer = NOTHING;
  /** Of what is held, how much has been looked through for an end. */
  let scanned = 0;
  /** Bytes of a message that was already given, cut: a count, or up to the next end. */
  let skipBytes = 0;
  let skipLine = false;

  const drop = (count: number): void => {
    held = held.subarray(count);
    scanned = 0;
  };

  /** False: all that is held belonged to what is skipped. */
  function skip(): boolean {
    if (skipBytes > 0) {
      const count = Math.min(skipBytes, held.length);
      skipBytes -= count;
      drop(count);
    }
    if (skipLine) {
      const end = endOfLine(held, 0);
      drop(end === -1 ? held.length : end + 1);
      skipLine = end === -1;
    }
    while (held.length > 0 && isBetween(held[0])) drop(1);
    return held.length > 0;
  }

  function nextCounted(head: CountedHead): FramedMessage | null {
    const end = head.headLength + head.count;
    if (head.count > payloadMax) {
      if (held.length < head.headLength + payloadMax) return null;
      const payload = held.subarray(head.headLength, head.headLength + payloadMax);
      drop(head.headLength + payloadMax);
      skipBytes = head.count - payloadMax;
      return { payload, isTruncated: true };
    }
    if (held.length < end) return null;
    const payload = held.subarray(head.headLength, end);
    drop(end);
    return { payload, isTruncated: false };
  }

  function nextLine(): FramedMessage | null {
    const end = endOfLine(held, scanned);
    if (end === -1 || end > payloadMax) {
      scanned = held.length;
      if (held.length <= payloadMax) return null;
      const payload = held.subarray(0, payloadMax);
      drop(payloadMax);
      skipLine = true;
      return { payload, isTruncated: true };
    }
    const payload = held.subarray(0, held[end - 1] === CR ? end - 1 : end);
    drop(end + 1);
    return { payload, isTruncated: false };
  }

  return {
    add(chunk) {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    },
    next() {
      if (!skip()) return null;
      const head = readCount(held);
      if (head === 'unsure') return null;
      return head === null ? nextLine() : nextCounted(head);
    },
    rest() {
      if (!skip()) return null;
      const head = readCount(held);
      const payload = held.subarray(head === null || head === 'unsure' ? 0 : head.headLength);
      drop(held.length);
      return payload.length === 0 ? null : { payload: payload.subarray(0, payloadMax), isTruncated: true };
    },
    isWithin: () => held.length > 0 || skipBytes > 0 || skipLine,
  };
}

/** Between messages: ends of lines, doubled or behind a counted message. */
function isBetween(byte: number | undefined): boolean {
  return byte === LF || byte === NUL || byte === CR;
}

function endOfLine(bytes: Buffer, from: number): number {
  const lf = bytes.indexOf(LF, from);
  const nul = bytes.subarray(0, lf === -1 ? bytes.length : lf).indexOf(NUL, from);
  return nul === -1 ? lf : nul;
}

type CountedHead = { readonly headLength: number; readonly count: number };

/** `MSG-LEN SP` and the `<` of a priority behind it: a line that merely begins with a number is none. */
function readCount(bytes: Buffer): CountedHead | 'unsure' | null {
  let count = 0;
  let i = 0;
  for (; i < bytes.length; i += 1) {
    const byte = bytes[i] ?? 0;
    if (byte === SPACE && i > 0) break;
    // A length does not begin with 0 (RFC 6587, 3.4.1).
    if (byte < 0x30 || byte > 0x39 || (i === 0 && byte === 0x30)) return null;
    count = count * 10 + byte - 0x30;
    if (count > receiverLimits.octetCountMax) return null;
  }
  if (i + 1 >= bytes.length) return 'unsure';
  return bytes[i + 1] === LESS_THAN ? { headLength: i + 1, count } : null;
}
