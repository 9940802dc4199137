// `nezuban net map`: how job nets are related across each other, one line a relation.
import type { NetMapEntry, NetRelationKind } from '@nezuban/protocol/jobs/net-relation';
import type { CommandRun } from '../command.ts';

const words: Readonly<Record<NetRelationKind, string>> = {
  contains: 'contains',
  starts: 'starts',
  waits_for: 'waits for',
  begins_after: 'begins after',
  excludes: 'never runs beside',
};

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const api = await context.api();
  const [net, folder, depth] = [args.positionals('NET')[0], args.text('folder'), args.integer('depth')];
  const map = await api.call('getNetMap', {
    query: {
      ...(net !== undefined && { net }),
      ...(folder !== undefined && { folder }),
      ...(depth !== undefined && { depth }),
    },
  });
  const entries = new Map(map.nets.map((entry) => [entry.name, entry]));
  await out.result(map, () => {
    if (map.relations.length === 0) return 'No job net here names another one.';
    return out.table(
      [{ title: 'NET' }, { title: 'RELATION' }, { title: 'OTHER NET' }, { title: 'UNITS', flexible: true }],
      map.relations.map((relation) => [
        relation.net,
        words[relation.kind],
        otherWord(relation.other, entries.get(relation.other)),
        unitsWord(relation.units, relation.unitCount),
      ]),
    );
  });
  if (map.truncated) out.note('There are more: name one net, or a folder with --folder.');
};

const otherWord = (name: string, entry: NetMapEntry | undefined): string =>
  entry?.exists === false ? `${name} (there is none)` : name;

const unitsWord = (units: readonly string[], count: number): string =>
  [...units, ...(count > units.length ? [`${count - units.length} more`] : [])].join(', ');
