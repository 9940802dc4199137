// Times, durations, sizes as text in the user's language and the browser's zone. Pure; `useFormat` binds the language.
const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const sizeUnits = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

export type Format = {
  /** Date and time to the second, in the browser's zone; without the year when it is this year's. */
  readonly instant: (iso: string) => string;
  /** The same instant in full in UTC, for tooltips. */
  readonly utc: (iso: string) => string;
  /** "3 minutes ago", "in 2 hours". */
  readonly relative: (iso: string, now: number) => string;
  readonly duration: (ms: number) => string;
  /** To the hundredth below ten seconds, for what is measured against a promise. */
  readonly seconds: (ms: number) => string;
  readonly bytes: (count: number) => string;
  /** In powers of 1000 up to terabytes, as the command line says sizes of disks and databases. */
  readonly size: (count: number) => string;
  readonly number: (value: number) => string;
  readonly list: (items: readonly string[]) => string;
};

/** `timeZone` is given by tests; undefined is the browser's. */
export const createFormat = (language: string, timeZone?: string): Format => {
  const zone = timeZone === undefined ? {} : { timeZone };
  const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
  const short = new Intl.DateTimeFormat(language, {
    month: language === 'ja' ? 'numeric' : 'short',
    day: 'numeric',
    ...clock,
    ...zone,
  });
  const long = new Intl.DateTimeFormat(language, {
    year: 'numeric',
    month: language === 'ja' ? 'numeric' : 'short',
    day: 'numeric',
    ...clock,
    ...zone,
  });
  const yearOf = new Intl.DateTimeFormat('en', { year: 'numeric', ...zone });
  const relativeFormat = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const numberFormat = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const listFormat = new Intl.ListFormat(language, { type: 'conjunction' });
  const part = (unit: 'day' | 'hour' | 'minute' | 'second', digits = 0) =>
    new Intl.NumberFormat(language, {
      style: 'unit',
      unit,
      unitDisplay: language === 'ja' ? 'short' : 'narrow',
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
  const parts = {
    day: part('day'),
    hour: part('hour'),
    minute: part('minute'),
    second: part('second'),
    tenth: part('second', 1),
    hundredth: part('second', 2),
  };
  return {
    instant: (iso) => {
      const date = new Date(iso);
      return yearOf.format(date) === yearOf.format(new Date()) ? short.format(date) : long.format(date);
    },
    utc: (iso) => `${iso.replace('T', ' ').replace(/\.\d+Z$|Z$/, '')} UTC`,
    relative: (iso, now) => {
      const ms = Date.parse(iso) - now;
      const size = Math.abs(ms);
      if (size < 45 * second) return relativeFormat.format(Math.round(ms / second), 'second');
      if (size < 45 * minute) return relativeFormat.format(Math.round(ms / minute), 'minute');
      if (size < 22 * hour) return relativeFormat.format(Math.round(ms / hour), 'hour');
      return relativeFormat.format(Math.round(ms / day), 'day');
    },
    duration: (ms) => {
      const whole = Math.max(0, ms);
      if (whole < 10 * second) return parts.tenth.format(Math.floor(whole / 100) / 10);
      const seconds = Math.floor(whole / second);
      if (seconds < 60) return parts.second.format(seconds);
      if (seconds < 3600)
        return `${parts.minute.format(Math.floor(seconds / 60))} ${parts.second.format(seconds % 60)}`;
      if (seconds < 86_400)
        return `${parts.hour.format(Math.floor(seconds / 3600))} ${parts.minute.format(Math.floor((seconds % 3600) / 60))}`;
      return `${parts.day.format(Math.floor(seconds / 86_400))} ${parts.hour.format(Math.floor((seconds % 86_400) / 3600))}`;
    },
    seconds: (ms) =>
      ms < 10 * second ? parts.hundredth.format(ms / second) : parts.tenth.format(ms / second),
    bytes: (count) => {
      if (count < 1024) return `${numberFormat.format(count)} B`;
      if (count < 1024 * 1024) return `${numberFormat.format(count / 1024)} KiB`;
      return `${numberFormat.format(count / 1024 / 1024)} MiB`;
    },
    size: (count) => {
      let value = count;
      let unit = 0;
      while (value >= 999.5 && unit < sizeUnits.length - 1) {
        value /= 1000;
        unit += 1;
      }
      return `${unit === 0 || value >= 99.5 ? Math.round(value) : numberFormat.format(value)} ${sizeUnits[unit] ?? 'B'}`;
    },
    number: (value) => numberFormat.format(value),
    list: (items) => listFormat.format(items),
  };
};
