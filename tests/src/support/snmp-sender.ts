/**
 * A sender of SNMPv3 for tests: traps with an engine of its own, informs to the receiver's.
 *
 * Responsible for the bytes that a real device would send, with every field open to be made wrong.
 */
import {
  encryptPdu,
  keyOfPassword,
  localiseKey,
  privacyKeyOf,
  signatureBytesOf,
  signMessage,
} from '@nezuban/platform/snmp-usm';
import { writeScopedPdu, writeTrapPdu, type TrapToWrite } from '@nezuban/core/traps/snmp/trap-writer';
import { v3Flags, writeV3Message } from '@nezuban/core/traps/snmp/v3-message';
import type { SnmpUser } from '@nezuban/protocol/intake/orders';

export const linkDown = (more: Partial<TrapToWrite> = {}): TrapToWrite => ({
  kind: 'trap',
  requestId: 4711,
  upTime: 123_456,
  trapOid: '1.3.6.1.6.3.1.1.5.3',
  varbinds: [{ oid: '1.3.6.1.2.1.2.2.1.1.3', value: { type: 'integer', value: 3 } }],
  ...more,
});

export type V3Sending = {
  readonly user: SnmpUser;
  /** Of the engine that is the authority: the sender's for traps, the receiver's for informs. */
  readonly engineId: Buffer;
  readonly boots: number;
  readonly time: number;
  readonly trap?: TrapToWrite;
  readonly messageId?: number;
  readonly reportable?: boolean;
  readonly salt?: Buffer;
};

const NOTHING = new Uint8Array(0);

export const writeV3Trap = (sending: V3Sending): Buffer => {
  const { user, engineId, boots, time } = sending;
  const scopedPdu = writeScopedPdu(engineId, NOTHING, writeTrapPdu(sending.trap ?? linkDown()));
  const salt = sending.salt ?? Buffer.from('00000001000000aa', 'hex');
  const { auth, priv } = user;
  const localised = (password: string | undefined): Buffer =>
    auth === 'none'
      ? Buffer.alloc(0)
      : localiseKey(auth, keyOfPassword(auth, Buffer.from(password ?? '')), engineId);
  const isPrivate = auth !== 'none' && priv !== 'none';
  const data = isPrivate
    ? encryptPdu(
        {
          priv,
          key: privacyKeyOf({ auth, priv }, localised(user.priv_password), engineId),
          boots,
          time,
          salt,
        },
        scopedPdu,
      )
    : scopedPdu;
  const { bytes, authStart } = writeV3Message({
    messageId: sending.messageId ?? 1,
    flags:
      (auth === 'none' ? 0 : v3Flags.auth) |
      (isPrivate ? v3Flags.priv : 0) |
      (sending.reportable === true ? v3Flags.reportable : 0),
    engineId,
    boots,
    time,
    user: Buffer.from(user.name),
    authLength: auth === 'none' ? 0 : signatureBytesOf(auth),
    privParameters: isPrivate ? salt : NOTHING,
    data,
  });
  if (auth !== 'none') bytes.set(signMessage(auth, localised(user.auth_password), bytes), authStart);
  return Buffer.from(bytes);
};
