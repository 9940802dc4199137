// `nezuban confirm`: marks events as seen by somebody, or takes that back.
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const ids = args.positionals('EVENT').map(Number);
  const comment = args.text('comment');
  const confirmed = !args.flag('undo');
  const api = await context.api();
  const result = await api.call('confirmEvents', {
    body: { ids, confirmed, ...(comment !== undefined && { comment }) },
  });
  await out.result(
    result,
    () => `${result.changed} of ${ids.length} ${confirmed ? 'confirmed' : 'unconfirmed again'}.`,
  );
};
