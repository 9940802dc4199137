// The picture of a net: React Flow over our own layout. Not responsible for what a click means; the pages are.
import '@xyflow/react/dist/style.css';
import './graph.css';
import { useComputedColorScheme } from '@mantine/core';
import {
  Background,
  BackgroundVariant,
  Controls,
  MiniMap,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  type NodeChange,
} from '@xyflow/react';
import { useCallback, useLayoutEffect, useMemo, useRef, useState, type MouseEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { GraphUnit } from '../layout/graph-unit.ts';
import { hasOwnSign } from '../unit-type-icon.tsx';
import { outcomeText } from '../unit-words.ts';
import { layoutUnits, type Point } from '../layout/layout.ts';
import { toEdges, toNodes, type NodeCache, type ShownUnit, type UnitNode } from './graph-model.ts';
import {
  firstView,
  graphLimits,
  placeUnits,
  unitsInWindow,
  type FrameSize,
  type Rect,
} from './graph-window.ts';
import { FitButton } from './fit-button.tsx';
import { useGraphWindow } from './use-graph-window.ts';
import { useMoving } from './use-moving.ts';
import { RevealSelected } from './reveal-selected.tsx';
import { OverviewCanvas } from './overview-canvas.tsx';
import { UnitEdgeLine } from './unit-edge.tsx';
import { CommandNode, NetNode } from './unit-nodes.tsx';

const nodeTypes = { unit: CommandNode, net: NetNode };
const edgeTypes = { unit: UnitEdgeLine };
/** Units are moved in steps that fit the automatic layout, so that rows and columns can be met. */
const moveGrid: [number, number] = [4, 4];
/** A small map of fewer units than this tells nothing, of more it costs more than it tells. */
const miniMapUnits = { min: 13, max: graphLimits.largeUnitsMin } as const;

export type GraphProps = {
  readonly units: readonly ShownUnit[];
  readonly label: string;
  readonly selected: string | null;
  readonly onSelect: (path: string | null) => void;
  readonly onContextMenu?:
    | ((path: string, at: { readonly x: number; readonly y: number }) => void)
    | undefined;
  /** Units can be moved: called when one was, with its left upper corner relative to the net around it. */
  readonly onMove?: ((path: string, to: Point) => void) | undefined;
};

export const NetGraph = (props: GraphProps) => {
  const frame = useRef<HTMLElement>(null);
  const [size, setSize] = useState<FrameSize | null>(null);
  useLayoutEffect(() => {
    const element = frame.current;
    if (element !== null) setSize({ width: element.clientWidth, height: element.clientHeight });
  }, []);
  return (
    <section className="nz-graph" aria-label={props.label} ref={frame}>
      {size !== null && (
        <ReactFlowProvider>
          <Graph {...props} frame={size} />
        </ReactFlowProvider>
      )}
    </section>
  );
};

const Graph = ({
  units,
  selected,
  onSelect,
  onContextMenu,
  onMove: onUnitMove,
  frame,
}: GraphProps & { readonly frame: FrameSize }) => {
  const { t } = useTranslation();
  const scheme = useComputedColorScheme('light');
  const layout = useStableLayout(units);
  const placed = useMemo(() => placeUnits(units, layout), [units, layout]);
  const [first] = useState(() => firstView({ placed, layout, frame, selected }));
  const { far, window, onMove } = useGraphWindow(first, frame, units.length >= graphLimits.largeUnitsMin);
  const movable = onUnitMove !== undefined;
  const { nodes: resting, edges } = useElements({ units, layout, placed, selected, window, far, movable });
  const { nodes, onPosition } = useMoving(resting, layout, onUnitMove);
  const onNodesChange = useCallback(
    (changes: NodeChange<UnitNode>[]) => {
      for (const change of changes) {
        if (change.type === 'select' && change.selected) onSelect(change.id);
        if (change.type === 'position') onPosition(change);
      }
    },
    [onSelect, onPosition],
  );
  const openMenu = (event: MouseEvent, node: UnitNode) => {
    if (onContextMenu === undefined) return;
    event.preventDefault();
    onContextMenu(node.id, { x: event.clientX, y: event.clientY });
  };
  const { screenToFlowPosition, setCenter } = useReactFlow();
  const goNearer = (event: MouseEvent) => {
    const { x, y } = screenToFlowPosition({ x: event.clientX, y: event.clientY });
    void setCenter(x, y, { zoom: 1 });
  };
  const fitted = { x: 0, y: 0, width: layout.width, height: layout.height };
  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      edgeTypes={edgeTypes}
      colorMode={scheme}
      defaultViewport={first}
      onMove={onMove}
      onNodesChange={onNodesChange}
      onNodeContextMenu={openMenu}
      onPaneClick={() => onSelect(null)}
      minZoom={graphLimits.zoomMin}
      maxZoom={graphLimits.zoomMax}
      nodesDraggable={movable}
      snapToGrid={movable}
      snapGrid={moveGrid}
      nodesConnectable={false}
      edgesFocusable={false}
      zoomOnDoubleClick={!far}
      {...(far ? { onDoubleClick: goNearer } : {})}
      deleteKeyCode={null}
      multiSelectionKeyCode={null}
      selectionKeyCode={null}
      ariaLabelConfig={{
        'node.a11yDescription.default': t(movable ? 'graph.moveHelp' : 'graph.nodeHelp'),
        'node.a11yDescription.keyboardDisabled': t('graph.nodeHelp'),
        'node.a11yDescription.ariaLiveMessage': ({ x, y }) => t('graph.moved', { x, y }),
        'controls.ariaLabel': t('graph.controls'),
        'controls.zoomIn.ariaLabel': t('graph.zoomIn'),
        'controls.zoomOut.ariaLabel': t('graph.zoomOut'),
        'controls.fitView.ariaLabel': t('graph.fit'),
        'minimap.ariaLabel': t('graph.map'),
      }}
      proOptions={{ hideAttribution: true }}
    >
      <RevealSelected placed={placed} selected={selected} />
      <Background variant={BackgroundVariant.Dots} gap={20} size={1} />
      {far && <OverviewCanvas placed={placed} label={t('graph.overview', { count: units.length })} />}
      <Controls orientation="horizontal" showInteractive={false} showFitView={false}>
        <FitButton bounds={fitted} />
      </Controls>
      {units.length >= miniMapUnits.min && units.length < miniMapUnits.max && (
        <MiniMap
          pannable
          zoomable
          nodeClassName={(node: UnitNode) => `nz-mini-${node.data.unit.status?.tone ?? 'none'}`}
        />
      )}
    </ReactFlow>
  );
};

type ElementsInput = {
  readonly units: readonly ShownUnit[];
  readonly layout: ReturnType<typeof useStableLayout>;
  readonly placed: ReturnType<typeof placeUnits>;
  readonly selected: string | null;
  readonly window: Rect | null;
  readonly far: boolean;
  readonly movable: boolean;
};

const useElements = ({ units, layout, placed, selected, window, far, movable }: ElementsInput) => {
  const { t } = useTranslation();
  const [cache] = useState<NodeCache>(() => new Map());
  const inside = useMemo(() => (window === null ? null : unitsInWindow(placed, window)), [placed, window]);
  const nodes = useMemo(() => {
    if (far) return [];
    const shown = inside === null ? units : units.filter(({ path }) => inside.has(path));
    const labelOf = (unit: ShownUnit) => {
      const parts = [
        unit.title ?? unit.name,
        unit.type === 'net' ? t('graph.net') : hasOwnSign(unit.type) ? t(`unit.type.${unit.type}`) : '',
        unit.status === null ? '' : t(unit.status.label),
      ];
      return parts.filter((part) => part !== '').join(', ');
    };
    return toNodes({ units: shown, layout, selected, movable, labelOf }, cache);
  }, [units, inside, far, layout, selected, movable, t, cache]);
  const allEdges = useMemo(
    () => toEdges(layout.source, layout, (on) => on.map((outcome) => outcomeText(t, outcome)).join(' / ')),
    [layout, t],
  );
  const edges = useMemo(() => {
    if (far) return [];
    return inside === null
      ? allEdges
      : allEdges.filter(({ source, target }) => inside.has(source) && inside.has(target));
  }, [allEdges, inside, far]);
  return { nodes, edges };
};

/** The layout depends on names and edges alone, which a session never changes: one calculation for all its states. */
const useStableLayout = (units: readonly GraphUnit[]) => {
  const [held, setHeld] = useState(() => ({ ...layoutUnits(units), source: units }));
  if (held.source === units || sameShape(held.source, units)) return held;
  const next = { ...layoutUnits(units), source: units };
  setHeld(next);
  return next;
};

const sameShape = (before: readonly GraphUnit[], after: readonly GraphUnit[]): boolean =>
  before.length === after.length &&
  before.every((unit, index) => {
    const other = after[index];
    return (
      other !== undefined &&
      unit.path === other.path &&
      unit.type === other.type &&
      unit.after.edges.length === other.after.edges.length &&
      unit.position?.x === other.position?.x &&
      unit.position?.y === other.position?.y
    );
  });
