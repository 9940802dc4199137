// `nezuban events confirming`, `unconfirm` and `comment`.
import { usageFailure } from '../../failure.ts';
import type { CommandRun } from '../command.ts';

const states = { confirming: 'confirming', unconfirm: 'unconfirmed' } as const;
const done = {
  confirming: 'are yours now',
  unconfirm: 'unconfirmed again',
  comment: 'commented on',
} as const;

export const run: CommandRun = async ({ api, args, out, command }) => {
  const ids = args.positionals('EVENT').map(Number);
  const comment = args.text('comment');
  const action = command.name.endsWith('confirming')
    ? 'confirming'
    : command.name.endsWith('unconfirm')
      ? 'unconfirm'
      : 'comment';
  if (action === 'comment' && comment === undefined)
    throw usageFailure('Say what: --comment TEXT', command.name);
  const result = await (
    await api()
  ).call('confirmEvents', {
    body: {
      ids,
      ...(action !== 'comment' && { state: states[action] }),
      ...(comment !== undefined && { comment }),
    },
  });
  await out.result(result, () => `${result.changed} of ${ids.length} ${done[action]}.`);
};
