// `nezuban events chain`: what an event came from and what became of it.
import { formatInstant } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const id = Number(args.positional('EVENT'));
  const chain = await (await context.api()).call('getEventChain', { params: { id } });
  await out.result(chain, () => {
    const { event, trapId, deliveries, escalations, sessions } = chain;
    return [
      ...(trapId === null ? [] : [`Trap ${trapId}`]),
      `Event ${event.id}: ${event.message} (${event.priority}, ${event.confirm})`,
      ...(deliveries === null
        ? ['You may not see notifications.']
        : deliveries.map(
            ({ id: number, rule, channel, state, suppressedBy, suppressedKind, sentAt, createdAt }) =>
              `  ${formatInstant(sentAt ?? createdAt)}  delivery ${number} of ${rule}${channel === '' ? '' : ` to ${channel}`}: ${state}${suppressedBy == null ? '' : ` (${suppressedKind ?? 'maintenance'} ${suppressedBy})`}`,
          )),
      ...(escalations ?? []).map(
        ({ rule, chain: name, state, endedBy, startedAt }) =>
          `  ${formatInstant(startedAt)}  escalation ${name} of ${rule}: ${state}${endedBy === null ? '' : ` by ${endedBy}`}`,
      ),
      ...sessions.map((session) => `  session ${session}`),
    ];
  });
};
