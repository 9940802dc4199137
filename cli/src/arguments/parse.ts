// From the words typed to a command with checked arguments. Strict: what is not understood is refused with one sentence. Pure.
import { parseArgs } from 'node:util';
import { usageFailure } from '../failure.ts';
import { Arguments } from './arguments.ts';
import { globalOptions } from './global-options.ts';
import { didYouMean } from './suggest.ts';
import type { CommandSpec, OptionSpec, PositionalSpec } from '../commands/command.ts';

export type Invocation =
  | { readonly kind: 'run'; readonly command: CommandSpec; readonly args: Arguments }
  | { readonly kind: 'help'; readonly command: CommandSpec | undefined };

type OptionSpecs = Readonly<Record<string, OptionSpec>>;
type Token = NonNullable<ReturnType<typeof tokenize>>[number];

/** Understands the words behind `nezuban`. Throws a usage Failure. */
export const parseInvocation = (words: readonly string[], commands: readonly CommandSpec[]): Invocation => {
  // The one option that people try where there is no command yet.
  const split = splitLeadingOptions(words[0] === '--version' ? ['version', ...words.slice(1)] : words);
  const found = findCommand(split.rest, commands);
  if (found === undefined) {
    if (split.leading.length > 0 && split.rest.length === 0)
      checkOptions(tokenize(split.leading, globalOptions), globalOptions, undefined);
    if (split.rest.length > 0) throw unknownCommand(split.rest, commands);
    if (split.leading.some((word) => word === '--help' || word === '-h'))
      return { kind: 'help', command: undefined };
    throw usageFailure('Name a command.');
  }
  const { command } = found;
  const specs: OptionSpecs = { ...globalOptions, ...command.options };
  const tokens = tokenize([...split.leading, ...found.rest], specs);
  if (tokens.some((token) => token.kind === 'option' && token.name === 'help'))
    return { kind: 'help', command };
  const options = checkOptions(tokens, specs, command);
  const typed = tokens.filter((token) => token.kind === 'positional').map((token) => token.value);
  const positionals = assignPositionals(typed, command);
  return { kind: 'run', command, args: new Arguments(command, specs, { options, positionals }) };
};

/** Global options may stand before the command: `nezuban --json nodes`. */
const splitLeadingOptions = (
  words: readonly string[],
): { leading: readonly string[]; rest: readonly string[] } => {
  let index = 0;
  while (index < words.length) {
    const word = words[index] ?? '';
    if (!word.startsWith('-') || word === '-') break;
    const spec = (globalOptions as OptionSpecs)[word.slice(2)];
    index += spec !== undefined && spec.type !== 'flag' ? 2 : 1;
  }
  return { leading: words.slice(0, index), rest: words.slice(index) };
};

const namesOf = (command: CommandSpec): readonly string[] => [command.name, ...(command.aliases ?? [])];

/** The command with the longest name that the words begin with. */
const findCommand = (words: readonly string[], commands: readonly CommandSpec[]) => {
  const candidates = commands
    .flatMap((command) => namesOf(command).map((name) => ({ command, length: name.split(' ').length, name })))
    .filter(({ name, length }) => words.slice(0, length).join(' ') === name)
    .sort((a, b) => b.length - a.length);
  const best = candidates[0];
  return best === undefined ? undefined : { command: best.command, rest: words.slice(best.length) };
};

/** Finds a command for the help: exactly by its words. */
export const findCommandByWords = (
  words: readonly string[],
  commands: readonly CommandSpec[],
): CommandSpec => {
  const found = findCommand(words, commands);
  if (found === undefined || found.rest.length > 0) throw unknownCommand(words, commands);
  return found.command;
};

const unknownCommand = (words: readonly string[], commands: readonly CommandSpec[]): Error => {
  const [first = '', second] = words;
  const all = commands.filter(({ hidden }) => hidden !== true).flatMap(namesOf);
  const below = all.filter((name) => name.startsWith(`${first} `));
  if (below.length === 0) {
    const two =
      second === undefined
        ? ''
        : didYouMean(
            `${first} ${second}`,
            all.filter((name) => name.includes(' ')),
            'nezuban ',
          );
    const hint = didYouMean(first, all, 'nezuban ') || two;
    return usageFailure(`There is no command "${first}".${hint}`);
  }
  const choices = below.map((name) => `"nezuban ${name}"`).join(', ');
  if (second === undefined || second.startsWith('-'))
    return usageFailure(`"${first}" needs one more word: ${choices}.`);
  const hint = didYouMean(
    second,
    below.map((name) => name.slice(first.length + 1)),
    `nezuban ${first} `,
  );
  // "node list" is "nodes", and "session why" is "why".
  const meant = second === 'list' ? `${first}s` : second;
  const elsewhere = all.includes(meant) ? ` Did you mean "nezuban ${meant}"?` : '';
  return usageFailure(
    `There is no command "${first} ${second}".${hint || elsewhere || ` There is ${choices}.`}`,
  );
};

const tokenize = (words: readonly string[], specs: OptionSpecs) =>
  parseArgs({
    args: [...words],
    options: Object.fromEntries(
      Object.entries(specs).map(([name, spec]) => [
        name,
        {
          type: spec.type === 'flag' ? ('boolean' as const) : ('string' as const),
          multiple: true,
          ...(spec.short !== undefined && { short: spec.short }),
        },
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  }).tokens;

const checkOptions = (tokens: readonly Token[], specs: OptionSpecs, command: CommandSpec | undefined) => {
  const values = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const spec = specs[token.name];
    if (spec === undefined) throw unknownOption(token.rawName, specs, command);
    const given = values.get(token.name) ?? [];
    if (given.length > 0 && spec.type !== 'flag' && !(spec.type === 'text' && spec.many === true)) {
      throw usageFailure(`--${token.name} is given twice.`, command?.name);
    }
    values.set(token.name, [...given, checkValue(token, spec, command)]);
  }
  for (const group of command?.exclusive ?? []) {
    const both = group.filter((name) => values.has(name)).map((name) => `--${name}`);
    if (both.length > 1) throw usageFailure(`${both.join(' and ')} exclude each other.`, command?.name);
  }
  return values;
};

const unknownOption = (rawName: string, specs: OptionSpecs, command: CommandSpec | undefined): Error => {
  const hint = didYouMean(rawName.replace(/^-+/, ''), Object.keys(specs), '--');
  const where = command === undefined ? '' : ` of "nezuban ${command.name}"`;
  return usageFailure(`There is no option ${rawName}${where}.${hint}`, command?.name);
};

type OptionToken = Extract<Token, { kind: 'option' }>;

const checkValue = (token: OptionToken, spec: OptionSpec, command: CommandSpec | undefined): string => {
  const name = `--${token.name}`;
  const refuse = (message: string) => usageFailure(message, command?.name);
  if (spec.type === 'flag') {
    if (token.value !== undefined) throw refuse(`${name} takes no value.`);
    return '';
  }
  const { value } = token;
  if (value === undefined || value === '') throw refuse(`${name} needs a value: ${name} ${spec.value}.`);
  if (token.inlineValue !== true && value.startsWith('-') && value !== '-') {
    throw refuse(`${name} needs a value; one that starts with "-" is written ${name}=${value}.`);
  }
  if (spec.type === 'integer') return checkInteger(value, { ...spec, label: name, refuse });
  if (spec.choices !== undefined && !spec.choices.includes(value)) {
    throw refuse(
      `${name} cannot be "${value}"; it is one of ${spec.choices.join(', ')}.${didYouMean(value, spec.choices)}`,
    );
  }
  return value;
};

type IntegerCheck = {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly refuse: (message: string) => Error;
};

const checkInteger = (value: string, check: IntegerCheck): string => {
  const number = Number(value);
  if (!/^-?\d{1,16}$/.test(value) || number < check.min || number > check.max) {
    const range =
      check.max === Number.MAX_SAFE_INTEGER ? `from ${check.min}` : `from ${check.min} to ${check.max}`;
    throw check.refuse(`${check.label} must be a whole number ${range}, not "${value}".`);
  }
  return String(number);
};

const assignPositionals = (
  typed: readonly string[],
  command: CommandSpec,
): Map<string, readonly string[]> => {
  const refuse = (message: string) => usageFailure(message, command.name);
  const assigned = new Map<string, readonly string[]>();
  let index = 0;
  for (const spec of command.positionals) {
    const values = spec.many === true ? typed.slice(index) : typed.slice(index, index + 1);
    index += values.length;
    if (values.length === 0 && spec.optional !== true) throw refuse(missingPositional(spec, command));
    assigned.set(
      spec.name,
      values.map((value) =>
        spec.integer === true
          ? checkInteger(value, { label: spec.name, min: 1, max: Number.MAX_SAFE_INTEGER, refuse })
          : checkWord(value, spec, refuse),
      ),
    );
  }
  if (index < typed.length)
    throw refuse(`"${typed[index] ?? ''}" is one word too many for "nezuban ${command.name}".`);
  return assigned;
};

const missingPositional = (spec: PositionalSpec, command: CommandSpec): string =>
  `"nezuban ${command.name}" needs ${spec.name}: ${spec.description}.`;

const checkWord = (value: string, spec: PositionalSpec, refuse: (message: string) => Error): string => {
  if (value === '' && spec.mayBeEmpty !== true) throw refuse(`${spec.name} is empty.`);
  const { choices } = spec;
  if (choices !== undefined && !choices.includes(value))
    throw refuse(
      `${spec.name} cannot be "${value}"; it is one of ${choices.join(', ')}.${didYouMean(value, choices)}`,
    );
  return value;
};
