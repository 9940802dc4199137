/**
 * The structure of an SNMP message that carries a trap: v1 Trap-PDU (RFC 1157), v2c Trap and Inform (RFC 3416), and the scoped PDU of v3
 * (RFC 3412) as a receiver leaves it once it is authentic and in clear.
 *
 * Responsible for where everything lies and for saying what is wrong. Values of varbinds stay bytes: whoever shows them renders them
 * (`render-value.ts`). Pure, never throws. Called by `parse-snmp.ts`, by `snmp-identity.ts` and by the receiver for informs.
 */
import {
  BerError,
  berTags,
  enter,
  enterAny,
  peekTag,
  readInteger,
  readOctets,
  readOid,
  unsignedOf,
} from './ber-reader.ts';
import type { BerCursor } from './ber-reader.ts';
import { messageVersions, pduTags, VARBINDS_MAX } from './snmp-numbers.ts';

/** A varbind: `start` is where it begins in the bytes, its value lies from `valueStart` to `end`. */
export type VarbindPlace = {
  readonly oid: string;
  readonly tag: number;
  readonly start: number;
  readonly valueStart: number;
  readonly end: number;
};

export type TrapMessage = {
  readonly bytes: Uint8Array;
  readonly version: 1 | 2 | 3;
  readonly kind: 'trap' | 'inform';
  /** Community; of v3 the context name (the user is not in the scoped PDU). */
  readonly name: Uint8Array;
  /** Null: v1 has none. */
  readonly requestId: number | null;
  readonly v1: {
    readonly enterprise: string;
    /** Four bytes; null: not an IpAddress of four. */
    readonly agent: Uint8Array | null;
    readonly generic: number;
    readonly specific: number;
    /** Hundredths of a second. */
    readonly upTime: string;
    /** Enterprise to specific, as bytes. */
    readonly headStart: number;
    readonly headEnd: number;
  } | null;
  /** Offset of the PDU's tag: a response to an inform is the same bytes with another one. */
  readonly pduStart: number;
  readonly varbinds: readonly VarbindPlace[];
};

export type ReadMessage =
  | { readonly ok: true; readonly message: TrapMessage }
  | { readonly ok: false; readonly says: string };

/** A whole message of v1 or v2c. */
export const readTrapMessage = (bytes: Uint8Array): ReadMessage =>
  guarded(() => {
    const cursor: BerCursor = { bytes, at: 0, end: bytes.length };
    cursor.end = enter(cursor, berTags.sequence, 'message');
    const version = readInteger(cursor, 'version');
    if (version === messageVersions.v3)
      return refuse('a message of SNMPv3 that was not opened: its receiver knew no user for it');
    if (version !== messageVersions.v1 && version !== messageVersions.v2c)
      return refuse(`there is no SNMP version with the number ${version}`);
    const name = readOctets(cursor, 'community');
    return readPdu(cursor, { version: version === messageVersions.v1 ? 1 : 2, name });
  });

/** What SNMPv3 carries inside. */
export const readScopedPdu = (bytes: Uint8Array): ReadMessage =>
  guarded(() => {
    const cursor: BerCursor = { bytes, at: 0, end: bytes.length };
    cursor.end = enter(cursor, berTags.sequence, 'scoped PDU');
    readOctets(cursor, 'context engine id');
    const name = readOctets(cursor, 'context name');
    return readPdu(cursor, { version: 3, name });
  });

const guarded = (read: () => ReadMessage): ReadMessage => {
  try {
    return read();
  } catch (error) {
    if (error instanceof BerError) return refuse(error.message);
    throw error;
  }
};

const refuse = (says: string): ReadMessage => ({ ok: false, says });

const pduNames = new Map<number, string>(Object.entries(pduTags).map(([name, tag]) => [tag, name]));

const readPdu = (cursor: BerCursor, head: Pick<TrapMessage, 'version' | 'name'>): ReadMessage => {
  const tag = peekTag(cursor);
  const pduStart = cursor.at;
  const isV1 = tag === pduTags.trapV1;
  if (!isV1 && tag !== pduTags.trap && tag !== pduTags.inform)
    return refuse(
      pduNames.has(tag)
        ? `a "${pduNames.get(tag)}" is neither trap nor inform`
        : `at byte ${cursor.at}: there is no kind of PDU with the type 0x${tag.toString(16)}`,
    );
  if (isV1 !== (head.version === 1))
    return refuse(`the kind of PDU does not belong to version ${head.version}`);
  cursor.end = enterAny(cursor, 'PDU');
  let requestId: number | null = null;
  let v1: TrapMessage['v1'] = null;
  if (isV1) v1 = readV1Head(cursor);
  else {
    requestId = readInteger(cursor, 'request id');
    readInteger(cursor, 'error status');
    readInteger(cursor, 'error index');
  }
  const varbinds = readVarbinds(cursor);
  const kind = tag === pduTags.inform ? 'inform' : 'trap';
  return {
    ok: true,
    message: {
      bytes: cursor.bytes,
      version: head.version,
      kind,
      name: head.name,
      requestId,
      v1,
      pduStart,
      varbinds,
    },
  };
};

const readV1Head = (cursor: BerCursor): TrapMessage['v1'] => {
  const headStart = cursor.at;
  const enterprise = readOid(cursor, 'enterprise');
  // Some agents send it as a plain octet string.
  const agentTag = peekTag(cursor) === berTags.octets ? berTags.octets : berTags.ipAddress;
  const agentEnd = enter(cursor, agentTag, 'agent address');
  const agent = agentEnd - cursor.at === 4 ? cursor.bytes.subarray(cursor.at, agentEnd) : null;
  cursor.at = agentEnd;
  const generic = readInteger(cursor, 'generic trap');
  const specific = readInteger(cursor, 'specific trap');
  const headEnd = cursor.at;
  const ticksTag = peekTag(cursor) === berTags.integer ? berTags.integer : berTags.timeTicks;
  const end = enter(cursor, ticksTag, 'time stamp');
  const upTime = unsignedOf(cursor.bytes, cursor.at, end);
  if (upTime === null) throw new BerError(`at byte ${cursor.at}: the time stamp is no number`);
  cursor.at = end;
  return { enterprise, agent, generic, specific, upTime, headStart, headEnd };
};

const readVarbinds = (cursor: BerCursor): readonly VarbindPlace[] => {
  // RFC 1157 demands the list; agents with nothing to tell are known to leave it out.
  if (cursor.at === cursor.end) return [];
  cursor.end = enter(cursor, berTags.sequence, 'list of varbinds');
  const { end } = cursor;
  const varbinds: VarbindPlace[] = [];
  while (cursor.at < end) {
    if (varbinds.length >= VARBINDS_MAX)
      throw new BerError(`at byte ${cursor.at}: there are more than ${VARBINDS_MAX} varbinds`);
    const start = cursor.at;
    cursor.end = enter(cursor, berTags.sequence, 'varbind');
    const oid = readOid(cursor, 'name of a varbind');
    const tag = peekTag(cursor);
    const valueEnd = enterAny(cursor, 'value of a varbind');
    varbinds.push({ oid, tag, start, valueStart: cursor.at, end: valueEnd });
    cursor.at = cursor.end;
    cursor.end = end;
  }
  return varbinds;
};
