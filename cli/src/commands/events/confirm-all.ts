// `nezuban events confirm-all`: counts what fits, and confirms it with --yes.
import type { CommandRun } from '../command.ts';
import { eventFilterOf } from './event-filter.ts';

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const api = await context.api();
  const comment = args.text('comment');
  const body = { filter: eventFilterOf(context), state: 'confirmed' as const };
  const found = await api.call('confirmMatchingEvents', { body: { ...body, preview: true } });
  const count = `${found.matching}${found.more ? ' and more' : ''}`;
  if (!args.flag('yes') || found.matching === 0) {
    await out.result(found, () =>
      found.matching === 0 ? 'No event fits.' : `${count} events fit. With --yes they are confirmed.`,
    );
    return;
  }
  const result = await api.call('confirmMatchingEvents', {
    body: { ...body, up_to_id: found.upToId, ...(comment !== undefined && { comment }) },
  });
  await out.result(
    result,
    () => `${result.changed} events confirmed.${result.more ? ' There are more; say it again.' : ''}`,
  );
};
