// The monitors in force made ready to judge, and what their rules have taken.
// Responsible for compiling again what has changed (a monitor, or all of them when names of MIBs change) and for counters that outlive it.
// Counted by the manager on duty since it took over; nothing of it is stored.
import {
  compileMonitor,
  joinMonitors,
  unmatchedRule,
  type CompiledMonitor,
  type CompiledMonitors,
  type MonitorProblem,
  type RuleCounter,
} from '@nezuban/core/traps/rules/compile-monitors';
import type { RuleNames } from '@nezuban/core/traps/rules/oid-patterns';
import type { TrapMonitor } from '@nezuban/protocol/traps/trap-monitor';
import type { Clock } from '@nezuban/platform/clock';
import type { TrapDefinitionStore } from './trap-definition-store.ts';

export type MonitorsInForce = {
  readonly judge: CompiledMonitors['judge'];
  /** Rules of it that cannot fit, since no MIB knows a name. */
  readonly problems: (monitor: string) => readonly MonitorProblem[];
  /** In the order of its rules, `(unmatched)` last where it says something. */
  readonly counters: (monitor: TrapMonitor) => readonly (RuleCounter & { readonly rule: string })[];
  readonly countedSince: Date;
  /** Names have changed: all of them are made ready again. */
  readonly recompile: () => void;
};

export const createMonitorsInForce = (ports: {
  readonly store: TrapDefinitionStore<TrapMonitor>;
  readonly names: RuleNames;
  readonly clock: Clock;
}): MonitorsInForce => {
  const { store, names, clock } = ports;
  const counters = new Map<string, Map<string, RuleCounter>>();
  let compiled: ReadonlyMap<string, CompiledMonitor> = new Map();
  let joined: CompiledMonitors = joinMonitors([]);

  const counterOf = (monitor: string, rule: string): RuleCounter => {
    const ofMonitor = counters.get(monitor) ?? new Map<string, RuleCounter>();
    counters.set(monitor, ofMonitor);
    const counter = ofMonitor.get(rule) ?? { matched: 0, lastMatchedMs: null, tried: 0, spentMs: 0 };
    ofMonitor.set(rule, counter);
    return counter;
  };
  const compile = (monitor: TrapMonitor): CompiledMonitor => compileMonitor(monitor, { names, counterOf });
  const publish = (next: ReadonlyMap<string, CompiledMonitor>): void => {
    compiled = next;
    const inOrder = [...next].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, monitor]) => monitor);
    joined = joinMonitors(inOrder, { now: () => clock.monotonicMs() });
  };
  const recompile = (): void =>
    publish(new Map([...store.all()].map(([name, { value }]) => [name, compile(value)])));

  store.onChange((name) => {
    const stored = store.all().get(name);
    const next = new Map(compiled);
    if (stored === undefined) {
      next.delete(name);
      counters.delete(name);
    } else {
      // Rules that are gone are not remembered.
      const kept = new Set([...stored.value.rules.map((rule) => rule.name), unmatchedRule]);
      const ofMonitor = counters.get(name);
      for (const rule of ofMonitor?.keys() ?? []) if (!kept.has(rule)) ofMonitor?.delete(rule);
      next.set(name, compile(stored.value));
    }
    publish(next);
  });
  recompile();

  return {
    judge: (trap) => joined.judge(trap),
    problems: (monitor) => compiled.get(monitor)?.problems ?? [],
    counters: ({ name, rules, unmatched }) => {
      const ofMonitor = counters.get(name);
      const said = [...rules.map((rule) => rule.name), ...(unmatched === 'ignore' ? [] : [unmatchedRule])];
      return said.map((rule) => ({
        rule,
        ...(ofMonitor?.get(rule) ?? { matched: 0, lastMatchedMs: null, tried: 0, spentMs: 0 }),
      }));
    },
    countedSince: new Date(clock.epochMs()),
    recompile,
  };
};
