// When a disk will be full if it goes on like this. Pure.
// Responsible for the slope over what was measured, and for saying nothing while that would be a guess. Called by manager/src/self-watch.

export type DiskSample = { readonly atMs: number; readonly freeBytes: number };

export type Forecast = {
  /** Bytes an hour by which free space shrinks; negative: it grows. */
  readonly bytesPerHour: number;
  /** Null: not in sight. */
  readonly fullInHours: number | null;
};

const HOUR_MS = 3_600_000;
/** A shorter span shows one copied file, not a trend. */
const SPAN_MS_MIN = 20 * 60_000;
const SAMPLES_MIN = 10;
/** Farther away it is arithmetic, not a forecast. */
const HOURS_MAX = 24 * 365;
/**
 * Of the scatter that a straight line has to explain. A disk on which files come and go (a nightly dump, the write-ahead log) has a slope at
 * every moment; only one that fills has a line.
 */
const EXPLAINED_MIN = 0.7;

/** `samples`: oldest first, at most some hundred. Null: too little is known. */
export const forecastDisk = (samples: readonly DiskSample[]): Forecast | null => {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined) return null;
  if (samples.length < SAMPLES_MIN || last.atMs - first.atMs < SPAN_MS_MIN) return null;
  const hours = samples.map(({ atMs }) => (atMs - first.atMs) / HOUR_MS);
  const used = samples.map(({ freeBytes }) => first.freeBytes - freeBytes);
  const hoursMean = mean(hours);
  const usedMean = mean(used);
  const spread = sum(hours.map((hour) => (hour - hoursMean) ** 2));
  const scatter = sum(used.map((bytes) => (bytes - usedMean) ** 2));
  const together = sum(hours.map((hour, index) => (hour - hoursMean) * ((used[index] ?? 0) - usedMean)));
  if (spread === 0) return null;
  const bytesPerHour = together / spread;
  const explained = scatter === 0 ? 0 : together ** 2 / (spread * scatter);
  const hoursLeft = bytesPerHour > 0 && explained >= EXPLAINED_MIN ? last.freeBytes / bytesPerHour : Infinity;
  return { bytesPerHour, fullInHours: hoursLeft > HOURS_MAX ? null : hoursLeft };
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;
