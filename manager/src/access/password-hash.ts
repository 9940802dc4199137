// Password hashes: argon2id in the PHC string form.
// Responsible for cost, form and comparison, and that at most a few are computed at once, off the event loop.
// Called by sign-in and change of password.
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { createSlots } from '../slots.ts';
import { accessLimits } from './access-limits.ts';

/** First of the settings that OWASP's password storage sheet names for argon2id (46 MiB, 1 pass, 1 lane). About 0.1 s of one core. */
const COST = { memoryKib: 47_104, passes: 1, parallelism: 1 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

export type PasswordHasher = {
  hash(password: string): Promise<string>;
  /** Whether the password fits. With `null` (no such user) it takes as long and says no. */
  verify(password: string, stored: string | null): Promise<boolean>;
};

type Cost = { readonly memoryKib: number; readonly passes: number; readonly parallelism: number };

export const createPasswordHasher = (): PasswordHasher => {
  const slots = createSlots({
    atOnce: accessLimits.hashesAtOnce,
    waitingMax: accessLimits.hashesWaitingMax,
    what: 'sign-ins',
  });
  const decoySalt = randomBytes(SALT_BYTES);
  return {
    async hash(password) {
      const salt = randomBytes(SALT_BYTES);
      const hash = await slots.run(() => derive(password, salt, COST));
      return `$argon2id$v=19$m=${COST.memoryKib},t=${COST.passes},p=${COST.parallelism}$${unpadded(salt)}$${unpadded(hash)}`;
    },
    async verify(password, stored) {
      if (stored === null) {
        await slots.run(() => derive(password, decoySalt, COST));
        return false;
      }
      const [, memoryKib, passes, parallelism, salt, expected] = PHC.exec(stored) ?? [];
      if (salt === undefined || expected === undefined)
        throw new Error('A stored password hash is not in the PHC form of argon2id');
      const cost = { memoryKib: Number(memoryKib), passes: Number(passes), parallelism: Number(parallelism) };
      const actual = await slots.run(() => derive(password, Buffer.from(salt, 'base64'), cost));
      const wanted = Buffer.from(expected, 'base64');
      return wanted.length === actual.length && timingSafeEqual(wanted, actual);
    },
  };
};

const derive = (password: string, salt: Buffer, cost: Cost): Promise<Buffer> => {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  // The same password typed on two systems can be composed differently; NFKC makes them one (RFC 8265).
  const parameters = {
    message: Buffer.from(password.normalize('NFKC')),
    nonce: salt,
    parallelism: cost.parallelism,
    tagLength: HASH_BYTES,
    memory: cost.memoryKib,
    passes: cost.passes,
  };
  argon2('argon2id', parameters, (error, key) => (error === null ? resolve(key) : reject(error)));
  return promise;
};

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
