// The picture of a year: twelve months in which open days, closed ones and holidays are told apart at a glance, by colour and by form.
// One stop of the Tab key for the whole year; arrows, Home, End and Page keys move within it, Enter or a click opens the day.
import { ActionIcon, Button, Group, Text, Title } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { memo, useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Calendar } from '@nezuban/core/calendars/calendar';
import { civilDay, parseDate, type CivilDay } from '@nezuban/core/calendars/civil-date';
import { calendarLimits } from '@nezuban/protocol/calendars/calendar';
import { weekdays } from '@nezuban/protocol/calendars/weekday';
import { useDateText } from './use-date-text.ts';
import { dayByKey, toneOf, yearOf, type DayTone, type YearDay, type YearMonth } from './year-model.ts';

type Props = {
  readonly calendar: Calendar;
  readonly year: number;
  readonly onYear: (year: number) => void;
  /** `2026-11-26` in the calendar's own zone. */
  readonly today: string;
  /** Absent: the days are only looked at. */
  readonly onDay: ((day: YearDay) => void) | undefined;
};

const tones = ['open', 'closed', 'holiday', 'extra'] as const satisfies readonly DayTone[];

export const YearView = ({ calendar, year, onYear, today, onDay }: Props) => {
  const { t } = useTranslation();
  const months = useMemo(() => yearOf(calendar, year), [calendar, year]);
  const thisYear = Number(today.slice(0, 4));
  const todayDay = parseDate(today);
  const [focused, setFocused] = useState<CivilDay | null>(null);
  const grid = useRef<HTMLDivElement>(null);
  const moved = useRef(false);
  const first = civilDay({ year, month: 1, day: 1 });
  const inYear = (day: CivilDay | null): day is CivilDay =>
    day !== null && day >= first && day <= civilDay({ year, month: 12, day: 31 });
  const stop = inYear(focused) ? focused : inYear(todayDay) ? todayDay : first;
  useEffect(() => {
    if (!moved.current) return;
    moved.current = false;
    grid.current?.querySelector<HTMLButtonElement>(`[data-day="${stop}"]`)?.focus();
  }, [stop]);
  const move = (event: KeyboardEvent) => {
    const target = event.target instanceof HTMLElement ? event.target.dataset['day'] : undefined;
    const next = target === undefined ? null : dayByKey(Number(target), event.key, year);
    if (next === null) return;
    event.preventDefault();
    moved.current = true;
    setFocused(next);
  };
  return (
    <div>
      <Group justify="space-between" gap="sm" mb="sm">
        <Group gap="xs">
          <ActionIcon
            variant="default"
            size="lg"
            aria-label={t('calendars.year.before')}
            disabled={year <= calendarLimits.yearMin}
            onClick={() => onYear(year - 1)}
          >
            <IconChevronLeft size={16} aria-hidden="true" />
          </ActionIcon>
          <Title order={2} size="h4" aria-live="polite" className="nz-year-title">
            {t('calendars.year.title', { year })}
          </Title>
          <ActionIcon
            variant="default"
            size="lg"
            aria-label={t('calendars.year.after')}
            disabled={year >= calendarLimits.yearMax}
            onClick={() => onYear(year + 1)}
          >
            <IconChevronRight size={16} aria-hidden="true" />
          </ActionIcon>
          {year !== thisYear && (
            <Button size="xs" variant="subtle" onClick={() => onYear(thisYear)}>
              {t('calendars.year.this')}
            </Button>
          )}
        </Group>
        <ul className="nz-year-legend" aria-label={t('calendars.legend.label')}>
          {tones.map((tone) => (
            <li key={tone}>
              <span className="nz-day nz-day-sample" data-tone={tone} aria-hidden="true">
                1
              </span>{' '}
              {t(`calendars.legend.${tone}`)}
            </li>
          ))}
        </ul>
      </Group>
      {onDay !== undefined && (
        <Text size="xs" c="dimmed" mb="xs" id="nz-year-keys">
          {t('calendars.year.keys')}
        </Text>
      )}
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- keys of the buttons inside */}
      <div className="nz-year" ref={grid} onKeyDown={move}>
        {months.map((month) => (
          <MonthTable
            key={month.month}
            month={month}
            year={year}
            stop={stop}
            today={todayDay}
            onFocus={setFocused}
            onDay={onDay}
          />
        ))}
      </div>
    </div>
  );
};

type MonthProps = {
  readonly month: YearMonth;
  readonly year: number;
  readonly stop: CivilDay;
  readonly today: CivilDay | null;
  readonly onFocus: (day: CivilDay) => void;
  readonly onDay: ((day: YearDay) => void) | undefined;
};

const MonthTable = ({ month, year, stop, today, onFocus, onDay }: MonthProps) => {
  const { t } = useTranslation();
  const text = useDateText();
  return (
    <table className="nz-month">
      <caption>
        {text.month(year, month.month)}{' '}
        <span className="nz-month-count">{t('calendars.year.openDays', { count: month.openDays })}</span>
      </caption>
      <thead>
        <tr>
          {weekdays.map((day) => (
            <th key={day} scope="col" abbr={t(`calendars.weekday.${day}`)}>
              {t(`calendars.weekdayShort.${day}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {month.weeks.map((week, index) => (
          <tr key={index}>
            {week.map((day, place) => (
              <td key={weekdays[place]}>
                {day !== null && (
                  <DayButton
                    day={day}
                    isStop={day.day === stop}
                    isToday={day.day === today}
                    onFocus={onFocus}
                    onDay={onDay}
                  />
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
};

type DayProps = {
  readonly day: YearDay;
  readonly isStop: boolean;
  readonly isToday: boolean;
  readonly onFocus: (day: CivilDay) => void;
  readonly onDay: ((day: YearDay) => void) | undefined;
};

const DayButton = memo(({ day, isStop, isToday, onFocus, onDay }: DayProps) => {
  const { t } = useTranslation();
  const text = useDateText();
  const { facts, inherited, date } = day;
  const words = [
    text.day(date),
    t(facts.open ? 'calendars.state.open' : 'calendars.state.closed'),
    ...(facts.name === null ? [] : [facts.name]),
    ...(inherited && facts.from !== null ? [t('calendars.day.from', { name: facts.from })] : []),
    ...(isToday ? [t('calendars.day.today')] : []),
  ].join(t('calendars.comma'));
  return (
    <button
      type="button"
      className="nz-day"
      data-day={day.day}
      data-tone={toneOf(day)}
      data-inherited={inherited || undefined}
      data-named={facts.name !== null || undefined}
      aria-current={isToday ? 'date' : undefined}
      aria-label={words}
      title={words}
      tabIndex={isStop ? 0 : -1}
      onFocus={() => onFocus(day.day)}
      onClick={() => onDay?.(day)}
      aria-haspopup={onDay === undefined ? undefined : 'dialog'}
    >
      {Number(date.slice(8))}
    </button>
  );
});
