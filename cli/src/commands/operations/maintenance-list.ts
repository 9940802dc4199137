// `nezuban maintenance list`: windows by name with their next times.
import type { WindowView } from '@nezuban/protocol/api/operate-operations';
import { formatInstant } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { out } = context;
  const answer = await (await context.api()).call('listMaintenanceWindows');
  await out.result(answer, () => {
    if (answer.items.length === 0)
      return 'No maintenance window. Make one with "nezuban maintenance add", or as "kind: maintenance_window" in a YAML file.';
    return out.table(
      [
        { title: 'WINDOW' },
        { title: 'STATE' },
        { title: 'NEXT START' },
        { title: 'NEXT END' },
        { title: 'EFFECTS' },
        { title: 'KEPT BACK', align: 'right' },
        { title: 'PLACES', flexible: true },
      ],
      answer.items.map((item) => [
        item.window.name,
        stateOf(item),
        formatInstant(item.next[0]?.start ?? null),
        formatInstant(item.next[0]?.end ?? null),
        item.window.effects.join(', '),
        item.suppressed,
        item.window.places.map(placeText).join(', '),
      ]),
    );
  });
};

const stateOf = ({ active, next, window }: WindowView): string => {
  if (active !== null) return `open until ${formatInstant(active.end)}`;
  if (!window.enabled) return 'off';
  return next.length === 0 ? 'over' : 'planned';
};

const placeText = (place: WindowView['window']['places'][number]): string => {
  const [[kind, name] = ['manager', true]] = Object.entries(place);
  return name === true ? kind : `${kind} ${String(name)}`;
};
