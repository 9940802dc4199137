// `nezuban net cancel-release`: a planned release does not happen.
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const reason = args.text('reason');
  const api = await context.api();
  const release = await api.call('cancelNetRelease', {
    params: { id: Number(args.positional('RELEASE')) },
    body: { ...(reason !== undefined && { reason }) },
  });
  await out.result(
    release,
    () =>
      `Release ${release.id} of job net ${release.net} is cancelled: revision ${release.revision} does not come into force.`,
  );
};
