// `nezuban user create`: the one-time password alone on stdout.
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const name = args.positional('USER');
  const title = args.text('title');
  const made = await (
    await context.api()
  ).call('createUser', {
    body: { name, roles: [...args.texts('role')], ...(title !== undefined && { title }) },
  });
  await out.result(made, () => made.oneTimePassword);
  out.note(`This one-time password of ${name} is shown this once; it is replaced at the first sign-in.`);
  if (made.roles.length === 0)
    out.note(
      `The user has no role and may do nothing yet; give one with: nezuban user set ${name} --add-role ROLE`,
    );
};
