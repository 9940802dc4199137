/**
 * The drill on a pair made for it: makes the pair, plays the faults one after the other under load, and says what became of each.
 *
 * Responsible for the order, for making a pair anew after a failure, for progress, and for leaving nothing behind at an end of any kind.
 * Faults and their expectations are the scenarios of the harness. Called by `drill-main.ts`.
 */
import fs from 'node:fs';
import type { TakeOver } from '@nezuban/protocol/pair/status';
import { monotonicMs } from '../http-call.ts';
import { hostNames, type Network } from '../network.ts';
import { createPair, memberNames, type Pair, type PairOptions } from '../pair.ts';
import type { PairLoad } from '../pair-load.ts';
import { playScenario, type Scenario, type ScenarioResult, type Stage } from '../scenario.ts';
import { type DrillFault, type Language, scenarioOf } from './faults.ts';
import { describeMachine, ownRelease } from './machine.ts';
import type { Narrator } from './narrator.ts';
import { whyNotHere } from './preflight.ts';
import { countsOf, type DrillReport, type Happened, type ReportHost, type ReportLine } from './report.ts';
import { seconds, type Words } from './words.ts';

export interface ScratchOptions {
  readonly faults: readonly DrillFault[];
  readonly network: Network;
  readonly narrator: Narrator;
  readonly words: Words;
  readonly language: Language;
  readonly keep: boolean;
  /** For the report. */
  readonly command: string;
}

export interface ScratchDrill {
  /** Rejects only if it was ended before. */
  run(): Promise<DrillReport>;
  /** Ends all that runs and frees the network. Idempotent. */
  end(options?: { readonly keep?: boolean }): Promise<void>;
}

/** All loopback addresses are one host, and no agent of a member's host is appointed: there the program votes. */
const sharedOn = (kind: Network['kind']) =>
  ({ witness: kind === 'namespaces' ? 'agent' : 'program', agents: 2 }) as const;
/** A second failure in a row is no accident: every other fault would fail alike. */
const PAIRS_FAILED_MAX = 2;
/** While it runs; the report has all of them. */
const PROBLEMS_TOLD_MAX = 3;

/** What is learnt while a scenario is played, beside its result. */
interface Observed {
  began: boolean;
  happened: Happened;
  steps: TakeOver['steps'] | null;
  /** Monotonic. */
  mendedAt: number | null;
}

export function createScratchDrill(options: ScratchOptions): ScratchDrill {
  const { network, narrator, words, language, keep } = options;
  const { tell, paint } = narrator;
  const state: { pair: Pair | null; shared: boolean; load: PairLoad | null; ended: boolean } = {
    pair: null,
    shared: false,
    load: null,
    ended: false,
  };

  const drop = async (keepFolder: boolean): Promise<void> => {
    const { pair } = state;
    state.pair = null;
    if (pair !== null) await endPair(pair, { keep: keepFolder });
  };

  const pairFor = async (own: Scenario['own']): Promise<Pair> => {
    if (own === undefined && state.pair !== null && state.shared) return state.pair;
    // Two pairs at once would be four managers on a small machine.
    await drop(keep);
    tell(paint('dim', words.during.making()));
    const made: PairOptions = {
      network,
      onPrepared: (pair) => (state.pair = pair),
      ...(own ?? sharedOn(network.kind)),
    };
    state.shared = own === undefined;
    return createPair(made);
  };

  const play = async (fault: DrillFault): Promise<{ line: ReportLine; made: boolean }> => {
    const scenario = scenarioOf(fault);
    const skipped = whyNotHere(fault, network.kind)?.[language] ?? null;
    if (skipped !== null) {
      tell(paint('dim', words.during.skipped(skipped)));
      return { line: { ...emptyLine(fault.key, scenario), verdict: 'skipped', skipped }, made: true };
    }
    let pair: Pair;
    try {
      pair = await pairFor(scenario.own);
    } catch (error) {
      const logs = state.pair?.scratch ?? null;
      state.pair = null;
      const line = { ...emptyLine(fault.key, scenario), problems: [describe(error)], logs };
      return { line, made: false };
    }
    const seen: Observed = { began: false, happened: { what: 'nothing' }, steps: null, mendedAt: null };
    const watched = watch(scenario, {
      narrator,
      words,
      does: fault.does[language],
      seen,
      onLoad: (load) => (state.load = load),
    });
    let redundantAt: number | null = null;
    const observed: Pair = {
      ...pair,
      async restore() {
        const master = await pair.restore();
        redundantAt = monotonicMs();
        return master;
      },
    };
    const result = await playScenario(observed, watched);
    const redundantMs =
      seen.mendedAt === null || redundantAt === null || redundantAt < seen.mendedAt
        ? null
        : redundantAt - seen.mendedAt;
    state.load = null;
    const line = lineOf(result, { fault, scenario, seen, redundantMs, pair, words });
    // After a failure nobody knows what state the pair is in, and its logs are needed.
    if (line.verdict === 'failed' && !state.ended) await drop(true);
    return { line, made: true };
  };

  return {
    async run() {
      const startedAt = new Date();
      const lines: ReportLine[] = [];
      let unmade = 0;
      for (const [index, fault] of options.faults.entries()) {
        if (state.ended) throw new Error('the drill was ended');
        if (unmade >= PAIRS_FAILED_MAX) {
          lines.push({
            ...emptyLine(fault.key, scenarioOf(fault)),
            verdict: 'skipped',
            skipped: words.during.notMade(),
          });
          continue;
        }
        narrator.say();
        tell(
          `${paint('bold', fault.title[language])} ${paint('dim', `(${index + 1}/${options.faults.length})`)}`,
        );
        const { line, made } = await play(fault);
        if (state.ended) throw new Error('the drill was ended');
        if (line.verdict !== 'skipped') unmade = made ? 0 : unmade + 1;
        lines.push(line);
        if (line.verdict !== 'skipped') conclude(line, { narrator, words });
      }
      if (keep && state.pair !== null) narrator.say(words.during.kept(state.pair.scratch));
      await drop(keep);
      return {
        kind: 'scratch',
        startedAt,
        endedAt: new Date(),
        release: ownRelease(),
        machine: describeMachine(),
        place: network.kind,
        hosts: hostsOf(network),
        lines,
        newAdvice: [],
        looks: 0,
        command: options.command,
      };
    },
    async end({ keep: keepFolder = keep } = {}) {
      state.ended = true;
      // The programs that look from inside the hosts end by this; those of the client end with the pair.
      const abandoned = state.load?.abandon().catch(() => undefined);
      await drop(keepFolder);
      await abandoned;
      network.remove();
    },
  };
}

/** The pair's own end, and once more: what was starting at that moment may have come after it. */
async function endPair(pair: Pair, { keep }: { readonly keep: boolean }): Promise<void> {
  await pair.stop({ keep });
  for (const name of hostNames) await pair.hosts[name].processes.kill('everything');
  if (!keep)
    await fs.promises.rm(pair.scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

interface WatchParts {
  readonly narrator: Narrator;
  readonly words: Words;
  readonly does: string;
  readonly seen: Observed;
  readonly onLoad: (load: PairLoad) => void;
}

/** The same scenario, telling how far it is. How long it took is judged apart: a slow machine loses nothing. */
function watch(scenario: Scenario, { narrator, words, does, seen, onLoad }: WatchParts): Scenario {
  const { tell, paint } = narrator;
  return {
    ...scenario,
    outageMsMax: null,
    async play(stage) {
      onLoad(stage.load);
      let faultWall = Date.now();
      let faultAt = monotonicMs();
      const told: Stage = {
        ...stage,
        async fault(act) {
          faultWall = Date.now();
          faultAt = monotonicMs();
          seen.began = true;
          tell(`  ${paint('red', does)}`);
          await stage.fault(act);
        },
        async expectTakeOver() {
          await stage.expectTakeOver();
          const { firstWriteMs } = stage.load.outage(faultAt, stage.master);
          tell(`  ${words.during.tookOver(hostName(stage.standby), firstWriteMs)}`);
        },
        async expectToGoOn(afterMs) {
          await stage.expectToGoOn(afterMs);
          tell(`  ${words.during.wentOn(hostName(stage.master))}`);
        },
        async expectNobody(forMs) {
          await stage.expectNobody(forMs);
          tell(`  ${words.during.nobody(forMs)}`);
        },
      };
      await scenario.play(told);
      seen.mendedAt = monotonicMs();
      seen.happened = happenedIn(scenario, stage);
      seen.steps = stage.takenFrom() === null ? null : await stepsSince(stage.pair, faultWall);
      tell(`  ${paint('dim', words.during.mending())}`);
    },
  };
}

const hostName = (name: string): string => `host-${name}`;

function happenedIn(scenario: Scenario, stage: Stage): Happened {
  const from = stage.takenFrom();
  if (from !== null) return { what: 'took-over', from: hostName(from), to: hostName(stage.standby) };
  if (scenario.outageMsMax === null) return { what: 'came-back' };
  return { what: 'went-on', host: hostName(stage.master) };
}

/** As the new master wrote them down. */
async function stepsSince(pair: Pair, faultWall: number): Promise<TakeOver['steps'] | null> {
  const statuses = await Promise.all(memberNames.map((name) => pair.status(name)));
  const found = statuses
    .flatMap((status) => status?.history ?? [])
    .filter(({ at }) => Date.parse(at) >= faultWall)
    .toSorted((one, other) => other.term - one.term);
  return found[0]?.steps ?? null;
}

interface LineParts {
  readonly fault: DrillFault;
  readonly scenario: Scenario;
  readonly seen: Observed;
  readonly redundantMs: number | null;
  readonly pair: Pair;
  readonly words: Words;
}

function lineOf(result: ScenarioResult, parts: LineParts): ReportLine {
  const { fault, scenario, seen, redundantMs, pair, words } = parts;
  const { verdict, outage } = result;
  const outageMs = outage?.gapMs ?? null;
  const limitMs = scenario.outageMsMax;
  const failed = result.outcome === 'failed';
  const slow = limitMs !== null && outageMs !== null && outageMs > limitMs;
  return {
    key: fault.key,
    began: seen.began,
    verdict: failed ? 'failed' : slow ? 'slow' : 'passed',
    happened: seen.happened,
    outageMs,
    limitMs,
    steps: seen.steps,
    redundantMs,
    counts: verdict === null ? null : countsOf(verdict, scenario.load?.dutyEveryMs !== 0),
    problems: [...result.violations, ...(slow ? [words.report.slow(outageMs, limitMs)] : [])],
    logs: failed ? pair.scratch : null,
    skipped: null,
    seconds: result.seconds,
  };
}

const emptyLine = (key: string, { outageMsMax }: Scenario): ReportLine => ({
  key,
  began: false,
  verdict: 'failed',
  happened: { what: 'nothing' },
  outageMs: null,
  limitMs: outageMsMax,
  steps: null,
  redundantMs: null,
  counts: null,
  problems: [],
  logs: null,
  skipped: null,
  seconds: 0,
});

function conclude(line: ReportLine, { narrator, words }: Pick<WatchParts, 'narrator' | 'words'>): void {
  const { tell, paint } = narrator;
  const { counts, outageMs, verdict } = line;
  const style = verdict === 'passed' ? 'green' : verdict === 'slow' ? 'yellow' : 'red';
  const facts = [
    ...(outageMs === null ? [] : [`${words.report.columns.outage}: ${seconds(outageMs)}`]),
    ...(counts === null
      ? []
      : [
          `${words.report.columns.lost}: ${counts.writesLost}/${counts.writesAcked}`,
          `${words.report.columns.doubled}: ${counts.commandsDoubled}/${counts.commands}`,
        ]),
  ];
  tell(`  ${paint(style, words.report.verdict[verdict])}  ${facts.join(', ')}`);
  for (const one of line.problems.slice(0, PROBLEMS_TOLD_MAX))
    narrator.say(`            ! ${one.split('\n', 1).join('')}`);
  if (line.logs !== null) narrator.say(`            ${words.report.logs(line.logs)}`);
}

function hostsOf(network: Network): ReportHost[] {
  const roles = { a: 'master', b: 'standby', w: 'witness', c: 'agent' } as const;
  return hostNames.map((name) => {
    const { hostname, address } = network.places[name];
    return { name: hostname, role: roles[name], address };
  });
}

function describe(error: unknown): string {
  const parts: string[] = [];
  for (let one: unknown = error; one instanceof Error; one = one.cause) parts.push(one.message);
  return parts.length === 0 ? String(error) : parts.join('; because: ');
}
