// Large nets seen from afar: thousands of units as coloured boxes on one canvas, because as many elements would not scroll smoothly.
// A click goes nearer. Called by net-graph.tsx below a zoom limit.
import { useReactFlow, useStore } from '@xyflow/react';
import { useEffect, useMemo, useRef, type MouseEvent } from 'react';
import type { Tone } from '../../../components/status.ts';
import type { Layout } from '../layout/layout.ts';
import type { ShownUnit } from './graph-model.ts';

type Placed = {
  readonly unit: ShownUnit;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};

/** Boxes in the plane of the whole picture instead of relative to the net around. */
const placeAll = (units: readonly ShownUnit[], layout: Layout): Placed[] => {
  const parents = new Map(units.map((unit) => [unit.path, unit.parent]));
  const corners = new Map<string, { x: number; y: number }>();
  const cornerOf = (path: string): { x: number; y: number } => {
    const known = corners.get(path);
    if (known !== undefined) return known;
    const box = layout.boxes.get(path) ?? { x: 0, y: 0 };
    const parent = parents.get(path) ?? null;
    const origin = parent === null ? { x: 0, y: 0 } : cornerOf(parent);
    const corner = { x: origin.x + box.x, y: origin.y + box.y };
    corners.set(path, corner);
    return corner;
  };
  return units
    .map((unit) => ({
      unit,
      ...cornerOf(unit.path),
      width: layout.boxes.get(unit.path)?.width ?? 0,
      height: layout.boxes.get(unit.path)?.height ?? 0,
    }))
    .sort((a, b) => Number(b.unit.type === 'net') - Number(a.unit.type === 'net'));
};

type Props = { readonly units: readonly ShownUnit[]; readonly layout: Layout; readonly label: string };

export const OverviewCanvas = ({ units, layout, label }: Props) => {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [x, y, zoom] = useStore((state) => state.transform);
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const { setCenter } = useReactFlow();
  const placed = useMemo(() => placeAll(units, layout), [units, layout]);
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
    const colour = (name: string) => {
      const known = colours.get(name) ?? styles.getPropertyValue(name);
      colours.set(name, known);
      return known;
    };
    const visible = {
      left: -x / zoom,
      top: -y / zoom,
      right: (width - x) / zoom,
      bottom: (height - y) / zoom,
    };
    for (const box of placed) {
      if (
        box.x > visible.right ||
        box.y > visible.bottom ||
        box.x + box.width < visible.left ||
        box.y + box.height < visible.top
      )
        continue;
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
  const goNearer = (event: MouseEvent<HTMLCanvasElement>) => {
    const frame = event.currentTarget.getBoundingClientRect();
    const flow = { x: (event.clientX - frame.left - x) / zoom, y: (event.clientY - frame.top - y) / zoom };
    void setCenter(flow.x, flow.y, { zoom: 1, duration: 300 });
  };
  return (
    <canvas
      ref={canvas}
      className="nz-overview"
      style={{ width, height }}
      role="img"
      aria-label={label}
      onDoubleClick={goNearer}
    />
  );
};
