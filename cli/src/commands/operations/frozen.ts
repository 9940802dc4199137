// `nezuban frozen`: what is frozen, what still runs there, which windows are open, and which scheduled starts wait.
import { formatInstant } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';
import { placeWords } from './place.ts';
import { openText } from './render-frozen.ts';

export const run: CommandRun = async (context) => {
  const { out } = context;
  const answer = await (await context.api()).call('getFrozen');
  await out.result(answer, () => {
    const { frozen, windows, heldStarts } = answer;
    if (frozen.length === 0 && windows.length === 0)
      return 'Nothing is frozen, and no maintenance window is open.';
    const lines: string[] = [];
    if (frozen.length > 0)
      lines.push(
        ...out.table(
          [
            { title: 'FROZEN' },
            { title: 'SINCE' },
            { title: 'UNTIL' },
            { title: 'BY' },
            { title: 'RUNNING' },
            { title: 'REASON', flexible: true },
          ],
          frozen.map(({ place, since, until, by, open, reason }) => [
            placeWords(place),
            formatInstant(since),
            formatInstant(until),
            by,
            openText(open),
            reason,
          ]),
        ),
      );
    for (const { name, end, effects, suppressed } of windows)
      lines.push(
        `Maintenance window ${name} is open until ${formatInstant(end)} (${effects.join(', ')}); ${suppressed} ${suppressed === 1 ? 'notification' : 'notifications'} kept back.`,
      );
    if (heldStarts.length > 0) {
      lines.push('Scheduled starts that wait for the resume:');
      for (const { net, schedule, dueAt, missed } of heldStarts)
        lines.push(
          `  ${net} by "${schedule}", due ${formatInstant(dueAt)}: ${missed === 'skip' ? 'will be skipped' : 'will run once'}`,
        );
    }
    return lines;
  });
};
