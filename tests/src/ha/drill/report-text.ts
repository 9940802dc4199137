/**
 * A drill's report as lines for a terminal: the table of faults, the promises with their evidence, what went wrong and where its logs lie.
 *
 * Pure. Called by `drill-main.ts`.
 */
import { stripVTControlCharacters } from 'node:util';
import type { Language } from './faults.ts';
import { type Paint, padded, type Style, widthOf } from './narrator.ts';
import { namesOf } from './report-html.ts';
import {
  type DrillReport,
  hasPassed,
  type LineVerdict,
  type PromiseState,
  promisesOf,
  type ReportLine,
  totalsOf,
} from './report.ts';
import { seconds, type StepName, type Words, wordsOf } from './words.ts';

const verdictStyle: Readonly<Record<LineVerdict, Style>> = {
  passed: 'green',
  slow: 'yellow',
  failed: 'red',
  skipped: 'dim',
};
const stateStyle: Readonly<Record<PromiseState, Style>> = {
  kept: 'green',
  broken: 'red',
  'not-checked': 'dim',
};
const steps: readonly StepName[] = ['detect', 'elect', 'promote', 'open'];
/** Longer lists are in the HTML report. */
const PROBLEMS_MAX = 10;

export interface TextOptions {
  readonly language: Language;
  readonly paint: Paint;
}

export function renderText(report: DrillReport, { language, paint }: TextOptions): string[] {
  const words = wordsOf(language);
  const totals = totalsOf(report);
  const passed = hasPassed(report);
  const overall = passed ? (totals.slow > 0 ? 'yellow' : 'green') : 'red';
  return [
    '',
    ...faultTable(report, { words, language, paint }),
    '',
    ...promisesOf(report).flatMap(({ key, state }) => [
      `${paint(stateStyle[state], paint('bold', padded(words.report.state[state], 11)))} ${paint('bold', words.report.promise[key])}`,
      `            ${words.report.evidence(key, report, totals)}`,
    ]),
    ...problems(report, { words, language, paint }),
    ...(report.newAdvice.length === 0
      ? report.kind === 'switch'
        ? ['', words.onPair.noAdvice()]
        : []
      : ['', words.onPair.adviceAfter(), ...report.newAdvice.map((one) => `  ${paint('yellow', one)}`)]),
    '',
    paint('dim', words.report.notTested()),
    ...words.report.notTestedLines(report).map((line) => paint('dim', `  ${line}`)),
    '',
    paint(overall, paint('bold', words.report.headline(report, totals, passed))),
  ];
}

interface Setting {
  readonly words: Words;
  readonly language: Language;
  readonly paint: Paint;
}

function faultTable(report: DrillReport, setting: Setting): string[] {
  const { words, paint } = setting;
  const { columns } = words.report;
  const counted = report.kind === 'scratch';
  const head = [
    columns.fault,
    columns.happened,
    columns.outage,
    ...(counted ? [columns.lost, columns.doubled] : []),
    columns.verdict,
  ];
  const rows = report.lines.map((line) => cellsOf(line, counted, setting));
  const widths = head.map((name, index) =>
    Math.max(widthOf(name), ...rows.map((cells) => widthOf(stripVTControlCharacters(cells[index] ?? '')))),
  );
  const isNumber = (index: number) => index >= 2 && index < head.length - 1;
  const lay = (cells: readonly string[]) =>
    cells
      .map((cell, index) => {
        const bare = stripVTControlCharacters(cell);
        return padded(bare, widths[index] ?? 0, isNumber(index) ? 'right' : 'left').replace(bare, () => cell);
      })
      .join('  ')
      .trimEnd();
  return [
    paint('dim', lay(head)),
    ...rows.flatMap((cells, index) => {
      const taken = stepsOf(report.lines[index], setting);
      return taken === null ? [lay(cells)] : [lay(cells), paint('dim', `  ${taken}`)];
    }),
  ];
}

function cellsOf(line: ReportLine, counted: boolean, { words, language, paint }: Setting): string[] {
  const { counts } = line;
  const flagged = (count: number) => (count > 0 ? paint('red', String(count)) : String(count));
  return [
    namesOf(line.key, { words, language }).title,
    line.skipped ?? words.report.happened(line.happened),
    line.outageMs === null ? '' : seconds(line.outageMs),
    ...(counted
      ? [
          counts === null ? '' : flagged(counts.writesLost + counts.sessionsLost),
          counts === null ? '' : flagged(counts.commandsDoubled),
        ]
      : []),
    paint(verdictStyle[line.verdict], words.report.verdict[line.verdict]),
  ];
}

function stepsOf(line: ReportLine | undefined, { words }: Setting): string | null {
  if (line?.steps == null) return null;
  const known = steps.flatMap((name) => {
    const ms = line.steps?.[`${name}Ms`] ?? null;
    return ms === null ? [] : [`${words.report.step[name]} ${seconds(ms)}`];
  });
  return known.length === 0 ? null : known.join(', ');
}

function problems({ lines }: DrillReport, { words, language, paint }: Setting): string[] {
  const bad = lines.filter((line) => line.problems.length > 0);
  if (bad.length === 0) return [];
  return [
    '',
    words.report.problems(),
    ...bad.flatMap((line) => [
      `  ${paint('bold', namesOf(line.key, { words, language }).title)}`,
      ...line.problems
        .slice(0, PROBLEMS_MAX)
        .map(
          (one) =>
            `    ${paint(verdictStyle[line.verdict], '!')} ${one.trimEnd().replaceAll('\n', '\n      ')}`,
        ),
      ...(line.problems.length > PROBLEMS_MAX ? [`    ... ${line.problems.length - PROBLEMS_MAX}`] : []),
      ...(line.logs === null ? [] : [`    ${words.report.logs(line.logs)}`]),
    ]),
  ];
}
