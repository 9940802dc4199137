// `nezuban help`: the list of commands, one command, or a topic.
import { helpFor } from '../../help/help-for.ts';
import { commands } from '../registry.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async ({ args, out }) => {
  const text = helpFor(args.positionals('WORD'), commands, out.paint);
  await out.result({ help: text }, () => text);
};
