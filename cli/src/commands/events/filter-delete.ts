// `nezuban events filter delete`.
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async ({ api, args, out }) => {
  const name = args.positional('FILTER');
  await (await api()).call('deleteEventFilter', { params: { name } });
  await out.result({ deleted: name }, () => `Filter ${name} is deleted.`);
};
