// `nezuban maintenance add`: a window, once or again and again. What a file can hold and this cannot (titles) is for `nezuban apply`.
import type { WindowPlace } from '@nezuban/protocol/operations/maintenance-window';
import { formatInstant } from '../../output/time.ts';
import { usageFailure } from '../../failure.ts';
import type { CommandRun } from '../command.ts';

const effects = ['freeze', 'mute'] as const;

export const run: CommandRun = async (context) => {
  const { args, out, command } = context;
  const name = args.positional('NAME');
  const text = (option: string) => args.text(option);
  const duration = args.integer('duration-min');
  const chosen = effects.filter((effect) => args.texts('effect').includes(effect));
  const body = {
    kind: 'maintenance_window' as const,
    name,
    places: readPlaces(args.texts('at'), command.name),
    ...optional({
      reason: text('reason'),
      timezone: text('timezone'),
      start: text('start'),
      end: text('end'),
      cron: text('cron'),
      duration_min: duration,
      effects: chosen.length === 0 ? undefined : chosen,
    }),
  };
  const view = await (
    await context.api()
  ).call('putMaintenanceWindow', { params: { name }, body, ifMatch: null });
  await out.result(view, () => {
    const first = view.active ?? view.next[0];
    return first === undefined
      ? `Maintenance window ${name} is stored, but has no time that is still to come.`
      : `Maintenance window ${name}: ${view.active === null ? 'next' : 'open now,'} from ${formatInstant(first.start)} to ${formatInstant(first.end)}.`;
  });
};

const optional = <Values extends object>(values: Values) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Values]?: Exclude<Values[Key], undefined>;
  };

/** `manager`, `node:web-1`, `scope:web`, `net:night/a`, `folder:night`. */
const readPlaces = (words: readonly string[], command: string): WindowPlace[] => {
  if (words.length === 0)
    throw usageFailure('Say where: --at node:NAME, scope:NAME, net:NAME, folder:NAME or manager', command);
  return words.map((word): WindowPlace => {
    const at = word.indexOf(':');
    const kind = at === -1 ? word : word.slice(0, at);
    const name = at === -1 ? '' : word.slice(at + 1);
    if (kind === 'manager' && at === -1) return { manager: true };
    if (name !== '') {
      if (kind === 'node') return { node: name };
      if (kind === 'scope') return { scope: name };
      if (kind === 'net') return { net: name };
      if (kind === 'folder') return { folder: name };
    }
    throw usageFailure(
      `--at "${word}" must be manager, or node:NAME, scope:NAME, net:NAME or folder:NAME.`,
      command,
    );
  });
};
