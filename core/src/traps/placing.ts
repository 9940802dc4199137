/**
 * Which node a trap is about.
 *
 * Responsible for the order of what is asked: aliases, the address of an agent's host, the name that the sender claims (as node or host name,
 * whole or up to the first dot), the agent address of SNMP; and for remembering the answers, since the same senders speak all day. Pure.
 * Called by the manager for each trap; made anew when nodes, scopes or aliases change.
 */
import type { TrapAlias } from '@nezuban/protocol/traps/trap-monitor';
import { compileAddressList } from './address-list.ts';
import type { ParsedTrap } from './parsed-trap.ts';

export type PlacingNode = {
  readonly name: string;
  readonly hostname: string;
  readonly address: string | null;
};

export type Placing = {
  readonly node: string | null;
  readonly scopes: ReadonlySet<string>;
};

export type PlacerInput = {
  /** In the order in which they are tried. */
  readonly aliases: readonly TrapAlias[];
  readonly nodes: Iterable<PlacingNode>;
  readonly scopesOfNode: (node: string) => ReadonlySet<string>;
};

export type Placer = {
  readonly place: (trap: Pick<ParsedTrap, 'address' | 'claimedHost'>) => Placing;
};

/** Senders whose place is remembered; who makes up more host names than this only costs time. */
const REMEMBERED_MAX = 20_000;
const NOWHERE: Placing = { node: null, scopes: new Set() };

export function createPlacer({ aliases, nodes, scopesOfNode }: PlacerInput): Placer {
  const names = indexNames(nodes);
  const tests = aliases.map(compileAlias);
  const remembered = new Map<string, Placing>();

  const find = (address: string, claimed: string | null): string | null => {
    for (const test of tests) {
      const node = test(address, claimed);
      if (node !== null) return node.isClaimed ? (names.byName(node.name) ?? node.name) : node.name;
    }
    const byAddress = names.byAddress(address);
    if (byAddress !== null) return byAddress;
    if (claimed === null) return null;
    return names.byName(claimed) ?? names.byAddress(claimed);
  };

  return {
    place({ address, claimedHost }) {
      const key = claimedHost === null ? address : `${address} ${claimedHost}`;
      const known = remembered.get(key);
      if (known !== undefined) return known;
      const node = find(address, claimedHost);
      const placing = node === null ? NOWHERE : { node, scopes: scopesOfNode(node) };
      if (remembered.size >= REMEMBERED_MAX) remembered.clear();
      remembered.set(key, placing);
      return placing;
    },
  };
}

type Found = { readonly name: string; readonly isClaimed: boolean } | null;

const compileAlias = (alias: TrapAlias): ((address: string, claimed: string | null) => Found) => {
  const networks = compileAddressList(alias.addresses);
  const patterns = alias.hosts.map((host) => host.toLowerCase());
  return (address, claimed) => {
    if (alias.addresses.length > 0 && !networks.hasText(address)) return null;
    if (patterns.length > 0 && (claimed === null || !fitsAny(claimed.toLowerCase(), patterns))) return null;
    if (alias.node !== 'claimed') return { name: alias.node, isClaimed: false };
    return claimed === null || claimed === '' ? null : { name: claimed, isClaimed: true };
  };
};

const fitsAny = (host: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) =>
    pattern.endsWith('*') ? host.startsWith(pattern.slice(0, -1)) : host === pattern,
  );

type Names = {
  readonly byName: (host: string) => string | null;
  readonly byAddress: (address: string) => string | null;
};

/** What leads to two nodes leads to none. */
const indexNames = (nodes: Iterable<PlacingNode>): Names => {
  const own = new Map<string, string>();
  const whole = new Map<string, string | null>();
  const short = new Map<string, string | null>();
  const addresses = new Map<string, string | null>();
  const note = (index: Map<string, string | null>, key: string, node: string): void => {
    const there = index.get(key);
    index.set(key, there === undefined || there === node ? node : null);
  };
  for (const { name, hostname, address } of nodes) {
    own.set(name.toLowerCase(), name);
    for (const text of [name, hostname]) {
      const host = text.toLowerCase();
      if (host === '') continue;
      note(whole, host, name);
      note(short, shortOf(host), name);
    }
    if (address !== null) note(addresses, plainAddress(address), name);
  }
  return {
    byName(claimed) {
      const host = claimed.toLowerCase();
      return own.get(host) ?? whole.get(host) ?? own.get(shortOf(host)) ?? short.get(shortOf(host)) ?? null;
    },
    byAddress: (address) => addresses.get(plainAddress(address)) ?? null,
  };
};

/** Addresses of the network are no host names with dots. */
const shortOf = (host: string): string => (/^[\d.]+$/.test(host) ? host : (host.split('.', 1)[0] ?? host));
const plainAddress = (address: string): string =>
  address.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address;
