// Which events a matcher means: conditions of rules, inhibitions and silences, compiled once and asked for every event. Pure.
// The cheap conditions are looked at first; patterns run on the bounded engine of trap monitors.
import type { EventMatch, FieldMatch, TextMatch } from '@nezuban/protocol/notifications/event-match';
import { compilePattern } from '../traps/rules/bounded-pattern.ts';
import { standingOf, type NotifiedEvent } from './notified-event.ts';

/** `otherPriority`: all but the priority fits. */
export type Fit = 'yes' | 'otherPriority' | 'no';

export type EventMatcher = {
  /** Whether the places (node, monitor, net, key, scope) fit, whatever else the event says: what ends a state may have another code or text. */
  readonly mayConcern: (event: NotifiedEvent) => boolean;
  readonly fit: (event: NotifiedEvent) => Fit;
};

type Test = (event: NotifiedEvent) => boolean;

export const compileMatcher = (match: EventMatch): EventMatcher => {
  const places: Test[] = [];
  const sayings: Test[] = [];
  const { priorities, codes, nets, monitors, scopes, nodes, keys, text, fields, state } = match;
  if (isNamed(codes)) {
    const set = new Set(codes);
    sayings.push(({ view }) => set.has(view.code));
  }
  if (isNamed(nodes)) places.push(patternTest(nodes, ({ view }) => view.node));
  if (isNamed(monitors)) places.push(patternTest(monitors, ({ view }) => view.monitor));
  if (isNamed(keys)) places.push(patternTest(keys, ({ view }) => view.key));
  if (isNamed(nets)) places.push(patternTest(nets, ({ view }) => textOrNull(view.details['net'])));
  if (isNamed(scopes))
    places.push((event) => {
      const own = event.scopes();
      return scopes.some((scope) => own.has(scope));
    });
  if (state !== undefined) {
    const wanted = state === 'raised' ? 'raises' : 'clears';
    sayings.push((event) => standingOf(event) === wanted);
  }
  for (const field of fields ?? []) sayings.push(fieldTest(field));
  if (text !== undefined) {
    const test = textTest(text);
    sayings.push(({ view }) => test(view.message));
  }
  const wanted = isNamed(priorities) ? new Set(priorities) : null;
  const mayConcern: Test = (event) => places.every((test) => test(event));
  return {
    mayConcern,
    fit(event) {
      if (!mayConcern(event) || !sayings.every((test) => test(event))) return 'no';
      return wanted === null || wanted.has(event.view.priority) ? 'yes' : 'otherPriority';
    },
  };
};

/** What an event calls by that name: a field of the user before a detail. People choose the name: nothing is read from an object's prototype. */
export const fieldOf = ({ view }: NotifiedEvent, name: string): string | null => {
  if (Object.hasOwn(view.fields, name)) return view.fields[name] ?? null;
  return Object.hasOwn(view.details, name) ? textOrNull(view.details[name]) : null;
};

const isNamed = <T>(list: readonly T[] | undefined): list is readonly T[] =>
  list !== undefined && list.length > 0;

const textOrNull = (value: string | number | undefined): string | null =>
  value === undefined ? null : String(value);

export const matchesPattern = (patterns: readonly string[], name: string | null): boolean =>
  name !== null &&
  patterns.some((pattern) =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
  );

/** `*` at the end stands for any rest. An event without such a name fits none. */
const patternTest = (patterns: readonly string[], nameOf: (event: NotifiedEvent) => string | null): Test => {
  const exact = new Set(patterns.filter((pattern) => !pattern.endsWith('*')));
  const starts = patterns.filter((pattern) => pattern.endsWith('*')).map((pattern) => pattern.slice(0, -1));
  return (event) => {
    const name = nameOf(event);
    return name !== null && (exact.has(name) || starts.some((start) => name.startsWith(start)));
  };
};

const textTest = ({ contains, matches, ignore_case: ignoreCase = false }: TextMatch) => {
  const needle = ignoreCase ? contains?.toLowerCase() : contains;
  const compiled = matches === undefined ? null : compilePattern(matches, ignoreCase);
  return (text: string): boolean => {
    if (needle !== undefined && !(ignoreCase ? text.toLowerCase() : text).includes(needle)) return false;
    // A pattern that an older release took and this one does not: it fits nothing, and applying it anew says why.
    return compiled === null || (compiled.ok && compiled.pattern.test(text));
  };
};

const fieldTest = (field: FieldMatch): Test => {
  const { name, equals } = field;
  const test = textTest(field);
  return (event) => {
    const value = fieldOf(event, name);
    return value !== null && (equals === undefined || value === equals) && test(value);
  };
};
