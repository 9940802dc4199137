// A schedule's rule in a few words, as lists show it: its expression or times, and the days of its calendar. Pure.
import type { ScheduleDefinition } from '@nezuban/protocol/jobs/schedule';

/** `0 22 * * *`, `22:00, 26:00 (bank: open -1, 15; before)`. */
export const scheduleWords = (schedule: ScheduleDefinition): string => {
  const { cron, times = [], calendar } = schedule;
  const clock = cron ?? times.join(', ');
  if (calendar === undefined) return clock;
  const move = schedule.move_open_days;
  const days = [
    schedule.days?.join(', '),
    schedule.months === undefined ? undefined : `months ${schedule.months.join(', ')}`,
    schedule.on,
    schedule.if_closed,
    move === undefined ? undefined : `${move > 0 ? '+' : ''}${move} open`,
  ].filter((part) => part !== undefined);
  return `${clock} (${calendar}${days.length === 0 ? '' : `: ${days.join('; ')}`})`;
};
