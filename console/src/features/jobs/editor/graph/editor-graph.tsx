// The graph editor: one net of the draft, its units dragged, connected, boxed and walked through by keyboard. What is drawn of a large net is decided
// as in the picture of a session (graph-window.ts). Not responsible for what the keys do to the draft (use-editor-actions.ts).
import '@xyflow/react/dist/style.css';
import '../../graph/graph.css';
import { useComputedColorScheme } from '@mantine/core';
import {
  Background,
  BackgroundVariant,
  Controls,
  ReactFlow,
  ReactFlowProvider,
  SelectionMode,
  useReactFlow,
  type Connection,
  type NodeChange,
} from '@xyflow/react';
import { useLayoutEffect, useMemo, useRef, useState, type MouseEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Status } from '../../../../components/status.ts';
import { FitButton } from '../../graph/fit-button.tsx';
import { firstView, graphLimits, meets, type FrameSize } from '../../graph/graph-window.ts';
import { OverviewCanvas } from '../../graph/overview-canvas.tsx';
import { RevealSelected } from '../../graph/reveal-selected.tsx';
import { useGraphWindow } from '../../graph/use-graph-window.ts';
import { pathIn } from '../../layout/graph-unit.ts';
import type { Point } from '../../layout/layout.ts';
import { leadsTo, nameOf, parentOf } from '../model/draft-net.ts';
import type { Editor } from '../use-editor.ts';
import type { EditorActions } from '../use-editor-actions.ts';
import { EditorEdgeLine, EditorUnitNode, type EditorNode } from './editor-nodes.tsx';
import { boundsOf, placedUnits, positionsWith } from './level.ts';
import { useEditorElements } from './use-editor-elements.ts';
import { useGraphKeys } from './use-graph-keys.ts';

const nodeTypes = { unit: EditorUnitNode };
const edgeTypes = { unit: EditorEdgeLine };
/** Units are moved in steps that fit the automatic layout, so that rows and columns can be met. */
const moveGrid: [number, number] = [4, 4];
const wrong: Status = { tone: 'critical', icon: 'abnormal', label: 'status.end.abnormal' };
/** As the far view shows what is selected: it has no names. */
const selectedSign: Status = { tone: 'active', icon: 'running', label: 'status.unit.running' };
/** How near to a unit's edge a line is let go for it to be meant. */
const connectRadius = 40;

type Props = {
  readonly editor: Editor;
  readonly actions: EditorActions;
  /** Dragging the pane draws a box instead of moving the picture. */
  readonly boxing: boolean;
  readonly onOpenPanel: () => void;
};

export const EditorGraph = (props: Props) => {
  const { t } = useTranslation();
  const frame = useRef<HTMLElement>(null);
  const [size, setSize] = useState<FrameSize | null>(null);
  useLayoutEffect(() => {
    const element = frame.current;
    if (element !== null) setSize({ width: element.clientWidth, height: element.clientHeight });
  }, []);
  const { net, inside } = props.editor.state;
  return (
    <section
      className="nz-graph nz-editor-graph"
      aria-label={t('editor.graph.label', { net: inside === null ? net.name : inside })}
      ref={frame}
    >
      {size !== null && (
        <ReactFlowProvider>
          {/* Another net is another picture: it begins with its own view. */}
          <Picture key={inside ?? ''} {...props} frame={size} />
        </ReactFlowProvider>
      )}
    </section>
  );
};

const Picture = ({ editor, actions, boxing, onOpenPanel, frame }: Props & { readonly frame: FrameSize }) => {
  const { t } = useTranslation();
  const scheme = useComputedColorScheme('light');
  const { state, dispatch, run, level, readOnly, issuesByUnit } = editor;
  const { inside, selection } = state;
  const { screenToFlowPosition, setCenter } = useReactFlow();
  const wrongNames = useMemo(() => {
    const names = new Set<string>();
    for (const path of issuesByUnit.keys()) {
      if (path === null) continue;
      const rest =
        inside === null ? path : path.startsWith(`${inside}/`) ? path.slice(inside.length + 1) : '';
      if (rest !== '') names.add(rest.split('/')[0] ?? rest);
    }
    return names;
  }, [issuesByUnit, inside]);
  const placed = useMemo(() => {
    const names = new Set(selection.map(nameOf));
    return placedUnits(level, (name) =>
      names.has(name) ? selectedSign : wrongNames.has(name) ? wrong : null,
    );
  }, [level, wrongNames, selection]);
  const bounds = useMemo(() => boundsOf(level.boxes), [level]);
  const cursor = selection.at(-1) ?? null;
  const cursorName = cursor !== null && parentOf(cursor) === inside ? nameOf(cursor) : null;
  const [first] = useState(() => {
    const view = firstView({
      placed,
      layout: { ...bounds, boxes: level.boxes, ways: level.ways },
      frame,
      selected: cursorName,
    });
    // The first view takes the picture to begin at 0,0; one that was placed by hand may begin anywhere.
    return cursorName === null && (bounds.x !== 0 || bounds.y !== 0)
      ? { ...view, x: view.x - bounds.x * view.zoom, y: view.y - bounds.y * view.zoom }
      : view;
  });
  const isLarge = level.units.length >= graphLimits.largeUnitsMin;
  const { far, window, onMove } = useGraphWindow(first, frame, isLarge);
  const [moving, setMoving] = useState<Readonly<Record<string, Point>> | null>(null);
  const { nodes, edges } = useEditorElements({ editor, placed, window, far, moving });
  const keys = useGraphKeys({ editor, actions, onOpenPanel });
  const box = useRef<Point | null>(null);

  const choose = (name: string, more: boolean) => {
    const path = pathIn(inside, name);
    if (keys.connectFrom !== null) return keys.connectTo(name);
    if (!more) return dispatch({ type: 'select', paths: [path] });
    return dispatch({
      type: 'select',
      paths: selection.includes(path) ? selection.filter((each) => each !== path) : [...selection, path],
    });
  };
  const onNodesChange = (changes: NodeChange<EditorNode>[]) => {
    const moves = changes.flatMap((change) =>
      change.type === 'position' && change.position !== undefined
        ? [[change.id, change.position] as const]
        : [],
    );
    if (moves.length > 0) setMoving({ ...moving, ...Object.fromEntries(moves) });
    if (box.current === null) return;
    const drawn = changes.flatMap((change) => (change.type === 'select' ? [change] : []));
    if (drawn.length === 0) return;
    const chosen = new Set(selection);
    for (const { id, selected } of drawn) {
      if (selected) chosen.add(pathIn(inside, id));
      else chosen.delete(pathIn(inside, id));
    }
    dispatch({ type: 'select', paths: [...chosen] });
  };
  /** Units that are too far away to be drawn go along, too. */
  const onDragStop = (_: unknown, node: EditorNode) => {
    const start = level.boxes.get(node.id);
    setMoving(null);
    if (start === undefined) return;
    const by = { x: node.position.x - start.x, y: node.position.y - start.y };
    if (by.x === 0 && by.y === 0) return;
    const names = selection.includes(pathIn(inside, node.id)) ? selection.map(nameOf) : [node.id];
    const moved = Object.fromEntries(
      names.flatMap((name) => {
        const at = level.boxes.get(name);
        return at === undefined ? [] : [[name, { x: at.x + by.x, y: at.y + by.y }] as const];
      }),
    );
    run({ type: 'move', parent: inside, positions: positionsWith(level.boxes, moved) });
  };
  const onSelectionEnd = (event: MouseEvent) => {
    const from = box.current;
    box.current = null;
    if (from === null || !far) return;
    const to = screenToFlowPosition({ x: event.clientX, y: event.clientY });
    const drawn = {
      x: Math.min(from.x, to.x),
      y: Math.min(from.y, to.y),
      width: Math.abs(from.x - to.x),
      height: Math.abs(from.y - to.y),
    };
    dispatch({
      type: 'select',
      paths: placed.filter((each) => meets(each, drawn)).map(({ unit }) => pathIn(inside, unit.name)),
    });
  };
  const mayConnect = ({
    source,
    target,
  }: {
    readonly source: string | null;
    readonly target: string | null;
  }) => source !== null && target !== null && source !== target && !leadsTo(level.units, target, source);
  const onConnect = ({ source, target }: Connection) =>
    run({ type: 'connect', parent: inside, edges: [{ from: source, to: target }] });
  /** From afar units are drawn, not there: the place says which is meant. */
  const choosePlace = (event: MouseEvent) => {
    const at = { ...screenToFlowPosition({ x: event.clientX, y: event.clientY }), width: 1, height: 1 };
    const hit = far ? placed.find((each) => meets(each, at)) : undefined;
    if (hit === undefined) dispatch({ type: 'select', paths: [] });
    else choose(hit.unit.name, event.ctrlKey || event.metaKey);
  };
  const goNearer = (event: MouseEvent) => {
    const { x, y } = screenToFlowPosition({ x: event.clientX, y: event.clientY });
    void setCenter(x, y, { zoom: 1 });
  };
  return (
    <>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        colorMode={scheme}
        defaultViewport={first}
        onMove={onMove}
        onNodesChange={onNodesChange}
        onNodeClick={(event, { id }) => choose(id, event.ctrlKey || event.metaKey || event.shiftKey)}
        onNodeDoubleClick={(_, { data, id }) => {
          if (data.isNet) dispatch({ type: 'enter', inside: pathIn(inside, id) });
          else onOpenPanel();
        }}
        onNodeDragStart={(_, { id }) => {
          const path = pathIn(inside, id);
          if (!selection.includes(path)) dispatch({ type: 'select', paths: [path] });
        }}
        onNodeDragStop={onDragStop}
        onSelectionDragStop={(_, [node]) => node !== undefined && onDragStop(_, node)}
        onSelectionStart={(event) => {
          box.current = screenToFlowPosition({ x: event.clientX, y: event.clientY });
          dispatch({ type: 'select', paths: [] });
        }}
        onSelectionEnd={onSelectionEnd}
        onEdgeClick={(_, { source, target }) =>
          dispatch({ type: 'selectEdge', edge: { parent: inside, from: source, to: target } })
        }
        onPaneClick={choosePlace}
        onConnect={onConnect}
        isValidConnection={mayConnect}
        connectionRadius={connectRadius}
        minZoom={graphLimits.zoomMin}
        maxZoom={graphLimits.zoomMax}
        nodesDraggable={!readOnly}
        nodesConnectable={!readOnly}
        nodesFocusable={false}
        edgesFocusable={false}
        snapToGrid
        snapGrid={moveGrid}
        selectionOnDrag={boxing}
        selectionMode={SelectionMode.Partial}
        panOnDrag={boxing ? [1, 2] : true}
        zoomOnDoubleClick={false}
        {...(far ? { onDoubleClick: goNearer } : {})}
        deleteKeyCode={null}
        disableKeyboardA11y
        proOptions={{ hideAttribution: true }}
        tabIndex={0}
        onKeyDown={keys.onKeyDown}
        aria-label={t('editor.graph.keys')}
        ariaLabelConfig={{
          'controls.ariaLabel': t('graph.controls'),
          'controls.zoomIn.ariaLabel': t('graph.zoomIn'),
          'controls.zoomOut.ariaLabel': t('graph.zoomOut'),
          'controls.fitView.ariaLabel': t('graph.fit'),
        }}
      >
        <RevealSelected placed={placed} selected={cursorName} again={level.boxes} />
        <Background variant={BackgroundVariant.Dots} gap={20} size={1} />
        {far && <OverviewCanvas placed={placed} label={t('graph.overview', { count: level.units.length })} />}
        <Controls orientation="horizontal" showInteractive={false} showFitView={false}>
          <FitButton bounds={bounds} />
        </Controls>
      </ReactFlow>
      {level.units.length === 0 && <p className="nz-editor-hint">{t('editor.graph.empty')}</p>}
      {keys.connectFrom !== null && (
        <div className="nz-editor-hint" role="status">
          {t('editor.graph.connecting', { units: keys.connectFrom.join(', ') })}
        </div>
      )}
      <div className="nz-said" aria-live="polite">
        {keys.said}
      </div>
    </>
  );
};
