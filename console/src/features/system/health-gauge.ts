// What a gauge of the manager's health shows: its unit, and how full its bar is. Pure.
import type { WatchItem, WatchKind } from '@nezuban/protocol/self-watch/self-watch';

export type GaugeUnit = 'percent' | 'hours' | 'minutes' | 'days' | 'ms' | 's' | 'bytes';

const units: Readonly<Record<WatchKind, GaugeUnit>> = {
  disk_free_percent: 'percent',
  inodes_free_percent: 'percent',
  disk_full_in_hours: 'hours',
  database_bytes: 'bytes',
  queue_percent: 'percent',
  event_loop_lag_ms: 'ms',
  certificate_days: 'days',
  clock_difference_s: 's',
  line_stands_minutes: 'minutes',
};

export const unitOf = (kind: WatchKind): GaugeUnit => units[kind];

const FULL = 100;

/** Percent of the bar: full is bad. Null where a bar says nothing (there is no natural whole). */
export const fillOf = ({ kind, value, critical }: WatchItem): number | null => {
  if (value === null) return null;
  switch (kind) {
    case 'disk_free_percent':
    case 'inodes_free_percent':
      return clamp(FULL - value);
    case 'queue_percent':
      return clamp(value);
    case 'event_loop_lag_ms':
    case 'clock_difference_s':
    case 'line_stands_minutes':
    case 'database_bytes':
      return critical === null ? null : clamp((value / critical) * FULL);
    case 'disk_full_in_hours':
    case 'certificate_days':
      return null;
  }
};

const clamp = (percent: number): number => Math.min(FULL, Math.max(0, percent));
