/**
 * `HOST:PORT` of a host of the pair, as people write it, and the IP addresses behind it.
 *
 * Responsible for reading the text (pure), and for a cache of names, so that a name server that does not answer never holds up a dial: the
 * lookup runs beside it, one at a time, and the addresses of before go on being used. An IP address needs no lookup, and is what the manual
 * recommends. Called by whoever dials.
 */
import dns from 'node:dns';
import net from 'node:net';
import type { Clock } from '@nezuban/platform/clock';
import { LinkError } from './link-error.ts';

export type PeerAddress = { readonly host: string; readonly port: number };

/** Throws a `LinkError` if it is not `HOST:PORT`, `[IPv6]:PORT` included. */
export function parsePeerAddress(text: string): PeerAddress {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]/\s]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined || port < 1 || port > 65_535)
    throw new LinkError(
      'wrong-input',
      `"${text}" is not the address of a host of the pair: write HOST:PORT, such as 192.0.2.11:7382 or [2001:db8::11]:7382.`,
    );
  return { host, port };
}

export function formatPeerAddress(address: PeerAddress): string {
  return net.isIPv6(address.host) ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

/** Names change seldom, and a wrong one is noticed by the dial. */
const LOOKUP_AGAIN_MS = 30_000;
/** Without any address there is nothing to dial, so the name is asked for more often. */
const LOOKUP_FAILED_AGAIN_MS = 2_000;
const NAMES_MAX = 16;

type Entry = {
  addresses: readonly string[];
  /** How often an address was taken: they take turns. */
  taken: number;
  askedAt: number;
  trouble: string | null;
};

export type NameCache = {
  /** The next IP address for this host; null while none is known. Never waits. */
  readonly next: (host: string) => string | null;
  /** Why there is none, as part of a sentence. */
  readonly trouble: (host: string) => string | null;
};

export type Lookup = (host: string) => Promise<readonly string[]>;

const systemLookup: Lookup = async (host) =>
  (await dns.promises.lookup(host, { all: true })).map((found) => found.address);

export function createNameCache(ports: { readonly clock: Clock; readonly lookup?: Lookup }): NameCache {
  const lookup = ports.lookup ?? systemLookup;
  const entries = new Map<string, Entry>();
  // One at a time: lookups that hang occupy threads that the process needs for files.
  let asking = false;

  function ask(host: string, entry: Entry): void {
    const age = ports.clock.monotonicMs() - entry.askedAt;
    if (asking || age < (entry.addresses.length === 0 ? LOOKUP_FAILED_AGAIN_MS : LOOKUP_AGAIN_MS)) return;
    asking = true;
    entry.askedAt = ports.clock.monotonicMs();
    lookup(host)
      .then(
        (addresses) => {
          entry.addresses = addresses;
          entry.trouble = addresses.length === 0 ? 'the name has no address' : null;
        },
        (error: unknown) => {
          // The addresses of before are still the best guess.
          entry.trouble = error instanceof Error ? error.message : String(error);
        },
      )
      .finally(() => (asking = false));
  }

  function entryOf(host: string): Entry {
    const known = entries.get(host);
    if (known !== undefined) return known;
    const [oldest] = entries.keys();
    if (entries.size >= NAMES_MAX && oldest !== undefined) entries.delete(oldest);
    const entry: Entry = { addresses: [], taken: 0, askedAt: -LOOKUP_AGAIN_MS, trouble: null };
    entries.set(host, entry);
    return entry;
  }

  return {
    next(host) {
      if (net.isIP(host) !== 0) return host;
      const entry = entryOf(host);
      ask(host, entry);
      const address = entry.addresses[entry.taken % Math.max(1, entry.addresses.length)];
      entry.taken += 1;
      return address ?? null;
    },
    trouble: (host) => entries.get(host)?.trouble ?? null,
  };
}
