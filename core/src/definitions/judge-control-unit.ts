// Judges what units say about the units before them and about parameters: recovery units, answers on edges, waits, judgments, events.
// Called for every unit by `judgeJobNetPaths`; edges that lead nowhere are judged elsewhere.
import { isAttemptUnit } from '@nezuban/protocol/jobs/units/attempt-units';
import type { JudgmentUnit } from '@nezuban/protocol/jobs/units/judgment';
import type { UnitDefinition } from '@nezuban/protocol/jobs/definition';
import type { WaitUnit } from '@nezuban/protocol/jobs/units/wait';
import { parseExitCodeRanges } from '../jobs/exit-codes.ts';
import { didYouMean } from '../text/did-you-mean.ts';
import { compilePattern } from '../traps/rules/bounded-pattern.ts';
import { wrongRange } from './judge-exit-codes.ts';
import type { PathIssue, PathSegment } from './path-issue.ts';

export type UnitPlace = {
  readonly path: readonly PathSegment[];
  readonly siblings: readonly UnitDefinition[];
  /** Names that the net declares. */
  readonly parameters: ReadonlySet<string>;
};

type Tests = Omit<Extract<JudgmentUnit['if'], { readonly parameter: string }>, 'parameter'>;

export function judgeControlUnit(unit: UnitDefinition, place: UnitPlace): PathIssue[] {
  const issues = [...judgeRecovery(unit, place), ...judgeAnswers(unit, place)];
  if (unit.type === 'wait') issues.push(...judgeWait(unit, place));
  else if (unit.type === 'judgment') issues.push(...judgeQuestion(unit, place));
  return issues;
}

function edgesOf({ after }: UnitDefinition) {
  if (after === undefined) return { key: 'all', edges: [] };
  return 'any' in after ? { key: 'any', edges: after.any } : { key: 'all', edges: after.all };
}

function judgeRecovery(unit: UnitDefinition, { path }: UnitPlace): PathIssue[] {
  if (unit.recovery === undefined || unit.recovery === false) return [];
  const { key, edges } = edgesOf(unit);
  if (edges.length === 0)
    return [
      {
        path: [...path, 'recovery'],
        message: 'a recovery unit runs because a unit before it failed; name that under "after"',
      },
    ];
  return edges.flatMap(({ on }, index) =>
    on.join() === 'normal,warning'
      ? []
      : [
          {
            path: [...path, 'after', key, index, 'on'],
            message: 'a recovery unit says under "recovery" which end statuses it runs on; leave out "on"',
          },
        ],
  );
}

/** Only judgments and approvals give answers. */
function judgeAnswers(unit: UnitDefinition, { path, siblings }: UnitPlace): PathIssue[] {
  const { key, edges } = edgesOf(unit);
  return edges.flatMap(({ unit: name, on }, index) => {
    if (!on.some((outcome) => typeof outcome === 'boolean')) return [];
    const before = siblings.find((sibling) => sibling.name === name);
    if (before === undefined || before.type === 'judgment' || before.type === 'approval') return [];
    return [
      {
        path: [...path, 'after', key, index, 'on'],
        message: `"${name}" is of type ${before.type}; only a judgment or an approval answers true or false`,
      },
    ];
  });
}

function judgeWait({ for_s: seconds, until }: WaitUnit, { path }: UnitPlace): PathIssue[] {
  if ((seconds === undefined) !== (until === undefined)) return [];
  return [{ path, message: 'must have either "for_s" or "until"' }];
}

function judgeQuestion(unit: JudgmentUnit, place: UnitPlace): PathIssue[] {
  const question = unit.if;
  const at = [...place.path, 'if'];
  if ('parameter' in question) {
    if (!place.parameters.has(question.parameter))
      return [
        {
          path: [...at, 'parameter'],
          message: `the net declares no parameter "${question.parameter}"${didYouMean(question.parameter, place.parameters)}`,
        },
      ];
    return judgeTests(question, at);
  }
  // Whether it is there and takes such an output is seen with all other uses of outputs.
  if ('output' in question) return judgeTests(question, at);
  const issues: PathIssue[] = [];
  for (const range of parseExitCodeRanges(question.exit_code)) {
    const wrong = wrongRange(range, []);
    if (wrong !== null) issues.push({ path: [...at, 'exit_code'], message: wrong });
  }
  const { key, edges } = edgesOf(unit);
  const judged = place.siblings.find(({ name }) => name === question.unit);
  if (!edges.some(({ unit: name }) => name === question.unit))
    issues.push({
      path: [...at, 'unit'],
      message: `a judgment judges a unit that it waits for; name "${question.unit}" under "after"`,
    });
  else if (key === 'any' && edges.length > 1)
    issues.push({
      path: [...at, 'unit'],
      message: `with "any" the judgment may begin before "${question.unit}" has ended; use "all"`,
    });
  else if (judged !== undefined && !isAttemptUnit(judged))
    issues.push({
      path: [...at, 'unit'],
      message: `"${question.unit}" is of type ${judged.type}; only what runs on a node, such as a command, has an exit code`,
    });
  return issues;
}

function judgeTests(tests: Tests, path: readonly PathSegment[]): PathIssue[] {
  const numbers = tests.at_least !== undefined || tests.at_most !== undefined;
  const kinds = [tests.equals !== undefined, tests.matches !== undefined, numbers].filter(Boolean).length;
  if (kinds !== 1)
    return [
      { path, message: 'must have one of "equals", "matches", and "at_least" with or without "at_most"' },
    ];
  if (numbers) {
    if (tests.ignore_case !== undefined)
      return [{ path: [...path, 'ignore_case'], message: 'numbers have no case; leave this out' }];
    if ((tests.at_least ?? -Infinity) > (tests.at_most ?? Infinity))
      return [{ path: [...path, 'at_most'], message: `is below "at_least" (${tests.at_least})` }];
  }
  if (tests.matches === undefined) return [];
  const compiled = compilePattern(tests.matches, tests.ignore_case === true);
  return compiled.ok ? [] : [{ path: [...path, 'matches'], message: compiled.problem.message }];
}
