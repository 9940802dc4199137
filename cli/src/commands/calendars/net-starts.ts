// `nezuban net starts`: the next starts of a net's schedules, with days that are left out or moved and why.
import type { PreviewedView, SchedulePreview } from '@nezuban/protocol/api/calendar-operations';
import { usageFailure } from '../../failure.ts';
import { formatInstant } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { args, out, command } = context;
  const name = args.positional('NET');
  const from = args.text('from');
  const at = from === undefined ? undefined : new Date(`${from}T00:00:00`);
  if (at !== undefined && (!/^\d{4}-\d{2}-\d{2}$/.test(from ?? '') || Number.isNaN(at.getTime())))
    throw usageFailure(`--from is "${from ?? ''}"; it must be a date such as 2026-12-01`, command.name);
  const api = await context.api();
  const count = args.integer('count');
  const answer = await api.call('previewNet', {
    params: { name },
    query: {
      ...(at !== undefined && { from: at.toISOString() }),
      ...(count !== undefined && { count }),
    },
  });
  await out.result(answer, () => {
    if (answer.schedules.length === 0) return `The job net ${name} has no schedule.`;
    return answer.schedules.flatMap((schedule) => linesOf(schedule, out.table));
  });
};

type Table = (
  columns: readonly { readonly title: string; readonly flexible?: boolean }[],
  rows: readonly (readonly string[])[],
) => string[];

const linesOf = (preview: SchedulePreview, table: Table): string[] => [
  `${preview.schedule}: ${preview.timezone}${preview.calendar === null ? '' : `, calendar ${preview.calendar}`}${preview.enabled ? '' : ', not enabled'}`,
  ...(preview.days.length === 0
    ? ['  No start is to come.']
    : table(
        [{ title: 'DAY' }, { title: 'START' }, { title: 'REMARK', flexible: true }],
        preview.days.map((day) => [
          day.day,
          day.type === 'start' ? formatInstant(day.at) : 'left out',
          remarkOf(day),
        ]),
      )),
  '',
];

const reasons = {
  closed: 'closed',
  open: 'open',
  no_open_day: 'no open day near enough',
  no_move: 'not so many open days within reach',
} as const;

const remarkOf = (day: PreviewedView): string => {
  if (day.type === 'start') return day.insteadOf.length === 0 ? '' : `instead of ${day.insteadOf.join(', ')}`;
  return day.name === null ? reasons[day.reason] : `${reasons[day.reason]}: ${day.name}`;
};
