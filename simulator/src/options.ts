/**
 * What a seed stands for: the shape of the cluster, its clocks, which faults may happen and how often, and which scenario is staged.
 *
 * Drawn as a swarm: each class of faults is off in many seeds, so that the others are seen alone too.
 */
import { deriveTiming, LAN, type Timing } from '@nezuban/ha/decision/timing';
import type { Troubles } from './chance.ts';
import { NO_TROUBLES } from './chance.ts';
import type { ClockSkew } from './clock.ts';
import { CALM, type Weather } from './network.ts';
import { Random } from './random.ts';

/** Lease and promise are those of the product; what merely takes long is shorter, so that a run of seconds sees it. */
const timing: Timing = deriveTiming(LAN, {
  stableMs: 1000,
  asymmetricAfterMs: 3000,
  replaceWitnessAfterMs: 4000,
  admissionBackoffMs: 500,
  admissionBackoffMaxMs: 2000,
  fenceMs: 1500,
  forceSilenceMs: 2000,
  promotionMs: 5000,
  switchMs: 4000,
});

const layouts = ['witness', 'witnesses', 'fence', 'manual', 'single'] as const;
export type Layout = (typeof layouts)[number];
/** Most sites have one witness; the other layouts are rarer and so are their seeds. */
const LAYOUT_WEIGHTS: Readonly<Record<Layout, number>> = {
  witness: 50,
  witnesses: 15,
  fence: 13,
  manual: 10,
  single: 12,
};

export const faultNames = [
  'kill-keeper',
  'kill-postgres',
  'kill-guard',
  'power-off-one',
  'power-off-two',
  'power-off-all',
  'pause-host',
  'pause-keeper',
  'cut-one-way',
  'cut-both-ways',
  'isolate',
  'swizzle',
  'break-stream',
  'slow-record-disk',
  'failing-record-disk',
  'slow-data-disk',
  'sick-disk',
  'wipe-data',
  'replace-data',
  'wipe-witness',
  'clock-jump',
  'cancel-wait',
] as const;
export type FaultName = (typeof faultNames)[number];

export const scenarioNames = [
  'restart-two-voters',
  'pause-between-propose-and-decided',
  'late-message-past-candidacy',
  'late-votes',
  'propose-after-vote',
  'slow-answers-then-cut',
  'crash-after-vote',
  'crash-before-vote',
  'cut-during-voter-change',
  'pause-past-lease',
  'cut-members-only',
  'witness-then-standby',
  'standby-then-witness',
  'cut-one-then-the-other',
  'promotion-fails-then-old-master',
  'wipe-in-sync-member',
  'foreign-directory',
  'both-members-down',
  'switch-during-cut',
  'flapping-admission',
  'slow-persist-during-change',
  'crash-while-commits-wait',
  'asymmetric-then-force',
  'fence-long-cut',
  'fence-each-other',
  'crash-at-fence-void',
] as const;
export type ScenarioName = (typeof scenarioNames)[number];

export const operatorActs = [
  'switch',
  'maintenance',
  'set-voters',
  'recover',
  'replace-witness',
  'promote',
  'force-master',
] as const;
export type OperatorAct = (typeof operatorActs)[number];

export interface RunOptions {
  readonly seed: number;
  readonly timing: Timing;
  readonly layout: Layout;
  readonly witnesses: number;
  /** Hosts with agents that may become witnesses. */
  readonly spares: number;
  readonly startsPaired: boolean;
  readonly skew: ClockSkew;
  readonly weather: Weather;
  readonly troubles: Troubles;
  readonly faults: Readonly<Record<FaultName, number>>;
  readonly faultMeanMs: number;
  readonly scenario: ScenarioName | null;
  readonly acts: Readonly<Record<OperatorAct, number>>;
  readonly actMeanMs: number;
  readonly commitMeanMs: number;
  readonly safetyMs: number;
}

/** Streams of the seed, one for each use. */
export const STREAMS = { options: 1, model: 2, network: 3, faults: 4, operators: 5 } as const;

const OFF_CHANCE = 0.55;
const FREQUENT_CHANCE = 0.12;
const FREQUENT_WEIGHT = 6;
const SCENARIO_CHANCE = 0.6;
/** In these runs nothing happens beside the scenario. */
const SCENARIO_ALONE_CHANCE = 0.4;
const CALM_CHANCE = 0.3;
const NO_TROUBLE_CHANCE = 0.4;
const FAULT_MEAN_MIN_MS = 250;
const FAULT_MEAN_MAX_MS = 3000;
const ACT_MEAN_MIN_MS = 1000;
const ACT_MEAN_MAX_MS = 8000;
/** Few commits: each costs five events, and a rule that loses one loses it at any rate. */
const COMMIT_MEAN_MIN_MS = 150;
const COMMIT_MEAN_MAX_MS = 600;
/** Only where two hosts shoot at each other; elsewhere another scenario is drawn. */
const fenceScenarios: readonly ScenarioName[] = ['fence-long-cut', 'fence-each-other', 'crash-at-fence-void'];
/** Scenarios of several acts, staged once in a run that is long enough. */
export const longScenarios: readonly ScenarioName[] = [
  'asymmetric-then-force',
  'fence-long-cut',
  'fence-each-other',
  'crash-at-fence-void',
];
const LONG_SAFETY_MS = 32_000;
const FENCE_SCENARIO_CHANCE = 0.6;
const SAFETY_MIN_MS = 5000;
const SAFETY_MAX_MS = 25_000;

function weigh<Name extends string>(random: Random, names: readonly Name[]): Record<Name, number> {
  const weights = {} as Record<Name, number>;
  for (const name of names) {
    const draw = random.unit();
    weights[name] = draw < OFF_CHANCE ? 0 : draw > 1 - FREQUENT_CHANCE ? FREQUENT_WEIGHT : 1;
  }
  return weights;
}

function drawLayout(random: Random): Layout {
  let rest = random.below(100);
  for (const layout of layouts) {
    rest -= LAYOUT_WEIGHTS[layout];
    if (rest < 0) return layout;
  }
  return 'witness';
}

function drawWeather(random: Random): Weather {
  if (random.chance(CALM_CHANCE)) return CALM;
  const sometimes = (most: number): number => (random.chance(0.5) ? random.between(0, most) : 0);
  return { loss: sometimes(0.15), double: sometimes(0.1), slow: sometimes(0.15), late: sometimes(0.03) };
}

function drawTroubles(random: Random): Troubles {
  if (random.chance(NO_TROUBLE_CHANCE)) return NO_TROUBLES;
  const sometimes = (most: number): number => (random.chance(0.4) ? random.between(0, most) : 0);
  return {
    promotionFails: sometimes(0.5),
    promotionHangs: sometimes(0.5),
    copyHangs: sometimes(0.4),
    copySlow: sometimes(0.6),
    killStuck: sometimes(0.5),
    fenceFails: sometimes(0.5),
    fenceLate: sometimes(0.5),
    fenceLies: sometimes(0.3),
  };
}

function drawScenario(random: Random, layout: Layout): ScenarioName | null {
  if (layout === 'fence' && random.chance(FENCE_SCENARIO_CHANCE)) return random.pick(fenceScenarios) ?? null;
  const fits = (name: ScenarioName): boolean =>
    !fenceScenarios.includes(name) && (name !== 'asymmetric-then-force' || layout === 'witness');
  return random.pick(scenarioNames.filter(fits)) ?? null;
}

const WITNESSES: Readonly<Record<Layout, number>> = {
  witness: 1,
  witnesses: 3,
  fence: 0,
  manual: 0,
  single: 0,
};

export function drawOptions(seed: number): RunOptions {
  const random = new Random(seed, STREAMS.options);
  const layout = drawLayout(random);
  const scenario = random.chance(SCENARIO_CHANCE) ? drawScenario(random, layout) : null;
  const isAlone = scenario !== null && random.chance(SCENARIO_ALONE_CHANCE);
  const draws = random.unit();
  const safetyMs = random.between(SAFETY_MIN_MS, SAFETY_MAX_MS);
  const isLong = scenario !== null && longScenarios.includes(scenario);
  return {
    seed,
    timing,
    layout,
    witnesses: WITNESSES[layout],
    spares: layout === 'single' ? 3 : 1 + random.below(2),
    startsPaired: random.chance(0.7),
    skew: draws < 0.3 ? 'none' : draws < 0.6 ? 'drawn' : 'extreme',
    weather: drawWeather(random),
    troubles: drawTroubles(random),
    faults: weigh(random, faultNames),
    faultMeanMs: isAlone ? Infinity : random.between(FAULT_MEAN_MIN_MS, FAULT_MEAN_MAX_MS),
    scenario,
    acts: weigh(random, operatorActs),
    actMeanMs: isAlone ? Infinity : random.between(ACT_MEAN_MIN_MS, ACT_MEAN_MAX_MS),
    commitMeanMs: random.between(COMMIT_MEAN_MIN_MS, COMMIT_MEAN_MAX_MS),
    safetyMs: isLong ? LONG_SAFETY_MS : safetyMs,
  };
}
