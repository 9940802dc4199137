/**
 * The application protocols (ALPN, RFC 7301) that a TLS client offers, read from its first bytes.
 *
 * Pure and bounded: it looks at a prefix of the connection, changes nothing, and gives up on whatever is not a ClientHello of TLS
 * (RFC 8446 4.1.2, 5.1). Called by the listener of the pair's port, which must know who handles a connection before TLS begins.
 */

/** A ClientHello with a post-quantum key share has about 1.8 KB; nobody needs more than this. */
export const CLIENT_HELLO_BYTES_MAX = 16 * 1024;

export type ClientHelloLook =
  /** Not whole yet. */
  | { readonly is: 'part' }
  | { readonly is: 'hello'; readonly protocols: readonly string[] }
  | { readonly is: 'garbage' };

const RECORD_HANDSHAKE = 22;
const RECORD_HEADER = 5;
const RECORD_BYTES_MAX = 16 * 1024;
const HANDSHAKE_CLIENT_HELLO = 1;
const HANDSHAKE_HEADER = 4;
const VERSION_MAJOR = 3;
const VERSION_AND_RANDOM = 34;
const EXTENSION_ALPN = 16;

const part: ClientHelloLook = { is: 'part' };
const garbage: ClientHelloLook = { is: 'garbage' };

export function lookAtClientHello(bytes: Buffer): ClientHelloLook {
  const message = joinRecords(bytes);
  if (message === null) return garbage;
  if (message.length < HANDSHAKE_HEADER) return partOrTooLong(bytes);
  if (message[0] !== HANDSHAKE_CLIENT_HELLO) return garbage;
  const length = message.readUIntBE(1, 3);
  if (length > CLIENT_HELLO_BYTES_MAX) return garbage;
  const end = HANDSHAKE_HEADER + length;
  if (message.length < end) return partOrTooLong(bytes);
  const protocols = readProtocols(message.subarray(HANDSHAKE_HEADER, end));
  return protocols === null ? garbage : { is: 'hello', protocols };
}

function partOrTooLong(bytes: Buffer): ClientHelloLook {
  return bytes.length >= CLIENT_HELLO_BYTES_MAX ? garbage : part;
}

/** The handshake message so far: its records without their headers; null if these are no handshake records. */
function joinRecords(bytes: Buffer): Buffer | null {
  const parts: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (bytes[at] !== RECORD_HANDSHAKE) return null;
    if (bytes.length > at + 1 && bytes[at + 1] !== VERSION_MAJOR) return null;
    if (bytes.length < at + RECORD_HEADER) break;
    const length = bytes.readUInt16BE(at + 3);
    if (length === 0 || length > RECORD_BYTES_MAX) return null;
    parts.push(bytes.subarray(at + RECORD_HEADER, at + RECORD_HEADER + length));
    at += RECORD_HEADER + length;
  }
  return Buffer.concat(parts);
}

/** Null: the body is not a ClientHello. An empty list: it offers nothing. */
function readProtocols(body: Buffer): readonly string[] | null {
  const afterSession = skip(body, VERSION_AND_RANDOM, 1);
  const afterCiphers = skip(body, afterSession, 2);
  const afterCompression = skip(body, afterCiphers, 1);
  const end = skip(body, afterCompression, 2);
  if (end === null || afterCompression === null) return null;
  let at = afterCompression + 2;
  while (at + 4 <= end) {
    const next = at + 4 + body.readUInt16BE(at + 2);
    if (next > end) return null;
    if (body.readUInt16BE(at) === EXTENSION_ALPN) return readNames(body.subarray(at + 4, next));
    at = next;
  }
  return at === end ? [] : null;
}

/** Where a vector that begins at `at` with `lengthBytes` of length ends; null if the body ends earlier. */
function skip(body: Buffer, at: number | null, lengthBytes: number): number | null {
  if (at === null || at + lengthBytes > body.length) return null;
  const end = at + lengthBytes + body.readUIntBE(at, lengthBytes);
  return end <= body.length ? end : null;
}

function readNames(extension: Buffer): readonly string[] | null {
  if (extension.length < 2 || extension.readUInt16BE(0) !== extension.length - 2) return null;
  const names: string[] = [];
  let at = 2;
  while (at < extension.length) {
    const end = skip(extension, at, 1);
    if (end === null || end === at + 1) return null;
    names.push(extension.toString('latin1', at + 1, end));
    at = end;
  }
  return names;
}
