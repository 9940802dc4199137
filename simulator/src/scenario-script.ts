/**
 * Reads the script of a situation: comment, cluster, statements, and the transcript after the line of dashes.
 *
 * Responsible for syntax, and for one error that says file, line and what is right. What statements do is in `scenario-forms.ts`.
 */
import { stateNames, type StateName } from '@nezuban/ha/decision/state';
import { deriveTiming, LAN, type Timing } from '@nezuban/ha/decision/timing';
import { rows, type RowName } from '@nezuban/ha/decision/transitions';
import type { Layout } from './options.ts';

export const SEPARATOR = '----';

/** What the words of a statement name; fields that its form does not have keep their defaults. */
export interface Given {
  readonly host: string;
  readonly other: string;
  readonly oneWay: boolean;
  readonly ids: readonly string[];
  readonly more: readonly string[];
  readonly ms: number;
  readonly count: number;
  readonly state: StateName;
  readonly row: RowName;
}

export interface Form<Meaning> {
  /** Words in capitals stand for something that is given: HOST, LINK, TIME, IDS, MORE, NUMBER, STATE, ROW. */
  readonly form: string;
  readonly means: Meaning;
}

export interface Grammar<Action, Condition> {
  readonly actions: readonly Form<Action>[];
  readonly conditions: readonly Form<Condition>[];
}

export type Step<Action, Condition> =
  | { readonly type: 'action'; readonly means: Action; readonly given: Given }
  | {
      readonly type: 'expect';
      readonly means: Condition;
      readonly given: Given;
      /** `within`: becomes true before the time is over. `for`: stays true for the whole time. */
      readonly how: 'within' | 'for';
      readonly ms: number;
    }
  | { readonly type: 'wait' };

export interface Statement<Action, Condition> {
  readonly line: number;
  /** As written, without `after`. */
  readonly text: string;
  readonly afterMs: number;
  readonly step: Step<Action, Condition>;
}

export interface Cluster {
  readonly layout: Layout;
  readonly witnesses: number;
  readonly spares: number;
  readonly begins: 'paired' | 'alone';
  readonly timing: Partial<Timing>;
}

export interface Script<Action, Condition> {
  readonly file: string;
  /** Everything before the transcript, kept as it is. */
  readonly head: string;
  readonly cluster: Cluster;
  readonly statements: readonly Statement<Action, Condition>[];
  /** Empty in a new file. */
  readonly transcript: string;
}

/** The hosts of a cluster: members, witnesses, spares. */
export function hostsOf({ witnesses, spares }: Cluster): readonly string[] {
  return ['a', 'b', ...Array.from({ length: witnesses + spares }, (_, index) => `w${index + 1}`)];
}

export class ScriptError extends Error {}

const NOTHING_GIVEN: Given = {
  host: '',
  other: '',
  oneWay: false,
  ids: [],
  more: [],
  ms: 0,
  count: 0,
  state: 'waiting',
  row: 'started',
};

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000 };
const patterns: Readonly<Record<string, string>> = {
  HOST: '([ab]|w[1-9])',
  LINK: '((?:[ab]|w[1-9])[->](?:[ab]|w[1-9]))',
  TIME: '([0-9]+(?:ms|s|min))',
  IDS: '((?:[abw][-0-9]*)(?: [abw][-0-9]*)*)',
  MORE: '((?:[abw][-0-9]*)(?: [abw][-0-9]*)*)',
  NUMBER: '([0-9]+)',
  STATE: '([a-z-]+)',
  ROW: '([a-z-]+)',
};

function toMs(text: string): number {
  const [, number = '', unit = ''] = /^([0-9]+)([a-z]+)$/.exec(text) ?? [];
  return Number(number) * (UNITS[unit] ?? 0);
}

/** One line with its place, to be understood or refused. */
interface Place {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

function refuse({ file, line, text }: Place, right: string): never {
  throw new ScriptError(`${file}:${line}: "${text}" is not understood. Right is: ${right}`);
}

/** The words of the text that the form leaves open, or null when it is another form. */
function match(form: string, text: string): Given | null {
  const names = form.match(/\b[A-Z]+\b/g) ?? [];
  const pattern = form.replace(/\b[A-Z]+\b/g, (name) => patterns[name] ?? name);
  const found = new RegExp(`^${pattern}$`).exec(text);
  if (found === null) return null;
  let given = NOTHING_GIVEN;
  for (const [index, name] of names.entries()) {
    const fields = toFields(name, found[index + 1] ?? '');
    if (fields === null) return null;
    given = { ...given, ...fields };
  }
  return given;
}

function toFields(name: string, word: string): Partial<Given> | null {
  switch (name) {
    case 'HOST':
      return { host: word };
    case 'LINK': {
      const [host = '', other = ''] = word.split(/[->]/);
      return { host, other, oneWay: word.includes('>') };
    }
    case 'TIME':
      return { ms: toMs(word) };
    case 'IDS':
      return { ids: word.split(' ') };
    case 'MORE':
      return { more: word.split(' ') };
    case 'NUMBER':
      return { count: Number(word) };
    case 'STATE':
      return stateNames.includes(word as StateName) ? { state: word as StateName } : null;
    case 'ROW':
      return Object.hasOwn(rows, word) ? { row: word as RowName } : null;
    default:
      return null;
  }
}

/** Forms that begin alike, so that the error shows few; all of them where none does. */
function similar(forms: readonly string[], text: string): string {
  const first = text.split(' ')[0] ?? '';
  const alike = forms.filter((form) => form.split(' ')[0] === first);
  return (alike.length > 0 ? alike : forms).join(' | ');
}

function choose<Meaning>(
  forms: readonly Form<Meaning>[],
  text: string,
): { readonly means: Meaning; readonly given: Given } | null {
  for (const { form, means } of forms) {
    const given = match(form, text);
    if (given !== null) return { means, given };
  }
  return null;
}

const LAYOUTS: readonly Form<Pick<Cluster, 'layout' | 'witnesses'>>[] = [
  { form: 'cluster a b with witness w1', means: { layout: 'witness', witnesses: 1 } },
  { form: 'cluster a b with witnesses w1 w2 w3', means: { layout: 'witnesses', witnesses: 3 } },
  { form: 'cluster a b with fence', means: { layout: 'fence', witnesses: 0 } },
  { form: 'cluster a b with manual tie breaker', means: { layout: 'manual', witnesses: 0 } },
  { form: 'cluster a alone', means: { layout: 'single', witnesses: 0 } },
];
const SETTINGS = 'spare IDS | begins paired | begins alone | timing NAME TIME';

/** A duration of the core that a script sets, by its name in `timing.ts`. */
const durations = /^timing ([A-Za-z]+Ms) ([0-9]+(?:ms|s|min))$/;

function readCluster(places: readonly Place[]): Cluster {
  const [first, ...rest] = places;
  if (first === undefined) throw new ScriptError('a script begins with its cluster');
  const layout = choose(LAYOUTS, first.text);
  if (layout === null) return refuse(first, LAYOUTS.map(({ form }) => form).join(' | '));
  let cluster: Cluster = {
    ...layout.means,
    spares: 0,
    begins: layout.means.layout === 'single' ? 'alone' : 'paired',
    timing: {},
  };
  for (const place of rest) {
    const spare = match('spare IDS', place.text);
    const timing = durations.exec(place.text);
    if (spare !== null) cluster = { ...cluster, spares: spare.ids.length };
    else if (place.text === 'begins paired') cluster = { ...cluster, begins: 'paired' };
    else if (place.text === 'begins alone') cluster = { ...cluster, begins: 'alone' };
    else if (timing !== null && Object.hasOwn(deriveTiming(LAN), timing[1] ?? ''))
      cluster = { ...cluster, timing: { ...cluster.timing, [timing[1] ?? '']: toMs(timing[2] ?? '') } };
    else refuse(place, SETTINGS);
  }
  return cluster;
}

function readStatement<Action, Condition>(
  place: Place,
  { grammar, hosts }: { readonly grammar: Grammar<Action, Condition>; readonly hosts: readonly string[] },
): Statement<Action, Condition> {
  const [, after = '0ms', text = ''] = /^(?:after ([0-9]+(?:ms|s|min)) )?(.*)$/.exec(place.text) ?? [];
  const { line } = place;
  const step = readStep({ ...place, text }, grammar);
  const named = step.type === 'wait' ? [] : [step.given.host, step.given.other].filter((name) => name !== '');
  if (!named.every((name) => hosts.includes(name))) refuse(place, `only the hosts ${hosts.join(', ')}`);
  return { line, text, afterMs: toMs(after), step };
}

function readStep<Action, Condition>(
  place: Place,
  grammar: Grammar<Action, Condition>,
): Step<Action, Condition> {
  if (place.text === 'wait') return { type: 'wait' };
  const expects = /^expect (.*?)(?: (within|for) ([0-9]+(?:ms|s|min)))?$/.exec(place.text);
  if (expects === null) {
    const action = choose(grammar.actions, place.text);
    const forms = [...grammar.actions.map(({ form }) => form), 'expect CONDITION', 'after TIME wait'];
    return action === null ? refuse(place, similar(forms, place.text)) : { type: 'action', ...action };
  }
  const [, text = '', how = 'within', time = '0ms'] = expects;
  const condition = choose(grammar.conditions, text);
  if (condition === null) {
    const forms = grammar.conditions.map(({ form }) => form);
    return refuse(
      place,
      `expect CONDITION, expect CONDITION within TIME, or for TIME, where CONDITION is ${forms.join(' | ')}`,
    );
  }
  return { type: 'expect', ...condition, how: how === 'for' ? 'for' : 'within', ms: toMs(time) };
}

/** Reads a whole file. Throws a `ScriptError` at the first wrong line. */
export function readScript<Action, Condition>(
  file: string,
  content: string,
  grammar: Grammar<Action, Condition>,
): Script<Action, Condition> {
  const all = content.split('\n');
  const end = all.findIndex((line) => line.startsWith(SEPARATOR));
  const headLines = end < 0 ? all : all.slice(0, end);
  const transcript = end < 0 ? '' : all.slice(end + 1).join('\n');
  if (!/^# \S/.test(headLines[0] ?? ''))
    throw new ScriptError(
      `${file}:1: a script begins with a comment: # what an operator sees, and why it is right`,
    );
  const places = headLines
    .map((text, index): Place => ({ file, line: index + 1, text: text.trim() }))
    .filter(({ text }) => text !== '' && !text.startsWith('#'));
  const isSetting = ({ text }: Place): boolean => /^(cluster|spare|begins|timing) /.test(text);
  const first = places.findIndex((place) => !isSetting(place));
  const settings = first < 0 ? places : places.slice(0, first);
  const statements = first < 0 ? [] : places.slice(first);
  if (settings.length === 0)
    throw new ScriptError(
      `${file}: the cluster is missing. Right is: ${LAYOUTS.map(({ form }) => form).join(' | ')}`,
    );
  const cluster = readCluster(settings);
  const context = { grammar, hosts: hostsOf(cluster) };
  return {
    file,
    head: headLines.join('\n').trimEnd(),
    cluster,
    statements: statements.map((place) => readStatement(place, context)),
    transcript,
  };
}
