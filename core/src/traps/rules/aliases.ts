/**
 * Who is behind a sender: aliases of several devices that come from one address.
 *
 * Responsible for which alias fits a trap and what name it gives, and for what is wrong with one. Aliases are asked in the order of their
 * names, the first that fits wins. Called by the manager when it places a trap; whether a node of that name is managed is the caller's.
 */
import type { TrapAlias } from '@nezuban/protocol/traps/trap-monitor';
import { quote, type PathIssue } from '../../definitions/path-issue.ts';
import { compileAddressList } from '../address-list.ts';
import type { ParsedTrap } from '../parsed-trap.ts';
import { hasInnerStar } from './judge-trap-monitor.ts';
import { compileNameList } from './name-patterns.ts';

export type CompiledAliases = {
  /** Name of the node; null: no alias fits. */
  readonly nodeOf: (trap: Pick<ParsedTrap, 'address' | 'claimedHost'>) => string | null;
};

export function compileAliases(aliases: readonly TrapAlias[]): CompiledAliases {
  const compiled = aliases
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ addresses, hosts, node }) => ({
      addresses: compileAddressList(addresses),
      names: hosts.length === 0 ? null : compileNameList(hosts.map((host) => host.toLowerCase())),
      node,
    }));
  return {
    nodeOf({ address, claimedHost }) {
      for (const alias of compiled) {
        if (!alias.addresses.isEmpty && !alias.addresses.hasText(address)) continue;
        if (alias.names !== null && (claimedHost === null || !alias.names.has(claimedHost.toLowerCase())))
          continue;
        if (alias.node !== 'claimed') return alias.node;
        if (claimedHost !== null) return claimedHost;
      }
      return null;
    },
  };
}

/** What it must not be saved with. */
export function judgeTrapAlias(alias: TrapAlias): PathIssue[] {
  const invalid = new Set(compileAddressList(alias.addresses).invalid);
  const issues: PathIssue[] = alias.addresses.flatMap((address, index) =>
    invalid.has(address)
      ? [
          {
            path: ['addresses', index],
            message: `must be an address (192.0.2.1) or a network (192.0.2.0/24), but is ${quote(address)}`,
          },
        ]
      : [],
  );
  for (const [index, host] of alias.hosts.entries())
    if (hasInnerStar(host))
      issues.push({
        path: ['hosts', index],
        message: `"*" may stand only once, at the end of ${quote(host)}`,
      });
  if (alias.addresses.length === 0 && alias.hosts.length === 0 && alias.node !== 'claimed')
    issues.push({
      path: [],
      message: 'must name "addresses" or "hosts": as it is, every sender would be this node',
    });
  return issues;
}
