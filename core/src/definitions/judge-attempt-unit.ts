// Judges units that make attempts on nodes: exit codes, retries, time limits, how a command's end is judged.
// Called for each of them by `judgeJobNetPaths`. Not responsible for targets, which nets around a unit can give.
import { definitionLimits } from '@nezuban/protocol/jobs/definition-limits';
import type { AttemptUnit } from '@nezuban/protocol/jobs/units/attempt-units';
import type { CommandUnit } from '@nezuban/protocol/jobs/units/command';
import { say } from '@nezuban/protocol/sentences/sentence';
import { parseExitCodeRanges } from '../jobs/exit-codes.ts';
import { judgeExitCodes, wrongRange } from './judge-exit-codes.ts';
import { judgeUnitLimits } from './judge-unit-limits.ts';
import { judgeFileTransfer } from './judge-file-transfer.ts';
import { judgeContainer, judgeFileWatch, judgeHttp, judgeSsh } from './judge-tool-units.ts';
import type { PathIssue, PathSegment } from './path-issue.ts';

type Path = readonly PathSegment[];

export function judgeAttemptUnit(unit: AttemptUnit, path: Path): PathIssue[] {
  return [...judgeTimes(unit, path), ...judgeRetry(unit, path), ...judgeOwn(unit, path)];
}

function judgeOwn(unit: AttemptUnit, path: Path): PathIssue[] {
  switch (unit.type) {
    case 'command':
      return judgeCommand(unit, path);
    case 'file_watch':
      return judgeFileWatch(unit, path);
    case 'http':
      return judgeHttp(unit, path);
    case 'ssh':
      return judgeSsh(unit, path);
    case 'container':
      return judgeContainer(unit, path);
    case 'file_transfer':
      return judgeFileTransfer(unit, path);
  }
}

function judgeTimes({ warn_after_s: warn, timeout_s: timeout }: AttemptUnit, path: Path): PathIssue[] {
  if (warn === undefined || timeout === undefined || warn < timeout) return [];
  return [
    {
      path: [...path, 'warn_after_s'],
      ...say('warn_not_below_timeout', { timeout }),
    },
  ];
}

function judgeRetry({ retry }: AttemptUnit, path: Path): PathIssue[] {
  if (retry?.exit_codes === undefined) return [];
  return parseExitCodeRanges(retry.exit_codes).flatMap((range) => {
    const wrong = wrongRange(range, []);
    return wrong === null ? [] : [{ path: [...path, 'retry', 'exit_codes'], ...wrong }];
  });
}

function judgeCommand(unit: CommandUnit, path: Path): PathIssue[] {
  const issues = [...judgeExitCodes(unit.exit_codes, path), ...judgeUnitLimits(unit.limits, path)];
  const entries = Object.keys(unit.environment ?? {}).length;
  if (entries > definitionLimits.environmentEntriesMax)
    issues.push({
      path: [...path, 'environment'],
      ...say('too_many_variables', { count: entries, max: definitionLimits.environmentEntriesMax }),
    });
  if (unit.end_by !== 'exit_code' && unit.exit_codes !== undefined)
    issues.push({
      path: [...path, 'exit_codes'],
      ...say('exit_codes_without_effect'),
    });
  return issues;
}
