// `nezuban events show`: all that is known of one event.
import { isOwnFact } from '@nezuban/protocol/events/event-facts';
import { formatInstant, withLocalTimes } from '../../output/time.ts';
import { visible } from '../../output/visible.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async ({ api, args, out }) => {
  const event = await (await api()).call('getEvent', { params: { id: Number(args.positional('EVENT')) } });
  const when = (at: string | null) => (at === null ? null : formatInstant(at));
  const whoWhen = (by: string | null, at: string | null) =>
    at === null ? null : `${by ?? '?'}, ${when(at)}`;
  const lines: readonly (readonly [string, string | null])[] = [
    ['At', when(event.at)],
    ['Priority', event.priority],
    ['Code', event.code],
    ['Node', event.node],
    ['Monitor', event.monitor],
    ['Key', event.key],
    ['Times', event.count === 1 ? null : `${event.count}, last ${when(event.lastAt)}`],
    [
      'Cleared',
      event.clearedAt === null
        ? null
        : `${when(event.clearedAt)} by ${event.clearedBy === null ? 'hand' : `event ${event.clearedBy}`}`,
    ],
    ['On it', whoWhen(event.confirmingBy, event.confirmingAt)],
    ['Confirmed', whoWhen(event.confirmedBy, event.confirmedAt)],
    ['Comment', event.comment === null ? null : `${event.comment} (${event.commentBy ?? '?'})`],
    ['Trap', event.trapId === null ? null : String(event.trapId)],
    ...Object.entries(event.details)
      .filter(([name]) => isOwnFact(name))
      .map(([name, value]) => [name, String(value)] as const),
    ...Object.entries(event.fields).map(([name, value]) => [name, value] as const),
  ];
  await out.result(event, () => [
    `Event ${event.id}: ${visible(withLocalTimes(event.message))}`,
    ...lines.flatMap(([name, value]) => (value === null ? [] : [`  ${name}: ${visible(value)}`])),
  ]);
};
