// Which part of a large picture is handed to React Flow, and where a picture first stands in its frame. Pure.
//
// React Flow draws only what is visible, but every node and edge it knows costs at each step; so of a large net it gets what is on the
// screen and around it, and from afar nothing at all (overview-canvas.tsx draws that).
import type { Layout } from '../layout/layout.ts';
import type { ShownUnit } from './graph-model.ts';

export const graphLimits = {
  /** From this many units on, the far view is drawn on a canvas and the near one is windowed. */
  largeUnitsMin: 300,
  /** Below this zoom no name could be read anyway. */
  canvasZoom: 0.35,
  zoomMin: 0.001,
  zoomMax: 1.75,
  /** The zoom to go to where something is to be read. */
  readableZoom: 0.75,
  /** Down to this zoom seeing everything is worth more than reading names. */
  overviewZoom: 0.45,
  /** Room around the whole picture, as a share of the frame. */
  padding: 0.03,
} as const;

export type Rect = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};
export type PlacedUnit = Rect & { readonly unit: ShownUnit };
export type View = { readonly x: number; readonly y: number; readonly zoom: number };
export type FrameSize = { readonly width: number; readonly height: number };

/** Boxes in the plane of the whole picture instead of relative to the net around; nets first. */
export const placeUnits = (units: readonly ShownUnit[], layout: Layout): PlacedUnit[] => {
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
  const placed = units.map((unit) => {
    const { width = 0, height = 0 } = layout.boxes.get(unit.path) ?? {};
    return { unit, ...cornerOf(unit.path), width, height };
  });
  return placed.sort((a, b) => Number(b.unit.type === 'net') - Number(a.unit.type === 'net'));
};

export const meets = (a: Rect, b: Rect): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

export const contains = (outer: Rect, inner: Rect): boolean =>
  outer.x <= inner.x &&
  outer.y <= inner.y &&
  outer.x + outer.width >= inner.x + inner.width &&
  outer.y + outer.height >= inner.y + inner.height;

/** The part of the picture's plane that a frame shows. */
export const visibleRect = (view: View, frame: FrameSize): Rect => ({
  x: -view.x / view.zoom,
  y: -view.y / view.zoom,
  width: frame.width / view.zoom,
  height: frame.height / view.zoom,
});

/** The window to be drawn for a view: the same one while it still covers what is seen, else one frame more on every side. */
export const moveWindow = (window: Rect | null, view: View, frame: FrameSize): Rect => {
  const seen = visibleRect(view, frame);
  // A window made from farther away would hold far more than is needed now.
  if (window !== null && contains(window, seen) && window.width <= 6 * seen.width) return window;
  return { x: seen.x - seen.width, y: seen.y - seen.height, width: 3 * seen.width, height: 3 * seen.height };
};

/** Units in the window with the nets around them. */
export const unitsInWindow = (placed: readonly PlacedUnit[], window: Rect): ReadonlySet<string> => {
  const paths = new Set<string>();
  for (const box of placed) if (meets(box, window)) paths.add(box.unit.path);
  return paths;
};

/** What is running or has failed; else where it begins. */
const whereToLook = (placed: readonly PlacedUnit[]): PlacedUnit | undefined => {
  const commands = placed.filter(({ unit }) => unit.type !== 'net');
  return (
    commands.find(({ unit }) => unit.status?.tone === 'active') ??
    commands.find(({ unit }) => unit.status?.tone === 'critical') ??
    commands[0]
  );
};

export type FirstViewInput = {
  readonly placed: readonly PlacedUnit[];
  readonly layout: Layout;
  readonly frame: FrameSize;
  readonly selected: string | null;
};

/** Everything, at natural size at most; where that would be too small to read, what is selected or where something happens. */
export const firstView = ({ placed, layout, frame, selected }: FirstViewInput): View => {
  const room = 1 - 2 * graphLimits.padding;
  const fit = Math.min(
    (frame.width * room) / Math.max(1, layout.width),
    (frame.height * room) / Math.max(1, layout.height),
    1,
  );
  const chosen = placed.find(({ unit }) => unit.path === selected);
  const isLarge = placed.length >= graphLimits.largeUnitsMin;
  const wantedZoom = chosen === undefined ? graphLimits.overviewZoom : graphLimits.readableZoom;
  const target = chosen ?? (isLarge ? undefined : whereToLook(placed));
  if (target !== undefined && fit < wantedZoom)
    return withoutEmptiness(centreOn(target, graphLimits.readableZoom, frame), layout, frame);
  const zoom = Math.max(fit, graphLimits.zoomMin);
  return centreOn({ x: 0, y: 0, width: layout.width, height: layout.height }, zoom, frame);
};

const centreOn = (box: Rect, zoom: number, frame: FrameSize): View => ({
  x: frame.width / 2 - (box.x + box.width / 2) * zoom,
  y: frame.height / 2 - (box.y + box.height / 2) * zoom,
  zoom,
});

/** Moves a view so that no more emptiness than needed is seen beside the picture. */
const withoutEmptiness = (view: View, layout: Layout, frame: FrameSize): View => ({
  x: keepInside(view.x, layout.width * view.zoom, frame.width),
  y: keepInside(view.y, layout.height * view.zoom, frame.height),
  zoom: view.zoom,
});

const keepInside = (start: number, length: number, room: number): number => {
  const margin = room * 0.04;
  if (length + 2 * margin <= room) return (room - length) / 2;
  return Math.min(margin, Math.max(room - margin - length, start));
};
