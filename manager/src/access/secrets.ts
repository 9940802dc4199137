// Random secrets that are shown once and kept as hashes. Called by sign-in, API tokens and join tokens.
import { createHash, randomBytes, randomInt } from 'node:crypto';

const SECRET_BYTES = 32;
/** Without characters that people mistake for another (0 O, 1 l I). 16 of 31 are 79 bits. */
const PASSWORD_LETTERS = '23456789abcdefghjkmnpqrstuvwxyz';
const PASSWORD_GROUPS = 4;
const PASSWORD_GROUP_LENGTH = 4;

export const apiTokenPrefix = 'nzt_';
export const apiTokenPattern = /^nzt_[A-Za-z0-9_-]{43}$/;

/** 256 random bits, base64url. */
export const randomSecret = (): string => randomBytes(SECRET_BYTES).toString('base64url');

/** SHA-256 is enough for 256 random bits: there is nothing to guess. */
export const hashSecret = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** A password that can be read from a screen and typed: `k7mw-2xqd-...`. */
export const oneTimePassword = (): string =>
  Array.from({ length: PASSWORD_GROUPS }, () =>
    Array.from(
      { length: PASSWORD_GROUP_LENGTH },
      () => PASSWORD_LETTERS[randomInt(PASSWORD_LETTERS.length)],
    ).join(''),
  ).join('-');
