// Finds names that stand twice where each must stand once: units of a net, schedules, parameters.
import type { PathIssue, PathSegment } from './path-issue.ts';
import { issuesMax } from './reading-bounds.ts';

/** A second thing of a name that must be unique, at the name. */
export function duplicateNames(
  things: readonly { readonly name: string }[],
  path: readonly PathSegment[],
  what: string,
): PathIssue[] {
  const first = new Map<string, number>();
  const issues: PathIssue[] = [];
  for (const [index, { name }] of things.entries()) {
    const before = first.get(name);
    if (before === undefined) first.set(name, index);
    else
      issues.push({
        path: [...path, index, 'name'],
        message: `there is another ${what} named "${name}" here (number ${before + 1} of the list); names must be unique`,
      });
    if (issues.length >= issuesMax) break;
  }
  return issues;
}
