// The days of a year on which a schedule starts, a row a month: whether it does what was meant is seen at a glance. Called by starts-preview.tsx.
import { Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { civilDate, civilDay, dateText, daysInMonth, parseDate } from '@nezuban/core/calendars/civil-date';
import type { SchedulePreview } from '@nezuban/protocol/api/calendar-operations';
import { useDateText } from '../../../calendars/use-date-text.ts';

/** As many as the manager looks ahead. */
const monthsMax = 13;

type Kind = SchedulePreview['days'][number]['type'];
type MonthRow = { readonly year: number; readonly month: number; readonly days: readonly (Kind | null)[] };

const rowsOf = ({ days }: SchedulePreview): readonly MonthRow[] => {
  const kinds = new Map<string, Kind>(days.map(({ day, type }) => [day, type]));
  const first = parseDate(days[0]?.day ?? '');
  const last = parseDate(days.at(-1)?.day ?? '');
  if (first === null || last === null) return [];
  const rows: MonthRow[] = [];
  let { year, month } = civilDate(first);
  while (rows.length < monthsMax && civilDay({ year, month, day: 1 }) <= last) {
    const begin = civilDay({ year, month, day: 1 });
    rows.push({
      year,
      month,
      days: Array.from(
        { length: daysInMonth({ year, month }) },
        (_, index) => kinds.get(dateText(begin + index)) ?? null,
      ),
    });
    [year, month] = month === 12 ? [year + 1, 1] : [year, month + 1];
  }
  return rows;
};

export const StartsYear = ({ preview }: { readonly preview: SchedulePreview }) => {
  const { t } = useTranslation();
  const text = useDateText();
  const rows = rowsOf(preview);
  const { days } = preview;
  const [from] = days;
  const to = days.at(-1);
  if (from === undefined || to === undefined) return null;
  const starts = days.filter(({ type }) => type === 'start').length;
  const says = t('editorStarts.year.says', {
    count: starts,
    leftOut: days.length - starts,
    from: text.short(from.day),
    to: text.short(to.day),
  });
  return (
    <div>
      <Title order={4} size="h6" mt="md" mb={4}>
        {t('editorStarts.year.title')}
      </Title>
      <Text size="xs" c="dimmed" mb={4}>
        {says}
      </Text>
      <div className="nz-starts-year" role="img" aria-label={says}>
        {rows.map(({ year, month, days: ofMonth }, row) => (
          <div key={`${year}-${month}`} className="nz-starts-year-row">
            <span className="nz-starts-year-name">
              {row === 0 || month === 1 ? `${year} ` : ''}
              {text.month(year, month)}
            </span>
            {ofMonth.map((kind, index) => (
              <span
                // Days of a month have their places.
                key={index}
                className="nz-starts-year-day"
                data-kind={kind}
                title={String(index + 1)}
              />
            ))}
          </div>
        ))}
      </div>
      <Text size="xs" c="dimmed" aria-hidden="true" className="nz-starts-year-legend">
        <span className="nz-starts-year-day" data-kind="start" /> {t('editorStarts.year.start')}
        <span className="nz-starts-year-day" data-kind="left_out" /> {t('editorStarts.year.leftOut')}
      </Text>
    </div>
  );
};
