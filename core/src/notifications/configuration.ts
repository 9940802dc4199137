// Rules, inhibitions, chains and silences compiled for quick asking: where no rule wants an event, that costs a look into one table. Pure.
import type { EventCode } from '@nezuban/protocol/events/event';
import type { Escalation } from '@nezuban/protocol/notifications/escalation';
import type { EventMatch } from '@nezuban/protocol/notifications/event-match';
import type { Inhibition } from '@nezuban/protocol/notifications/inhibition';
import type { NotificationRule } from '@nezuban/protocol/notifications/rule';
import type { Priority } from '@nezuban/protocol/priority';
import type { CalendarBook } from '../calendars/calendar.ts';
import { compileMatcher, matchesPattern, type EventMatcher } from './event-matcher.ts';
import { clearingCodes, standingOf, type NotifiedEvent } from './notified-event.ts';
import { compileTimes } from './time-bands.ts';

export type ActiveSilence = {
  readonly id: number;
  readonly match: EventMatch;
  readonly fromMs: number;
  readonly untilMs: number;
};

export type NotificationDefinitions = {
  readonly rules: readonly NotificationRule[];
  readonly inhibitions: readonly Inhibition[];
  readonly escalations: readonly Escalation[];
  readonly silences: readonly ActiveSilence[];
  /** Those that the times of rules name. */
  readonly calendars: Pick<CalendarBook, 'find'>;
};

export type CompiledRule = {
  readonly rule: NotificationRule;
  readonly matcher: EventMatcher;
  readonly inTimes: (nowMs: number) => boolean;
  /** It remembers subjects: another priority or a clearing matters to it although it does not match. */
  readonly remembers: boolean;
};

export type CompiledInhibition = {
  readonly inhibition: Inhibition;
  readonly source: EventMatcher;
  readonly target: EventMatcher;
};

export type CompiledSilence = ActiveSilence & { readonly matcher: EventMatcher };

export type Configuration = {
  readonly rules: ReadonlyMap<string, CompiledRule>;
  readonly inhibitions: ReadonlyMap<string, CompiledInhibition>;
  readonly escalations: ReadonlyMap<string, Escalation>;
  readonly silences: readonly CompiledSilence[];
  /** Rules that an event of this kind may concern. */
  readonly rulesFor: (event: NotifiedEvent) => readonly CompiledRule[];
  /** Whether anything is to be decided about the event. */
  readonly wants: (event: NotifiedEvent) => boolean;
};

/** Kinds of events (code, priority, monitor) whose rules are kept ready. */
const LISTS_MAX = 10_000;

export const compileConfiguration = (definitions: NotificationDefinitions): Configuration => {
  const rules = definitions.rules
    .filter(({ enabled }) => enabled)
    .map((rule) => compileRule(rule, definitions.calendars));
  const inhibitions = definitions.inhibitions
    .filter(({ enabled }) => enabled)
    .map((inhibition) => ({
      inhibition,
      source: compileMatcher(inhibition.while),
      target: compileMatcher(inhibition.keep_back),
    }));
  const lists = new Map<string, readonly CompiledRule[]>();
  const rulesFor: Configuration['rulesFor'] = (event) => {
    const ends = event.clears || clearingCodes.has(event.view.code);
    const { monitor } = event.view;
    const key = `${event.view.code} ${event.view.priority}${ends ? ' ends' : ''} ${monitor ?? ''}`;
    let list = lists.get(key);
    if (list === undefined) {
      const { code, priority } = event.view;
      list = rules.filter((each) => mayConcern(each, { code, priority, ends, monitor }));
      // Monitors come and go; begun anew when there are too many.
      if (lists.size >= LISTS_MAX) lists.clear();
      lists.set(key, list);
    }
    return list;
  };
  const inhibits = (event: NotifiedEvent): boolean =>
    inhibitions.length > 0 &&
    standingOf(event) !== 'momentary' &&
    inhibitions.some(({ source }) => source.mayConcern(event));
  return {
    rules: new Map(rules.map((compiled) => [compiled.rule.name, compiled])),
    inhibitions: new Map(inhibitions.map((each) => [each.inhibition.name, each])),
    escalations: new Map(
      definitions.escalations.filter(({ enabled }) => enabled).map((chain) => [chain.name, chain]),
    ),
    silences: definitions.silences.map((silence) => ({ ...silence, matcher: compileMatcher(silence.match) })),
    rulesFor,
    wants: (event) => rulesFor(event).some((rule) => concerns(rule, event)) || inhibits(event),
  };
};

/** What an event that ends a state, or one of another priority, means to a rule is decided by its memory. */
const concerns = (rule: CompiledRule, event: NotifiedEvent): boolean => {
  if (event.repeats > 0 && !rule.remembers) return false;
  if (rule.remembers && standingOf(event) === 'clears') return rule.matcher.mayConcern(event);
  const fit = rule.matcher.fit(event);
  return fit === 'yes' || (fit === 'otherPriority' && rule.remembers);
};

const compileRule = (
  rule: NotificationRule,
  calendars: NotificationDefinitions['calendars'],
): CompiledRule => ({
  rule,
  matcher: compileMatcher(rule),
  inTimes: rule.times === undefined ? () => true : compileTimes(rule.times, calendars),
  remembers:
    rule.after !== undefined ||
    (rule.repeat !== undefined && rule.repeat !== 'always') ||
    rule.recovered === true ||
    rule.escalation !== undefined,
});

/** By what a table can hold: code, priority and whether it ends something. */
const mayConcern = (
  { rule, remembers }: CompiledRule,
  event: {
    readonly code: EventCode;
    readonly priority: Priority;
    readonly ends: boolean;
    readonly monitor: string | null;
  },
): boolean => {
  const { monitors = [] } = rule;
  if (monitors.length > 0 && !matchesPattern(monitors, event.monitor)) return false;
  if (event.ends && remembers) return true;
  if (rule.codes.length > 0 && !rule.codes.includes(event.code)) return false;
  return remembers || rule.priorities.length === 0 || rule.priorities.includes(event.priority);
};
