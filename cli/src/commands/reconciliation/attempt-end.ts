// `nezuban attempt end`: ends what an agent runs and nobody waits for.
import type { CommandRun } from '../command.ts';

const KILL_AFTER_SECONDS = 10;

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const [attemptId = ''] = args.positionals('ATTEMPT');
  const api = await context.api();
  await api.call('endStrayAttempt', {
    params: { attemptId },
    body: { killAfterSeconds: args.integer('kill-after') ?? KILL_AFTER_SECONDS },
  });
  await out.result({ attemptId }, () => [
    `The agent was told to end ${attemptId}. "nezuban reconcile" shows it until it has.`,
  ]);
};
