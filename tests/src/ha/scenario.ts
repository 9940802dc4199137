/**
 * What a scenario of the pair is, and how one is played: restore, load, fault, expectations, restore, verdict.
 *
 * Responsible for one play and its record. Not responsible for which scenarios there are (`scenarios.ts`). Called by
 * `prove-pair-main.ts` and `quick.test.ts`.
 */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '../support/wait-for.ts';
import { monotonicMs } from './http-call.ts';
import type { MemberName } from './network.ts';
import { otherMember } from './network.ts';
import type { Outage } from './outage.ts';
import { memberNames, type Pair, type PairOptions } from './pair.ts';
import { type PairLoad, type PairLoadOptions, startPairLoad, type Verdict } from './pair-load.ts';

export interface Scenario {
  /** Situation and outcome, in words. */
  readonly name: string;
  /** Row of the table of faults that it proves. */
  readonly row: string;
  /** A pair of its own, made like this; without it the shared one (agent as witness, agents on w and c). */
  readonly own?: Omit<PairOptions, 'network' | 'say' | 'onPrepared'>;
  /** Done to a pair of its own before anything else. */
  prepare?(pair: Pair): Promise<void>;
  readonly load?: PairLoadOptions;
  /** One sentence if it cannot be played here. */
  readonly whyNot?: () => string | null;
  /** Takes minutes by its nature; played only when asked for. */
  readonly long?: boolean;
  /** Longer than this without an acknowledged write is a failure; null: an outage is what is expected. */
  readonly outageMsMax: number | null;
  play(stage: Stage): Promise<void>;
}

export interface Stage {
  readonly pair: Pair;
  readonly load: PairLoad;
  /** At the beginning. */
  readonly master: MemberName;
  readonly standby: MemberName;
  /** Does the fault and remembers when. */
  fault(act: () => void | Promise<void>): Promise<void>;
  /** The other member is master and acknowledges writes. */
  expectTakeOver(): Promise<void>;
  /** The same member goes on: it acknowledges writes sent later than the fault and so much more. */
  expectToGoOn(afterMs?: number): Promise<void>;
  /** Nobody serves for so long. */
  expectNobody(forMs: number): Promise<void>;
  /** The master of before, if another one has taken over. */
  takenFrom(): MemberName | null;
  /** A word for the table. */
  note(text: string): void;
}

export interface ScenarioResult {
  readonly scenario: Scenario;
  readonly outcome: 'passed' | 'failed';
  readonly violations: readonly string[];
  readonly outage: Outage | null;
  readonly verdict: Verdict | null;
  readonly notes: readonly string[];
  readonly seconds: number;
}

/** Every take-over has its bound elsewhere (`outageMsMax`); this one only ends the waiting. With a fence it takes half a minute. */
const TAKE_OVER_TIMEOUT_MS = 90_000;
const FIRST_ACKS_TIMEOUT_MS = 20_000;
/** Work that is under way when the fault comes: enough sessions that some of them run across it. */
const WARM_UP_MS = 2_000;
/** The agents have to find the new master, too. */
const FIRST_JOB_TIMEOUT_MS = 30_000;
const STAND_DOWN_TIMEOUT_MS = 10_000;
const LOOK_MS = 50;

/** Plays it on a pair that serves. Never rejects: what goes wrong is in the result. */
export async function playScenario(pair: Pair, scenario: Scenario): Promise<ScenarioResult> {
  const began = monotonicMs();
  const notes: string[] = [];
  let load: PairLoad | null = null;
  let faultAt: number | null = null;
  let outage: Outage | null = null;
  let master: MemberName | null = null;
  const failed = (error: unknown, verdict: Verdict | null): ScenarioResult => ({
    scenario,
    outcome: 'failed',
    violations: [...(verdict?.violations ?? []), describe(error)],
    outage,
    verdict,
    notes,
    seconds: (monotonicMs() - began) / 1000,
  });
  try {
    await scenario.prepare?.(pair);
    master = await pair.restore();
    pair.takeIncidents();
    load = await startPairLoad(pair, scenario.load);
    await load.waitForAck(monotonicMs(), { timeoutMs: FIRST_ACKS_TIMEOUT_MS });
    await delay(WARM_UP_MS);
    const termBefore = await highestTerm(pair);
    const stage = createStage({
      pair,
      load,
      master,
      notes,
      setFault: (at) => (faultAt = at),
      faultAt: () => faultAt,
    });
    await scenario.play(stage);
    if (faultAt !== null) outage = load.outage(faultAt, stage.takenFrom());
    await pair.restore();
    await load.waitForAck(monotonicMs(), { timeoutMs: FIRST_ACKS_TIMEOUT_MS });
    const incidents = pair.takeIncidents();
    notes.push(...incidents.map(({ says }) => says));
    // A keeper may refuse to go on with a sentence; it must not break.
    const broken = incidents.filter(({ what }) => what === 'keeper-ended').map(({ says }) => says);
    const verdict = await load.finish();
    const slow =
      scenario.outageMsMax !== null && outage !== null && outage.gapMs > scenario.outageMsMax
        ? [
            `nothing was acknowledged for ${outage.gapMs.toFixed(0)} ms; at most ${scenario.outageMsMax} ms are promised`,
          ]
        : [];
    const violations = [...verdict.violations, ...broken, ...(await judgeTerms(pair, termBefore)), ...slow];
    const outcome = violations.length === 0 ? 'passed' : 'failed';
    return { scenario, outcome, violations, outage, verdict, notes, seconds: (monotonicMs() - began) / 1000 };
  } catch (error) {
    if (faultAt !== null && load !== null) outage = load.outage(faultAt, null);
    await load?.abandon().catch(() => undefined);
    notes.push(...pair.takeIncidents().map(({ says }) => says));
    return failed(error, null);
  }
}

async function highestTerm(pair: Pair): Promise<number> {
  const all = await Promise.all(memberNames.map((name) => pair.status(name)));
  return Math.max(0, ...all.map((status) => status?.roster?.term ?? 0));
}

/** Terms never fall, and each has one master. */
async function judgeTerms(pair: Pair, before: number): Promise<string[]> {
  const after = await highestTerm(pair);
  const all = await Promise.all(memberNames.map((name) => pair.status(name)));
  const masters = Map.groupBy(
    all.flatMap((status) => status?.history ?? []),
    ({ term }) => term,
  );
  return [
    ...(after < before ? [`the term fell from ${before} to ${after}`] : []),
    ...[...masters].flatMap(([term, changes]) => {
      const names = [...new Set(changes.map(({ to }) => to))];
      return names.length > 1 ? [`term ${term} had more than one master: ${names.join(', ')}`] : [];
    }),
  ];
}

interface StageParts {
  readonly pair: Pair;
  readonly load: PairLoad;
  readonly master: MemberName;
  readonly notes: string[];
  readonly setFault: (at: number) => void;
  readonly faultAt: () => number | null;
}

function createStage({ pair, load, master, notes, setFault, faultAt }: StageParts): Stage {
  const standby = otherMember(master);
  let takenFrom: MemberName | null = null;
  const since = () => {
    const at = faultAt();
    assert.ok(at !== null, 'a scenario expects something before its fault');
    return at;
  };
  return {
    pair,
    load,
    master,
    standby,
    async fault(act) {
      setFault(monotonicMs());
      await act();
    },
    async expectTakeOver() {
      await load.waitForAck(since(), { timeoutMs: TAKE_OVER_TIMEOUT_MS, not: master });
      takenFrom = master;
      const { firstWriteMs } = load.outage(since(), master);
      notes.push(`first write on ${standby} after ${(firstWriteMs ?? Number.NaN).toFixed(0)} ms`);
      if (load.startsJobs)
        await waitFor(() => load.outage(since(), master).firstJobMs !== null, {
          timeoutMs: FIRST_JOB_TIMEOUT_MS,
          intervalMs: LOOK_MS,
          message: `a job started by ${standby}`,
        });
    },
    takenFrom: () => takenFrom,
    async expectToGoOn(afterMs = 0) {
      await load.waitForAck(since() + afterMs, { timeoutMs: afterMs + TAKE_OVER_TIMEOUT_MS, not: standby });
    },
    async expectNobody(forMs) {
      const masters = async () => {
        const views = await Promise.all(memberNames.map((name) => pair.self(name)));
        return memberNames.filter((_, index) => views[index]?.view?.state.startsWith('master-'));
      };
      // A master that has lost its majority acts until its lease ends.
      await waitFor(async () => (await masters()).length === 0, {
        timeoutMs: STAND_DOWN_TIMEOUT_MS,
        intervalMs: LOOK_MS,
        message: 'nobody to be master',
      });
      for (const until = monotonicMs() + forMs; monotonicMs() < until; await delay(LOOK_MS))
        assert.deepEqual(await masters(), [], 'nobody may be master');
    },
    note: (text) => void notes.push(text),
  };
}

function describe(error: unknown): string {
  const parts: string[] = [];
  for (let one: unknown = error; one instanceof Error; one = one.cause) parts.push(one.message);
  return parts.length === 0 ? String(error) : parts.join('; because: ');
}
