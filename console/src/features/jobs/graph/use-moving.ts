// A unit on its way: shown where the mouse or the arrow keys have it, reported when it is let go. Called by net-graph.tsx.
import { useReactFlow, type NodePositionChange } from '@xyflow/react';
import { useCallback, useMemo, useState } from 'react';
import type { Layout, Point } from '../layout/layout.ts';
import type { UnitNode } from './graph-model.ts';

type Moving = { readonly path: string; readonly to: Point };

export const useMoving = (
  resting: readonly UnitNode[],
  layout: Layout,
  onMove: ((path: string, to: Point) => void) | undefined,
) => {
  const [moving, setMoving] = useState<Moving | null>(null);
  const { getViewport, setViewport } = useReactFlow();
  const nodes = useMemo(
    () =>
      moving === null
        ? [...resting]
        : resting.map((node) => (node.id === moving.path ? { ...node, position: moving.to } : node)),
    [resting, moving],
  );
  const onPosition = useCallback(
    ({ id, position, dragging }: NodePositionChange) => {
      if (onMove === undefined || position === undefined) return;
      if (dragging === true) {
        setMoving({ path: id, to: position });
        return;
      }
      setMoving(null);
      onMove(id, position);
      if (id.includes('/')) return;
      // The picture begins at the outermost unit again: the view goes with it, so that what was not moved stays where it is seen.
      const rest = [...layout.boxes].filter(([path]) => path !== id && !path.includes('/'));
      const left = Math.min(position.x, ...rest.map(([, box]) => box.x));
      const top = Math.min(position.y, ...rest.map(([, box]) => box.y));
      const view = getViewport();
      void setViewport({ ...view, x: view.x + left * view.zoom, y: view.y + top * view.zoom });
    },
    [onMove, layout, getViewport, setViewport],
  );
  return { nodes, onPosition };
};
