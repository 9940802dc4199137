// `nezuban events filter save`.
import type { CommandRun } from '../command.ts';
import { eventFilterOf } from './event-filter.ts';

export const run: CommandRun = async (context) => {
  const name = context.args.positional('FILTER');
  const { priority, ...filter } = eventFilterOf(context);
  const saved = await (
    await context.api()
  ).call('putEventFilter', {
    params: { name },
    body: {
      filter: { ...filter, ...(Array.isArray(priority) && priority.length > 0 && { priority }) },
      shared: context.args.flag('shared'),
    },
  });
  await context.out.result(saved, () => `Filter ${name} is saved${saved.shared ? ' for everybody' : ''}.`);
};
