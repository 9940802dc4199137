// A point in time as people type it: ISO 8601, a local date or time, or how long ago. Pure but for the zone of the computer.
import { usageFailure } from '../failure.ts';

const units = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 } as const;

export type InstantOption = {
  readonly option: string;
  readonly command: string;
  readonly now: number;
  /** What `2h` means: two hours ago, or in two hours. */
  readonly relative?: 'ago' | 'ahead';
};

/** ISO 8601 in UTC. `2h`: two hours ago, or ahead; a date alone: its first moment. Throws a usage Failure. */
export const parseInstant = (
  text: string,
  { option, command, now, relative = 'ago' }: InstantOption,
): string => {
  const span = /^(\d{1,6})([mhdw])$/.exec(text);
  if (span !== null) {
    const unit = units[(span[2] ?? 'm') as keyof typeof units];
    return new Date(now + (relative === 'ago' ? -1 : 1) * Number(span[1]) * unit).toISOString();
  }
  const clock = /^(?:(today|yesterday) )?(\d{1,2}:\d{2})$/.exec(text);
  if (clock !== null) {
    const at = clockTime(clock[2] ?? '', { now, relative, day: clock[1] });
    if (at !== null) return at.toISOString();
  }
  const local = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2})?))?$/.exec(text);
  const date =
    local !== null
      ? new Date(`${local[1] ?? ''}T${local[2] ?? '00:00'}`)
      : /^\d{4}-\d{2}-\d{2}T/.test(text)
        ? new Date(text)
        : undefined;
  if (date === undefined || Number.isNaN(date.getTime()))
    throw usageFailure(
      `--${option} must be a time such as "2026-11-22", "2026-11-22 18:30", "18:30", "yesterday 18:30", "2026-11-22T09:30:00Z", or ${relative === 'ago' ? 'how long ago' : 'in how long'}: 30m, 2h, 7d; not "${text}".`,
      command,
    );
  return date.toISOString();
};

/** Without a day the newest that has been, or the next one that comes. Null: there is no such time. */
const clockTime = (
  text: string,
  {
    now,
    relative,
    day,
  }: { readonly now: number; readonly relative: 'ago' | 'ahead'; readonly day: string | undefined },
): Date | null => {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  if (hours > 23 || minutes > 59) return null;
  const at = new Date(now);
  at.setHours(hours, minutes, 0, 0);
  if (day === 'yesterday') at.setDate(at.getDate() - 1);
  else if (day === undefined && relative === 'ago' && at.getTime() > now) at.setDate(at.getDate() - 1);
  else if (day === undefined && relative === 'ahead' && at.getTime() <= now) at.setDate(at.getDate() + 1);
  return at;
};
