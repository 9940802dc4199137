// Two forms of a net as one picture: all units of the newer one, those that are gone beside them, each with what happened to it. Pure.
import type { NetDifference, NetPartChange } from '@nezuban/protocol/jobs/net-version';
import { changeStatuses } from '../../../components/status.ts';
import type { ShownUnit } from '../graph/graph-model.ts';
import { pathIn, unitsOfDefinition, type GraphUnit } from '../layout/graph-unit.ts';

type Edge = GraphUnit['after']['edges'][number];

const toKey = (source: string, target: string): string => `${source} -> ${target}`;

export const differenceUnits = ({ from, to, changes }: NetDifference): ShownUnit[] => {
  const of = (part: NetPartChange['part']) =>
    new Map(changes.filter((change) => change.part === part).map(({ name, change }) => [name, change]));
  const units = of('unit');
  const edges = of('edge');
  const before = new Map(unitsOfDefinition(from.definition).map((unit) => [unit.path, unit]));
  const now = unitsOfDefinition(to.definition);
  const there = new Set(now.map(({ path }) => path));
  const marked = (unit: GraphUnit, list: readonly Edge[]): Edge[] =>
    list.map((edge) => {
      const mark = edges.get(toKey(pathIn(unit.parent, edge.unit), unit.path));
      return mark === undefined ? edge : { ...edge, mark };
    });
  const show = (unit: GraphUnit): ShownUnit => {
    const change = units.get(unit.path);
    const gone = (before.get(unit.path)?.after.edges ?? []).filter(
      (edge) => edges.get(toKey(pathIn(unit.parent, edge.unit), unit.path)) === 'removed',
    );
    const own = there.has(unit.path) ? [...unit.after.edges, ...gone] : unit.after.edges;
    return {
      ...unit,
      // Places of two forms do not fit each other: the picture lays itself out.
      position: null,
      after: { mode: unit.after.mode, edges: marked(unit, own) },
      status: change === undefined ? null : changeStatuses[change],
      startedAt: null,
      endedAt: null,
      note: null,
      reruns: 0,
    };
  };
  const removed = [...before.values()].filter(({ path }) => !there.has(path));
  // A unit below a net that became something else has no net around it any more.
  const nets = new Set([...now, ...removed].filter(({ type }) => type === 'net').map(({ path }) => path));
  return [...now, ...removed].filter(({ parent }) => parent === null || nets.has(parent)).map(show);
};
