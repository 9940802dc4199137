/**
 * What becomes of a message of SNMPv3: the user-based security model as the one who hears traps needs it (RFC 3414, 3.2).
 *
 * Of traps the sender's engine is the authority: its clock is remembered and goes only forward. Of informs ours is: who does not know it yet
 * is told by a report, and so is who has our time wrong, but the latter only after his signature was right. Whoever names a wrong user, signs
 * wrongly or asks for another level is answered nothing: a report would help to guess. Responsible for that verdict; sockets, journal and
 * counting are the caller's.
 */
import type { Clock } from '@nezuban/platform/clock';
import {
  decryptPdu,
  encryptPdu,
  isSignedBy,
  signatureBytesOf,
  signMessage,
} from '@nezuban/platform/snmp-usm';
import { berTags } from '@nezuban/core/traps/snmp/ber-reader';
import { writeElement, writeInteger, writeOid, writeSequence } from '@nezuban/core/traps/snmp/ber-writer';
import { pduTags } from '@nezuban/core/traps/snmp/snmp-numbers';
import { readScopedPdu } from '@nezuban/core/traps/snmp/trap-message';
import { writeScopedPdu } from '@nezuban/core/traps/snmp/trap-writer';
import {
  readV3Envelope,
  requestIdOf,
  trimScopedPdu,
  v3Flags,
  writeV3Message,
  type V3Envelope,
} from '@nezuban/core/traps/snmp/v3-message';
import type { EngineState } from './engine-state.ts';
import { snmpLimits } from './snmp-limits.ts';
import { createTwoHalves } from './two-halves.ts';
import type { UserKeys, UsmUser, UsmUsers } from './usm-users.ts';

export const usmRefusals = [
  'unknown-user',
  'wrong-engine',
  'wrong-level',
  'wrong-password',
  'cannot-decrypt',
  'out-of-time',
  'replayed',
] as const;
export type UsmRefusal = (typeof usmRefusals)[number];

export type UsmVerdict =
  | { readonly type: 'malformed'; readonly says: string }
  /** Nothing is answered. `user`: as the message claims. */
  | { readonly type: 'refused'; readonly why: UsmRefusal; readonly user: string }
  /** A report goes back, nothing is heard. */
  | { readonly type: 'report'; readonly bytes: Uint8Array }
  | {
      readonly type: 'heard';
      readonly scopedPdu: Uint8Array;
      readonly user: string;
      readonly engine: string;
      readonly authentic: boolean;
      /** Null: a trap, or nothing that could be read; else how the inform is answered. */
      readonly respond: (() => Uint8Array) | null;
    };

export type UsmPorts = {
  readonly engine: EngineState;
  /** As the orders of the moment name them. */
  readonly users: () => UsmUsers;
  readonly clock: Clock;
};
export type Usm = { readonly open: (datagram: Buffer) => UsmVerdict };

const reportOids = {
  notInTimeWindows: '1.3.6.1.6.3.15.1.1.2.0',
  unknownEngineIds: '1.3.6.1.6.3.15.1.1.4.0',
} as const;
const NOTHING = new Uint8Array(0);
const LEVEL = v3Flags.auth | v3Flags.priv;

export const createUsm = ({ engine, users, clock }: UsmPorts): Usm => {
  const heard = createTwoHalves<true>(clock, {
    halfMs: snmpLimits.timeWindowS * 1000,
    halfMax: snmpLimits.signaturesMax,
  });
  const counts = { notInTimeWindows: 0, unknownEngineIds: 0 };
  let salt = Math.floor(Math.random() * 0xff_ff_ff_ff);

  const nextSalt = (): Buffer => {
    salt = (salt + 1) >>> 0;
    const bytes = Buffer.alloc(8);
    bytes.writeUInt32BE(engine.boots >>> 0, 0);
    bytes.writeUInt32BE(salt, 4);
    return bytes;
  };

  /** A message of our engine's to the sender of `envelope`. */
  const seal = (
    envelope: V3Envelope,
    keys: UserKeys | null,
    content: { readonly level: number; readonly scopedPdu: Uint8Array },
  ): Uint8Array => {
    const privacy = (content.level & v3Flags.priv) === 0 ? null : (keys?.privacy() ?? null);
    const signed = (content.level & v3Flags.auth) !== 0 && keys !== null;
    const now = { boots: engine.boots, time: engine.time() };
    const privParameters = privacy === null ? NOTHING : nextSalt();
    const { bytes, authStart } = writeV3Message({
      messageId: envelope.messageId,
      flags: content.level,
      engineId: engine.engineId,
      ...now,
      user: envelope.user,
      authLength: signed ? signatureBytesOf(keys.auth) : 0,
      privParameters,
      data:
        privacy === null
          ? content.scopedPdu
          : encryptPdu({ ...privacy, ...now, salt: privParameters }, content.scopedPdu),
    });
    if (signed) bytes.set(signMessage(keys.auth, keys.authKey, bytes), authStart);
    return bytes;
  };

  const report = (envelope: V3Envelope, name: keyof typeof reportOids, keys: UserKeys | null): UsmVerdict => {
    counts[name] = (counts[name] + 1) >>> 0;
    const pdu = writeElement(
      pduTags.report,
      writeInteger((envelope.flags & v3Flags.priv) === 0 ? requestIdOf(envelope.data) : 0),
      writeInteger(0),
      writeInteger(0),
      writeSequence(writeSequence(writeOid(reportOids[name]), writeInteger(counts[name], berTags.counter32))),
    );
    const level = keys === null ? 0 : v3Flags.auth;
    const scopedPdu = writeScopedPdu(engine.engineId, NOTHING, pdu);
    return { type: 'report', bytes: seal(envelope, keys, { level, scopedPdu }) };
  };

  const authentic = (datagram: Buffer, envelope: V3Envelope, keys: UserKeys): boolean => {
    const signature = datagram.subarray(envelope.authStart, envelope.authEnd);
    const unsigned = Buffer.from(datagram);
    unsigned.fill(0, envelope.authStart, envelope.authEnd);
    return isSignedBy({ auth: keys.auth, key: keys.authKey, signature }, unsigned);
  };

  const hear = (about: {
    readonly envelope: V3Envelope;
    readonly user: UsmUser;
    readonly keys: UserKeys | null;
    readonly engineHex: string;
  }): UsmVerdict => {
    const { envelope, user, keys, engineHex } = about;
    const scopedPdu = clearPdu(envelope, keys);
    if (scopedPdu === null) return { type: 'refused', why: 'cannot-decrypt', user: user.name };
    const read = readScopedPdu(scopedPdu);
    const inform = read.ok && read.message.kind === 'inform' ? read.message : null;
    return {
      type: 'heard',
      scopedPdu,
      user: user.name,
      engine: engineHex,
      authentic: keys !== null,
      respond:
        inform === null
          ? null
          : () => {
              const response = Uint8Array.from(scopedPdu);
              response[inform.pduStart] = pduTags.response;
              return seal(envelope, keys, { level: user.level, scopedPdu: response });
            },
    };
  };

  return {
    open(datagram) {
      const read = readV3Envelope(datagram);
      if (!read.ok) return { type: 'malformed', says: read.says };
      const { envelope } = read;
      const level = envelope.flags & LEVEL;
      if (level === v3Flags.priv) return { type: 'malformed', says: 'it is encrypted, but not signed' };
      const engineHex = Buffer.from(envelope.engineId).toString('hex');
      const isOwn = engineHex === engine.engineHex;
      if (!isOwn && (envelope.flags & v3Flags.reportable) !== 0)
        return report(envelope, 'unknownEngineIds', null);
      const claimed = Buffer.from(envelope.user).toString('utf8');
      const refuse = (why: UsmRefusal): UsmVerdict => ({ type: 'refused', why, user: claimed });
      if (envelope.engineId.length === 0) return refuse('wrong-engine');
      const user = users().find(envelope.user);
      if (user === null) return refuse('unknown-user');
      if (!isOwn && user.engineHex !== null && user.engineHex !== engineHex) return refuse('wrong-engine');
      if (user.level !== level) return refuse('wrong-level');
      const keys = user.keysAt(engineHex, envelope.engineId);
      if (keys !== null) {
        if (!authentic(datagram, envelope, keys)) return refuse('wrong-password');
        keys.keep();
        const { boots, time } = envelope;
        if (isOwn && !engine.isOwnTime(boots, time))
          return (envelope.flags & v3Flags.reportable) === 0
            ? refuse('out-of-time')
            : report(envelope, 'notInTimeWindows', keys);
        if (!isOwn && !engine.hearPeer(engineHex, boots, time)) return refuse('out-of-time');
        // No sender signs the same bytes twice; an inform that is repeated so is recognised as such and answered again.
        const signature = datagram.toString('latin1', envelope.authStart, envelope.authEnd);
        const repeated = heard.get(signature) !== undefined;
        heard.set(signature, true);
        const verdict = hear({ envelope, user, keys, engineHex });
        return repeated && verdict.type === 'heard' && verdict.respond === null
          ? refuse('replayed')
          : verdict;
      }
      return hear({ envelope, user, keys, engineHex });
    },
  };
};

/** The scoped PDU in clear. Null: what comes out of the cipher is none. */
const clearPdu = (envelope: V3Envelope, keys: UserKeys | null): Uint8Array | null => {
  if ((envelope.flags & v3Flags.priv) === 0) return envelope.data;
  const privacy = keys?.privacy() ?? null;
  if (privacy === null) return null;
  const { boots, time, privParameters: salt } = envelope;
  const clear = decryptPdu({ ...privacy, boots, time, salt }, envelope.data);
  return clear === null ? null : trimScopedPdu(clear);
};
