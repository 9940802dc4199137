// Large nets seen from afar: thousands of units as coloured boxes on one canvas, because as many elements would not scroll smoothly.
// It lies over the pane and lets the mouse through to it. Called by net-graph.tsx below a zoom limit.
import { useStore } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import type { Tone } from '../../../components/status.ts';
import { meets, visibleRect, type PlacedUnit } from './graph-window.ts';

type Props = { readonly placed: readonly PlacedUnit[]; readonly label: string };

export const OverviewCanvas = ({ placed, label }: Props) => {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [x, y, zoom] = useStore((state) => state.transform);
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (element === null || context === null || context === undefined) return;
    const ratio = globalThis.devicePixelRatio;
    element.width = width * ratio;
    element.height = height * ratio;
    context.setTransform(ratio * zoom, 0, 0, ratio * zoom, ratio * x, ratio * y);
    const styles = getComputedStyle(element);
    const colours = new Map<string, string>();
    const colour = (name: string): string => {
      const known = colours.get(name) ?? styles.getPropertyValue(name);
      colours.set(name, known);
      return known;
    };
    const seen = visibleRect({ x, y, zoom }, { width, height });
    for (const box of placed) {
      if (!meets(box, seen)) continue;
      const tone: Tone | 'none' = box.unit.status?.tone ?? 'none';
      if (box.unit.type === 'net') {
        context.strokeStyle = colour(`--nz-${tone}-fg`);
        context.lineWidth = 2 / zoom;
        context.strokeRect(box.x, box.y, box.width, box.height);
      } else {
        context.fillStyle = colour(`--nz-${tone}-solid`);
        context.fillRect(box.x, box.y, box.width, box.height);
      }
    }
  }, [placed, x, y, zoom, width, height]);
  return (
    <canvas ref={canvas} className="nz-overview" style={{ width, height }} role="img" aria-label={label} />
  );
};
