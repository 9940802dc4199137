// `nezuban notify test`: does the channel of a rule work?
import { exitCodes } from '../../exit-codes.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const name = context.args.positional('RULE');
  const result = await (await context.api()).call('testRule', { params: { name } });
  await context.out.result({ rule: name, ...result }, () =>
    result.sent
      ? `The test message was taken${result.error === null ? '.' : `, but: ${result.error}`}`
      : `The test message was not taken: ${result.error ?? 'no reason was given'}`,
  );
  return result.sent ? exitCodes.ok : exitCodes.refused;
};
