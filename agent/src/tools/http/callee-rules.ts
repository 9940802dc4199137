// Whom an HTTP call may connect to: the rules that came with its order, asked of names and of addresses.
// Responsible for the verdict, and for a lookup that gives a socket only addresses that were found good, so that a name which answers
// differently the second time gains nothing. Not responsible for connecting (send-request.ts). Pure but for the lookup.
import { lookup, type LookupAddress } from 'node:dns';
import net from 'node:net';
import { toolExitCodes, type CalleeRulesInput } from '@nezuban/protocol/agent/tool-inputs';
import { ToolFailure } from '../tool-failure.ts';

export type CalleeRules = {
  /** Throws a `ToolFailure` where nothing that the name leads to could be good. */
  readonly assertName: (host: string) => void;
  /** Throws a `ToolFailure`. `host`: as it stands in the URL; the address is one of its. */
  readonly assertAddress: (host: string, address: string) => void;
  /** For `net.connect`: good addresses alone. */
  readonly lookup: net.LookupFunction;
  /** Of a host that a proxy will look up: throws where this host's own lookup says that it is not good. */
  readonly assertByProxy: (host: string) => Promise<void>;
};

type List = {
  readonly matchesName: (host: string) => boolean;
  readonly matchesAddress: (address: string) => boolean;
};

export function createCalleeRules(input: CalleeRulesInput | undefined): CalleeRules {
  const deny = listOf(input?.deny ?? []);
  const allow = input === undefined || input.allow.length === 0 ? null : listOf(input.allow);

  const nameProblem = (host: string): string | null =>
    deny.matchesName(host) ? `${host} is denied to HTTP calls` : null;
  const addressProblem = (host: string, address: string): string | null => {
    const shown = host === address ? address : `${address}, an address of ${host},`;
    if (deny.matchesAddress(address)) return `${shown} is denied to HTTP calls`;
    return allow === null || allow.matchesName(host) || allow.matchesAddress(address)
      ? null
      : `${shown} is not among what HTTP calls are allowed`;
  };
  const look: net.LookupFunction = (host, options, done) => {
    lookup(host, { ...options, all: true }, (error, found) => {
      if (error !== null) return done(error, []);
      const good = found.filter(({ address }) => addressProblem(host, address) === null);
      const [first] = good;
      // Where one of several is good, it is taken; a problem is told of the first.
      if (first === undefined)
        return done(failure(addressProblem(host, found[0]?.address ?? host) ?? host), []);
      return options.all === true ? done(null, good) : done(null, first.address, first.family);
    });
  };
  return {
    assertName(host) {
      throwIf(nameProblem(host));
      if (net.isIP(host) !== 0) throwIf(addressProblem(host, host));
    },
    assertAddress: (host, address) => throwIf(addressProblem(host, address)),
    lookup: look,
    async assertByProxy(host) {
      throwIf(nameProblem(host));
      if (net.isIP(host) !== 0) return throwIf(addressProblem(host, host));
      if (allow?.matchesName(host) === true && deny.isEmpty) return;
      const found = await addressesOf(host);
      if (found.length === 0) {
        // Known to the proxy alone: a name that is allowed is, and without a list all that is not denied.
        if (allow !== null && !allow.matchesName(host))
          throwIf(`${host}, whose addresses only the proxy knows, is not among what HTTP calls are allowed`);
        return;
      }
      for (const { address } of found) throwIf(addressProblem(host, address));
    },
  };
}

async function addressesOf(host: string): Promise<readonly LookupAddress[]> {
  const { promise, resolve } = Promise.withResolvers<readonly LookupAddress[]>();
  lookup(host, { all: true }, (error, found) => resolve(error === null ? found : []));
  return await promise;
}

function throwIf(problem: string | null): void {
  if (problem !== null) throw failure(problem);
}

const failure = (problem: string): ToolFailure =>
  new ToolFailure(toolExitCodes.permission, `Not called: ${problem} (settings "http_calls" of the manager).`);

function listOf(entries: readonly string[]): List & { readonly isEmpty: boolean } {
  const block = new net.BlockList();
  const names = new Set<string>();
  const below: string[] = [];
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/');
    const family = familyOf(address);
    if (family !== null && bits !== undefined) block.addSubnet(address, Number(bits), family);
    else if (family !== null) block.addAddress(address, family);
    else if (entry.startsWith('*.')) below.push(entry.slice(1).toLowerCase());
    else names.add(entry.toLowerCase());
  }
  return {
    isEmpty: entries.length === 0,
    matchesName(host) {
      const name = host.toLowerCase().replace(/\.$/, '');
      return names.has(name) || below.some((end) => name.endsWith(end));
    },
    matchesAddress(address) {
      return spellingsOf(address).some((each) => {
        const family = familyOf(each);
        return family !== null && block.check(each, family);
      });
    },
  };
}

function familyOf(address: string): 'ipv4' | 'ipv6' | null {
  const version = net.isIP(address);
  return version === 0 ? null : version === 4 ? 'ipv4' : 'ipv6';
}

/** An IPv4 address that travels in one of IPv6 (mapped, NAT64, 6to4) counts as both. */
function spellingsOf(address: string): string[] {
  const plain = address.replace(/%.*$/, '');
  if (net.isIP(plain) !== 6) return [plain];
  const words = wordsOf(plain);
  const pair = (at: number): string =>
    [words[at] ?? 0, words[at + 1] ?? 0].flatMap((word) => [word >> 8, word & 255]).join('.');
  const starts = (...first: readonly number[]): boolean =>
    first.every((word, index) => words[index] === word);
  if (starts(0, 0, 0, 0, 0, 0xffff) || starts(0x64, 0xff9b, 0, 0, 0, 0)) return [plain, pair(6)];
  return starts(0x2002) ? [plain, pair(1)] : [plain];
}

/** The eight words of an IPv6 address, by the spelling of URLs, which has no IPv4 part. */
function wordsOf(address: string): number[] {
  const host = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [before = '', behind] = host.split('::');
  const read = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((word) => Number.parseInt(word, 16));
  if (behind === undefined) return read(before);
  const [left, right] = [read(before), read(behind)];
  return [...left, ...Array.from({ length: 8 - left.length - right.length }, () => 0), ...right];
}
