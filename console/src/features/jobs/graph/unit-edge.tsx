// An edge between two units of a net.
import { BaseEdge, type EdgeProps } from '@xyflow/react';
import { memo } from 'react';
import { edgeLine } from './edge-path.ts';
import type { UnitEdge } from './graph-model.ts';

export const UnitEdgeLine = memo(
  ({ sourceX, sourceY, targetX, targetY, data, label, markerEnd }: EdgeProps<UnitEdge>) => {
    const line = edgeLine({ x: sourceX, y: sourceY }, { x: targetX, y: targetY }, data?.points ?? []);
    return (
      <BaseEdge
        path={line.path}
        label={label}
        labelX={line.label.x}
        labelY={line.label.y}
        labelShowBg
        interactionWidth={0}
        {...(markerEnd === undefined ? {} : { markerEnd })}
      />
    );
  },
);
