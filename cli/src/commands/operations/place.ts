// The place that freeze, drain and resume are typed with: `manager`, or `folder | net | scope | node` and a name. Pure.
import type { Place, PlaceKind } from '@nezuban/protocol/operations/place';
import { usageFailure } from '../../failure.ts';
import type { CommandContext } from '../command.ts';

// Written here once more: loading the schemas takes longer than the command. A test holds it against the protocol's.
export const placeKinds = [
  'manager',
  'folder',
  'net',
  'scope',
  'node',
] as const satisfies readonly PlaceKind[];

export const readPlace = ({ args, command }: Pick<CommandContext, 'args' | 'command'>): Place => {
  const kind = args.positional('KIND');
  const [name, more] = args.positionals('NAME');
  const known = placeKinds.find((each) => each === kind);
  if (known === undefined)
    throw usageFailure(
      `"${kind}" is no place that can be frozen; it is one of ${placeKinds.join(', ')}.`,
      command.name,
    );
  if (more !== undefined) throw usageFailure(`"${more}" is one word too many.`, command.name);
  if (known === 'manager') {
    if (name !== undefined) throw usageFailure(`There is one manager; leave out "${name}".`, command.name);
    return { kind: known, name: null };
  }
  if (name === undefined)
    throw usageFailure(`Name the ${known}, such as: ${command.name} ${known} NAME`, command.name);
  return { kind: known, name };
};

export const placeWords = ({ kind, name }: Place): string => (kind === 'manager' ? kind : `${kind} ${name}`);

const relative = /^(\d{1,6})(m|h|d)$/;
const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `2h`, `30m`, `1d` from now, or an instant or local time as JavaScript reads it (`2026-12-01T05:00`). */
export const readUntil = (text: string | undefined, now: number, command: string): string | undefined => {
  if (text === undefined) return undefined;
  const [, count, unit] = relative.exec(text) ?? [];
  const at =
    count === undefined ? Date.parse(text) : now + Number(count) * unitMs[unit as keyof typeof unitMs];
  if (Number.isNaN(at))
    throw usageFailure(
      `--until "${text}" must be a time such as "2026-12-01T05:00", or "30m", "2h", "1d".`,
      command,
    );
  return new Date(at).toISOString();
};
