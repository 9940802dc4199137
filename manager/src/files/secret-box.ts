// Encrypts secrets that lie in the database, with a key that does not.
// Responsible for the key file (made once) and for AES-256-GCM. Whoever has a copy of the database alone learns nothing.
// Called by every store that keeps a secret.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { readIfExists, writePrivateFile } from './private-file.ts';

const VERSION = 1;
const KEY_BYTES = 32;
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
  const kept = (await readIfExists(keyFile))?.trim();
  const key = kept === undefined ? randomBytes(KEY_BYTES) : Buffer.from(kept, 'hex');
  if (key.length !== KEY_BYTES)
    throw new Error(
      `The secret key in ${keyFile} is damaged: it must be ${KEY_BYTES * 2} hexadecimal digits`,
    );
  if (kept === undefined) await writePrivateFile(keyFile, `${key.toString('hex')}\n`);
  return {
    seal(secret, purpose) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(purpose));
      const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), sealed]);
    },
    open(box, purpose) {
      if (box[0] !== VERSION || box.length < 1 + NONCE_BYTES + TAG_BYTES) return null;
      const nonce = box.subarray(1, 1 + NONCE_BYTES);
      const tag = box.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(purpose))
        .setAuthTag(tag);
      try {
        return Buffer.concat([
          decipher.update(box.subarray(1 + NONCE_BYTES + TAG_BYTES)),
          decipher.final(),
        ]).toString('utf8');
      } catch {
        // The tag does not fit: said by null, told further by the caller, who knows whose secret it was.
        return null;
      }
    },
  };
};
