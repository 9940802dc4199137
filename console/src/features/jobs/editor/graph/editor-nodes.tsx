// Units and edges in the graph editor. Drawn hundreds at a time and moved by hand: plain elements, no component library inside.
import {
  BaseEdge,
  Handle,
  Position,
  type Edge,
  type EdgeProps,
  type Node,
  type NodeProps,
} from '@xyflow/react';
import { IconAlertTriangle, IconChevronRight } from '@tabler/icons-react';
import { memo } from 'react';
import type { Point } from '../../layout/layout.ts';
import { edgeLine } from '../../graph/edge-path.ts';
import { UnitTypeIcon } from '../../unit-type-icon.tsx';
import { knownType } from '../words.ts';

export type EditorNodeData = {
  readonly name: string;
  readonly title: string;
  readonly type: string;
  readonly note: string;
  /** The first thing that is wrong with it, or in it. */
  readonly problem: string | null;
  readonly isNet: boolean;
  readonly fixed: boolean;
} & Record<string, unknown>;
export type EditorNode = Node<EditorNodeData, 'unit'>;
export type EditorEdgeData = { readonly points: readonly Point[] } & Record<string, unknown>;
export type EditorEdge = Edge<EditorEdgeData, 'unit'>;

export const EditorUnitNode = memo(({ data, selected }: NodeProps<EditorNode>) => (
  <div
    className="nz-node nz-editor-node"
    data-tone={data.problem === null ? 'none' : 'critical'}
    data-selected={selected || undefined}
    data-net={data.isNet || undefined}
    title={data.problem ?? undefined}
  >
    <Handle type="target" position={Position.Left} isConnectable={!data.fixed} isConnectableStart={false} />
    <Handle type="source" position={Position.Right} isConnectable={!data.fixed} />
    <span className="nz-node-icon">
      <UnitTypeIcon type={knownType(data.type)} size={16} />
    </span>
    <span className="nz-node-text">
      <span className="nz-node-name">{data.title}</span>
      <span className="nz-node-line">{data.note}</span>
    </span>
    {data.problem !== null && (
      <span className="nz-editor-node-problem">
        <IconAlertTriangle size={15} aria-hidden="true" />
      </span>
    )}
    {data.isNet && (
      <span className="nz-editor-node-enter">
        <IconChevronRight size={15} aria-hidden="true" />
      </span>
    )}
  </div>
));

export const EditorEdgeLine = memo(
  ({ sourceX, sourceY, targetX, targetY, data, label, selected }: EdgeProps<EditorEdge>) => {
    const line = edgeLine({ x: sourceX, y: sourceY }, { x: targetX, y: targetY }, data?.points ?? []);
    return (
      <BaseEdge
        path={line.path}
        label={label}
        labelX={line.label.x}
        labelY={line.label.y}
        labelShowBg
        interactionWidth={selected === true ? 24 : 16}
      />
    );
  },
);
