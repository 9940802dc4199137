// Brings the selected unit into sight when the frame has become smaller (the panel beside it opened) or another unit was selected.
import { useReactFlow, useStore } from '@xyflow/react';
import { useEffect } from 'react';
import { contains, graphLimits, visibleRect, type PlacedUnit } from './graph-window.ts';

type Props = {
  readonly placed: readonly PlacedUnit[];
  readonly selected: string | null;
  /** Another value is one more reason to look for it: the layout that an edit has changed. */
  readonly again?: unknown;
};

export const RevealSelected = ({ placed, selected, again }: Props) => {
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const { getViewport, setCenter } = useReactFlow();
  useEffect(() => {
    const box = placed.find(({ unit }) => unit.path === selected);
    if (box === undefined || width === 0) return;
    const view = getViewport();
    // Nets may be larger than the frame: they are looked at from their own distance.
    if (box.unit.type === 'net' || contains(visibleRect(view, { width, height }), box)) return;
    void setCenter(box.x + box.width / 2, box.y + box.height / 2, {
      zoom: Math.max(view.zoom, graphLimits.canvasZoom),
    });
    // A session that goes on makes new boxes each time; only a new selection or frame is a reason to move.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [selected, width, height, again]);
  return null;
};
