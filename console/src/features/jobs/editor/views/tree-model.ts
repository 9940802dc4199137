// The outline of a draft: which rows are shown, and what moving one of them by a key means. Pure. Called by the tree editor.
import type { DraftCommand } from '../model/commands.ts';
import { childrenAt, nameOf, parentOf, type DraftNet, type DraftUnit } from '../model/draft-net.ts';
import { pathIn } from '../../layout/graph-unit.ts';

export type TreeRow = {
  readonly path: string;
  readonly unit: DraftUnit;
  readonly depth: number;
  readonly parent: string | null;
  readonly index: number;
  readonly siblings: number;
};

/** What is closed hides what lies in it. */
export const treeRows = (net: DraftNet, closed: ReadonlySet<string>): TreeRow[] => {
  const rows: TreeRow[] = [];
  const visit = (units: readonly DraftUnit[], parent: string | null, depth: number): void => {
    units.forEach((unit, index) => {
      const path = pathIn(parent, unit.name);
      rows.push({ path, unit, depth, parent, index, siblings: units.length });
      if (unit.units !== undefined && !closed.has(path)) visit(unit.units, path, depth + 1);
    });
  };
  visit(net.units, null, 0);
  return rows;
};

export type TreeMove = 'up' | 'down' | 'in' | 'out';

/** `in`: to the end of the nested net above it; `out`: behind the net that it lies in. Null: there is no such place. */
export const moveInTree = (net: DraftNet, path: string, move: TreeMove): DraftCommand | null => {
  const parent = parentOf(path);
  const siblings = childrenAt(net, parent) ?? [];
  const index = siblings.findIndex(({ name }) => name === nameOf(path));
  if (index === -1) return null;
  switch (move) {
    case 'up':
      return index === 0 ? null : { type: 'place', paths: [path], parent, index: index - 1 };
    case 'down':
      return index === siblings.length - 1
        ? null
        : { type: 'place', paths: [path], parent, index: index + 1 };
    case 'in': {
      const above = siblings.slice(0, index).findLast(({ units }) => units !== undefined);
      return above?.units === undefined
        ? null
        : { type: 'place', paths: [path], parent: pathIn(parent, above.name), index: above.units.length };
    }
    case 'out': {
      if (parent === null) return null;
      const outer = parentOf(parent);
      const at = (childrenAt(net, outer) ?? []).findIndex(({ name }) => name === nameOf(parent));
      return { type: 'place', paths: [path], parent: outer, index: at + 1 };
    }
  }
};
