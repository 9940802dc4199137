/**
 * Every sentence of the drill in both languages: what it says while it runs, and what its report says.
 *
 * Pure. Not here: names of faults (`faults.ts`), and what checkers and keeper say, which stays as it is (English). Called by all of the drill.
 */
import type { Language } from './faults.ts';
import type {
  DrillReport,
  Happened,
  LineVerdict,
  PromiseKey,
  PromiseState,
  ReportHost,
  Totals,
} from './report.ts';
import { ja } from './words-ja.ts';

export type StepName = 'detect' | 'elect' | 'promote' | 'open';
type Role = ReportHost['role'];

export interface Words {
  /** Before and during the drill on a pair of its own. */
  readonly intro: {
    title(): string;
    will(faults: number): string;
    lasts(minutes: number): string;
    untouched(folder: string): string;
    places(address: string): string;
    loopback(why: string, left: number): string;
    stop(): string;
  };
  readonly during: {
    making(): string;
    tookOver(host: string, afterMs: number | null): string;
    wentOn(host: string): string;
    nobody(ms: number): string;
    mending(): string;
    skipped(why: string): string;
    stopped(): string;
    stopping(): string;
    kept(folder: string): string;
    notMade(): string;
    reportAt(file: string): string;
  };
  /** The planned switch on a real pair. */
  readonly onPair: {
    title(): string;
    explains(from: string, to: string, back: boolean): readonly string[];
    question(to: string): string;
    nobodyToAsk(): string;
    unchanged(): string;
    watching(everyMs: number): string;
    ordered(to: string): string;
    serves(to: string): string;
    waiting(): string;
    redundant(ms: number): string;
    stillGoesOn(): string;
    adviceAfter(): string;
    noAdvice(): string;
  };
  readonly report: {
    title(kind: DrillReport['kind']): string;
    headline(report: DrillReport, totals: Totals, passed: boolean): string;
    verdict: Readonly<Record<LineVerdict, string>>;
    columns: Readonly<Record<'fault' | 'happened' | 'outage' | 'lost' | 'doubled' | 'verdict', string>>;
    facts: Readonly<Record<'date' | 'machine' | 'release' | 'place' | 'hosts' | 'command' | 'took', string>>;
    place(place: DrillReport['place']): string;
    role: Readonly<Record<Role, string>>;
    happened(happened: Happened): string;
    promise: Readonly<Record<PromiseKey, string>>;
    state: Readonly<Record<PromiseState, string>>;
    evidence(key: PromiseKey, report: DrillReport, totals: Totals): string;
    step: Readonly<Record<StepName, string>>;
    stepLegend: Readonly<Record<StepName | 'rest', string>>;
    promisedMark(ms: number): string;
    expectedOutage(): string;
    nothingPromised(): string;
    slow(ms: number, limitMs: number): string;
    slowSwitch(ms: number, limitMs: number): string;
    redundantAfter(ms: number): string;
    problems(): string;
    noProblems(): string;
    logs(folder: string): string;
    notCounted(): string;
    measured(report: DrillReport): string;
    faults(): string;
    promises(): string;
    notTested(): string;
    notTestedLines(report: DrillReport): readonly string[];
    duration(seconds: number): string;
    newAdvice(): string;
  };
  readonly switchTitle: Readonly<Record<'switch' | 'switch-back', string>>;
  readonly switchDoes: Readonly<Record<'switch' | 'switch-back', string>>;
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
const many = (count: number, one: string, more = `${one}s`): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : more}`;

const en: Words = {
  intro: {
    title: () => 'A drill: a pair is made on this machine, and everything that can go wrong goes wrong',
    will: (faults) =>
      `Makes two managers, a witness and two agents; then plays ${many(faults, 'fault')}, each while clients write and jobs run, and counts afterwards what became of every write and every command.`,
    lasts: (minutes) =>
      `Takes about ${many(minutes, 'minute')} on a quiet machine. Ctrl-C ends it at any time and cleans up.`,
    untouched: (folder) =>
      `A manager that runs on this machine is not touched: the drill has its own homes in ${folder}, its own processes`,
    places: (address) => `and its own network (${address}).`,
    loopback: (why, left) =>
      `Hosts are loopback addresses, which cannot be cut from each other: ${why}. ${many(left, 'fault')} cannot be played; as root on Linux all can.`,
    stop: () => 'Ctrl-C ends it.',
  },
  during: {
    making: () => 'Making a pair ...',
    tookOver: (host, afterMs) =>
      `${host} has taken over${afterMs === null ? '' : `, its first acknowledged write ${seconds(afterMs)} after the fault`}`,
    wentOn: (host) => `${host} goes on`,
    nobody: (ms) => `nobody acted for ${seconds(ms)}, as it must be`,
    mending: () => 'the fault is mended; waiting for redundancy, then everything is counted ...',
    skipped: (why) => `not played: ${why}`,
    stopping: () => 'Stopping. Everything that was started is being ended ...',
    stopped: () => 'Stopped. Nothing is left behind.',
    kept: (folder) => `Homes and logs are kept in ${folder}`,
    notMade: () => 'A pair could not be made twice in a row; the rest is not played.',
    reportAt: (file) => `The report is in ${file}`,
  },
  onPair: {
    title: () => 'A drill on this pair: a planned switch',
    explains: (from, to, back) => [
      `The service moves from ${from} to ${to}, as with "nezuban pair switch": running jobs go on, requests wait for about a second, nothing is lost.`,
      `Meanwhile both consoles are asked 50 times a second who is master. It ends when ${from} is in sync as the standby; that takes about a minute.`,
      back
        ? `Then the same again, back to ${from}.`
        : `${to} stays master. (--back moves the service back afterwards.)`,
      'Nothing else is changed.',
    ],
    question: (to) => `Move the service to ${to}? [y/N] `,
    nobodyToAsk: () =>
      'There is nobody to ask. To do it without being asked, type: nezuban drill switch --yes',
    unchanged: () => 'Nothing was changed.',
    watching: (everyMs) => `asking both hosts every ${everyMs} ms who is master`,
    ordered: (to) => `the service moves to ${to} ...`,
    serves: (to) => `${to} is master and serves`,
    waiting: () => 'waiting until the pair is redundant again ...',
    redundant: (ms) => `redundant again, ${seconds(ms)} after the order`,
    stillGoesOn: () => 'The watching ends here; what was begun goes on. See: nezuban pair status',
    adviceAfter: () => 'The pair says now, and did not before:',
    noAdvice: () => 'No new advice and no alarm afterwards.',
  },
  report: {
    title: (kind) => (kind === 'scratch' ? 'Drill of the pair' : 'Drill: planned switch of the pair'),
    headline(report, totals, passed) {
      if (!passed)
        return totals.failed === 0
          ? 'Nothing could be played.'
          : `${totals.failed} of ${report.lines.length - totals.skipped} failed.`;
      const slow =
        totals.slow === 0 ? '' : ` ${many(totals.slow, 'of them was', 'of them were')} slower than promised.`;
      if (report.kind === 'switch') return `The service moved, and the pair is redundant again.${slow}`;
      return `${many(totals.played, 'fault')}, nothing lost, nothing run twice, never two masters.${slow}`;
    },
    verdict: { passed: 'passed', slow: 'slow', failed: 'FAILED', skipped: 'not played' },
    columns: {
      fault: 'Fault',
      happened: 'What happened',
      outage: 'Without service',
      lost: 'Writes lost',
      doubled: 'Jobs doubled',
      verdict: 'Verdict',
    },
    facts: {
      date: 'Date',
      machine: 'Machine',
      release: 'Release',
      place: 'Hosts are',
      hosts: 'Hosts',
      command: 'Command',
      took: 'Took',
    },
    place: (place) =>
      ({
        namespaces: 'network namespaces of this machine; cuts are silent',
        loopback: 'loopback addresses of this machine; cuts are not possible',
        real: 'the hosts of the pair itself',
      })[place],
    role: {
      master: 'first member',
      standby: 'second member',
      witness: 'witness and agent',
      agent: 'clients and agent',
    },
    happened(happened) {
      switch (happened.what) {
        case 'took-over':
          return `${happened.to} took over from ${happened.from}`;
        case 'went-on':
          return `${happened.host} went on serving`;
        case 'came-back':
          return 'Served again when a host was back';
        case 'nothing':
          return '';
        default:
          return happened satisfies never;
      }
    },
    promise: {
      'nothing-lost': 'Nothing acknowledged is lost',
      'nothing-twice': 'Nothing runs twice',
      'one-master': 'Never two masters',
      'by-itself': 'It goes on by itself',
    },
    state: { kept: 'kept', broken: 'BROKEN', 'not-checked': 'not checked' },
    evidence(key, report, totals) {
      switch (key) {
        case 'nothing-lost':
          if (totals.writesAcked === 0)
            return report.kind === 'switch'
              ? 'A switch drill writes nothing of its own; "nezuban drill" counts this on a pair made for it.'
              : 'Nothing could be counted.';
          return `${many(totals.writesAcked, 'acknowledged write')} and ${many(totals.sessions, 'acknowledged session')} were looked for afterwards: ${totals.writesLost} and ${totals.sessionsLost} lost, ${totals.writesWrong + totals.sessionsBad} wrong. ${many(totals.writesUnknown, 'write')} got no answer; each is there once or not at all.`;
        case 'nothing-twice':
          if (totals.commands === 0)
            return report.kind === 'switch'
              ? 'A switch drill starts no jobs of its own; "nezuban drill" counts this on a pair made for it.'
              : 'No job was run.';
          return `${many(totals.commands, 'command')} each wrote one line into a ledger outside of Nezuban: ${totals.commandsDoubled} doubled or unasked for.`;
        case 'one-master':
          if (totals.watched === 0) return 'Nobody looked.';
          if (report.kind === 'switch')
            return `Both hosts were asked ${many(report.looks, 'time')}: at ${totals.twoMasters} moments both said yes.`;
          return `Both hosts were asked every 20 ms during ${many(totals.watched, 'fault')}: ${totals.twoMasters} overlaps or falling terms.${totals.watched < totals.counted ? ' Not asked where a frozen host wakes up: it may answer once before it has looked at its clock; there the writes were judged.' : ''}`;
        case 'by-itself':
          if (totals.played === 0) return 'No fault could be begun.';
          return `${totals.redundantAgain} of ${totals.played} times the pair was redundant again without a human${report.kind === 'scratch' ? '; dead hosts were only switched on' : ''}. Longest time without service where one is promised: ${totals.longestMs === null ? '-' : seconds(totals.longestMs)}.`;
        default:
          return key satisfies never;
      }
    },
    step: { detect: 'detect', elect: 'elect', promote: 'promote', open: 'open' },
    stepLegend: {
      detect: 'silence, until the lease was surely over',
      elect: 'election',
      promote: 'database becomes primary',
      open: 'manager opens',
      rest: 'rest: until a client had an answer',
    },
    promisedMark: (ms) => `promised: at most ${ms / 1000} s`,
    expectedOutage: () => 'no host was there',
    nothingPromised: () => 'no time is promised',
    slow: (ms, limitMs) =>
      `${seconds(ms)} without service; ${limitMs / 1000} s are promised on hosts of their own. Four hosts share this machine: look at its load first.`,
    slowSwitch: (ms, limitMs) =>
      `${seconds(ms)} without a master; ${limitMs / 1000} s are promised on one LAN. Look at the load of both hosts, and at the steps above.`,
    redundantAfter: (ms) => `redundant again after ${seconds(ms)}`,
    problems: () => 'What went wrong',
    noProblems: () => 'Nothing.',
    logs: (folder) => `Homes and logs: ${folder}`,
    notCounted: () => 'not counted',
    measured: (report) =>
      report.kind === 'switch'
        ? 'Time without service: from the last answer of the old master that it is master to the first of the new one, asked every 20 ms.'
        : 'Time without service: the longest time in which no client had a write acknowledged.',
    faults: () => 'Faults',
    promises: () => 'Promises',
    notTested: () => 'Not tested by this drill',
    notTestedLines: (report) =>
      report.kind === 'switch'
        ? ['Sudden death: "nezuban drill" plays it on a pair of its own.']
        : [
            'Your own hosts, disks and network: all hosts were on this machine. "nezuban drill switch" moves the service of the real pair.',
            'A virtual machine that is frozen together with its clocks; delay and loss of packets. The simulator has them (npm run sim).',
          ],
    duration: (total) =>
      total < 90 ? `${Math.round(total)} s` : `${Math.floor(total / 60)} min ${Math.round(total % 60)} s`,
    newAdvice: () => 'New advice of the pair afterwards',
  },
  switchTitle: { switch: 'Planned switch', 'switch-back': 'Planned switch back' },
  switchDoes: {
    switch: 'The service is moved to the standby.',
    'switch-back': 'The service is moved back.',
  },
};

export const wordsOf = (language: Language): Words => (language === 'ja' ? ja : en);
