/**
 * Cryptography of the user-based security model of SNMPv3: RFC 3414 (keys, MD5, SHA-1, DES), RFC 7860 (SHA-2), RFC 3826 (AES), and the two
 * ways in which devices lengthen keys for AES-256 (draft-blumenthal-aes-usm-04; draft-reeder-snmpv3-usm-3desede, as Cisco has it).
 *
 * Responsible for bytes alone: messages are `core/src/traps/snmp`, clocks and answers the intake's. Called by the SNMP receiver, and by
 * whoever sends SNMPv3.
 */
import { createCipheriv, createDecipheriv, createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { snmpAuthProtocols, snmpPrivProtocols } from '@nezuban/protocol/intake/orders';

export type AuthProtocol = Exclude<(typeof snmpAuthProtocols)[number], 'none'>;
export type PrivProtocol = Exclude<(typeof snmpPrivProtocols)[number], 'none'>;

/** Name at node:crypto, octets of the hash, octets of it that a message carries. */
const hashes = {
  md5: { name: 'md5', hashBytes: 16, signatureBytes: 12 },
  sha: { name: 'sha1', hashBytes: 20, signatureBytes: 12 },
  sha224: { name: 'sha224', hashBytes: 28, signatureBytes: 16 },
  sha256: { name: 'sha256', hashBytes: 32, signatureBytes: 24 },
  sha384: { name: 'sha384', hashBytes: 48, signatureBytes: 32 },
  sha512: { name: 'sha512', hashBytes: 64, signatureBytes: 48 },
} as const;

export const signatureBytesOf = (auth: AuthProtocol): number => hashes[auth].signatureBytes;

const SALT_BYTES = 8;
const PASSWORD_STREAM_BYTES = 1_048_576;
/** Fed to the hash at once: a megabyte in pieces of 64 octets would take ten times as long. */
const STREAM_PIECE_BYTES = 65_536;

const digest = (auth: AuthProtocol, ...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash(hashes[auth].name);
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** RFC 3414, A.2: a key from a password, the same for all engines. Takes some milliseconds. */
export const keyOfPassword = (auth: AuthProtocol, password: Uint8Array): Buffer => {
  if (password.length === 0) throw new RangeError('An SNMPv3 password cannot be empty');
  const hash = createHash(hashes[auth].name);
  // A whole number of passwords, so that each piece goes on where the one before it ended.
  const piece = Buffer.alloc(Math.ceil(STREAM_PIECE_BYTES / password.length) * password.length);
  for (let at = 0; at < piece.length; at += password.length) piece.set(password, at);
  for (let left = PASSWORD_STREAM_BYTES; left > 0; left -= piece.length)
    hash.update(left >= piece.length ? piece : piece.subarray(0, left));
  return hash.digest();
};

/** RFC 3414, 2.6: the user's key at one engine. */
export const localiseKey = (auth: AuthProtocol, key: Uint8Array, engineId: Uint8Array): Buffer =>
  digest(auth, key, engineId, key);

/** What the cipher needs of a localised key. */
export const privacyKeyOf = (
  protocols: { readonly auth: AuthProtocol; readonly priv: PrivProtocol },
  localised: Buffer,
  engineId: Uint8Array,
): Buffer => {
  const { auth, priv } = protocols;
  const needed = priv === 'aes256' || priv === 'aes256c' ? 32 : 16;
  let key = localised;
  while (key.length < needed)
    key = Buffer.concat([
      key,
      priv === 'aes256c'
        ? // Reeder: the last hash is a password anew.
          localiseKey(auth, keyOfPassword(auth, key.subarray(-hashes[auth].hashBytes)), engineId)
        : digest(auth, key),
    ]);
  return key.subarray(0, needed);
};

/** The whole message, its signature as zeros. */
export const signMessage = (auth: AuthProtocol, key: Uint8Array, message: Uint8Array): Buffer =>
  createHmac(hashes[auth].name, key).update(message).digest().subarray(0, hashes[auth].signatureBytes);

export const isSignedBy = (
  signed: { readonly auth: AuthProtocol; readonly key: Uint8Array; readonly signature: Uint8Array },
  message: Uint8Array,
): boolean => {
  const expected = signMessage(signed.auth, signed.key, message);
  return expected.length === signed.signature.length && timingSafeEqual(expected, signed.signature);
};

export type PrivacyContext = {
  readonly priv: PrivProtocol;
  /** Of `privacyKeyOf`. */
  readonly key: Buffer;
  readonly boots: number;
  readonly time: number;
  /** msgPrivacyParameters, eight octets that never repeat under one key. */
  readonly salt: Uint8Array;
};

const cipherOf = ({ priv, key, boots, time, salt }: PrivacyContext) => {
  if (priv === 'des') {
    // OpenSSL keeps single DES in its legacy provider; triple DES with the same key three times is the same cipher (FIPS 46-3).
    const single = key.subarray(0, 8);
    const iv = Buffer.alloc(SALT_BYTES);
    for (let at = 0; at < SALT_BYTES; at += 1) iv[at] = (key[8 + at] ?? 0) ^ (salt[at] ?? 0);
    return { name: 'des-ede3-cbc', key: Buffer.concat([single, single, single]), iv };
  }
  const iv = Buffer.alloc(16);
  iv.writeUInt32BE(boots, 0);
  iv.writeUInt32BE(time, 4);
  iv.set(salt, 8);
  return { name: priv === 'aes' ? 'aes-128-cfb' : 'aes-256-cfb', key, iv };
};

/** Null: not what this cipher makes. Padding of DES stays behind the scoped PDU. */
export const decryptPdu = (context: PrivacyContext, data: Uint8Array): Buffer | null => {
  if (context.salt.length !== SALT_BYTES || (context.priv === 'des' && data.length % SALT_BYTES !== 0))
    return null;
  const { name, key, iv } = cipherOf(context);
  const decipher = createDecipheriv(name, key, iv);
  decipher.setAutoPadding(false);
  return Buffer.concat([decipher.update(data), decipher.final()]);
};

export const encryptPdu = (context: PrivacyContext, scopedPdu: Uint8Array): Buffer => {
  const { name, key, iv } = cipherOf(context);
  const cipher = createCipheriv(name, key, iv);
  cipher.setAutoPadding(false);
  const padding = context.priv === 'des' ? (8 - (scopedPdu.length % 8)) % 8 : 0;
  return Buffer.concat([cipher.update(scopedPdu), cipher.update(new Uint8Array(padding)), cipher.final()]);
};
