// Units as text of the clipboard, so that they can be carried to another net, another tab, a file or a mail: YAML with one key `units`.
// Reading takes what a person may have copied: that, a whole job net, a list of units, a single unit. Pure; the clipboard itself is the views'.
import { formatPlainYaml, readPlainYaml } from '@nezuban/core/definitions/plain-yaml';
import { definitionLimits } from '@nezuban/protocol/jobs/definition-limits';
import { unitSchema } from '@nezuban/protocol/jobs/definition';
import { afterSchema } from '@nezuban/protocol/jobs/units/unit-base';
import { hasCircle, withEdges, type DraftUnit } from './draft-net.ts';
import { withoutLooseEnds } from './merge-nets.ts';

export const textOfUnits = (units: readonly DraftUnit[]): string => formatPlainYaml({ units });

/** Null: the text holds no units. */
export const unitsOfText = (text: string): DraftUnit[] | null => {
  if (text.length > definitionLimits.fileBytesMax) return null;
  const value = readPlainYaml(text);
  const list = Array.isArray(value)
    ? value
    : isPlain(value)
      ? Array.isArray(value['units'])
        ? (value['units'] as unknown[])
        : [value]
      : [];
  const units = list.map((each) => unitOf(each, 0));
  if (units.length === 0 || !units.every((unit) => unit !== null)) return null;
  return sound(units);
};

type Plain = Readonly<Record<string, unknown>>;
const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A unit that is not right yet is taken as it is: what was copied unfinished is pasted unfinished. */
const unitOf = (value: unknown, depth: number): DraftUnit | null => {
  if (!isPlain(value) || depth > definitionLimits.depthMax) return null;
  const right = unitSchema.safeParse(value);
  if (right.success) return right.data;
  const { name, type, after, position, units, ...rest } = value;
  if (typeof name !== 'string' || name === '' || name.includes('/')) return null;
  const isUnit = 'command' in value || Array.isArray(units) || typeof type === 'string';
  if (!isUnit) return null;
  const edges = afterSchema.safeParse(after);
  const inner = Array.isArray(units) ? units.map((unit) => unitOf(unit, depth + 1)) : undefined;
  if (inner !== undefined && !inner.every((unit) => unit !== null)) return null;
  const place = position as { readonly x?: unknown; readonly y?: unknown } | undefined;
  return {
    ...rest,
    name,
    type: typeof type === 'string' ? type : inner === undefined ? 'command' : 'net',
    ...(edges.success ? { after: edges.data } : {}),
    ...(typeof place?.x === 'number' && typeof place.y === 'number'
      ? { position: { x: place.x, y: place.y } }
      : {}),
    ...(inner === undefined ? {} : { units: sound(inner) }),
  };
};

/** A draft holds no two units of one name and no circle, whatever the text says: later units of a name, or all edges, are left out. */
const sound = (given: readonly DraftUnit[]): DraftUnit[] => {
  const units = withoutLooseEnds([...new Map(given.map((unit) => [unit.name, unit])).values()]);
  return hasCircle(units) ? units.map((unit) => withEdges(unit, [])) : units;
};
