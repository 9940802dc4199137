// Whether one area lies in another: who may give a right at a place must hold it there. Pure. Called by permissions.ts.
//
// Both areas are told apart by finitely many objects. Of nets: one for each folder that either area names, and one outside them all; any
// other net lies in the same folders as one of these. Of nodes, which can lie in any scopes together: the fewest scopes by which the other
// allows something, alone and with each scope in which I am denied. More scopes can only help me to an allow, and only such a scope takes it.
import type { RightPlace } from '@nezuban/protocol/access/rights';
import { allowsPoint, netPoint } from './area.ts';
import type { Area, Point } from './area.ts';

type Pair = { readonly mine: Area; readonly other: Area };
type World = {
  readonly place: RightPlace;
  readonly parentsOf: (scope: string) => readonly string[];
};

export const coversArea = (pair: Pair, world: World): boolean => {
  const points = world.place === 'scope' ? nodePoints(pair, world.parentsOf) : netPoints(pair);
  return points.every((point) => !allowsPoint(pair.other, point) || allowsPoint(pair.mine, point));
};

const netPoints = ({ mine, other }: Pair): Point[] =>
  ['', ...namedIn(mine), ...namedIn(other)].map((name) => netPoint(name));

const nodePoints = ({ mine, other }: Pair, parentsOf: World['parentsOf']): Point[] => {
  const fewest = [...(other.all ? [[]] : []), ...other.in.map((scope) => [scope])];
  const denied = [[], ...mine.notIn.map((scope) => [scope])];
  return fewest.flatMap((scopes) =>
    denied.map((more): Point => {
      const named = [...scopes, ...more, ...(other.within === null ? [] : [other.within])];
      const set = new Set(named.flatMap((scope) => [scope, ...parentsOf(scope)]));
      return (place) => set.has(place);
    }),
  );
};

const namedIn = (area: Area): readonly string[] => [
  ...area.in,
  ...area.notIn,
  ...(area.within === null ? [] : [area.within]),
];
