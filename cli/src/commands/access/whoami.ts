// `nezuban whoami`: the user, the manager, and where its address came from.
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { url, source } = await context.connection();
  const who = await (await context.api()).call('whoAmI');
  await context.out.result({ ...who, url: url.href, source }, () => [
    `${who.user} at ${url.origin} (${source})`,
    ...(who.mustChangePassword
      ? ['The one-time password has not been changed yet; change it in the console.']
      : []),
  ]);
};
