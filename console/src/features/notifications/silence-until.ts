// Until when a silence lasts: what is chosen, as an instant. Pure.

export const untilChoices = ['1h', '4h', 'morning', 'own'] as const;
export type UntilChoice = (typeof untilChoices)[number];

const hourMs = 3_600_000;
const minuteMs = 60_000;
/** Ends of silences are full minutes: what is shown does not run with the seconds. */
const toMinute = (ms: number): number => Math.ceil(ms / minuteMs) * minuteMs;
/** When the day's shift is there, by the clock of who asks. */
const morningHour = 9;

/** Milliseconds; null: what is typed is no time, or has passed. */
export const untilOf = (choice: UntilChoice, own: string, nowMs: number): number | null => {
  switch (choice) {
    case '1h':
      return toMinute(nowMs + hourMs);
    case '4h':
      return toMinute(nowMs + 4 * hourMs);
    case 'morning': {
      const morning = new Date(nowMs);
      morning.setHours(morningHour, 0, 0, 0);
      if (morning.getTime() <= nowMs) morning.setDate(morning.getDate() + 1);
      return morning.getTime();
    }
    case 'own': {
      const typed = Date.parse(own);
      return Number.isNaN(typed) || typed <= nowMs ? null : typed;
    }
    default:
      return choice satisfies never;
  }
};

/** As a field of date and time wants it, in the browser's zone. */
export const toLocalText = (ms: number): string => {
  const date = new Date(ms);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
};
