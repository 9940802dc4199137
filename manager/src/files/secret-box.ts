// Encrypts secrets that lie in the database, with a key that does not.
// Responsible for AES-256-GCM under the keys of the key file, which is made once. Whoever has a copy of the database alone learns nothing.
// The file is looked at again before each sealing, and when something does not open: a rotation from outside (`host-tools/rotate-key.ts`)
// needs no restart. Called by every store that keeps a secret.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { newKey, readKeys, readKeysNow, writeKeys } from './secret-key.ts';

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export type SecretBox = {
  /** `purpose` binds the box to its place: one that was moved to another row does not open. */
  seal(secret: string, purpose: string): Buffer;
  /** Null: the box does not open (another key, another place, damage). */
  open(box: Buffer, purpose: string): string | null;
};

/** Reads the key file, or makes it. */
export const openSecretBox = async (keyFile: string): Promise<SecretBox> => {
  let keys = await readKeys(keyFile);
  if (keys === null) {
    keys = [newKey()];
    await writeKeys(keyFile, keys);
  }
  const reread = (): readonly Buffer[] => {
    try {
      keys = readKeysNow(keyFile);
    } catch {
      // Gone or damaged while we run: what is in memory is right, and a pair's keeper says what is missing.
    }
    return keys ?? [];
  };
  return {
    seal(secret, purpose) {
      const [key] = reread();
      if (key === undefined) throw new Error(`There is no key in ${keyFile}`);
      return sealWith(key, secret, purpose);
    },
    open: (box, purpose) => openWith(keys ?? [], box, purpose) ?? openWith(reread(), box, purpose),
  };
};

export const sealWith = (key: Buffer, secret: string, purpose: string): Buffer => {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(purpose));
  const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), sealed]);
};

/** By the first key that opens it. */
export const openWith = (keys: readonly Buffer[], box: Buffer, purpose: string): string | null => {
  if (box[0] !== VERSION || box.length < 1 + NONCE_BYTES + TAG_BYTES) return null;
  const nonce = box.subarray(1, 1 + NONCE_BYTES);
  const tag = box.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES);
  for (const key of keys) {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(purpose))
      .setAuthTag(tag);
    try {
      const opened = [decipher.update(box.subarray(1 + NONCE_BYTES + TAG_BYTES)), decipher.final()];
      return Buffer.concat(opened).toString('utf8');
    } catch {
      // The tag does not fit: another key may. None is said by null, told further by the caller, who knows whose secret it was.
    }
  }
  return null;
};
