// A completion script for bash, which zsh can run as well. Pure.
import { globalOptions } from '../arguments/global-options.ts';
import type { CommandSpec } from '../commands/command.ts';

export const renderCompletion = (shell: 'bash' | 'zsh', commands: readonly CommandSpec[]): string => {
  const firstWords = [...new Set(commands.map((command) => command.name.split(' ')[0] ?? ''))];
  const secondWords = Map.groupBy(
    commands.filter((command) => command.name.includes(' ')),
    (command) => command.name.split(' ')[0] ?? '',
  );
  const optionsOf = (command: CommandSpec) =>
    Object.keys({ ...command.options, ...globalOptions })
      .map((name) => `--${name}`)
      .join(' ');
  return [
    ...(shell === 'zsh' ? ['autoload -U +X bashcompinit && bashcompinit'] : []),
    '_nezuban() {',
    '  local word="${COMP_WORDS[COMP_CWORD]}" first="${COMP_WORDS[1]}" words=""',
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    words="${firstWords.join(' ')}"`,
    '  else',
    '    case "$first ${COMP_WORDS[2]}" in',
    ...commands
      .filter((command) => command.name.includes(' '))
      .map((command) => `      "${command.name}") words="${optionsOf(command)}" ;;`),
    '      *) case "$first" in',
    ...[...secondWords].map(
      ([first, list]) =>
        `        ${first}) words="${list.map((command) => command.name.slice(first.length + 1)).join(' ')}" ;;`,
    ),
    ...commands
      .filter((command) => !command.name.includes(' '))
      .map((command) => `        ${command.name}) words="${optionsOf(command)}" ;;`),
    '      esac ;;',
    '    esac',
    '  fi',
    '  COMPREPLY=($(compgen -W "$words" -- "$word"))',
    '}',
    'complete -o default -F _nezuban nezuban',
  ].join('\n');
};
