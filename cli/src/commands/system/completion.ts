// `nezuban completion`: a completion script made from the table of commands.
import { usageFailure } from '../../failure.ts';
import { renderCompletion } from '../../help/render-completion.ts';
import { commands } from '../registry.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async ({ args, out }) => {
  const shell = args.positional('SHELL');
  if (shell !== 'bash' && shell !== 'zsh')
    throw usageFailure(`There is no completion for "${shell}"; there is one for bash and zsh.`, 'completion');
  const script = renderCompletion(shell, commands);
  await out.result({ shell, script }, () => script);
};
