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
  const rights = args.texts('right');
  const folder = args.text('folder');
  const scope = args.text('scope');
  const limits = {
    // Judged by the manager, which may know more rights than this command line.
    ...(rights.length > 0 && { rights: [...rights] as never }),
    ...(folder !== undefined && { folder }),
    ...(scope !== undefined && { scope }),
  };
  const made = await api.call('createToken', {
    body: { name: args.positional('NAME'), ...expiry, ...limits },
  });
  await out.result(made, () => made.token);
  out.note(
    `It is shown this once. ${made.expiresAt === null ? 'It does not expire' : `It expires ${formatInstant(made.expiresAt)}`}; revoke it with: nezuban token revoke ${made.id}`,
  );
};
