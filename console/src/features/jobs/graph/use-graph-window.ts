// Which part of a large picture is drawn while it is moved and zoomed. Called by the graphs of sessions and definitions, and by the graph editor.
import type { Viewport } from '@xyflow/react';
import { useState } from 'react';
import { graphLimits, moveWindow, type FrameSize, type Rect } from './graph-window.ts';

/** Which part is drawn, from how far. The state changes only when the part does, not at each step of a movement. */
export const useGraphWindow = (first: Viewport, frame: FrameSize, isLarge: boolean) => {
  const decide = (view: Viewport, before: Rect | null) => {
    const far = isLarge && view.zoom < graphLimits.canvasZoom;
    return { far, window: isLarge && !far ? moveWindow(before, view, frame) : null };
  };
  const [drawn, setDrawn] = useState(() => decide(first, null));
  const onMove = (_: unknown, view: Viewport) => {
    const next = decide(view, drawn.window);
    if (next.far !== drawn.far || next.window !== drawn.window) setDrawn(next);
  };
  return { ...drawn, onMove };
};
