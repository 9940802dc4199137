/**
 * CA, secret key and the other small files of `HOME/manager`, into a backup and out of it again.
 *
 * With a passphrase they are one sealed file (scrypt, AES-256-GCM), else files of their owner alone. The database in the backup is not
 * sealed: what is secret in it is encrypted with the key that lies here. Called by create, verify and restore.
 */
import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { say } from '@nezuban/protocol/sentences/sentence';
import { BackupError } from './backup-error.ts';
import { toJson } from './backup-place.ts';

const FILES_MAX = 1_000;
const FILE_BYTES_MAX = 1024 * 1024;
const MODE_FILE = 0o600;
const MODE_FOLDER = 0o700;
export const KEYS_FILE = 'keys.json';
export const SEALED_FILE = 'keys.sealed';
/** Written anew at each start, or of no use elsewhere. */
const LEFT_OUT = /(?:\.draft|\.lock|\.sock|^restored\.json)$/;
/** Without them nothing that is stored can be read, and no agent comes back. */
const REQUIRED = ['secret-key', 'ca/ca.key', 'ca/ca.crt'];

const keysSchema = z.array(z.object({ path: z.string().max(200), content: z.base64() })).max(FILES_MAX);
type Keys = z.infer<typeof keysSchema>;

/** scrypt with N = 2^15, r = 8: a tenth of a second, 32 MB. */
const SCRYPT = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
const KEY_BYTES = 32;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const MAGIC = Buffer.from('nzk1');

/** The files, as text for the backup. Throws if the keys are not all there. */
export function collectKeys(home: string): string {
  const root = path.join(home, 'manager');
  const entries = fs.readdirSync(root, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .filter((name) => !LEFT_OUT.test(name))
    .toSorted();
  const missing = REQUIRED.find((name) => !names.includes(name));
  if (missing !== undefined)
    throw new BackupError(say('backup_key_missing', { file: path.join(root, missing) }));
  const keys: Keys = names.slice(0, FILES_MAX).map((name) => {
    const file = path.join(root, name);
    if (fs.statSync(file).size > FILE_BYTES_MAX) throw new BackupError(say('backup_key_large', { file }));
    return { path: name, content: fs.readFileSync(file).toString('base64') };
  });
  return JSON.stringify(keys);
}

export function seal(text: string, passphrase: string): Buffer {
  const salt = randomBytes(SALT_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', scryptSync(passphrase, salt, KEY_BYTES, SCRYPT), nonce).setAAD(
    MAGIC,
  );
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([MAGIC, salt, nonce, cipher.getAuthTag(), sealed]);
}

export function unseal(box: Buffer, passphrase: string): string {
  let at = MAGIC.length;
  const take = (bytes: number) => box.subarray(at, (at += bytes));
  const [salt, nonce, tag] = [take(SALT_BYTES), take(NONCE_BYTES), take(TAG_BYTES)];
  try {
    const decipher = createDecipheriv('aes-256-gcm', scryptSync(passphrase, salt, KEY_BYTES, SCRYPT), nonce, {
      authTagLength: TAG_BYTES,
    })
      .setAAD(MAGIC)
      .setAuthTag(tag);
    return Buffer.concat([decipher.update(box.subarray(at)), decipher.final()]).toString('utf8');
  } catch (error) {
    throw new BackupError(
      'The passphrase does not open the keys of this backup: name the file that it was made with (--passphrase-file).',
      error,
    );
  }
}

/** The text of the keys in a backup. */
export function readKeys(folder: string, passphrase: string | null): string {
  const sealed = path.join(folder, SEALED_FILE);
  if (!fs.existsSync(sealed)) return fs.readFileSync(path.join(folder, KEYS_FILE), 'utf8');
  if (passphrase === null)
    throw new BackupError(
      'The keys of this backup are sealed: name the file with the passphrase with --passphrase-file.',
    );
  return unseal(fs.readFileSync(sealed), passphrase);
}

/** Writes them below `HOME/manager`, each flushed. */
export function writeKeys(home: string, text: string): void {
  const root = path.join(home, 'manager');
  const keys = keysSchema.safeParse(toJson(text));
  if (!keys.success) throw new BackupError('The keys of this backup cannot be read: take another backup.');
  for (const { path: name, content } of keys.data) {
    const file = path.join(root, name);
    if (!file.startsWith(`${root}${path.sep}`))
      throw new BackupError(`The keys of this backup name a place outside the home: ${name}.`);
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: MODE_FOLDER });
    fs.writeFileSync(file, Buffer.from(content, 'base64'), { mode: MODE_FILE, flush: true });
  }
}

/** The first line of the file, which must be of its owner alone. */
export function readPassphrase(file: string): string {
  let text: string;
  try {
    const { mode } = fs.statSync(file);
    const OTHERS = 0o077;
    if ((mode & OTHERS) !== 0)
      throw new BackupError(`The passphrase file ${file} is open to others: run "chmod 600 ${file}".`);
    text = fs.readFileSync(file, 'utf8').split('\n')[0]?.trim() ?? '';
  } catch (error) {
    if (error instanceof BackupError) throw error;
    throw new BackupError(`The passphrase file ${file} cannot be read: ${(error as Error).message}.`, error);
  }
  const LENGTH_MIN = 12;
  if (text.length < LENGTH_MIN)
    throw new BackupError(
      `The passphrase in ${file} is shorter than ${LENGTH_MIN} characters: write a longer one into its first line.`,
    );
  return text;
}
