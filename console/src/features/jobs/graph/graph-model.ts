// From units to the nodes and edges that React Flow draws. Pure; keeps the objects of what did not change, so that one unit that
// changes its state redraws one node of ten thousand.
import { MarkerType, Position, type Edge, type Node } from '@xyflow/react';
import type { EdgeOutcome } from '@nezuban/protocol/jobs/units/unit-base';
import type { Status } from '../../../components/status.ts';
import { pathIn, type GraphUnit } from '../layout/graph-unit.ts';
import { edgeKey, hasLabel, type Layout, type Point } from '../layout/layout.ts';

/** What a node shows. `status` is null in the picture of a definition. */
export type NodeFacts = {
  readonly status: Status | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** A short word below the name: of a unit without a run its target, that it begins held; of others what an operation would do to it. */
  readonly note: string | null;
  /** Runs beyond the first. */
  readonly reruns: number;
};
export type ShownUnit = GraphUnit & NodeFacts;

export type UnitNodeData = { readonly unit: ShownUnit } & Record<string, unknown>;
export type UnitNode = Node<UnitNodeData, 'unit' | 'net'>;
export type UnitEdgeData = { readonly points: readonly Point[] } & Record<string, unknown>;
export type UnitEdge = Edge<UnitEdgeData, 'unit'>;

/** Handles are points in the middle of the left and right side; preset, so that edges need no measuring. */
const handlesOf = (width: number, height: number) => [
  { type: 'target' as const, position: Position.Left, x: 0, y: height / 2, width: 1, height: 1 },
  { type: 'source' as const, position: Position.Right, x: width, y: height / 2, width: 1, height: 1 },
];

export type NodeCache = Map<
  string,
  {
    readonly unit: ShownUnit;
    readonly selected: boolean;
    readonly layout: Layout;
    readonly label: string;
    readonly movable: boolean;
    readonly node: UnitNode;
  }
>;

export type NodesInput = {
  readonly units: readonly ShownUnit[];
  readonly layout: Layout;
  readonly selected: string | null;
  readonly movable: boolean;
  readonly labelOf: (unit: ShownUnit) => string;
};

/** Nodes in an order in which each net comes before what lies in it, as React Flow demands. */
export const toNodes = (
  { units, layout, selected, movable, labelOf }: NodesInput,
  cache: NodeCache,
): UnitNode[] => {
  const depth = (unit: ShownUnit) => unit.path.split('/').length;
  const ordered = units.map((unit) => ({ unit, depth: depth(unit) })).sort((a, b) => a.depth - b.depth);
  return ordered.map(({ unit }) => {
    const known = cache.get(unit.path);
    const isSelected = unit.path === selected;
    const label = labelOf(unit);
    if (
      known !== undefined &&
      known.unit === unit &&
      known.selected === isSelected &&
      known.layout === layout &&
      known.label === label &&
      known.movable === movable
    )
      return known.node;
    const box = layout.boxes.get(unit.path) ?? { x: 0, y: 0, width: 0, height: 0 };
    const node: UnitNode = {
      id: unit.path,
      type: unit.type === 'net' ? 'net' : 'unit',
      position: { x: box.x, y: box.y },
      width: box.width,
      height: box.height,
      handles: handlesOf(box.width, box.height),
      data: { unit },
      selected: isSelected,
      draggable: movable,
      connectable: false,
      deletable: false,
      zIndex: unit.type === 'net' ? 0 : 2,
      ariaLabel: label,
      ...(unit.parent === null ? {} : { parentId: unit.parent }),
    };
    cache.set(unit.path, { unit, selected: isSelected, layout, label, movable, node });
    return node;
  });
};

export const toEdges = (
  units: readonly GraphUnit[],
  layout: Layout,
  labelOf: (on: readonly EdgeOutcome[]) => string,
): UnitEdge[] => {
  const paths = new Set(units.map((unit) => unit.path));
  return units.flatMap((unit) =>
    unit.after.edges
      .map((edge) => ({ edge, source: pathIn(unit.parent, edge.unit) }))
      .filter(({ source }) => paths.has(source))
      .map(({ edge, source }): UnitEdge => {
        const key = edgeKey(source, unit.path);
        const labelled = hasLabel(edge);
        const classes = [
          'nz-edge',
          labelled ? 'nz-edge-branch' : '',
          unit.after.mode === 'any' ? 'nz-edge-any' : '',
          edge.mark === undefined ? '' : `nz-edge-${edge.mark}`,
        ];
        return {
          id: key,
          source,
          target: unit.path,
          type: 'unit',
          focusable: false,
          selectable: false,
          zIndex: 1,
          data: { points: layout.ways.get(key) ?? [] },
          className: classes.filter((name) => name !== '').join(' '),
          // Nets can wait for each other in a circle: there, left and right do not say what comes first.
          ...(edge.word === undefined
            ? {}
            : { markerEnd: { type: MarkerType.ArrowClosed, width: 16, height: 16 } }),
          ...(labelled || edge.mark !== undefined ? { label: labelText(edge, labelled, labelOf) } : {}),
        };
      }),
  );
};

const edgeSigns = { added: '+', removed: '−', changed: '~' } as const;

/** The sign of a difference, and on which ends it leads on where that is not the usual. */
const labelText = (
  { mark, on, word }: GraphUnit['after']['edges'][number],
  labelled: boolean,
  labelOf: (on: GraphUnit['after']['edges'][number]['on']) => string,
): string =>
  [mark === undefined ? '' : edgeSigns[mark], word ?? (labelled ? labelOf(on) : '')]
    .filter((part) => part !== '')
    .join(' ');
