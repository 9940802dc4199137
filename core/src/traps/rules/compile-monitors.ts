/**
 * Trap monitors made ready: what they say to a trap.
 *
 * Responsible for the order (within each monitor the first rule that fits decides; each monitor by itself), for what is switched off, scope,
 * and `unmatched`; and for counters of each rule, so that people see which of them work and which cost time. Called by the manager for every
 * trap, and with samples and past traps before something is saved.
 */
import type { TrapMonitor } from '@nezuban/protocol/traps/trap-monitor';
import type { PlacedTrap } from '../parsed-trap.ts';
import type { TrapVerdict, TrapVerdicts } from '../verdict.ts';
import type { PatternSpan } from './bounded-pattern.ts';
import { compileRule, fillRule, groupsOf, ruleTextBounds, type CompiledRule } from './compile-rule.ts';
import { compileTemplate } from './message-template.ts';
import type { RuleNames } from './oid-patterns.ts';
import { sentPriority } from './sent-priority.ts';
import { createSubjects, type Subject } from './subject.ts';

/** The rule of a verdict that `unmatched` gave. Names of rules hold no brackets. */
export const unmatchedRule = '(unmatched)';

/** Of one rule since it was last counted anew. Grows while monitors judge. */
export type RuleCounter = {
  matched: number;
  /** When the last trap that it fitted was received, in milliseconds since 1970; null: none did. */
  lastMatchedMs: number | null;
  /** How often its pattern was run, and how long that took, in milliseconds. */
  tried: number;
  spentMs: number;
};

export type MonitorOptions = {
  readonly names: RuleNames;
  /** Milliseconds of a clock that never goes back; left out: no time is measured. */
  readonly now?: () => number;
  /** Counters that outlive this compiling; left out: new ones. `rule` may be `unmatchedRule`. */
  readonly counterOf?: (monitor: string, rule: string) => RuleCounter;
  /** Off in tests alone. */
  readonly prefilter?: boolean;
};

export type MonitorProblem = {
  readonly monitor: string;
  readonly rule: string;
  /** Within the rule: `when.trap_oids`. */
  readonly path: string;
  readonly message: string;
};

/** Why a monitor said what it did, for people who try rules. */
export type Explanation = {
  readonly monitor: string;
  /** Null: no rule of it fits, and it says nothing. */
  readonly verdict: TrapVerdict | null;
  /** What the rule's `text` fitted: the whole, then its groups, as places in the trap's text. Empty: the rule does not look at the text. */
  readonly spans: readonly PatternSpan[];
};

export type CompiledMonitors = {
  readonly judge: (trap: PlacedTrap) => TrapVerdicts;
  /** The same, told by each monitor that listens to this trap. Counts nothing. */
  readonly explain: (trap: PlacedTrap) => readonly Explanation[];
};

/** One monitor by itself, to be joined with others. */
export type CompiledMonitor = {
  readonly monitor: TrapMonitor;
  /** Rules that cannot fit as they are written. */
  readonly problems: readonly MonitorProblem[];
  readonly rules: readonly { readonly compiled: CompiledRule; readonly counter: RuleCounter }[];
  readonly unmatched: { readonly compiled: CompiledUnmatched; readonly counter: RuleCounter } | null;
};
type CompiledUnmatched = (trap: PlacedTrap) => TrapVerdict;

const nothing: TrapVerdicts = [];

export function compileMonitor(monitor: TrapMonitor, options: MonitorOptions): CompiledMonitor {
  const { names, prefilter = true } = options;
  const counterOf = options.counterOf ?? (() => ({ matched: 0, lastMatchedMs: null, tried: 0, spentMs: 0 }));
  const rules = monitor.rules
    .filter(({ enabled }) => enabled)
    .map((rule) => ({
      compiled: compileRule(rule, { names, prefilter }),
      counter: counterOf(monitor.name, rule.name),
    }));
  return {
    monitor,
    problems: rules.flatMap(({ compiled }) =>
      compiled.problems.map((problem) => ({ monitor: monitor.name, rule: compiled.rule.name, ...problem })),
    ),
    rules,
    unmatched:
      monitor.unmatched === 'ignore'
        ? null
        : {
            compiled: compileUnmatched(monitor.name, monitor.unmatched, names),
            counter: counterOf(monitor.name, unmatchedRule),
          },
  };
}

/** Monitors in the order in which they are given, which is also that of the verdicts. Those that are switched off say nothing. */
export function joinMonitors(
  monitors: readonly CompiledMonitor[],
  { now = () => 0 }: Pick<MonitorOptions, 'now'> = {},
): CompiledMonitors {
  const bySource = new Map<string, readonly CompiledMonitor[]>(
    (['syslog', 'snmp', 'custom'] as const).map((source) => [
      source,
      monitors.filter(({ monitor }) => monitor.enabled && monitor.source === source),
    ]),
  );
  const subjects = createSubjects();

  const fits = ({ compiled, counter }: CompiledMonitor['rules'][number], subject: Subject): boolean => {
    if (!compiled.mayFit(subject)) return false;
    if (compiled.pattern === null) return true;
    const from = now();
    const isFound = compiled.pattern.test(subject.trap.text);
    counter.tried += 1;
    counter.spentMs += now() - from;
    return isFound;
  };
  const listening = (trap: PlacedTrap): readonly CompiledMonitor[] => bySource.get(trap.protocol) ?? [];
  const isOutside = ({ scope }: TrapMonitor, trap: PlacedTrap): boolean =>
    scope !== undefined && !trap.scopes.has(scope);

  return {
    judge(trap) {
      const asked = listening(trap);
      if (asked.length === 0) return nothing;
      const subject = subjects.next(trap);
      const verdicts: TrapVerdict[] = [];
      for (const { monitor, rules, unmatched } of asked) {
        if (isOutside(monitor, trap)) continue;
        const taken = rules.find((rule) => fits(rule, subject));
        const counter = taken?.counter ?? unmatched?.counter;
        if (counter === undefined) continue;
        counter.matched += 1;
        counter.lastMatchedMs = trap.receivedMs;
        if (taken !== undefined) verdicts.push(toVerdict(monitor.name, taken.compiled, trap));
        else if (unmatched !== null) verdicts.push(unmatched.compiled(trap));
      }
      return verdicts;
    },
    explain(trap) {
      const subject = subjects.next(trap);
      return listening(trap)
        .filter(({ monitor }) => !isOutside(monitor, trap))
        .map(({ monitor: { name }, rules, unmatched }) => {
          const taken = rules.find(
            ({ compiled }) => compiled.mayFit(subject) && (compiled.pattern?.test(trap.text) ?? true),
          );
          if (taken === undefined)
            return { monitor: name, verdict: unmatched?.compiled(trap) ?? null, spans: [] };
          return {
            monitor: name,
            verdict: toVerdict(name, taken.compiled, trap),
            spans: groupsOf(taken.compiled, trap.text) ?? containedSpan(taken.compiled, subject),
          };
        });
    },
  };
}

export function compileMonitors(
  monitors: readonly TrapMonitor[],
  options: MonitorOptions,
): CompiledMonitors & { readonly problems: readonly MonitorProblem[] } {
  const compiled = monitors.map((monitor) => compileMonitor(monitor, options));
  return { ...joinMonitors(compiled, options), problems: compiled.flatMap(({ problems }) => problems) };
}

function toVerdict(monitor: string, compiled: CompiledRule, trap: PlacedTrap): TrapVerdict {
  const { rule } = compiled;
  if (rule.do === 'ignore') return { type: 'ignored', monitor, rule: rule.name };
  const groups = compiled.usesGroups ? groupsOf(compiled, trap.text) : null;
  return {
    type: 'event',
    monitor,
    rule: rule.name,
    priority: rule.priority === 'as_sent' ? sentPriority(trap) : rule.priority,
    clears: rule.clears,
    collapseS: rule.collapse_s ?? null,
    ...fillRule(compiled, { trap, groups }),
  };
}

function compileUnmatched(
  monitor: string,
  priority: Exclude<TrapMonitor['unmatched'], 'ignore'>,
  names: RuleNames,
): CompiledUnmatched {
  const message = compileTemplate('{{text}}', names, { charsMax: ruleTextBounds.messageCharsMax });
  return (trap) => ({
    type: 'event',
    monitor,
    rule: unmatchedRule,
    priority,
    message: message.fill({ trap, groups: null }),
    key: null,
    clears: false,
    collapseS: null,
    fields: {},
  });
}

/** Where a plain text was found. Folding may change how long a text is (`İ`): then no place is told. */
function containedSpan({ rule }: CompiledRule, subject: Subject): readonly PatternSpan[] {
  const { text } = rule.when;
  if (text?.contains === undefined) return [];
  const whole = text.ignore_case ? subject.folded() : subject.trap.text;
  if (whole.length !== subject.trap.text.length) return [];
  const start = whole.indexOf(text.ignore_case ? text.contains.toLowerCase() : text.contains);
  return start === -1 ? [] : [{ start, end: start + text.contains.length }];
}
