// `nezuban node remove`: the node's certificate is refused from now on.
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const name = context.args.positional('NODE');
  await (await context.api()).call('removeNode', { params: { name } });
  await context.out.result(
    { removed: name },
    () => `Node ${name} is removed. Its agent can be joined again with a new token.`,
  );
};
