// `nezuban trap token create`: the token alone on stdout, for `TOKEN=$(nezuban trap token create backup-tool)`.
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const made = await (
    await context.api()
  ).call('createTrapToken', {
    body: { name: args.positional('TOKEN-NAME') },
  });
  await out.result(made, () => made.token);
  out.note(
    `It is shown this once. From now on custom traps need a token; revoke this one with: nezuban trap token delete ${made.name}`,
  );
};
