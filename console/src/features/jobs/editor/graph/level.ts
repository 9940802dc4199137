// One net of the draft as a picture: its own units, nested nets closed to a box each. Where they stand, what lies beside what, where there is room
// for a new one. Pure. Called by the graph editor.
import { layoutUnits, metrics, type Box, type Layout, type Point } from '../../layout/layout.ts';
import { edgesOf, type DraftUnit } from '../model/draft-net.ts';
import type { PlacedUnit } from '../../graph/graph-window.ts';
import type { ShownUnit } from '../../graph/graph-model.ts';
import type { Status } from '../../../../components/status.ts';

export type Boxes = ReadonlyMap<string, Box>;
export type Level = {
  readonly units: readonly DraftUnit[];
  readonly boxes: Boxes;
  readonly ways: Layout['ways'];
  /** All units have a place of their own, given by hand. */
  readonly placed: boolean;
};

/** Every box has the size of a unit: what lies in a nested net is seen by entering it. */
const asShown = (unit: DraftUnit, status: Status | null): ShownUnit => ({
  path: unit.name,
  parent: null,
  name: unit.name,
  title: null,
  type: 'command',
  position: unit.position ?? null,
  after: edgesOf(unit),
  status,
  startedAt: null,
  endedAt: null,
  note: null,
  reruns: 0,
});

/** The level of before where nothing that moves boxes or edges has changed. */
export const layLevel = (units: readonly DraftUnit[], before: Level | null): Level => {
  if (before !== null && hasSameShape(before.units, units)) return { ...before, units };
  const placed = units.length > 0 && units.every(({ position }) => position !== undefined);
  if (placed)
    return {
      units,
      boxes: new Map(
        units.map(({ name, position }) => [
          name,
          { x: position?.x ?? 0, y: position?.y ?? 0, width: metrics.unitWidth, height: metrics.unitHeight },
        ]),
      ),
      ways: new Map(),
      placed,
    };
  const { boxes, ways } = layoutUnits(units.map((unit) => ({ ...asShown(unit, null), position: null })));
  return { units, boxes, ways, placed };
};

const hasSameShape = (before: readonly DraftUnit[], after: readonly DraftUnit[]): boolean =>
  before.length === after.length &&
  before.every((unit, index) => {
    const other = after[index];
    return (
      unit === other ||
      (unit.name === other?.name && unit.after === other.after && unit.position === other.position)
    );
  });

export const placedUnits = (
  { units, boxes }: Level,
  statusOf: (name: string) => Status | null,
): PlacedUnit[] =>
  units.flatMap((unit) => {
    const box = boxes.get(unit.name);
    return box === undefined ? [] : [{ unit: asShown(unit, statusOf(unit.name)), ...box }];
  });

export const boundsOf = (boxes: Boxes): Box => {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y, width, height } of boxes.values()) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + width);
    bottom = Math.max(bottom, y + height);
  }
  return left === Infinity
    ? { x: 0, y: 0, width: metrics.unitWidth, height: metrics.unitHeight }
    : { x: left, y: top, width: right - left, height: bottom - top };
};

export type Direction = 'left' | 'right' | 'up' | 'down';

/** The nearest unit in a direction, what lies straight ahead before what lies aside; null if there is none. */
export const neighbour = (boxes: Boxes, from: string, direction: Direction): string | null => {
  const start = boxes.get(from);
  if (start === undefined) return null;
  let best: string | null = null;
  let least = Infinity;
  for (const [name, box] of boxes) {
    if (name === from) continue;
    const dx = box.x - start.x;
    const dy = box.y - start.y;
    const ahead = { left: -dx, right: dx, up: -dy, down: dy }[direction];
    const aside = Math.abs(direction === 'left' || direction === 'right' ? dy : dx);
    if (ahead <= 0 || (ahead < start.height / 2 && aside > ahead)) continue;
    const distance = ahead + 2 * aside;
    if (distance < least) {
      least = distance;
      best = name;
    }
  }
  return best;
};

/** Positions of all units of the level, some of them moved: positions count only where every sibling has one. */
export const positionsWith = (boxes: Boxes, moved: Readonly<Record<string, Point>>): Record<string, Point> =>
  Object.fromEntries(
    [...boxes].map(([name, { x, y }]) => {
      const to = moved[name] ?? { x, y };
      return [name, { x: Math.round(to.x), y: Math.round(to.y) }];
    }),
  );

/** Units that are looked at for room; beyond, the new one stands below them all. */
const rowsTried = 200;

/** Where a new unit may stand: right of another, or below all of them. */
export const roomFor = (boxes: Boxes, beside: string | null): Point => {
  const all = boundsOf(boxes);
  const anchor = beside === null ? undefined : boxes.get(beside);
  if (anchor === undefined)
    return boxes.size === 0 ? { x: 0, y: 0 } : { x: all.x, y: all.y + all.height + metrics.rowGap };
  const x = anchor.x + anchor.width + metrics.columnGap;
  for (let row = 0; row < rowsTried; row += 1) {
    const y = anchor.y + row * (metrics.unitHeight + metrics.rowGap);
    const taken = [...boxes.values()].some(
      (box) => Math.abs(box.x - x) < metrics.unitWidth && Math.abs(box.y - y) < metrics.unitHeight,
    );
    if (!taken) return { x, y };
  }
  return { x, y: all.y + all.height + metrics.rowGap };
};
