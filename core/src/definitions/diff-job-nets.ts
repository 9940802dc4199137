// What differs between two forms of a job net, part by part: the net's own fields, parameters, schedules, units and edges. Pure.
// Not responsible for the difference of their texts (core/text/line-edits). Called by the routes of versions. Fields are compared whatever
// they are, so that a new field or kind of unit needs no word here.
import type { JobNetDefinition, UnitDefinition } from '@nezuban/protocol/jobs/definition';
import type { NetPartChange } from '@nezuban/protocol/jobs/net-version';

type Fields = Readonly<Record<string, string>>;
type Part = { readonly part: NetPartChange['part']; readonly name: string; readonly fields: Fields };

/** In the order of the newer form; what is gone follows, in the order of the older one. */
export const diffJobNets = (before: JobNetDefinition, after: JobNetDefinition): NetPartChange[] => {
  const old = new Map(partsOf(before).map((part) => [keyOf(part), part]));
  const now = new Map(partsOf(after).map((part) => [keyOf(part), part]));
  const changes: NetPartChange[] = [];
  for (const [key, part] of now) {
    const was = old.get(key);
    const fields = differing(was?.fields ?? {}, part.fields);
    if (was === undefined) changes.push({ part: part.part, name: part.name, change: 'added', fields });
    else if (fields.length > 0) changes.push({ part: part.part, name: part.name, change: 'changed', fields });
  }
  for (const [key, part] of old)
    if (!now.has(key))
      changes.push({
        part: part.part,
        name: part.name,
        change: 'removed',
        fields: differing(part.fields, {}),
      });
  return changes;
};

const keyOf = ({ part, name }: Part): string => `${part} ${name}`;

const partsOf = (net: JobNetDefinition): Part[] => {
  const { parameters, schedules, units, ...own } = net;
  return [
    // The net's own name is the same in all its revisions: two forms always share this part.
    { part: 'net', name: net.name, fields: fieldsOf(own) },
    ...parameters.map((each): Part => ({ part: 'parameter', name: each.name, fields: fieldsOf(each) })),
    ...schedules.map((each): Part => ({ part: 'schedule', name: each.name, fields: fieldsOf(each) })),
    ...partsOfUnits(units, ''),
  ];
};

const partsOfUnits = (units: readonly UnitDefinition[], above: string): Part[] =>
  units.flatMap((unit) => {
    const path = `${above}${unit.name}`;
    const { after, ...rest } = unit;
    const { mode, edges } = edgesOf(after);
    const { units: inner, ...own } = rest as typeof rest & { readonly units?: readonly UnitDefinition[] };
    return [
      {
        part: 'unit' as const,
        name: path,
        // With fewer than two edges, AND and OR are the same.
        fields: { ...fieldsOf(own), ...(edges.length > 1 && { after: mode }) },
      },
      ...edges.map((edge): Part => ({
        part: 'edge',
        name: `${above}${edge.unit} -> ${path}`,
        fields: { on: edge.on.join(', ') },
      })),
      ...(inner === undefined ? [] : partsOfUnits(inner, `${path}/`)),
    ];
  });

const edgesOf = (after: UnitDefinition['after']) =>
  after === undefined
    ? { mode: 'all', edges: [] }
    : 'all' in after
      ? { mode: 'all', edges: after.all }
      : { mode: 'any', edges: after.any };

const fieldsOf = (value: object): Fields =>
  Object.fromEntries(
    Object.entries(value).flatMap(([field, each]: [string, unknown]) =>
      field === 'name' || each === undefined ? [] : [[field, wordOf(each)]],
    ),
  );

/** The same value gives the same text, whatever the order of its keys. */
const wordOf = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(inOrder(value));

const inOrder = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, inOrder(each)]),
  );
};

const differing = (before: Fields, after: Fields): NetPartChange['fields'] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((field) =>
    before[field] === after[field]
      ? []
      : [{ field, before: before[field] ?? null, after: after[field] ?? null }],
  );
