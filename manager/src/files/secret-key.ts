// The file of the secret key: HOME/manager/secret-key.
// Responsible for its form: one key a line, 64 hexadecimal digits, the one in use first; those below are tried for what was sealed before a
// rotation, or by one that was cut off. The hosts of a pair have the file alike. Not responsible for sealing (`secret-box.ts`) and for the
// order of a rotation (`host-tools/rotate-key.ts`).
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readIfExists, writePrivateFile } from './private-file.ts';

export const secretKeyLimits = {
  keyBytes: 32,
  /** The one in use, one that is about to be, and some former ones. */
  keysMax: 6,
} as const;

const { keyBytes, keysMax } = secretKeyLimits;

/** The keys, the one in use first. Throws if the file is damaged. */
export const parseKeys = (text: string, keyFile: string): readonly Buffer[] => {
  const keys = text
    .trim()
    .split(/\s+/)
    .map((line) => (/^[0-9a-f]+$/i.test(line) ? Buffer.from(line, 'hex') : Buffer.alloc(0)));
  if (keys.some((key) => key.length !== keyBytes))
    throw new Error(
      `The secret key in ${keyFile} is damaged: it must be ${keyBytes * 2} hexadecimal digits, one key a line`,
    );
  return keys;
};

/** Null: there is no file. */
export const readKeys = async (keyFile: string): Promise<readonly Buffer[] | null> => {
  const text = await readIfExists(keyFile);
  return text === null ? null : parseKeys(text, keyFile);
};

export const readKeysNow = (keyFile: string): readonly Buffer[] =>
  parseKeys(readFileSync(keyFile, 'utf8'), keyFile);

/** Whole or not at all; on disk before it returns. What is beyond the bound is forgotten, the oldest first. */
export const writeKeys = async (keyFile: string, keys: readonly Buffer[]): Promise<void> => {
  const unique = keys.filter((key, index) => keys.findIndex((other) => other.equals(key)) === index);
  const lines = unique.slice(0, keysMax).map((key) => key.toString('hex'));
  await writePrivateFile(keyFile, `${lines.join('\n')}\n`);
};

export const newKey = (): Buffer => randomBytes(keyBytes);
