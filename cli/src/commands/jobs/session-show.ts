// `nezuban session show`: one session with the tree of its units.
import type { CommandRun } from '../command.ts';
import { renderSession } from './render-session.ts';

export const run: CommandRun = async (context) => {
  const api = await context.api();
  const session = await api.call('getSession', {
    params: { id: Number(context.args.positional('SESSION')) },
  });
  await context.out.result(session, () => renderSession(session, context));
};
