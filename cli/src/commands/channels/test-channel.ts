// `nezuban channel test`: does a channel work?
import { exitCodes } from '../../exit-codes.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const name = context.args.positional('CHANNEL');
  const result = await (await context.api()).call('testChannel', { params: { name } });
  await context.out.result({ channel: name, ...result }, () =>
    result.sent
      ? `The test message was taken${result.error === null ? '.' : `, but: ${result.error}`}`
      : `The test message was not taken: ${result.error ?? 'no reason was given'}`,
  );
  return result.sent ? exitCodes.ok : exitCodes.refused;
};
