// Finds names that stand twice where each must stand once: units of a net, schedules, parameters.
import { say } from '@nezuban/protocol/sentences/sentence';
import type { PathIssue, PathSegment } from './path-issue.ts';
import { issuesMax } from './reading-bounds.ts';

type Word = 'parameter' | 'schedule' | 'unit' | 'output' | 'condition' | 'rule';

/** A second thing of a name that must be unique, at the name. */
export function duplicateNames(
  things: readonly { readonly name: string }[],
  path: readonly PathSegment[],
  what: Word,
): PathIssue[] {
  const first = new Map<string, number>();
  const issues: PathIssue[] = [];
  for (const [index, { name }] of things.entries()) {
    const before = first.get(name);
    if (before === undefined) first.set(name, index);
    else
      issues.push({
        path: [...path, index, 'name'],
        ...say('name_twice', { what: { code: `word_${what}` }, name, number: before + 1 }),
      });
    if (issues.length >= issuesMax) break;
  }
  return issues;
}
