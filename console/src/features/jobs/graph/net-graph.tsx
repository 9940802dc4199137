// The picture of a net: React Flow over our own layout. Not responsible for what a click means; the pages are.
import '@xyflow/react/dist/style.css';
import './graph.css';
import {
  Background,
  BackgroundVariant,
  Controls,
  MiniMap,
  ReactFlow,
  ReactFlowProvider,
  useStore,
  type NodeChange,
} from '@xyflow/react';
import { useComputedColorScheme } from '@mantine/core';
import { useCallback, useMemo, useState, type MouseEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { layoutUnits } from '../layout/layout.ts';
import type { GraphUnit } from '../layout/graph-unit.ts';
import { toEdges, toNodes, type NodeCache, type ShownUnit, type UnitNode } from './graph-model.ts';
import { OverviewCanvas } from './overview-canvas.tsx';
import { CommandNode, NetNode } from './unit-nodes.tsx';

const nodeTypes = { unit: CommandNode, net: NetNode };

const graphLimits = {
  /** From this many units on, the far view is drawn on a canvas. */
  canvasUnitsMin: 300,
  /** Below this zoom no name could be read anyway. */
  canvasZoom: 0.35,
  /** A small map of more units than this costs more than it tells. */
  miniMapUnitsMax: 500,
  zoomMin: 0.01,
  zoomMax: 1.75,
} as const;

/** Below this zoom names are hard to read. */
const readableZoom = 0.75;
/** Down to this zoom seeing everything is worth more than reading names. */
const overviewZoom = 0.45;

/** What is running or has failed; else where it begins. */
const whereToLook = (units: readonly ShownUnit[]): ShownUnit | undefined =>
  units.find(({ type, status }) => type === 'command' && status?.tone === 'active') ??
  units.find(({ type, status }) => type === 'command' && status?.tone === 'critical') ??
  units[0];

export type GraphProps = {
  readonly units: readonly ShownUnit[];
  readonly label: string;
  readonly selected: string | null;
  readonly onSelect: (path: string | null) => void;
  readonly onContextMenu?:
    | ((path: string, at: { readonly x: number; readonly y: number }) => void)
    | undefined;
};

export const NetGraph = (props: GraphProps) => (
  <ReactFlowProvider>
    <Graph {...props} />
  </ReactFlowProvider>
);

const Graph = ({ units, label, selected, onSelect, onContextMenu }: GraphProps) => {
  const { t } = useTranslation();
  const scheme = useComputedColorScheme('light');
  const [cache] = useState<NodeCache>(() => new Map());
  const layout = useStableLayout(units);
  const far =
    useStore((state) => state.transform[2] < graphLimits.canvasZoom) &&
    units.length >= graphLimits.canvasUnitsMin;
  const nodes = useMemo(
    () =>
      toNodes(
        {
          units,
          layout,
          selected,
          labelOf: (unit) =>
            [
              unit.title ?? unit.name,
              unit.type === 'net' ? t('graph.net') : '',
              unit.status === null ? '' : t(unit.status.label),
            ]
              .filter((part) => part !== '')
              .join(', '),
        },
        cache,
      ),
    [units, layout, selected, t, cache],
  );
  const edges = useMemo(
    () => toEdges(layout.source, (on) => on.map((status) => t(`status.end.${status}`)).join(' / ')),
    [layout, t],
  );
  const onNodesChange = useCallback(
    (changes: NodeChange<UnitNode>[]) => {
      for (const change of changes) if (change.type === 'select' && change.selected) onSelect(change.id);
    },
    [onSelect],
  );
  const openMenu = (event: MouseEvent, node: UnitNode) => {
    if (onContextMenu === undefined) return;
    event.preventDefault();
    onContextMenu(node.id, { x: event.clientX, y: event.clientY });
  };
  return (
    <section className="nz-graph" aria-label={label}>
      <ReactFlow
        nodes={far ? [] : nodes}
        edges={far ? [] : edges}
        nodeTypes={nodeTypes}
        colorMode={scheme}
        onNodesChange={onNodesChange}
        onNodeContextMenu={openMenu}
        onPaneClick={() => onSelect(null)}
        defaultViewport={{ x: 20, y: 20, zoom: 1 }}
        onInit={(instance) =>
          void instance
            .fitBounds({ x: 0, y: 0, width: layout.width, height: layout.height }, { padding: 0.08 })
            .then(() => {
              // A small net need not be blown up, and stands better at natural size.
              if (instance.getZoom() > 1)
                return instance.setCenter(layout.width / 2, layout.height / 2, { zoom: 1 });
              // Where that would be too small to read: what is selected, or else where something happens.
              const node = instance.getInternalNode(selected ?? whereToLook(units)?.path ?? '');
              if (
                node === undefined ||
                instance.getZoom() >= (selected === null ? overviewZoom : readableZoom) ||
                units.length >= graphLimits.canvasUnitsMin
              )
                return true;
              const { x, y } = node.internals.positionAbsolute;
              return instance.setCenter(x + (node.width ?? 0) / 2, y + (node.height ?? 0) / 2, {
                zoom: readableZoom,
              });
            })
        }
        minZoom={graphLimits.zoomMin}
        maxZoom={graphLimits.zoomMax}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        onlyRenderVisibleElements={units.length > 100}
        deleteKeyCode={null}
        multiSelectionKeyCode={null}
        selectionKeyCode={null}
        ariaLabelConfig={{
          'node.a11yDescription.default': t('graph.nodeHelp'),
          'node.a11yDescription.keyboardDisabled': t('graph.nodeHelp'),
          'controls.ariaLabel': t('graph.controls'),
          'controls.zoomIn.ariaLabel': t('graph.zoomIn'),
          'controls.zoomOut.ariaLabel': t('graph.zoomOut'),
          'controls.fitView.ariaLabel': t('graph.fit'),
          'minimap.ariaLabel': t('graph.map'),
        }}
        proOptions={{ hideAttribution: true }}
      >
        <Background variant={BackgroundVariant.Dots} gap={20} size={1} />
        {far && (
          <OverviewCanvas
            units={units}
            layout={layout}
            label={t('graph.overview', { count: units.length })}
          />
        )}
        <Controls showInteractive={false} fitViewOptions={{ padding: 0.08, maxZoom: 1 }} />
        {units.length <= graphLimits.miniMapUnitsMax && units.length > 12 && (
          <MiniMap
            pannable
            zoomable
            nodeClassName={(node: UnitNode) => `nz-mini-${node.data.unit.status?.tone ?? 'none'}`}
          />
        )}
      </ReactFlow>
    </section>
  );
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
