// Judges what units say about the units before them and about parameters: recovery units, answers on edges, waits, judgments, events.
// Called for every unit by `judgeJobNetPaths`; edges that lead nowhere are judged elsewhere.
import { isAttemptUnit } from '@nezuban/protocol/jobs/units/attempt-units';
import type { JudgmentUnit } from '@nezuban/protocol/jobs/units/judgment';
import type { UnitDefinition } from '@nezuban/protocol/jobs/definition';
import type { WaitUnit } from '@nezuban/protocol/jobs/units/wait';
import { say } from '@nezuban/protocol/sentences/sentence';
import { parseExitCodeRanges } from '../jobs/exit-codes.ts';
import { nearestHint } from '../text/did-you-mean.ts';
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
        ...say('recovery_needs_before'),
      },
    ];
  return edges.flatMap(({ on }, index) =>
    on.join() === 'normal,warning'
      ? []
      : [
          {
            path: [...path, 'after', key, index, 'on'],
            ...say('recovery_leaves_out_on'),
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
        ...say('no_answer_from', { unit: name, type: before.type }),
      },
    ];
  });
}

function judgeWait({ for_s: seconds, until }: WaitUnit, { path }: UnitPlace): PathIssue[] {
  if ((seconds === undefined) !== (until === undefined)) return [];
  return [{ path, ...say('wait_needs_one') }];
}

function judgeQuestion(unit: JudgmentUnit, place: UnitPlace): PathIssue[] {
  const question = unit.if;
  const at = [...place.path, 'if'];
  if ('parameter' in question) {
    if (!place.parameters.has(question.parameter))
      return [
        {
          path: [...at, 'parameter'],
          ...say('no_parameter', {
            name: question.parameter,
            hint: nearestHint(question.parameter, place.parameters),
          }),
        },
      ];
    return judgeTests(question, at);
  }
  // Whether it is there and takes such an output is seen with all other uses of outputs.
  if ('output' in question) return judgeTests(question, at);
  const issues: PathIssue[] = [];
  for (const range of parseExitCodeRanges(question.exit_code)) {
    const wrong = wrongRange(range, []);
    if (wrong !== null) issues.push({ path: [...at, 'exit_code'], ...wrong });
  }
  const { key, edges } = edgesOf(unit);
  const judged = place.siblings.find(({ name }) => name === question.unit);
  if (!edges.some(({ unit: name }) => name === question.unit))
    issues.push({
      path: [...at, 'unit'],
      ...say('judged_not_before', { unit: question.unit }),
    });
  else if (key === 'any' && edges.length > 1)
    issues.push({
      path: [...at, 'unit'],
      ...say('judged_with_any', { unit: question.unit }),
    });
  else if (judged !== undefined && !isAttemptUnit(judged))
    issues.push({
      path: [...at, 'unit'],
      ...say('judged_without_exit_code', { unit: question.unit, type: judged.type }),
    });
  return issues;
}

function judgeTests(tests: Tests, path: readonly PathSegment[]): PathIssue[] {
  const numbers = tests.at_least !== undefined || tests.at_most !== undefined;
  const kinds = [tests.equals !== undefined, tests.matches !== undefined, numbers].filter(Boolean).length;
  if (kinds !== 1) return [{ path, ...say('tests_need_one') }];
  if (numbers) {
    if (tests.ignore_case !== undefined)
      return [{ path: [...path, 'ignore_case'], ...say('numbers_have_no_case') }];
    if ((tests.at_least ?? -Infinity) > (tests.at_most ?? Infinity))
      return [{ path: [...path, 'at_most'], ...say('below_at_least', { least: tests.at_least ?? '' }) }];
  }
  if (tests.matches === undefined) return [];
  const compiled = compilePattern(tests.matches, tests.ignore_case === true);
  return compiled.ok ? [] : [{ path: [...path, 'matches'], ...compiled.problem }];
}
