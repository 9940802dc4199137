/**
 * What monitors would make of traps, for people who try rules before they save them.
 *
 * Responsible for the answer: each trap with what every monitor says, and how many each rule took. Not responsible for the traps nor for the
 * time that all of it may take beyond its own look at the clock: it runs in a thread that can be ended (`manager/src/trap-monitors`).
 */
import type { TrapMonitor } from '@nezuban/protocol/traps/trap-monitor';
import type { TriedMonitor, TriedTrap } from '@nezuban/protocol/api/trap-monitor-operations';
import type { PlacedTrap } from '../parsed-trap.ts';
import { compileMonitors, unmatchedRule, type Explanation } from './compile-monitors.ts';
import type { RuleNames } from './oid-patterns.ts';

/** `id`: null of a sample. */
export type TrapToTry = { readonly id: number | null; readonly trap: PlacedTrap };

export type TryInput = {
  readonly monitors: readonly TrapMonitor[];
  /** The newest first. */
  readonly traps: readonly TrapToTry[];
  readonly names: RuleNames;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  readonly timeMaxMs: number;
  /** Traps that are told one by one; totals are of all. */
  readonly shownMax: number;
};

export type TryResult = {
  readonly traps: readonly TriedTrap[];
  readonly looked: number;
  readonly totals: readonly { readonly monitor: string; readonly rule: string; readonly count: number }[];
  readonly unmatched: number;
  /** The time was over before all were looked at. */
  readonly isCut: boolean;
};

export function tryMonitors({ monitors, traps, names, now, timeMaxMs, shownMax }: TryInput): TryResult {
  // What is switched off as a whole is tried all the same: it is asked for by name.
  const compiled = compileMonitors(
    monitors.map((monitor) => ({ ...monitor, enabled: true })),
    { names },
  );
  const counts = new Map<string, { readonly monitor: string; readonly rule: string; count: number }>();
  for (const { name, rules, unmatched } of monitors) {
    for (const rule of rules)
      counts.set(keyOf(name, rule.name), { monitor: name, rule: rule.name, count: 0 });
    if (unmatched !== 'ignore')
      counts.set(keyOf(name, unmatchedRule), { monitor: name, rule: unmatchedRule, count: 0 });
  }
  const until = now() + timeMaxMs;
  const shown: TriedTrap[] = [];
  let looked = 0;
  let unmatched = 0;
  for (const { id, trap } of traps) {
    // One is always answered: a sample whose rules are slow is what somebody wants to see.
    if (looked > 0 && now() > until) break;
    looked += 1;
    const told = compiled.explain(trap);
    for (const { verdict } of told) {
      const total = verdict === null ? undefined : counts.get(keyOf(verdict.monitor, verdict.rule));
      if (total !== undefined) total.count += 1;
    }
    if (told.every(({ verdict }) => verdict === null)) unmatched += 1;
    if (shown.length < shownMax) shown.push(toTriedTrap(id, trap, told));
  }
  return {
    traps: shown,
    looked,
    totals: [...counts.values()].map(({ monitor, rule, count }) => ({ monitor, rule, count })),
    unmatched,
    isCut: looked < traps.length,
  };
}

/** No name holds a line break. */
const keyOf = (monitor: string, rule: string): string => `${monitor}\n${rule}`;

/** Characters of a text that are shown; places behind it are left out. */
const SHOWN_CHARS_MAX = 8_192;

function toTriedTrap(id: number | null, trap: PlacedTrap, told: readonly Explanation[]): TriedTrap {
  return {
    id,
    receivedAt: new Date(trap.receivedMs).toISOString(),
    protocol: trap.protocol,
    address: trap.address,
    host: trap.claimedHost,
    node: trap.node,
    text: trap.text.slice(0, SHOWN_CHARS_MAX),
    fields: { ...trap.fields },
    malformed: trap.malformed,
    monitors: told.map(toTriedMonitor),
  };
}

function toTriedMonitor({ monitor, verdict, spans }: Explanation): TriedMonitor {
  return {
    monitor,
    rule: verdict?.rule ?? null,
    event:
      verdict?.type !== 'event'
        ? null
        : {
            priority: verdict.priority,
            message: verdict.message,
            key: verdict.key,
            clears: verdict.clears,
            collapseS: verdict.collapseS,
            fields: { ...verdict.fields },
          },
    spans: spans.map((span) => (span === null || span.end > SHOWN_CHARS_MAX ? null : { ...span })),
  };
}
