// `nezuban completion`: a completion script made from the table of commands.
import { renderCompletion, type CompletionShell } from '../../help/render-completion.ts';
import { commands } from '../registry.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async ({ args, out }) => {
  // Judged by the record of the command.
  const shell = args.positional('SHELL') as CompletionShell;
  const script = renderCompletion(shell, commands);
  await out.result({ shell, script }, () => script);
};
