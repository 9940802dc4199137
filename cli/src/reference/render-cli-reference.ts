// The manual's page of the command line, made from the table of commands. Pure.
import { globalOptions } from '../arguments/global-options.ts';
import { commandGroups, type CommandSpec, type OptionSpec } from '../commands/command.ts';
import { exitCodeMeanings, exitCodes } from '../exit-codes.ts';
import { groupTitles, optionDescription, optionUsage, usageOf } from '../help/render-help.ts';
import { topics } from '../help/topics.ts';
import { madeBy, table } from './markdown.ts';

const optionRows = (options: Readonly<Record<string, OptionSpec>>): string[][] =>
  Object.entries(options).map(([name, spec]) => [`\`${optionUsage(name, spec)}\``, optionDescription(spec)]);

const renderCommand = (command: CommandSpec): string[] => [
  '',
  `### ${command.name}`,
  '',
  `${command.summary}.`,
  '',
  '```',
  usageOf(command),
  '```',
  ...(command.aliases === undefined
    ? []
    : ['', `Also: ${command.aliases.map((alias) => `\`nezuban ${alias}\``).join(', ')}.`]),
  ...(command.details ?? []).flatMap((paragraph) => ['', paragraph]),
  ...table(
    ['Argument', 'Meaning'],
    command.positionals.map(({ name, description }) => [`\`${name}\``, description]),
  ),
  ...table(['Option', 'Meaning'], optionRows(command.options)),
  '',
  'Examples:',
  '',
  '```',
  ...command.examples,
  '```',
];

const codes = Object.keys(exitCodes) as (keyof typeof exitCodes)[];

/** The whole page as Markdown. */
export const renderCliReference = (commands: readonly CommandSpec[]): string =>
  [
    madeBy('the table of commands'),
    '',
    '# The command line',
    '',
    '`nezuban` asks the manager through the same API as the console. `nezuban help` lists the commands, `nezuban help COMMAND` explains one.',
    '',
    'Options stand before or behind the command. A value that begins with `-` is written `--option=-value`; what follows `--` is never an option.',
    'Results go to standard output, remarks and errors to standard error. Colours are used on a terminal alone.',
    '',
    '## Options of every command',
    ...table(['Option', 'Meaning'], optionRows(globalOptions)),
    '',
    'With `--json` an error is one line of JSON on standard error: `{"error": {"code", "message", "hints", "issues", "exitCode"}}`. The codes are those of',
    '[errors.md](errors.md), and `usage`, `unreachable`, `no_manager`, `unreadable`, `not_confirmed`, `too_long` and `output_failed`, which arise in the command line itself.',
    '',
    '## Exit codes',
    ...table(
      ['Code', 'Meaning'],
      codes.map((name) => [String(exitCodes[name]), exitCodeMeanings[name]]),
    ),
    ...topics
      .filter((topic) => topic.name !== 'exit-codes')
      .flatMap((topic) => ['', `## ${topic.summary}`, '', '```', ...topic.lines, '```']),
    ...commandGroups.flatMap((group) => [
      '',
      `## ${groupTitles[group]}`,
      ...commands
        .filter((command) => command.group === group && command.hidden !== true)
        .flatMap(renderCommand),
    ]),
    '',
  ].join('\n');
