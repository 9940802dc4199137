/**
 * What is wrong with an alias of a sender beyond its shape.
 *
 * Responsible for that alone; who a sender is, `placing.ts` says. Called when definitions are read.
 */
import type { TrapAlias } from '@nezuban/protocol/traps/trap-monitor';
import { say } from '@nezuban/protocol/sentences/sentence';
import { quote, type PathIssue } from '../../definitions/path-issue.ts';
import { compileAddressList } from '../address-list.ts';
import { hasInnerStar } from './judge-trap-monitor.ts';

/** What it must not be saved with. */
export function judgeTrapAlias(alias: TrapAlias): PathIssue[] {
  const invalid = new Set(compileAddressList(alias.addresses).invalid);
  const issues: PathIssue[] = alias.addresses.flatMap((address, index) =>
    invalid.has(address)
      ? [
          {
            path: ['addresses', index],
            ...say('address_or_network', { found: quote(address) }),
          },
        ]
      : [],
  );
  for (const [index, host] of alias.hosts.entries())
    if (hasInnerStar(host))
      issues.push({
        path: ['hosts', index],
        ...say('inner_star', { pattern: quote(host) }),
      });
  if (alias.addresses.length === 0 && alias.hosts.length === 0 && alias.node !== 'claimed')
    issues.push({
      path: [],
      ...say('alias_names_nothing'),
    });
  return issues;
}
