// Unit type "judgment": answers a question about a command before it or about a parameter with true or false, at once, and ends
// normally either way. Edges choose by the answer; the engine rules out the branches that are not taken.
// A question that has no answer (no exit code, no number) is answered with false, and the reason says why.
import type { JudgmentUnit } from '@nezuban/protocol/jobs/units/judgment';
import { say, type Sentence, type SentenceValue } from '@nezuban/protocol/sentences/sentence';
import { compilePattern } from '../../traps/rules/bounded-pattern.ts';
import { latestAttempts } from '../attempt-outcome.ts';
import { exitCodeIn } from '../exit-codes.ts';
import type { PlannedJudgment } from '../net-plan.ts';
import type { Session, UnitRecord } from '../session-state.ts';
import { recordAt, settle } from '../step.ts';
import type { Step } from '../step.ts';
import { findUnit, parameterText, scopeOf } from '../variables/place-values.ts';
import { hasMark } from '../variables/secret-marks.ts';
import { outputText } from '../variables/unit-variables.ts';
import type { UnitType } from './unit-type.ts';

type Question = JudgmentUnit['if'];
type ExitCodeQuestion = Extract<Question, { readonly exit_code: string }>;
type ValueQuestion = Exclude<Question, ExitCodeQuestion>;
/** `because`: what stood there, as the rest of a sentence. */
type Answer = { readonly answer: boolean; readonly because: Sentence };

/** Characters of a parameter's value that the reason shows. */
const shownValueMax = 80;

function judgmentOf(record: UnitRecord): PlannedJudgment {
  if (record.unit.type !== 'judgment') throw new Error(`unit "${record.unit.path}" is no judgment`);
  return record.unit;
}

function start(step: Step, record: UnitRecord): void {
  const unit = judgmentOf(record);
  const question = unit.definition.if;
  const { answer, because } =
    'exit_code' in question
      ? judgeExitCode(question, judgedUnit(step.session, unit, question.unit))
      : judgeValue(question, valueOf(step.session, record, question));
  record.startedAt = step.now;
  record.answer = answer;
  const reason = say(answer ? 'reason_true' : 'reason_false', { because });
  settle(step, record, { state: 'ended', endStatus: 'normal', reason });
}

function judgedUnit(session: Session, unit: PlannedJudgment, name: string): UnitRecord {
  const edge = unit.edges.find((each) => recordAt(session, each.unit).unit.name === name);
  if (edge === undefined) throw new Error(`"${unit.path}" judges "${name}", which it does not wait for`);
  return recordAt(session, edge.unit);
}

function judgeExitCode({ unit, exit_code: ranges }: ExitCodeQuestion, record: UnitRecord): Answer {
  const attempts = latestAttempts(record);
  if (attempts.length === 0) return { answer: false, because: { code: 'judged_not_run', values: { unit } } };
  const silent = attempts.find(({ exitCode }) => exitCode === null);
  if (silent !== undefined)
    return { answer: false, because: { code: 'judged_no_code', values: { unit, node: silent.node } } };
  const worst = Math.max(...attempts.map(({ exitCode }) => exitCode ?? 0));
  const answer = exitCodeIn(ranges, worst);
  const code = answer ? 'judged_code_in' : 'judged_code_not_in';
  return { answer, because: { code, values: { code: worst, unit, ranges } } };
}

/** A secret cannot be asked about: its answer would tell of it. */
function valueOf(session: Session, record: UnitRecord, question: ValueQuestion): string | undefined {
  const text =
    'parameter' in question
      ? parameterText(session, scopeOf(session, record.unit), question.parameter)
      : outputOf(session, record, question);
  return text === undefined || hasMark(text) ? undefined : text;
}

function outputOf(
  session: Session,
  record: UnitRecord,
  { unit, output }: Extract<ValueQuestion, { readonly output: string }>,
): string | undefined {
  const found = findUnit(session, record.unit, unit);
  return found === null ? undefined : (outputText(found, output) ?? undefined);
}

function judgeValue(question: ValueQuestion, value: string | undefined): Answer {
  const { equals, matches, ignore_case: ignoreCase } = question;
  const name: SentenceValue =
    'parameter' in question
      ? question.parameter
      : { code: 'judged_output', values: { output: question.output, unit: question.unit } };
  if (value === undefined) return { answer: false, because: { code: 'judged_no_value', values: { name } } };
  const head = value.length > shownValueMax ? `${value.slice(0, shownValueMax)}...` : value;
  const values = { name, value: head.toWellFormed() };
  const shown: Sentence = { code: 'judged_value', values };
  if (equals !== undefined) {
    const answer = ignoreCase === true ? value.toLowerCase() === equals.toLowerCase() : value === equals;
    return { answer, because: shown };
  }
  if (matches !== undefined) {
    const compiled = compilePattern(matches, ignoreCase === true);
    return { answer: compiled.ok && compiled.pattern.test(value), because: shown };
  }
  const number = value.trim() === '' ? Number.NaN : Number(value);
  if (!Number.isFinite(number)) return { answer: false, because: { code: 'judged_no_number', values } };
  const { at_least: least = -Infinity, at_most: most = Infinity } = question;
  return { answer: number >= least && number <= most, because: shown };
}

export const judgmentUnitType: UnitType = { start };
