/**
 * The users of SNMPv3 with their keys.
 *
 * Responsible for making a key once and keeping it: a megabyte is hashed for each password. Keys at engines are kept only of who has
 * authenticated there, so that nobody fills the memory with invented engines. Not responsible for messages (`usm.ts`).
 */
import {
  keyOfPassword,
  localiseKey,
  privacyKeyOf,
  type AuthProtocol,
  type PrivProtocol,
} from '@nezuban/platform/snmp-usm';
import type { SnmpUser } from '@nezuban/protocol/intake/orders';
import { snmpLimits } from './snmp-limits.ts';

export type UserKeys = {
  readonly auth: AuthProtocol;
  readonly authKey: Buffer;
  /** Made when it is needed: some take as long as a password. */
  readonly privacy: () => { readonly priv: PrivProtocol; readonly key: Buffer } | null;
  /** They are right: worth keeping. */
  readonly keep: () => void;
};

export type UsmUser = {
  readonly name: string;
  /** Bits of msgFlags that its messages must have. */
  readonly level: number;
  /** Lower-case hexadecimal; null: any. */
  readonly engineHex: string | null;
  /** Null: this one sends unsigned. */
  readonly keysAt: (engineHex: string, engineId: Uint8Array) => UserKeys | null;
};

export type UsmUsers = { readonly find: (name: Uint8Array) => UsmUser | null };

/** Unsigned only where the user was written with `auth: none`; a user whose passwords are missing can send nothing. */
export const createUsmUsers = (users: readonly SnmpUser[]): UsmUsers => {
  const kept = new Map<string, UserKeys>();
  const byName = new Map<string, UsmUser>();
  for (const user of users) {
    const made = createUser(user, kept);
    if (made !== null) byName.set(Buffer.from(user.name, 'utf8').toString('latin1'), made);
  }
  return { find: (name) => byName.get(Buffer.from(name).toString('latin1')) ?? null };
};

const createUser = (user: SnmpUser, kept: Map<string, UserKeys>): UsmUser | null => {
  const { auth, priv } = user;
  const common = { name: user.name, engineHex: user.engine_id?.toLowerCase() ?? null };
  if (auth === 'none') return { ...common, level: 0, keysAt: () => null };
  if (user.auth_password === undefined) return null;
  if (priv !== 'none' && user.priv_password === undefined) return null;
  const authOf = onceOf(auth, user.auth_password);
  const privOf = onceOf(auth, user.priv_password ?? '');
  return {
    ...common,
    level: priv === 'none' ? 1 : 3,
    keysAt(engineHex, engineId) {
      const place = `${user.name}\0${engineHex}`;
      const found = kept.get(place);
      if (found !== undefined) return found;
      let privacy: { readonly priv: PrivProtocol; readonly key: Buffer } | null = null;
      const keys: UserKeys = {
        auth,
        authKey: localiseKey(auth, authOf(), engineId),
        privacy() {
          if (priv === 'none') return null;
          privacy ??= {
            priv,
            key: privacyKeyOf({ auth, priv }, localiseKey(auth, privOf(), engineId), engineId),
          };
          return privacy;
        },
        keep() {
          if (kept.has(place)) return;
          if (kept.size >= snmpLimits.keysMax) kept.clear();
          kept.set(place, keys);
        },
      };
      return keys;
    },
  };
};

const onceOf = (auth: AuthProtocol, password: string): (() => Buffer) => {
  let key: Buffer | null = null;
  return () => {
    key ??= keyOfPassword(auth, Buffer.from(password, 'utf8'));
    return key;
  };
};
