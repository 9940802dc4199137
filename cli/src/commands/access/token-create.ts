// `nezuban token create`: the token alone on stdout, for `TOKEN=$(nezuban token create ci)`.
import { formatInstant } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const days = args.integer('days');
  const expiry = args.flag('never-expires')
    ? { expires_in_days: null }
    : days === undefined
      ? {}
      : { expires_in_days: days };
  const api = await context.api();
  const made = await api.call('createToken', { body: { name: args.positional('NAME'), ...expiry } });
  await out.result(made, () => made.token);
  out.note(
    `It is shown this once. ${made.expiresAt === null ? 'It does not expire' : `It expires ${formatInstant(made.expiresAt)}`}; revoke it with: nezuban token revoke ${made.id}`,
  );
};
