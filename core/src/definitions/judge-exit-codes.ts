// Judges the ranges of exit codes: within 0 to 255, the right way round, each code once. Called by `judgeAttemptUnit`.
import type { CommandUnit } from '@nezuban/protocol/jobs/units/command';
import { say, type Said } from '@nezuban/protocol/sentences/sentence';
import { parseExitCodeRanges } from '../jobs/exit-codes.ts';
import type { ExitCodeRange } from '../jobs/exit-codes.ts';
import type { PathIssue, PathSegment } from './path-issue.ts';

export function judgeExitCodes(codes: CommandUnit['exit_codes'], path: readonly PathSegment[]): PathIssue[] {
  if (codes === undefined) return [];
  const issues: PathIssue[] = [];
  const seen: (ExitCodeRange & { readonly key: string })[] = [];
  for (const key of ['normal', 'warning'] as const) {
    const text = codes[key];
    if (text === undefined) continue;
    for (const range of parseExitCodeRanges(text)) {
      const wrong = wrongRange(range, seen);
      if (wrong !== null) issues.push({ path: [...path, 'exit_codes', key], ...wrong });
      seen.push({ ...range, key });
    }
  }
  return issues;
}

export function wrongRange(
  { from, to }: ExitCodeRange,
  seen: readonly (ExitCodeRange & { readonly key: string })[],
): Said | null {
  const text = from === to ? String(from) : `${from}-${to}`;
  if (to > 255 || from > 255) return say('exit_code_out_of_range', { range: text });
  if (from > to) return say('range_upside_down', { range: text, right: `${to}-${from}` });
  const other = seen.find((range) => from <= range.to && to >= range.from);
  if (other === undefined) return null;
  return say('range_overlaps', {
    range: text,
    other: other.from === other.to ? other.from : `${other.from}-${other.to}`,
    key: other.key,
  });
}
