// Exit codes of commands and tools, and what they mean: ranges such as "0" or "1-9,20" turned into end statuses.
// Called by the plan (once a unit) and by the judge of definitions, which refuses overlaps.
import type { CommandUnit } from '@nezuban/protocol/jobs/units/command';
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import type { Retry } from '@nezuban/protocol/jobs/units/attempt-base';

export type ExitCodeRange = { readonly from: number; readonly to: number };
export type ExitCodeClasses = {
  readonly normal: readonly ExitCodeRange[];
  readonly warning: readonly ExitCodeRange[];
};

const standard: ExitCodeClasses = { normal: [{ from: 0, to: 0 }], warning: [] };

/** Reads a text that the schema has found to be of the right form. */
export function parseExitCodeRanges(text: string): ExitCodeRange[] {
  return text.split(',').map((part) => {
    const [from, to] = part.trim().split('-').map(Number);
    return { from: from ?? Number.NaN, to: to ?? from ?? Number.NaN };
  });
}

export function exitCodeClasses(codes: CommandUnit['exit_codes']): ExitCodeClasses {
  if (codes === undefined) return standard;
  return {
    normal: parseExitCodeRanges(codes.normal),
    warning: codes.warning === undefined ? [] : parseExitCodeRanges(codes.warning),
  };
}

/** The exit codes after which it is tried again; null: whatever the code is. */
export function retryCodesOf(retry: Retry | undefined): readonly ExitCodeRange[] | null {
  return retry?.exit_codes === undefined ? null : parseExitCodeRanges(retry.exit_codes);
}

export function statusOfExitCode(classes: ExitCodeClasses, code: number): EndStatus {
  if (holds(classes.normal, code)) return 'normal';
  return holds(classes.warning, code) ? 'warning' : 'abnormal';
}

/** Whether the code is in ranges such as "1-9,20". */
export function exitCodeIn(ranges: string, code: number): boolean {
  return holds(parseExitCodeRanges(ranges), code);
}

export function holds(ranges: readonly ExitCodeRange[], code: number): boolean {
  for (const range of ranges) if (code >= range.from && code <= range.to) return true;
  return false;
}
