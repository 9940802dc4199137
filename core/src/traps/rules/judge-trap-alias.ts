/**
 * What is wrong with an alias of a sender beyond its shape.
 *
 * Responsible for that alone; who a sender is, `placing.ts` says. Called when definitions are read.
 */
import type { TrapAlias } from '@nezuban/protocol/traps/trap-monitor';
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
