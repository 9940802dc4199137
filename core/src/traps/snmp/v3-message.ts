/**
 * The envelope of SNMPv3 messages with the user-based security model (RFC 3412, 6; RFC 3414, 2.4).
 *
 * Responsible for where its parts lie; keys, clocks and what is answered are the receiver's (`intake/src/receivers/snmp`). Pure. Reading never
 * throws.
 */
import { BerError, berTags, enter, enterAny, peekTag, readInteger, readOctets } from './ber-reader.ts';
import type { BerCursor } from './ber-reader.ts';
import { writeInteger, writeOctets, writeSequence } from './ber-writer.ts';
import { messageVersions } from './snmp-numbers.ts';

/** Bits of msgFlags, RFC 3412, 6.4. */
export const v3Flags = { auth: 1, priv: 2, reportable: 4 } as const;
const USER_SECURITY_MODEL = 3;
/** RFC 3411, SnmpEngineID: 5 to 32 octets; a discovery has none. */
const ENGINE_ID_BYTES_MAX = 32;
const USER_NAME_BYTES_MAX = 32;

export type V3Envelope = {
  readonly messageId: number;
  readonly flags: number;
  readonly engineId: Uint8Array;
  readonly boots: number;
  readonly time: number;
  readonly user: Uint8Array;
  /** Where the value of msgAuthenticationParameters lies: it counts as zeros when the message is signed. */
  readonly authStart: number;
  readonly authEnd: number;
  readonly privParameters: Uint8Array;
  /** The whole scoped PDU, or with privacy what it was encrypted to. */
  readonly data: Uint8Array;
};

export type ReadEnvelope =
  | { readonly ok: true; readonly envelope: V3Envelope }
  | { readonly ok: false; readonly says: string };

export const readV3Envelope = (bytes: Uint8Array): ReadEnvelope => {
  try {
    return { ok: true, envelope: readEnvelope(bytes) };
  } catch (error) {
    if (error instanceof BerError) return { ok: false, says: error.message };
    throw error;
  }
};

const readEnvelope = (bytes: Uint8Array): V3Envelope => {
  const cursor: BerCursor = { bytes, at: 0, end: bytes.length };
  const messageEnd = enter(cursor, berTags.sequence, 'message');
  cursor.end = messageEnd;
  readInteger(cursor, 'version');
  cursor.end = enter(cursor, berTags.sequence, 'header');
  const messageId = readInteger(cursor, 'message id');
  readInteger(cursor, 'largest message size');
  const flags = readOctets(cursor, 'flags');
  const model = readInteger(cursor, 'security model');
  if (flags.length !== 1) throw new BerError('the flags are not one octet');
  if (model !== USER_SECURITY_MODEL)
    throw new BerError(`the security model ${model} is not the user-based one (3)`);
  cursor.at = cursor.end;
  cursor.end = messageEnd;
  const parametersEnd = enter(cursor, berTags.octets, 'security parameters');
  cursor.end = parametersEnd;
  cursor.end = enter(cursor, berTags.sequence, 'security parameters');
  const engineId = readOctets(cursor, 'engine id');
  const boots = readInteger(cursor, 'engine boots');
  const time = readInteger(cursor, 'engine time');
  const user = readOctets(cursor, 'user name');
  const auth = readOctets(cursor, 'authentication parameters');
  const authEnd = cursor.at;
  const privParameters = readOctets(cursor, 'privacy parameters');
  if (engineId.length > ENGINE_ID_BYTES_MAX || user.length > USER_NAME_BYTES_MAX || boots < 0 || time < 0)
    throw new BerError('the security parameters have values that cannot be');
  cursor.at = parametersEnd;
  cursor.end = messageEnd;
  return {
    messageId,
    flags: flags[0] ?? 0,
    engineId,
    boots,
    time,
    user,
    authStart: authEnd - auth.length,
    authEnd,
    privParameters,
    data: readData(cursor, ((flags[0] ?? 0) & v3Flags.priv) !== 0),
  };
};

const readData = (cursor: BerCursor, encrypted: boolean): Uint8Array => {
  if (encrypted) return readOctets(cursor, 'encrypted PDU');
  const start = cursor.at;
  if (peekTag(cursor) === berTags.octets)
    throw new BerError('the PDU is encrypted, but the flags say that it is not');
  return cursor.bytes.subarray(start, enter(cursor, berTags.sequence, 'scoped PDU'));
};

/** What cipher and padding left behind the scoped PDU is cut off. Null: it is none (a wrong key gives anything). */
export const trimScopedPdu = (bytes: Uint8Array): Uint8Array | null => {
  try {
    return bytes.subarray(0, enter({ bytes, at: 0, end: bytes.length }, berTags.sequence, 'scoped PDU'));
  } catch (error) {
    if (error instanceof BerError) return null;
    throw error;
  }
};

export type V3ToWrite = {
  readonly messageId: number;
  readonly flags: number;
  readonly engineId: Uint8Array;
  readonly boots: number;
  readonly time: number;
  readonly user: Uint8Array;
  /** Length of the signature that goes there; zeros are written. */
  readonly authLength: number;
  readonly privParameters: Uint8Array;
  /** Scoped PDU; with privacy encrypted already. */
  readonly data: Uint8Array;
};

const MESSAGE_SIZE_MAX = 65_507;

/** The message, and where its signature belongs. */
export const writeV3Message = (
  message: V3ToWrite,
): { readonly bytes: Uint8Array; readonly authStart: number } => {
  const tail = writeOctets(message.privParameters);
  const data = (message.flags & v3Flags.priv) === 0 ? message.data : writeOctets(message.data);
  const bytes = writeSequence(
    writeInteger(messageVersions.v3),
    writeSequence(
      writeInteger(message.messageId),
      writeInteger(MESSAGE_SIZE_MAX),
      writeOctets(Uint8Array.of(message.flags)),
      writeInteger(USER_SECURITY_MODEL),
    ),
    writeOctets(
      writeSequence(
        writeOctets(message.engineId),
        writeInteger(message.boots),
        writeInteger(message.time),
        writeOctets(message.user),
        writeOctets(new Uint8Array(message.authLength)),
        tail,
      ),
    ),
    data,
  );
  return { bytes, authStart: bytes.length - data.length - tail.length - message.authLength };
};

/** Of a scoped PDU in clear, whatever it asks; 0: it has none that can be read. A report names it, so that its reader knows what it is about. */
export const requestIdOf = (scopedPdu: Uint8Array): number => {
  const cursor: BerCursor = { bytes: scopedPdu, at: 0, end: scopedPdu.length };
  try {
    cursor.end = enter(cursor, berTags.sequence, 'scoped PDU');
    readOctets(cursor, 'context engine id');
    readOctets(cursor, 'context name');
    cursor.end = enterAny(cursor, 'PDU');
    return readInteger(cursor, 'request id');
  } catch (error) {
    if (error instanceof BerError) return 0;
    throw error;
  }
};
