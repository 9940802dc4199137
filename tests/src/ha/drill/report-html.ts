/**
 * A drill's report as one HTML file that needs nothing else: no script, no font, no picture from elsewhere. Light and dark, and on paper.
 *
 * Pure. Called by `drill-main.ts`.
 */
import { drillFaults, type Language } from './faults.ts';
import { style } from './report-style.ts';
import { type DrillReport, hasPassed, promisesOf, type ReportLine, type Totals, totalsOf } from './report.ts';
import { type StepName, type Words, wordsOf } from './words.ts';

/** A bar that is longer ends here, with its number beside it. */
const BAR_MS_MAX = 8_000;
const BAR_MS_MIN = 6_000;
const steps: readonly StepName[] = ['detect', 'elect', 'promote', 'open'];
/** The moon and the open eye, as in the console. */
const LOGO =
  '<svg class="logo" viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="8" fill="#2b3a67"/><path d="M21.5 19.8A8.2 8.2 0 0 1 12.2 10.5a8.2 8.2 0 1 0 9.3 9.3z" fill="#ffd76a"/><circle cx="21.5" cy="10.5" r="3" fill="#fff"/><circle cx="21.5" cy="10.5" r="1.3" fill="#2b3a67"/></svg>';

export function renderHtml(report: DrillReport, language: Language): string {
  const words = wordsOf(language);
  const totals = totalsOf(report);
  const passed = hasPassed(report);
  const page: Page = { report, words, language, totals, scaleMs: scaleOf(report) };
  const state = passed ? (totals.slow > 0 ? 'slow' : 'passed') : 'failed';
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(words.report.title(report.kind))} - ${escape(dateOf(report.startedAt, language))}</title>
<style>${style}</style>
</head>
<body>
<main>
<header class="${state}">
${LOGO}
<div><h1>${escape(words.report.title(report.kind))}</h1>
<p class="headline">${escape(words.report.headline(report, totals, passed))}</p></div>
<span class="badge ${state}">${escape(words.report.verdict[state])}</span>
</header>
${facts(page)}
<h2>${escape(words.report.promises())}</h2>
${promises(page)}
<h2>${escape(words.report.faults())}</h2>
${faultTable(page)}
<p class="small">${escape(words.report.measured(report))}</p>
${problems(page)}
${advice(page)}
<h2>${escape(words.report.notTested())}</h2>
<ul class="small">${words.report
    .notTestedLines(report)
    .map((line) => `<li>${escape(line)}</li>`)
    .join('')}</ul>
</main>
</body>
</html>
`;
}

interface Page {
  readonly report: DrillReport;
  readonly words: Words;
  readonly language: Language;
  readonly totals: Totals;
  /** Length of the whole bar. */
  readonly scaleMs: number;
}

function facts({ report, words, language }: Page): string {
  const { facts: names, role, place, duration } = words.report;
  const hosts = report.hosts
    .map((one) => `<b>${escape(one.name)}</b> ${escape(role[one.role])} <code>${escape(one.address)}</code>`)
    .join('<br>');
  const rows: readonly (readonly [string, string, string?])[] = [
    [names.date, escape(dateOf(report.startedAt, language))],
    [names.took, escape(duration((report.endedAt.getTime() - report.startedAt.getTime()) / 1000))],
    [names.release, escape(`Nezuban ${report.release}`)],
    [names.machine, escape(report.machine)],
    [names.place, escape(place(report.place))],
    [names.hosts, hosts, 'wide'],
    [names.command, `<code>${escape(report.command)}</code>`],
  ];
  return `<dl>${rows.map(([name, value, kind = '']) => `<div class="${kind}"><dt>${escape(name)}</dt><dd>${value}</dd></div>`).join('')}</dl>`;
}

function promises({ report, words, totals }: Page): string {
  const cards = promisesOf(report).map(
    ({ key, state }) =>
      `<section class="promise ${state}"><h3>${escape(words.report.promise[key])}</h3><p class="state">${escape(words.report.state[state])}</p><p>${escape(words.report.evidence(key, report, totals))}</p></section>`,
  );
  return `<div class="promises">${cards.join('\n')}</div>`;
}

function faultTable(page: Page): string {
  const { words, report } = page;
  const { columns } = words.report;
  const counted = report.kind === 'scratch';
  const head = [
    `<th>${escape(columns.fault)}</th>`,
    `<th class="happened">${escape(columns.happened)}</th>`,
    `<th class="bars">${escape(columns.outage)}</th>`,
    ...(counted
      ? [`<th class="n">${escape(columns.lost)}</th>`, `<th class="n">${escape(columns.doubled)}</th>`]
      : []),
    `<th class="verdict">${escape(columns.verdict)}</th>`,
  ].join('');
  return `<table><thead><tr>${head}</tr></thead><tbody>
${report.lines.map((line) => row(line, page)).join('\n')}
</tbody></table>
${legend(page)}`;
}

function row(line: ReportLine, page: Page): string {
  const { words, report, language } = page;
  const { title, does } = namesOf(line.key, { words, language });
  const happened =
    line.skipped === null
      ? [
          escape(words.report.happened(line.happened)),
          ...(line.redundantMs === null
            ? []
            : [`<span class="sub">${escape(words.report.redundantAfter(line.redundantMs))}</span>`]),
        ].join('')
      : `<span class="sub">${escape(line.skipped)}</span>`;
  const of = (count: number, all: number) =>
    `<b class="${count > 0 ? 'bad' : ''}">${count}</b><span class="sub">/ ${all.toLocaleString('en-US')}</span>`;
  const { counts } = line;
  const numbers =
    report.kind === 'switch'
      ? ''
      : counts === null
        ? `<td class="n">${line.skipped === null ? escape(words.report.notCounted()) : ''}</td><td class="n"></td>`
        : `<td class="n" data-name="${escape(words.report.columns.lost)}">${of(counts.writesLost, counts.writesAcked)}</td><td class="n" data-name="${escape(words.report.columns.doubled)}">${of(counts.commandsDoubled, counts.commands)}</td>`;
  return `<tr class="${line.verdict}"><td><b>${escape(title)}</b><span class="sub">${escape(does)}</span></td><td>${happened}</td><td class="bars">${bar(line, page)}</td>${numbers}<td><span class="badge ${line.verdict}">${escape(words.report.verdict[line.verdict])}</span></td></tr>`;
}

/**
 * The parts of the take-over, one after the other, and what is left of the whole time behind them. The old master may have served for a
 * part of the silence (a frozen keeper, a full disk): then the first part is as much shorter.
 */
function bar(line: ReportLine, { words, scaleMs }: Page): string {
  const { outageMs, limitMs, happened } = line;
  const nobodyThere = happened.what === 'came-back';
  if (outageMs === null) return '';
  const percentOf = (whole: number) => (ms: number) => ((Math.min(ms, whole) / whole) * 100).toFixed(2);
  const percent = percentOf(scaleMs);
  const ofOutage = percentOf(outageMs);
  let left = outageMs;
  const taken = steps.toReversed().map((name) => {
    const ms = Math.min(line.steps?.[`${name}Ms`] ?? 0, left);
    left -= ms;
    return { name, ms };
  });
  const parts = taken
    .toReversed()
    .filter(({ ms }) => ms > 0)
    .map(
      ({ name, ms }) =>
        `<i class="${name}" style="width:${ofOutage(ms)}%" title="${escape(words.report.step[name])} ${ms.toFixed(0)} ms"></i>`,
    );
  if (left > 0) parts.push(`<i class="rest${nobodyThere ? ' expected' : ''}" style="flex:1"></i>`);
  const mark =
    limitMs === null || limitMs > scaleMs
      ? ''
      : `<u style="left:${percent(limitMs)}%" title="${escape(words.report.promisedMark(limitMs))}"></u>`;
  const note =
    limitMs === null
      ? `<span class="sub">${escape(nobodyThere ? words.report.expectedOutage() : words.report.nothingPromised())}</span>`
      : '';
  return `<span class="time">${escape(inSeconds(outageMs))}</span>${note}<span class="track"><span class="bar" style="width:${percent(outageMs)}%">${parts.join('')}</span>${mark}</span>`;
}

function legend({ words, report }: Page): string {
  const { stepLegend, promisedMark } = words.report;
  const present = steps.filter((name) => report.lines.some((line) => (line.steps?.[`${name}Ms`] ?? 0) > 0));
  const limits = report.lines.flatMap(({ limitMs }) => limitMs ?? []);
  return `<p class="legend">${[...present, 'rest' as const]
    .map((name) => `<span><i class="${name}"></i>${escape(stepLegend[name])}</span>`)
    .join(
      '',
    )}${limits.length === 0 ? '' : `<span><u></u>${escape(promisedMark(Math.max(...limits)))}</span>`}</p>`;
}

function problems({ report, words, language }: Page): string {
  const bad = report.lines.filter(({ problems: found }) => found.length > 0);
  if (bad.length === 0) return '';
  const parts = bad.map(
    (line) =>
      `<section class="problem ${line.verdict}"><h3>${escape(namesOf(line.key, { words, language }).title)}</h3><ul>${line.problems
        .map((one) => `<li>${escape(one)}</li>`)
        .join(
          '',
        )}</ul>${line.logs === null ? '' : `<p><code>${escape(words.report.logs(line.logs))}</code></p>`}</section>`,
  );
  return `<h2>${escape(words.report.problems())}</h2>${parts.join('\n')}`;
}

function advice({ report, words }: Page): string {
  if (report.newAdvice.length === 0) return '';
  return `<h2>${escape(words.report.newAdvice())}</h2><ul>${report.newAdvice
    .map((one) => `<li>${escape(one)}</li>`)
    .join('')}</ul>`;
}

/** Name and deed of a line, in the language of the report. */
export function namesOf(
  key: string,
  { words, language }: { readonly words: Words; readonly language: Language },
): { readonly title: string; readonly does: string } {
  if (key === 'switch' || key === 'switch-back')
    return { title: words.switchTitle[key], does: words.switchDoes[key] };
  const fault = drillFaults.find((one) => one.key === key);
  return { title: fault?.title[language] ?? key, does: fault?.does[language] ?? '' };
}

/** All bars of a report have one scale; what takes longer than it because hosts were off is cut. */
function scaleOf({ lines }: DrillReport): number {
  const longest = Math.max(BAR_MS_MIN, ...lines.flatMap(({ outageMs }) => outageMs ?? []));
  return Math.min(longest, BAR_MS_MAX);
}

export function dateOf(date: Date, language: Language): string {
  return new Intl.DateTimeFormat(language === 'ja' ? 'ja-JP' : 'en-GB', {
    dateStyle: 'medium',
    timeStyle: 'long',
  }).format(date);
}

const inSeconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;

const REPLACED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
/** Also keeps a number and its unit on one line. */
const escape = (text: string): string =>
  text
    .replace(/[&<>"']/g, (sign) => REPLACED[sign] ?? sign)
    .replace(/(\d) (?=(?:s|ms|min|秒|分)(?![a-z]))/g, '$1&nbsp;');
