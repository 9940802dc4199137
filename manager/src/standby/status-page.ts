// The page that a browser gets from a standby while no master is reached. Pure.
// Responsible for one self-contained HTML document, in English or Japanese, that loads itself anew: who is master, since when, what is missing,
// what to type. It needs no sign-in, so it holds no more than the names of the hosts and how they are. Called by standby-console.ts.
import type { Advice, DutyState, PairHost, PairStatus } from '@nezuban/protocol/pair/status';
import { standbyLimits } from './standby-limits.ts';

export type PageLanguage = 'en' | 'ja';
export type StatusPageFacts = {
  /** What the keeper has said last; null: nothing yet. */
  readonly status: PairStatus | null;
  /** Whom this host would forward to; null: nobody is master. */
  readonly masterName: string | null;
  /** One sentence of the keeper, in English. */
  readonly says: string;
};

/** The first language of Accept-Language that we speak; English otherwise. */
export const languageOf = (header: string | undefined): PageLanguage => {
  const ranked = (header ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
      const quality = parameters.map((parameter) => /^\s*q=([0-9.]+)/.exec(parameter)?.[1]).find(Boolean);
      return { tag, quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ quality }) => quality > 0)
    .toSorted((a, b) => b.quality - a.quality);
  for (const { tag } of ranked) {
    if (/^ja(-|$)/.test(tag)) return 'ja';
    if (/^en(-|$)/.test(tag)) return 'en';
  }
  return 'en';
};

type Texts = {
  readonly title: string;
  readonly noMaster: string;
  readonly notReached: (name: string) => string;
  readonly refreshes: string;
  readonly summary: (status: PairStatus) => string;
  readonly host: string;
  readonly state: string;
  readonly since: string;
  readonly reached: string;
  readonly yes: string;
  readonly no: string;
  readonly thisHost: string;
  readonly missing: string;
  readonly type: string;
  readonly unknown: string;
  readonly states: (state: DutyState) => string;
  readonly advice: (advice: Advice) => string;
};

const en: Texts = {
  title: 'The console is on its way back',
  noMaster:
    'No host is on duty at the moment. This host takes over by itself if it may; jobs that run on agents go on meanwhile.',
  notReached: (name) => `${name} is on duty, but it is not reached from here.`,
  refreshes: 'This page looks again every two seconds, and shows the console as soon as it can be reached.',
  summary: (status) => status.summary,
  host: 'Host',
  state: 'State',
  since: 'Since',
  reached: 'Reached',
  yes: 'yes',
  no: 'no',
  thisHost: 'this host',
  missing: 'What is missing',
  type: 'Type',
  unknown: 'unknown',
  states: (state) => state.replaceAll('-', ' '),
  advice: (advice) => advice.says,
};

const statesJa: Readonly<Record<DutyState, string>> = {
  starting: '起動中',
  waiting: '主系を待機中',
  'standby-copying': '待機系（全体コピー中）',
  'standby-catching-up': '待機系（追従中）',
  'standby-in-sync': '待機系（同期済み）',
  candidate: '立候補中',
  promoting: '昇格中',
  'master-alone': '主系（単独）',
  'master-paired': '主系（二重化）',
  resigning: '主系を引き渡し中',
  'standing-down': '主系から退いている',
  fenced: '隔離',
  maintenance: '保守中',
  failed: '失敗',
  witness: '立会人',
};
const adviceJa: Readonly<Record<Advice['code'], string>> = {
  no_witness: '立会人がいません。',
  witness_silent: '立会人から応答がありません。',
  standby_unreachable: '待機系に到達できません。',
  standby_copying: '待機系へデータをコピーしています。',
  standby_catching_up: '待機系が追従しています。',
  standby_failed: '待機系が失敗状態です。',
  standby_in_maintenance: '待機系は保守中です。',
  no_standby: '待機系がありません。',
  no_master: '主系がいません。',
  no_majority: '過半数の投票者と通信できません。',
  forced_unconfirmed: '強制的な主系化が、まだ過半数に確認されていません。',
  lossy_lineage: '強制的な主系化により、確定済みのデータが失われた可能性があります。',
  release_differs: '二台のリリースが異なります。',
  clock_differs: '二台の時計がずれています。',
  disk_low: 'ディスクの空きが少なくなっています。',
  alone_without_majority: '主系が過半数なしで単独で動いています。',
  asymmetric: '主系だけが投票者になっています。',
  tie_breaker_manual: '切り替えには人の操作が必要です。',
};

const ja: Texts = {
  title: 'コンソールはまもなく戻ります',
  noMaster:
    '現在、主系のホストがありません。引き継げる場合はこのホストが自動的に引き継ぎます。その間も、エージェントで実行中のジョブは継続します。',
  notReached: (name) => `主系は ${name} ですが、このホストから到達できません。`,
  refreshes: 'このページは2秒ごとに自動更新され、到達でき次第コンソールを表示します。',
  summary: ({ master }) =>
    master === null
      ? '主系なし'
      : `主系は ${master.name}${master.since === null ? '' : `（${master.since} から）`}`,
  host: 'ホスト',
  state: '状態',
  since: '開始',
  reached: '到達',
  yes: 'はい',
  no: 'いいえ',
  thisHost: 'このホスト',
  missing: '不足しているもの',
  type: '実行するコマンド',
  unknown: '不明',
  states: (state) => statesJa[state],
  advice: ({ code }) => adviceJa[code],
};

export const renderStatusPage = (facts: StatusPageFacts, language: PageLanguage): string => {
  const texts = language === 'ja' ? ja : en;
  const { status, masterName, says } = facts;
  const lead = masterName === null ? texts.noMaster : texts.notReached(masterName);
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="${standbyLimits.pageRefreshSeconds}">
<title>Nezuban: ${escape(texts.title)}</title>
<style>
:root { color-scheme: light dark; font: 16px/1.6 system-ui, "Hiragino Sans", "Noto Sans JP", sans-serif; }
body { max-width: 46rem; margin: 3rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid #8884; vertical-align: top; }
code { font: .95em ui-monospace, monospace; padding: .1em .4em; border-radius: .3em; background: #8883; }
p.quiet { opacity: .75; }
</style>
</head>
<body>
<h1>${escape(texts.title)}</h1>
<p>${escape(lead)}</p>
${language === 'en' && says !== '' ? `<p>${escape(says)}</p>\n` : ''}${status === null ? '' : renderStatus(status, texts)}<p class="quiet">${escape(texts.refreshes)}</p>
</body>
</html>
`;
};

const renderStatus = (status: PairStatus, texts: Texts): string => {
  const hosts = status.hosts.map((host) => renderHost(host, texts)).join('\n');
  const advice = status.advice
    .map((one) => {
      const command =
        one.command === null ? '' : `<br>${escape(texts.type)}: <code>${escape(one.command)}</code>`;
      return `<li>${escape(texts.advice(one))}${command}</li>`;
    })
    .join('\n');
  return `<p><strong>${escape(texts.summary(status))}</strong></p>
<table>
<tr><th>${escape(texts.host)}</th><th>${escape(texts.state)}</th><th>${escape(texts.since)}</th><th>${escape(texts.reached)}</th></tr>
${hosts}
</table>
${advice === '' ? '' : `<h2>${escape(texts.missing)}</h2>\n<ul>\n${advice}\n</ul>\n`}`;
};

const renderHost = (host: PairHost, texts: Texts): string => {
  const name = host.isSelf ? `${host.name} (${texts.thisHost})` : host.name;
  const state = host.view === null ? texts.unknown : texts.states(host.view.state);
  const since = host.view === null ? '' : host.view.since;
  const reached = host.isSelf || host.reachable ? texts.yes : texts.no;
  return `<tr><td>${escape(name)}</td><td>${escape(state)}</td><td>${escape(since)}</td><td>${escape(reached)}</td></tr>`;
};

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
