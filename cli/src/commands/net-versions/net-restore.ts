// `nezuban net restore`: an old revision comes into force again, as a new one.
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const name = args.positional('NET');
  const revision = Number(args.positional('REVISION'));
  const reason = args.text('reason');
  const api = await context.api();
  const result = await api.call('restoreNetRevision', {
    params: { name, revision },
    body: { ...(reason !== undefined && { reason }) },
  });
  await out.result({ net: name, from: revision, ...result }, () =>
    result.change === 'unchanged'
      ? `Job net ${name} has the content of revision ${revision} already (revision ${result.revision}).`
      : `Job net ${name} has the content of revision ${revision} again, as revision ${result.revision}.`,
  );
};
