// Judges what the schema of a file transfer cannot: paths that do not fit each other, limits that exclude each other.
// Called by `judgeAttemptUnit`.
import type { FileTransferUnit } from '@nezuban/protocol/jobs/units/file-transfer';
import { say, type Said } from '@nezuban/protocol/sentences/sentence';
import type { PathIssue, PathSegment } from './path-issue.ts';

export function judgeFileTransfer(unit: FileTransferUnit, path: readonly PathSegment[]): PathIssue[] {
  const issues: PathIssue[] = [];
  const report = (key: readonly PathSegment[], said: Said): void =>
    void issues.push({ path: [...path, ...key], ...said });
  const { from, to, timeout_s: timeout, no_progress_s: patience } = unit;
  const cut = from.path.lastIndexOf('/') + 1;
  const [folder, name] = [from.path.slice(0, cut), from.path.slice(cut)];
  if (name === '') report(['from', 'path'], say('transfer_of_folder'));
  if (hasWildcard(folder)) report(['from', 'path'], say('transfer_pattern_in_folder'));
  if (hasWildcard(name) && !to.path.endsWith('/')) report(['to', 'path'], say('transfer_to_needs_folder'));
  for (const [key, text] of [
    ['from', from.path],
    ['to', to.path],
  ] as const)
    if (text.split('/').includes('..')) report([key, 'path'], say('transfer_path_goes_back'));
  // The default may well be longer than a short timeout.
  if (timeout !== undefined && timeout <= patience && patience !== defaultPatienceSeconds)
    report(['no_progress_s'], say('no_progress_not_below_timeout', { timeout }));
  return issues;
}

const defaultPatienceSeconds = 600;

/** What stands in places is not known yet, and their braces are no wildcards. */
function hasWildcard(text: string): boolean {
  return /[*?[]/.test(text.replaceAll(/\{\{[^{}]*\}\}/g, ''));
}
