// When the schedules of a job net start next: each start with its business day, and days that are left out or moved with the reason. Part of
// the page of a net.
import { Paper, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { PreviewedView, SchedulePreview } from '@nezuban/protocol/api/calendar-operations';
import { useBackend } from '../../app/backend.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { Instant } from '../../components/times.tsx';
import { useDateText } from './use-date-text.ts';

/** What stands beside a start of a schedule. */
type BesideStart = (schedule: string, at: string) => ReactNode;

export const NetStarts = ({ net, beside }: { readonly net: string; readonly beside: BesideStart }) => {
  const { queries } = useBackend();
  const { data, error, refetch } = useQuery(queries.netStarts(net));
  if (data === undefined)
    return error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />;
  return data
    .filter(({ enabled }) => enabled)
    .map((preview) => <Starts key={preview.schedule} preview={preview} beside={beside} />);
};

const Starts = ({ preview, beside }: { readonly preview: SchedulePreview; readonly beside: BesideStart }) => {
  const { t } = useTranslation();
  const label = `${t('calendars.starts.title')}: ${preview.schedule}`;
  return (
    <Paper withBorder p="md">
      <Title order={2} size="h5">
        {label}
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        {preview.timezone}
        {preview.calendar !== null && ` · ${t('calendars.starts.calendar', { name: preview.calendar })}`}
      </Text>
      <StartsTable preview={preview} label={label} beside={beside} />
    </Paper>
  );
};

/** The starts themselves; also of a schedule that is being written. */
export const StartsTable = ({
  preview,
  label,
  beside = () => null,
}: {
  readonly preview: SchedulePreview;
  readonly label: string;
  readonly beside?: BesideStart;
}) => {
  const { t } = useTranslation();
  if (preview.days.length === 0) return <Text size="sm">{t('calendars.starts.none')}</Text>;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls sideways on narrow screens
    <div className="nz-scroll-x" tabIndex={0} role="region" aria-label={label}>
      <table className="nz-table">
        <thead>
          <tr>
            <th scope="col">{t('calendars.starts.day')}</th>
            <th scope="col">{t('calendars.starts.start')}</th>
            <th scope="col">{t('calendars.starts.remark')}</th>
          </tr>
        </thead>
        <tbody>
          {preview.days.map((day) => (
            <StartRow
              key={`${day.day} ${day.type === 'start' ? day.at : ''}`}
              day={day}
              beside={day.type === 'start' ? beside(preview.schedule, day.at) : null}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
};

const StartRow = ({ day, beside }: { readonly day: PreviewedView; readonly beside: ReactNode }) => {
  const { t } = useTranslation();
  const text = useDateText();
  if (day.type === 'left_out')
    return (
      <tr>
        <td>{text.short(day.day)}</td>
        <td>
          <Text span size="sm" c="dimmed">
            {t('calendars.starts.leftOut')}
          </Text>
        </td>
        <td>
          {t(`calendars.starts.reason.${day.reason}`)}
          {day.name !== null && ` (${day.name})`}
        </td>
      </tr>
    );
  return (
    <tr>
      <td>{text.short(day.day)}</td>
      <td>
        <Instant at={day.at} /> {beside}
      </td>
      <td>
        {day.insteadOf.length > 0 &&
          t('calendars.starts.insteadOf', {
            days: day.insteadOf.map(text.short).join(t('calendars.comma')),
          })}
      </td>
    </tr>
  );
};
