/**
 * What a drill found, as data: one line for each fault, and the promises of the pair with the evidence for each.
 *
 * Pure; knows no language. Filled by `scratch-drill.ts` and `switch-drill.ts`; shown by `report-text.ts` and `report-html.ts`.
 */
import type { TakeOver } from '@nezuban/protocol/pair/status';
import type { Verdict } from '../pair-load.ts';

export type LineVerdict = 'passed' | 'slow' | 'failed' | 'skipped';

export interface Counts {
  readonly writesAcked: number;
  /** Acknowledged and gone, or read once and gone. */
  readonly writesLost: number;
  /** No answer came; done or not done are both right. */
  readonly writesUnknown: number;
  /** Done twice, never sent and done, or in the wrong order. */
  readonly writesWrong: number;
  readonly sessions: number;
  readonly sessionsLost: number;
  /** Acknowledged, and not ended normally. */
  readonly sessionsBad: number;
  readonly commands: number;
  readonly commandsDoubled: number;
  /** Moments at which both claimed to be master, and terms that fell. */
  readonly twoMasters: number;
  /** Whether anybody looked for that. */
  readonly mastersWatched: boolean;
}

export type Happened =
  | { readonly what: 'took-over'; readonly from: string; readonly to: string }
  | { readonly what: 'went-on'; readonly host: string }
  /** Nobody could serve; it went on when a host was back. */
  | { readonly what: 'came-back' }
  | { readonly what: 'nothing' };

export interface ReportLine {
  /** Of `drillFaults`, or `switch` and `switch-back`. */
  readonly key: string;
  readonly verdict: LineVerdict;
  /** The pair stood and the fault was begun; without that nothing is known of the promises. */
  readonly began: boolean;
  readonly happened: Happened;
  /** Longest time without service; null: not measured. */
  readonly outageMs: number | null;
  /** What is promised; null: a time without service is what the fault is about. */
  readonly limitMs: number | null;
  readonly steps: TakeOver['steps'] | null;
  /** From the fault, or its repair, until either host may fail again; null: never seen. */
  readonly redundantMs: number | null;
  /** Null: nothing could be counted. */
  readonly counts: Counts | null;
  /** Sentences of the checkers. */
  readonly problems: readonly string[];
  /** Folder with the logs, kept for a failure. */
  readonly logs: string | null;
  /** One sentence why it was not played. */
  readonly skipped: string | null;
  readonly seconds: number;
}

export interface ReportHost {
  readonly name: string;
  readonly role: 'master' | 'standby' | 'witness' | 'agent';
  readonly address: string;
}

export interface DrillReport {
  readonly kind: 'scratch' | 'switch';
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly release: string;
  readonly machine: string;
  readonly place: 'namespaces' | 'loopback' | 'real';
  readonly hosts: readonly ReportHost[];
  readonly lines: readonly ReportLine[];
  /** Advice that the pair gives afterwards and did not give before (a switch). */
  readonly newAdvice: readonly string[];
  /** Looks at both hosts (a switch). */
  readonly looks: number;
  /** What was typed. */
  readonly command: string;
}

export type PromiseKey = 'nothing-lost' | 'nothing-twice' | 'one-master' | 'by-itself';
export type PromiseState = 'kept' | 'broken' | 'not-checked';

export interface PromiseResult {
  readonly key: PromiseKey;
  readonly state: PromiseState;
}

export interface Totals extends Omit<Counts, 'mastersWatched'> {
  readonly counted: number;
  readonly watched: number;
  readonly played: number;
  readonly redundantAgain: number;
  /** Longest among the faults for which a time is promised. */
  readonly longestMs: number | null;
  readonly slow: number;
  readonly failed: number;
  readonly skipped: number;
}

export function countsOf({ writes, jobs, duty }: Verdict, mastersWatched: boolean): Counts {
  return {
    writesAcked: writes.acked,
    writesLost: writes.lost.length + writes.vanished.length,
    writesUnknown: writes.unknownDone + writes.unknownNotDone,
    writesWrong: writes.doubled.length + writes.ghosts.length + writes.disordered.length,
    sessions: jobs.sessions,
    sessionsLost: jobs.lost.length,
    sessionsBad: jobs.badEnds.length,
    commands: jobs.commands,
    commandsDoubled: jobs.doubled.length + jobs.strangers.length,
    twoMasters: duty.overlaps.length + duty.termFalls.length,
    mastersWatched,
  };
}

export function totalsOf({ lines }: Pick<DrillReport, 'lines'>): Totals {
  const played = lines.filter(({ began }) => began);
  const counted = played.flatMap(({ counts }) => counts ?? []);
  const sum = (of: (counts: Counts) => number) => counted.reduce((total, one) => total + of(one), 0);
  const promised = played.filter(({ limitMs }) => limitMs !== null).flatMap(({ outageMs }) => outageMs ?? []);
  const having = (verdict: LineVerdict) => lines.filter((one) => one.verdict === verdict).length;
  return {
    writesAcked: sum((one) => one.writesAcked),
    writesLost: sum((one) => one.writesLost),
    writesUnknown: sum((one) => one.writesUnknown),
    writesWrong: sum((one) => one.writesWrong),
    sessions: sum((one) => one.sessions),
    sessionsLost: sum((one) => one.sessionsLost),
    sessionsBad: sum((one) => one.sessionsBad),
    commands: sum((one) => one.commands),
    commandsDoubled: sum((one) => one.commandsDoubled),
    twoMasters: sum((one) => one.twoMasters),
    counted: counted.length,
    watched: counted.filter(({ mastersWatched }) => mastersWatched).length,
    played: played.length,
    redundantAgain: played.filter(({ redundantMs }) => redundantMs !== null).length,
    longestMs: promised.length === 0 ? null : Math.max(...promised),
    slow: having('slow'),
    failed: having('failed'),
    skipped: having('skipped'),
  };
}

/** A promise is kept only if somebody has looked. A switch writes nothing and runs nothing, so that two of them stay open there. */
export function promisesOf(report: DrillReport): PromiseResult[] {
  const totals = totalsOf(report);
  const judge = (key: PromiseKey, broken: boolean, checked: boolean): PromiseResult => ({
    key,
    state: broken ? 'broken' : checked ? 'kept' : 'not-checked',
  });
  const lost = totals.writesLost + totals.writesWrong + totals.sessionsLost + totals.sessionsBad;
  return [
    judge('nothing-lost', lost > 0, totals.writesAcked > 0),
    judge('nothing-twice', totals.commandsDoubled > 0, totals.commands > 0),
    judge('one-master', totals.twoMasters > 0, totals.watched > 0),
    judge('by-itself', totals.redundantAgain < totals.played, totals.played > 0),
  ];
}

export const hasPassed = (report: DrillReport): boolean =>
  report.lines.every(({ verdict }) => verdict !== 'failed') &&
  report.lines.some(({ verdict }) => verdict !== 'skipped');
