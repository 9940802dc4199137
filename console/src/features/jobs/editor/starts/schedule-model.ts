// A schedule of a draft while its form is filled in: what a new one says, and which keys go when another takes their place. Pure.
// Called by the view of starts. Values are as loose as the draft's; what is right is judged with the net.
export type DraftSchedule = { readonly name: string; readonly [field: string]: unknown };

const isSchedule = (value: unknown): value is DraftSchedule =>
  typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string';

/** Null: what stands there is no list of schedules that a form could show; it is written as YAML. */
export const schedulesOf = (value: unknown): readonly DraftSchedule[] | null => {
  if (value === undefined) return [];
  return Array.isArray(value) && value.every(isSchedule) ? value : null;
};

export const newSchedule = (others: readonly DraftSchedule[]): DraftSchedule => ({
  name: freeName('schedule', others),
  times: ['22:00'],
});

export const copyOfSchedule = (schedule: DraftSchedule, others: readonly DraftSchedule[]): DraftSchedule => ({
  ...schedule,
  name: freeName(schedule.name, others),
});

/** The schemas allow far more characters than anybody types; a copy's number is cut off the name's end rather than refused. */
const nameCharsMax = 190;

const freeName = (wanted: string, others: readonly DraftSchedule[]): string => {
  const taken = new Set(others.map(({ name }) => name));
  if (!taken.has(wanted)) return wanted;
  const stem = wanted.replace(/-\d+$/, '').slice(0, nameCharsMax);
  let number = 2;
  while (taken.has(`${stem}-${number}`)) number += 1;
  return `${stem}-${number}`;
};

export type StartsBy = 'times' | 'cron';

export const startsBy = ({ cron }: DraftSchedule): StartsBy => (cron === undefined ? 'times' : 'cron');

/** Beside a cron expression, which names days itself, these have no sense. */
const keysOfTimes = ['times', 'days', 'move_open_days', 'shift_days_max'] as const;
/** Without a calendar. */
const keysOfCalendar = ['on', 'days', 'months', 'if_closed', 'shift_days_max', 'move_open_days'] as const;

export const withStartsBy = (schedule: DraftSchedule, by: StartsBy): DraftSchedule => {
  if (by === startsBy(schedule)) return schedule;
  if (by === 'times') return { ...without(schedule, ['cron']), times: ['22:00'] };
  const kept = without(schedule, keysOfTimes);
  const moved = kept['if_closed'] === 'before' || kept['if_closed'] === 'after';
  return { ...(moved ? without(kept, ['if_closed']) : kept), cron: '0 22 * * *' };
};

export const withCalendar = (schedule: DraftSchedule, calendar: string | undefined): DraftSchedule =>
  calendar === undefined
    ? without(schedule, ['calendar', ...keysOfCalendar])
    : { ...without(schedule, ['timezone']), calendar };

/** A key without a value is no key. */
export const withField = (schedule: DraftSchedule, key: string, value: unknown): DraftSchedule =>
  value === undefined ? without(schedule, [key]) : { ...schedule, [key]: value };

const without = (schedule: DraftSchedule, keys: readonly string[]): DraftSchedule => {
  const { name, ...rest } = schedule;
  return { name, ...Object.fromEntries(Object.entries(rest).filter(([key]) => !keys.includes(key))) };
};

/** What is typed as a list of times: separated by blanks or commas, also Japanese ones. */
export const timesOfText = (text: string): readonly string[] =>
  text
    .normalize('NFKC')
    .split(/[\s,、]+/u)
    .filter((time) => time !== '');
