// What a Gantt chart of a session shows: rows, the span of time, the marks of its axis, where a bar stands. Pure, so that it can be tested
// without a browser. Called by gantt-chart.tsx.
import type { SessionDetail, UnitView } from '@nezuban/protocol/jobs/session';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Distances between marks that people read without counting. */
const niceSteps: readonly number[] = [
  100,
  200,
  500,
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 7, 14, 28].map((count) => count * day),
];

export const ganttLimits = {
  /** A session that has just begun still gets an axis. */
  spanMinMs: 2 * second,
  /** Nearer than this the marks would touch. */
  markGapMinPx: 84,
  /** A bar of no time can still be seen and clicked. */
  barWidthMinPx: 3,
  zoomStep: 2,
  /** Nobody reads below a tenth of a second, and browsers do not scroll farther than some millions of pixels. */
  widthMaxPx: 1_000_000,
} as const;

/** Milliseconds since 1970. */
export type Span = { readonly from: number; readonly to: number };

export const ganttOrders = ['tree', 'start'] as const;
export type GanttOrder = (typeof ganttOrders)[number];

export type GanttRow = { readonly unit: UnitView; readonly depth: number };

/** In the order of the definition, or of what began first; what has not begun stands last. */
export const toGanttRows = (units: readonly UnitView[], order: GanttOrder): readonly GanttRow[] => {
  if (order === 'tree') return units.map((unit) => ({ unit, depth: unit.path.split('/').length - 1 }));
  return units
    .map((unit) => ({ unit, depth: 0, at: unit.startedAt === null ? Infinity : Date.parse(unit.startedAt) }))
    .sort((a, b) => (a.at === b.at ? 0 : a.at - b.at));
};

/**
 * From the beginning of the session to its end; of one that runs, to a round time after now, so that the scale does not change with each
 * second. Reruns of a session that had ended lie behind its end: the last unit counts too.
 */
export const spanOf = (detail: Pick<SessionDetail, 'createdAt' | 'endedAt' | 'units'>, now: number): Span => {
  const starts = detail.units.flatMap(({ startedAt }) => startedAt ?? []).map(Date.parse);
  const ends = detail.units.flatMap(({ endedAt }) => endedAt ?? []).map(Date.parse);
  const from = starts.reduce((least, each) => Math.min(least, each), Date.parse(detail.createdAt));
  const lastKnown = ends.reduce((most, each) => Math.max(most, each), from);
  if (detail.endedAt !== null)
    return { from, to: Math.max(lastKnown, Date.parse(detail.endedAt), from + ganttLimits.spanMinMs) };
  const length = Math.max(lastKnown - from, now - from, ganttLimits.spanMinMs);
  const step = niceStep(length / 12);
  return { from, to: from + (Math.floor(length / step) + 1) * step };
};

const niceStep = (least: number): number => niceSteps.find((step) => step >= least) ?? 28 * day;

export type Mark = { readonly at: number; readonly x: number };

/** Marks of the axis within a window of its width, at round times of the browser's zone. `offsetMs` is that zone's distance from UTC. */
export const marksOf = (
  span: Span,
  scale: { readonly width: number; readonly window: readonly [number, number] },
  offsetMs: number,
): { readonly step: number; readonly marks: readonly Mark[] } => {
  const msPerPx = (span.to - span.from) / Math.max(1, scale.width);
  const step = niceStep(ganttLimits.markGapMinPx * msPerPx);
  const first = span.from + Math.max(0, scale.window[0]) * msPerPx;
  const last = Math.min(span.to, span.from + scale.window[1] * msPerPx);
  const marks: Mark[] = [];
  for (let at = Math.ceil((first + offsetMs) / step) * step - offsetMs; at <= last; at += step)
    marks.push({ at, x: (at - span.from) / msPerPx });
  return { step, marks };
};

export type Bar = {
  readonly x: number;
  readonly width: number;
  /** It goes on: its end is now. */
  readonly open: boolean;
  /** Where later tries began, from the bar's left. */
  readonly tries: readonly number[];
};

/** Null: it has not begun. */
export const barOf = (
  unit: UnitView,
  span: Span,
  { width, now }: { readonly width: number; readonly now: number },
): Bar | null => {
  if (unit.startedAt === null) return null;
  const pxPerMs = width / (span.to - span.from);
  const from = Date.parse(unit.startedAt);
  const open = unit.endedAt === null;
  const to = unit.endedAt === null ? Math.max(now, from) : Date.parse(unit.endedAt);
  const tries = unit.attempts
    .filter((attempt) => attempt.run === unit.run && attempt.try > 1 && attempt.startedAt !== null)
    .map((attempt) => (Date.parse(attempt.startedAt ?? unit.startedAt ?? '') - from) * pxPerMs)
    .filter((x) => x > 0);
  return {
    x: Math.max(0, (from - span.from) * pxPerMs),
    width: Math.max(ganttLimits.barWidthMinPx, (to - from) * pxPerMs),
    open,
    tries,
  };
};

/** The next zoom, within what can be shown: 1 shows everything. */
export const zoomBy = (
  zoom: number,
  factor: number,
  { frame, span }: { frame: number; span: Span },
): number => {
  const nearest = Math.max(
    1,
    Math.min(ganttLimits.widthMaxPx / Math.max(1, frame), (span.to - span.from) / second),
  );
  return Math.min(nearest, Math.max(1, zoom * factor));
};
