// `nezuban token revoke`.
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const id = Number(context.args.positional('TOKEN-ID'));
  await (await context.api()).call('deleteToken', { params: { id } });
  await context.out.result({ revoked: id }, () => `Token ${id} is revoked.`);
};
