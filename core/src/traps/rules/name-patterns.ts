/**
 * Lists of names as rules hold them: whole names, beginnings with `*` behind, and among hosts also addresses and networks.
 *
 * Responsible for one quick question to such a list. Names of hosts are the same in upper and lower case (RFC 4343); those of programs are not.
 */
import { compileAddressList } from '../address-list.ts';

export type NameList = { readonly has: (name: string) => boolean };

export function compileNameList(patterns: readonly string[]): NameList {
  const whole = new Set(patterns.filter((pattern) => !pattern.endsWith('*')));
  const beginnings = patterns
    .filter((pattern) => pattern.endsWith('*'))
    .map((pattern) => pattern.slice(0, -1));
  if (beginnings.length === 0) return { has: (name) => whole.has(name) };
  return { has: (name) => whole.has(name) || beginnings.some((beginning) => name.startsWith(beginning)) };
}

/** Who sent a trap, as far as lists of hosts look at it. */
export type Sender = {
  readonly address: string;
  readonly claimedHost: string | null;
  readonly node?: string | null;
};

export type HostList = { readonly has: (sender: Sender) => boolean };

/** Node, host that the sender claims, address, or network (CIDR). */
export function compileHostList(patterns: readonly string[]): HostList {
  const names = compileNameList(patterns.map((pattern) => pattern.toLowerCase()));
  const networks = patterns.filter((pattern) => compileAddressList([pattern]).invalid.length === 0);
  const addresses = compileAddressList(networks);
  const isNamed = (name: string | null | undefined): boolean =>
    name !== null && name !== undefined && names.has(name.toLowerCase());
  const isWithin = (address: string | null): boolean =>
    address !== null && !addresses.isEmpty && addresses.hasText(address);
  return {
    has: ({ address, claimedHost, node }) =>
      isNamed(node) || isNamed(claimedHost) || isNamed(address) || isWithin(address) || isWithin(claimedHost),
  };
}
