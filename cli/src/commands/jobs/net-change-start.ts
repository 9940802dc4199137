// `nezuban net change-start`: skips, moves or begins now the next start of a schedule, this once.
import { parseInstant } from '../../arguments/instant.ts';
import { usageFailure } from '../../failure.ts';
import type { CommandContext, CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const name = args.positional('NET');
  const schedule = args.positional('SCHEDULE');
  const to = instantOf(context, 'move-to');
  const at = instantOf(context, 'at');
  const reason = args.text('reason');
  const change = to !== undefined ? 'move' : args.flag('skip') ? 'skip' : args.flag('now') ? 'start' : null;
  if (change === null)
    throw usageFailure(
      'Say what is to become of the start: --skip, --move-to TIME or --now.',
      'net change-start',
    );
  const api = await context.api();
  const answer = await api.call('changeComingStart', {
    params: { name },
    body: {
      schedule,
      change,
      ...(at !== undefined && { at }),
      ...(to !== undefined && { to }),
      ...(reason !== undefined && { reason }),
    },
  });
  await out.result(answer, () => {
    const what = `The start of ${name} by schedule ${schedule}`;
    if (answer.session !== null) return `${what} was begun now: session ${answer.session}.`;
    return change === 'skip'
      ? `${what} is skipped, this once.`
      : `${what} is moved to ${args.text('move-to') ?? ''}.`;
  });
};

const instantOf = (
  { args, ports, command }: CommandContext,
  option: 'at' | 'move-to',
): string | undefined => {
  const text = args.text(option);
  return text === undefined
    ? undefined
    : parseInstant(text, { option, command: command.name, now: ports.now(), relative: 'ahead' });
};
