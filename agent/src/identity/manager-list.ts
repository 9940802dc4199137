// Which managers an agent connects to, after one of them has said where the managers of the pair are. Pure.
// Called by link/manager-links.ts; what it returns is stored in the identity.
import { agentLimits } from '../limits.ts';
import { parseManagerAddress } from './manager-address.ts';

export type SaidManagers = {
  /** As in `welcome.managers`; absent or empty: it said nothing. */
  readonly said: readonly string[] | undefined;
  /** The address by which the manager that says so was reached; null: one that stays in any case. */
  readonly via: string | null;
  readonly onDuty: boolean;
};

/**
 * A standby only adds: its list may be older than the master's. The master's list takes the place of all others, but for the address by which
 * it was reached: that one goes when a master has been reached by an address of its list, since those may not lead anywhere from here.
 */
export function nextManagers(
  known: readonly string[],
  { said, via, onDuty }: SaidManagers,
): readonly string[] {
  const usable = (said ?? []).filter(isManagerAddress);
  if (usable.length === 0) return known;
  if (!onDuty) return unique([...known, ...usable]).slice(0, agentLimits.managersMax);
  const list = unique(usable);
  if (via === null || list.some((address) => isSameAddress(address, via)))
    return list.slice(0, agentLimits.managersMax);
  return [...list.slice(0, agentLimits.managersMax - 1), via];
}

/** One of each, in the order given. */
export function unique(addresses: readonly string[]): string[] {
  return addresses.filter(
    (address, index) => addresses.findIndex((other) => isSameAddress(other, address)) === index,
  );
}

function isSameAddress(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function isManagerAddress(text: string): boolean {
  try {
    parseManagerAddress(text);
    return true;
  } catch {
    return false;
  }
}
