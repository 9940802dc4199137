// `nezuban queue pause` and `nezuban queue open`.
import type { CommandRun } from '../command.ts';
import { kindWord, limitOf } from './limit-words.ts';

export const run: CommandRun = async (context) => {
  const { command, args, out } = context;
  const params = limitOf(args, command.name);
  const pauses = command.name === 'queue pause';
  const reason = pauses ? args.text('reason') : undefined;
  const api = await context.api();
  const limit = pauses
    ? await api.call('pauseLimit', { params, body: reason === undefined ? {} : { reason } })
    : await api.call('openLimit', { params });
  await out.result(
    limit,
    () =>
      `The ${kindWord(limit.kind)} ${limit.name} is ${pauses ? 'paused' : 'open'}: ${limit.used} of ${limit.places} places taken, ${limit.waiting} wait.`,
  );
};
