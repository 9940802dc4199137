// Completion scripts for bash, zsh (which runs bash's) and fish, made from the table of commands. Pure.
// Words and options stand in the script; names of nets, nodes and users are asked of the manager at the moment, by `complete-names`.
import { globalOptions } from '../arguments/global-options.ts';
import type { CommandSpec, CompletedThing, OptionSpec } from '../commands/command.ts';

export const completionShells = ['bash', 'zsh', 'fish'] as const;
export type CompletionShell = (typeof completionShells)[number];

type Words = { readonly things?: CompletedThing; readonly choices?: readonly string[] };
/** One name that a command can be typed by, and what can stand behind it. */
type Entry = {
  readonly name: string;
  readonly summary: string;
  readonly options: Readonly<Record<string, OptionSpec>>;
  readonly positional: Words;
};

const entriesOf = (commands: readonly CommandSpec[]): readonly Entry[] =>
  commands
    .filter(({ hidden }) => hidden !== true)
    .flatMap((command) =>
      [command.name, ...(command.aliases ?? [])].map((name) => ({
        name,
        summary: command.summary,
        options: { ...command.options, ...globalOptions },
        positional: wordsOf(command.positionals[0] ?? {}),
      })),
    );

const wordsOf = ({
  completes,
  choices,
}: {
  completes?: CompletedThing;
  choices?: readonly string[];
}): Words => ({
  ...(completes !== undefined && { things: completes }),
  ...(choices !== undefined && { choices }),
});

const optionWords = (spec: OptionSpec): Words =>
  wordsOf({
    ...(spec.completes !== undefined && { completes: spec.completes }),
    ...(spec.type === 'text' && spec.choices !== undefined && { choices: spec.choices }),
  });

const firstWord = (name: string): string => name.split(' ')[0] ?? '';

export const renderCompletion = (shell: CompletionShell, commands: readonly CommandSpec[]): string =>
  (shell === 'fish' ? renderFish : renderBash)(shell, entriesOf(commands));

const renderBash = (shell: CompletionShell, entries: readonly Entry[]): string => {
  const firstWords = [...new Set(entries.map(({ name }) => firstWord(name)))];
  const groups = [
    ...Map.groupBy(
      entries.filter(({ name }) => name.includes(' ')),
      ({ name }) => firstWord(name),
    ),
  ];
  const optionValues = entries.flatMap(({ name, options }) =>
    Object.entries(options).flatMap(([option, spec]) => {
      if (spec.type === 'flag') return [];
      const { things, choices } = optionWords(spec);
      const does =
        things !== undefined
          ? `names=${things}`
          : choices !== undefined
            ? `words="${choices.join(' ')}"`
            : 'files=1';
      return [`    "${name} --${option}") ${does} ;;`];
    }),
  );
  return [
    ...(shell === 'zsh' ? ['autoload -U +X bashcompinit && bashcompinit'] : []),
    '_nezuban() {',
    '  local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"',
    '  local first="${COMP_WORDS[1]}" command="" words="" options="" names="" files=""',
    '  case "$first ${COMP_WORDS[2]}" in',
    ...entries
      .filter(({ name }) => name.includes(' '))
      .map(({ name }) => `    "${name}") command="${name}" ;;`),
    '    *) command="$first" ;;',
    '  esac',
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    words="${firstWords.join(' ')}"`,
    '  else',
    '    case "$command" in',
    ...entries.map(({ name, options, positional }) => {
      const names = positional.things === undefined ? '' : ` names=${positional.things}`;
      const words = positional.choices === undefined ? '' : ` words="${positional.choices.join(' ')}"`;
      return `      "${name}") options="${Object.keys(options)
        .map((option) => `--${option}`)
        .join(' ')}"${names}${words} ;;`;
    }),
    '    esac',
    '    if [ "$COMP_CWORD" -eq 2 ]; then',
    '      case "$first" in',
    ...groups.map(
      ([first, list]) =>
        `        ${first}) words="$words ${list.map(({ name }) => name.slice(first.length + 1)).join(' ')}" ;;`,
    ),
    '      esac',
    '    fi',
    '  fi',
    '  case "$command $before" in',
    ...optionValues.map((line) => line.replace(') ', ') words="" names="" options=""; ')),
    '  esac',
    '  if [ -n "$files" ]; then COMPREPLY=(); return; fi',
    '  case "$word" in -*) words="$options" names="" ;; esac',
    '  if [ -n "$names" ]; then',
    '    words="$words $(nezuban complete-names "$names" "$word" 2>/dev/null)"',
    '  fi',
    '  COMPREPLY=($(compgen -W "$words" -- "$word"))',
    '}',
    'complete -o default -F _nezuban nezuban',
  ].join('\n');
};

const quoteFish = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

const fishValues = ({ things, choices }: Words): string | undefined =>
  things !== undefined
    ? `(nezuban complete-names ${things} (commandline -ct) 2>/dev/null)`
    : choices?.join(' ');

const renderFish = (_shell: CompletionShell, entries: readonly Entry[]): string => {
  const firsts = Map.groupBy(entries, ({ name }) => firstWord(name));
  const lines = [...firsts].flatMap(([first, list]) => {
    const alone = list.find(({ name }) => name === first);
    return [
      `complete -c nezuban -f -n '__nezuban_is ""' -a ${first} -d ${quoteFish(alone?.summary ?? list.map(({ name }) => name.slice(first.length + 1)).join(', '))}`,
      ...list
        .filter(({ name }) => name !== first)
        .map(
          ({ name, summary }) =>
            `complete -c nezuban -f -n '__nezuban_is "${first}"' -a ${name.slice(first.length + 1)} -d ${quoteFish(summary)}`,
        ),
    ];
  });
  const behind = entries.flatMap(({ name, options, positional }) => {
    const here = `complete -c nezuban -n '__nezuban_begins "${name}"'`;
    const values = fishValues(positional);
    return [
      ...(values === undefined ? [] : [`${here} -f -a ${quoteFish(values)}`]),
      ...Object.entries(options).map(([option, spec]) => {
        const given = fishValues(optionWords(spec));
        const short = spec.short === undefined ? '' : ` -s ${spec.short}`;
        const value = spec.type === 'flag' ? '' : given === undefined ? ' -r' : ` -x -a ${quoteFish(given)}`;
        return `${here} -l ${option}${short}${value} -d ${quoteFish(spec.description)}`;
      }),
    ];
  });
  return [
    'function __nezuban_words',
    '  string join " " -- (string match -v -- "-*" (commandline -opc)[2..-1])',
    'end',
    'function __nezuban_is',
    '  set -l words (__nezuban_words)',
    '  test "$words" = "$argv[1]"',
    'end',
    'function __nezuban_begins',
    '  set -l words (__nezuban_words)',
    '  test "$words" = "$argv[1]"; or string match -q -- "$argv[1] *" "$words"',
    'end',
    ...lines,
    ...behind,
  ].join('\n');
};
