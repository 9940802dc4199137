// The help as text: the list of commands, and one command. Pure.
import { globalOptions } from '../arguments/global-options.ts';
import {
  commandGroups,
  type CommandGroup,
  type CommandSpec,
  type OptionSpec,
  type PositionalSpec,
} from '../commands/command.ts';
import type { Paint } from '../output/paint.ts';
import { topics } from './topics.ts';

export const groupTitles: Readonly<Record<CommandGroup, string>> = {
  jobs: 'Job nets and sessions',
  events: 'Events',
  inventory: 'Nodes and agents',
  operations: 'Freeze, drain, maintenance',
  pair: 'The pair',
  backup: 'Backups',
  access: 'Access',
  system: 'Manager and command line',
};

const pad = (text: string, width: number): string => text.padEnd(width);

export const usageOf = (command: CommandSpec): string => {
  const positionals = command.positionals.map(positionalUsage);
  const options = Object.keys(command.options).length === 0 ? [] : ['[OPTION ...]'];
  return ['nezuban', command.name, ...positionals, ...options].join(' ');
};

const positionalUsage = ({ name, many, optional }: PositionalSpec): string => {
  const text = many === true ? `${name} ...` : name;
  return optional === true ? `[${text}]` : text;
};

export const optionUsage = (name: string, spec: OptionSpec): string =>
  `${spec.short === undefined ? '' : `-${spec.short}, `}--${name}${spec.type === 'flag' ? '' : ` ${spec.value}`}`;

/** Description with the values that an option can have. */
export const optionDescription = (spec: OptionSpec): string =>
  spec.type === 'text' && spec.choices !== undefined
    ? `${spec.description} (${spec.choices.join(', ')})`
    : spec.description;

/** The first page: every command with one line. */
export const renderOverview = (commands: readonly CommandSpec[], paint: Paint): string => {
  const width = Math.max(...commands.map((command) => command.name.length)) + 2;
  const groups = commandGroups.flatMap((group) => [
    '',
    paint('bold', groupTitles[group]),
    ...commands
      .filter((command) => command.group === group && command.hidden !== true)
      .map((command) => `  ${pad(command.name, width)}${command.summary}`),
  ]);
  return [
    'Nezuban runs and watches business jobs.',
    '',
    'Usage: nezuban COMMAND ...',
    ...groups,
    '',
    paint('bold', 'Topics'),
    ...topics.map((topic) => `  ${pad(topic.name, width)}${topic.summary}`),
    '',
    'More on each: nezuban help COMMAND',
  ].join('\n');
};

/** One command's page. */
export const renderCommandHelp = (command: CommandSpec, paint: Paint): string => {
  const own = Object.entries(command.options).map(
    ([name, spec]) => [optionUsage(name, spec), optionDescription(spec)] as const,
  );
  const global = Object.entries(globalOptions).map(
    ([name, spec]) => [optionUsage(name, spec), spec.description] as const,
  );
  const positionals = command.positionals.map(({ name, description }) => [name, description] as const);
  const width = Math.max(...[...own, ...global, ...positionals].map(([left]) => left.length)) + 2;
  const section = (title: string, rows: readonly (readonly [string, string])[]) =>
    rows.length === 0
      ? []
      : ['', paint('bold', title), ...rows.map(([left, right]) => `  ${pad(left, width)}${right}`)];
  return [
    `${command.summary}.`,
    '',
    `Usage: ${usageOf(command)}`,
    ...(command.aliases === undefined
      ? []
      : [`Also: ${command.aliases.map((alias) => `nezuban ${alias}`).join(', ')}`]),
    ...(command.details ?? []).flatMap((paragraph) => ['', paragraph]),
    ...section('Arguments', positionals),
    ...section('Options', own),
    ...(command.load === undefined ? [] : section('Options of every command', global)),
    '',
    paint('bold', 'Examples'),
    ...command.examples.map((example) => `  ${example}`),
  ].join('\n');
};
