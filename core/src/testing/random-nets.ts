// Random job nets of all types of units, and random things that happen to their sessions, for tests of the engine.
import fc from 'fast-check';
import type { JobNetDefinition, UnitDefinition } from '@nezuban/protocol/jobs/definition';
import type { NetReferences, ReferencedNet } from '../jobs/expand-net.ts';
import { net } from './session-driver.ts';

export const modelNodes = ['web1', 'web2'];
export const modelParameters = { MODE: 'full', SIZE: '7' } as const;

const outcomes = ['normal', 'warning', 'abnormal', 'unknown', true, false] as const;

type Seed = {
  readonly after: readonly (readonly [number, number])[];
  readonly any: boolean;
  readonly hold: boolean;
  readonly retry: number;
  /** 0-9 command, 10 and 11 wait, 12-14 judgment, 15 event. */
  readonly kind: number;
  readonly choice: number;
  readonly recovery: number;
  readonly inner: readonly Seed[];
};

const seedOf = (depth: number): fc.Arbitrary<Seed> =>
  fc.record({
    after: fc.array(fc.tuple(fc.nat({ max: 20 }), fc.integer({ min: 1, max: 63 })), { maxLength: 3 }),
    any: fc.boolean(),
    hold: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    retry: fc.integer({ min: -4, max: 2 }),
    kind: fc.nat({ max: 20 }),
    choice: fc.nat({ max: 999 }),
    recovery: fc.nat({ max: 9 }),
    inner:
      depth === 0
        ? fc.constant([])
        : fc.oneof(
            { weight: 3, arbitrary: fc.constant([]) },
            { weight: 1, arbitrary: fc.array(seedOf(depth - 1), { minLength: 1, maxLength: 4 }) },
          ),
  });

type Edge = { readonly unit: string; readonly on?: readonly unknown[] };

function unitsOf(seeds: readonly Seed[]): object[] {
  const isJudgment = (seed: Seed | undefined): boolean =>
    seed !== undefined && seed.inner.length === 0 && seed.kind >= 12 && seed.kind <= 14;
  const isApproval = (seed: Seed | undefined): boolean => seed?.inner.length === 0 && seed.kind === 18;
  const isCommand = (seed: Seed | undefined): boolean =>
    seed !== undefined && seed.inner.length === 0 && seed.kind <= 9;
  return seeds.map((seed, index) => {
    const before = index === 0 ? [] : [...new Map(seed.after.map(([from, mask]) => [from % index, mask]))];
    const recovery = seed.recovery > 2 || before.length === 0 ? undefined : recoveries[seed.recovery];
    const edges = before.map(([from, mask]): Edge => {
      if (recovery !== undefined) return { unit: `u${from}` };
      const answers = isJudgment(seeds[from]) || isApproval(seeds[from]);
      const allowed = answers ? outcomes : outcomes.slice(0, 4);
      const on = allowed.filter((_, bit) => (mask & (1 << bit)) !== 0);
      // A bare edge now and then: it means more to a judgment.
      return mask % 7 === 0 || on.length === 0 ? { unit: `u${from}` } : { unit: `u${from}`, on };
    });
    const judged = before.map(([from]) => from).find((from) => isCommand(seeds[from]));
    const judgesOutput = judged !== undefined && (seeds[judged]?.kind ?? 9) <= outputKindMax;
    const any = seed.any && !(isJudgment(seed) && judged !== undefined);
    const common = {
      name: `u${index}`,
      hold: seed.hold,
      ...(recovery === undefined ? {} : { recovery }),
      ...(edges.length === 0 ? {} : { after: any ? { any: edges } : { all: edges } }),
    };
    if (seed.inner.length > 0) return { ...common, units: unitsOf(seed.inner) };
    if (isJudgment(seed))
      return { ...common, type: 'judgment', if: questionOf(seed.choice, { judged, judgesOutput }) };
    if (seed.kind === 15)
      return { ...common, type: 'event_send', message: '{{unit}} of size {{ parameter.SIZE }}' };
    if (seed.kind > 15) return { ...common, ...insideUnitOf(seed) };
    if (seed.kind >= 10)
      return { ...common, type: 'wait', ...(seed.choice % 2 === 0 ? { for_s: 30 } : { until: '00:01' }) };
    const retry = seed.retry <= 0 ? {} : { retry: { count: seed.retry, delay_s: seed.hold ? 0 : 30 } };
    // The first of them must give a value, the others may.
    const outputs =
      seed.kind > outputKindMax
        ? {}
        : {
            outputs: [
              { name: 'COUNT', regex: 'count=(.*)', ...(seed.kind === 0 ? {} : { required: false }) },
            ],
          };
    if (seed.kind === watchKind) return { ...common, type: 'file_watch', path: '/x', ...retry };
    const slow = seed.kind === slowKind ? { warn_after_s: 15 } : {};
    return {
      ...common,
      ...slow,
      command: 'true',
      exit_codes: { normal: '0', warning: '1' },
      ...retry,
      ...outputs,
    };
  });
}

/** Waits for something inside the manager, or does nothing. */
function insideUnitOf({ kind, choice }: Seed): object {
  const limit = (ends: readonly string[]): object =>
    choice % 2 === 0 ? { timeout_s: 45, on_timeout: ends[choice % ends.length] } : {};
  const usual = ['normal', 'warning', 'abnormal', 'stopped'];
  switch (kind) {
    case 16:
      return { type: 'or' };
    case 17:
      return { type: 'event_wait', event: { codes: ['job_event'] }, ...limit(usual) };
    case 18:
      return {
        type: 'approval',
        question: 'Go?',
        needed: 2,
        ...limit(['approve', 'refuse', 'abnormal', 'stopped']),
      };
    case 19:
      return { type: 'net_start', net: 'other', pass_stop: choice % 3 !== 0, wait: choice % 5 !== 0 };
    default:
      return { type: 'net_wait', nets: choice % 3 === 0 ? { any: ['x', 'y'] } : ['x', 'y'], ...limit(usual) };
  }
}

const recoveries = [true, ['abnormal', 'unknown'], ['warning']] as const;

/** One that is begun again where nobody knows how it ended, and a command that is said to take long. */
const watchKind = 8;
const slowKind = 9;
/** Commands up to this kind take something out of their output. */
const outputKindMax = 3;

function questionOf(
  choice: number,
  { judged, judgesOutput }: { readonly judged: number | undefined; readonly judgesOutput: boolean },
): object {
  if (judgesOutput && choice % 2 === 0)
    return { unit: `u${judged}`, output: 'COUNT', at_least: choice % 3, at_most: 5 };
  if (judged !== undefined) return { unit: `u${judged}`, exit_code: ['0', '1-9', '0-1'][choice % 3] };
  return [
    { parameter: 'MODE', equals: 'full' },
    { parameter: 'MODE', equals: 'half' },
    { parameter: 'SIZE', at_least: 5 },
    { parameter: 'SIZE', at_least: 8, at_most: 9 },
    { parameter: 'MODE', at_most: 5 },
  ][choice % 5] as object;
}

/** A net for `nodes` nodes. */
export type RandomNet = { readonly definition: JobNetDefinition; readonly nodes: number };

export const netArbitrary: fc.Arbitrary<RandomNet> = fc
  .record({
    seeds: fc.array(seedOf(2), { minLength: 1, maxLength: 6, size: 'max' }),
    nodes: fc.integer({ min: 1, max: 2 }),
  })
  .map(({ seeds, nodes }) => ({
    nodes,
    definition: net(unitsOf(seeds), {
      target: { scope: 'all' },
      parameters: Object.keys(modelParameters).map((name) => ({ name })),
    }),
  }));

/** The same net with some of its inner nets as nets of their own that it refers to, and these by name. */
export function withReferences(definition: JobNetDefinition): {
  readonly definition: JobNetDefinition;
  readonly references: NetReferences;
} {
  const references = new Map<string, ReferencedNet>();
  const parameters = Object.fromEntries(
    definition.parameters.map(({ name }) => [name, `{{parameter.${name}}}`]),
  );
  const refer = (units: readonly UnitDefinition[], around: string): UnitDefinition[] =>
    units.map((unit) => {
      if (unit.type !== 'net') return unit;
      const path = `${around}-${unit.name}`;
      const inner = refer(unit.units, path);
      // About every second one, on every level, whatever is beside it.
      if (Array.from(path).reduce((sum, each) => sum + each.charCodeAt(0), 0) % 2 === 1)
        return { ...unit, units: inner };
      const name = `parts/p${path}`;
      references.set(name, { revision: 1, definition: { ...definition, name, units: inner } });
      const { units: _units, ...rest } = unit;
      return { ...rest, type: 'net_ref', net: name, parameters };
    });
  return { definition: { ...definition, units: refer(definition.units, '') }, references };
}

export type Action = readonly [kind: number, pick: number, what: number];

export const actionsArbitrary: fc.Arbitrary<Action[]> = fc.array(
  fc.tuple(fc.nat({ max: 24 }), fc.nat({ max: 1000 }), fc.nat({ max: 1000 })),
  { maxLength: 60, size: 'max' },
);
