// Instants and durations for people, in the zone of the computer that the command runs on. Pure but for that zone.
// Without Intl, whose loading would cost more than the command.

const two = (value: number): string => String(value).padStart(2, '0');

/** `2026-11-22 18:53:38`; `-` for none. */
export const formatInstant = (instant: string | null): string => {
  if (instant === null) return '-';
  const date = new Date(instant);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${formatClock(instant)}`;
};

const instantInText = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/gu;

/** A sentence of the manager, which names instants in UTC, with those of this computer's zone, as beside it in the same output. */
export const withLocalTimes = (sentence: string): string =>
  sentence.replace(instantInText, (instant) => formatInstant(instant));

/** `18:53:38`. */
export const formatClock = (instant: string): string => {
  const date = new Date(instant);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
};

/** `0.42 s`, `12.3 s`, `4 min 05 s`, `2 h 03 min`. */
export const formatDuration = (ms: number): string => {
  if (ms < 0) return '0 s';
  if (ms < 9_995) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  const minutes = Math.floor(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
};

/** How long something took, or has been taking until `now`; `-` before it began. */
export const formatSpan = (from: string | null, to: string | null, now: number): string =>
  from === null ? '-' : formatDuration((to === null ? now : Date.parse(to)) - Date.parse(from));
