// Many rows of one table at once, by COPY in its binary form: bytes go to the server as they are, which text would double.
// Responsible for building the rows in one growing piece of memory and for handing it over on one connection of the driver. Called by stores
// inside their transactions; not on connections that pipeline. Layout: PostgreSQL manual, "COPY", binary format. Text form: `copy-in.ts`.
import type { Transaction } from '../ports.ts';

/** The driver's connection, as far as it is needed; its types leave it out. */
type Wire = {
  readonly query: (text: string) => void;
  readonly sendCopyFromChunk: (bytes: Uint8Array) => void;
  readonly endCopyFrom: () => void;
};

/** Cells of a row, in the order of the columns that the statement names. */
export type CopyRows = {
  /** Begins a row. */
  readonly row: (columns: number) => void;
  readonly bigint: (value: number) => void;
  readonly integer: (value: number) => void;
  readonly smallint: (value: number) => void;
  /** Gives where it stands. */
  readonly boolean: (value: boolean) => number;
  /** Says otherwise of a cell that is there. */
  readonly patchBoolean: (cell: number, value: boolean) => void;
  /** Microseconds since 1970. */
  readonly timestamp: (us: number) => void;
  /** NUL, which PostgreSQL cannot hold, becomes U+FFFD. */
  readonly text: (value: string | null) => void;
  readonly bytes: (value: Uint8Array) => void;
  /** Sixteen bytes, IPv4 mapped. */
  readonly inet: (address: Uint8Array) => void;
  readonly count: () => number;
  readonly size: () => number;
  /** Empty again, in the same memory: fresh memory of megabytes costs more than what is written to it. */
  readonly reset: () => void;
  /** Everything so far, with head and end. */
  readonly finish: () => Buffer;
};

const HEAD = Buffer.concat([Buffer.from('PGCOPY\n\u{ff}\r\n\0', 'latin1'), Buffer.alloc(8)]);
const END = Buffer.from([0xff, 0xff]);
const NULL_CELL = 0xffffffff;
const FIRST_BYTES = 256 * 1024;
/** PostgreSQL counts microseconds from 2000. */
const EPOCH_2000_US = 946_684_800_000_000;
const HIGH = 2 ** 32;
/** A character of JavaScript is at most three bytes of UTF-8. */
const UTF8_MAX = 3;
const FAMILY_IPV4 = 2;
const FAMILY_IPV6 = 3;
const MAPPED_PREFIX_BYTES = 12;
/** Bytes of one message of the protocol: enough that heads cost nothing, little enough that the server begins early. */
const CHUNK_BYTES = 64 * 1024;

export const createCopyRows = (): CopyRows => {
  let buffer = Buffer.allocUnsafe(FIRST_BYTES);
  let at = HEAD.copy(buffer);
  let rows = 0;
  const need = (bytes: number): void => {
    if (at + bytes <= buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, at + bytes));
    buffer.copy(larger, 0, 0, at);
    buffer = larger;
  };
  const int64 = (value: number): void => {
    need(12);
    at = buffer.writeUInt32BE(8, at);
    const high = Math.floor(value / HIGH);
    at = buffer.writeInt32BE(high, at);
    at = buffer.writeUInt32BE(value - high * HIGH, at);
  };
  return {
    row(columns) {
      need(2);
      at = buffer.writeUInt16BE(columns, at);
      rows += 1;
    },
    bigint: int64,
    integer(value) {
      need(8);
      at = buffer.writeUInt32BE(4, at);
      at = buffer.writeInt32BE(value, at);
    },
    smallint(value) {
      need(6);
      at = buffer.writeUInt32BE(2, at);
      at = buffer.writeInt16BE(value, at);
    },
    boolean(value) {
      need(5);
      at = buffer.writeUInt32BE(1, at);
      buffer[at] = value ? 1 : 0;
      at += 1;
      return at - 1;
    },
    patchBoolean(cell, value) {
      buffer[cell] = value ? 1 : 0;
    },
    timestamp: (us) => int64(us - EPOCH_2000_US),
    text(value) {
      if (value === null) {
        need(4);
        at = buffer.writeUInt32BE(NULL_CELL, at);
        return;
      }
      const storable = value.includes('\0') ? value.replaceAll('\0', '\u{fffd}') : value;
      need(4 + UTF8_MAX * storable.length);
      const length = buffer.write(storable, at + 4);
      buffer.writeUInt32BE(length, at);
      at += 4 + length;
    },
    bytes(value) {
      need(4 + value.length);
      at = buffer.writeUInt32BE(value.length, at);
      buffer.set(value, at);
      at += value.length;
    },
    inet(address) {
      const isIpv4 = isMapped(address);
      const host = isIpv4 ? address.subarray(MAPPED_PREFIX_BYTES) : address;
      need(8 + host.length);
      at = buffer.writeUInt32BE(4 + host.length, at);
      buffer[at] = isIpv4 ? FAMILY_IPV4 : FAMILY_IPV6;
      buffer[at + 1] = host.length * 8;
      buffer[at + 2] = 0;
      buffer[at + 3] = host.length;
      buffer.set(host, at + 4);
      at += 4 + host.length;
    },
    count: () => rows,
    size: () => at,
    reset() {
      at = HEAD.length;
      rows = 0;
    },
    finish() {
      need(END.length);
      return buffer.subarray(0, at + END.copy(buffer, at));
    },
  };
};

const isMapped = (address: Uint8Array): boolean => {
  for (let at = 0; at < MAPPED_PREFIX_BYTES - 2; at += 1) if (address[at] !== 0) return false;
  return address[10] === 0xff && address[11] === 0xff;
};

/** `text`: `COPY table (columns) FROM STDIN BINARY`. Resolves when the server has taken all rows; rejects with its error, as any statement. */
export const copyBinary = async (transaction: Transaction, text: string, rows: CopyRows): Promise<void> => {
  const bytes = rows.finish();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let failure: unknown = null;
  const query = {
    // The driver puts its own limit of time around this, and it must be called to end that.
    callback: (error: unknown) => (error === null || error === undefined ? resolve() : reject(error)),
    submit(wire: Wire) {
      wire.query(text);
      return null;
    },
    handleCopyInResponse(wire: Wire) {
      for (let at = 0; at < bytes.length; at += CHUNK_BYTES)
        wire.sendCopyFromChunk(bytes.subarray(at, at + CHUNK_BYTES));
      wire.endCopyFrom();
    },
    handleRowDescription: () => undefined,
    handleDataRow: () => undefined,
    handlePortalSuspended: () => undefined,
    handleEmptyQuery: () => undefined,
    handleCommandComplete: () => undefined,
    handleCopyData: () => undefined,
    handleError(error: unknown) {
      failure ??= error;
      query.callback(failure);
    },
    handleReadyForQuery: () => query.callback(failure),
  };
  (transaction as unknown as { readonly query: (query: unknown) => void }).query(query);
  await promise;
};
