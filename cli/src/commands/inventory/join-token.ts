// `nezuban join-token`: prints the line to paste on a new host, and nothing else on stdout.
import { formatInstant } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const seconds = context.args.integer('expires-in');
  const api = await context.api();
  const token = await api.call('createJoinToken', {
    body: seconds === undefined ? {} : { expires_in_s: seconds },
  });
  await context.out.result(token, () => token.command);
  context.out.note(`Paste the line on the new host. It works once, until ${formatInstant(token.expiresAt)}.`);
};
