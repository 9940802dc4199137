// Counts failed sign-ins and says how long the next try must wait.
// Responsible for the three counts (user at an address, address, user) in bounded memory. Synchronous; the time is an input.
// Where a user has signed in before, guesses from elsewhere do not hold him up: otherwise whoever keeps guessing locks him out.
// Called by sign-in: `begin` before the password is looked at, so that tries made at once all count; `forgive` after a right one.
import net from 'node:net';
import { failureKeysMax, failureRules, failuresForgottenAfterMs } from './access-limits.ts';

type Count = { failures: number; lastMs: number };

export type SignInFailures = {
  /** Counts a try. Milliseconds to wait, or 0: it may go on. A try that must wait is not counted: waiting is enough. */
  begin(user: string, address: string, nowMs: number): number;
  /** The password was right. */
  forgive(user: string, address: string): void;
  readonly size: () => number;
};

export const createSignInFailures = (): SignInFailures => {
  // In order of last use: the first is the oldest.
  const counts = new Map<string, Count>();
  /** Users at networks where their password was right; the oldest first. */
  const known = new Set<string>();

  const keysOf = (user: string, network: string) => [
    { key: pairOf(user, network), rule: failureRules.userAtAddress },
    { key: `a\0${network}`, rule: failureRules.address },
    { key: `u\0${user}`, rule: failureRules.user },
  ];

  const waitOf = (
    count: Count | undefined,
    rule: { free: number; waitMaxMs: number },
    nowMs: number,
  ): number => {
    if (count === undefined || nowMs - count.lastMs >= failuresForgottenAfterMs || count.failures < rule.free)
      return 0;
    const wait = Math.min(rule.waitMaxMs, 1_000 * 2 ** Math.min(20, count.failures - rule.free));
    return Math.max(0, count.lastMs + wait - nowMs);
  };

  const add = (key: string, nowMs: number): void => {
    const before = counts.get(key);
    const failures =
      before === undefined || nowMs - before.lastMs >= failuresForgottenAfterMs ? 1 : before.failures + 1;
    counts.delete(key);
    counts.set(key, { failures, lastMs: nowMs });
    if (counts.size > failureKeysMax) for (const oldest of counts.keys()) return void counts.delete(oldest);
  };

  return {
    begin(user, address, nowMs) {
      const [who, network] = [user.toLowerCase(), networkOf(address)];
      const isKnown = known.has(pairOf(who, network));
      const keys = keysOf(who, network).filter(({ rule }) => !isKnown || rule !== failureRules.user);
      const wait = Math.max(...keys.map(({ key, rule }) => waitOf(counts.get(key), rule, nowMs)));
      if (wait === 0) for (const { key } of keys) add(key, nowMs);
      return wait;
    },
    forgive(user, address) {
      const [who, network] = [user.toLowerCase(), networkOf(address)];
      known.delete(pairOf(who, network));
      known.add(pairOf(who, network));
      const [oldest] = known;
      if (known.size > failureKeysMax && oldest !== undefined) known.delete(oldest);
      const [both, atAddress, ofUser] = keysOf(who, network);
      if (both !== undefined) counts.delete(both.key);
      // A right password of one user takes back this try alone; guesses at others from the same address still count.
      for (const { key } of [atAddress, ofUser].filter((item) => item !== undefined)) {
        const count = counts.get(key);
        if (count === undefined) continue;
        if (count.failures <= 1) counts.delete(key);
        else count.failures -= 1;
      }
    },
    size: () => counts.size,
  };
};

const pairOf = (user: string, network: string): string => `b\0${user}\0${network}`;

/** What one person surely has: an IPv4 address, or the /64 network of an IPv6 address. Pure; what is no address is left as it is. */
export const networkOf = (address: string): string => {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [plain = ''] = address.split('%');
  if (!net.isIPv6(plain)) return address;
  const [left = '', right] = plain.split('::');
  const groups = left === '' ? [] : left.split(':');
  // Of an address with "::" the left half may be shorter than the network; the gap is zeros.
  const rest = right === undefined || right === '' ? [] : right.split(':');
  const whole =
    right === undefined
      ? groups
      : [...groups, ...'0'.repeat(8 - groups.length - rest.length).split(''), ...rest];
  return `${whole
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
};
