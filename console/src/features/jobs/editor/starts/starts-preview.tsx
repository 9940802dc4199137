// When a schedule that is being written would start next, as the manager works it out. Called by schedule-form.tsx.
import { Text, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { SchedulePreview } from '@nezuban/protocol/api/calendar-operations';
import { scheduleSchema, type ScheduleDefinition } from '@nezuban/protocol/jobs/schedule';
import { useBackend } from '../../../../app/backend.tsx';
import { ErrorState } from '../../../../components/error-state.tsx';
import { ListSkeleton } from '../../../../components/query-list.tsx';
import { StartsTable } from '../../../calendars/net-starts.tsx';
import { StartsYear } from './starts-year.tsx';
import type { DraftSchedule } from './schedule-model.ts';

/** After the last key: each question costs the manager some milliseconds. */
const askDelayMs = 400;

type Props = { readonly schedule: DraftSchedule; readonly timezone: string };

export const StartsPreview = ({ schedule, timezone }: Props) => {
  const { t } = useTranslation();
  const [settled] = useDebouncedValue(schedule, askDelayMs);
  const parsed = scheduleSchema.safeParse(settled);
  const title = t('editorStarts.preview.title');
  return (
    <section aria-label={`${title}: ${schedule.name}`} className="nz-starts-preview">
      <Title order={3} size="h6">
        {title}
      </Title>
      {!parsed.success ? (
        <Text size="sm" c="dimmed">
          {t('editorStarts.preview.wait')}
        </Text>
      ) : (
        <Asked schedule={parsed.data} timezone={timezone} label={title} />
      )}
    </section>
  );
};

/** Rows of the table; all that was asked for is in the picture. */
const rowsShown = 10;
const firstOf = (preview: SchedulePreview): SchedulePreview => ({
  ...preview,
  days: preview.days.slice(0, rowsShown),
});

const Asked = ({
  schedule,
  timezone,
  label,
}: {
  readonly schedule: ScheduleDefinition;
  readonly timezone: string;
  readonly label: string;
}) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data, error } = useQuery(queries.schedulePreview(schedule, timezone));
  if (error !== null) return <ErrorState error={error} />;
  if (data === undefined) return <ListSkeleton />;
  return (
    <>
      <Text size="xs" c="dimmed" mb={4}>
        {t(schedule.enabled ? 'editorStarts.preview.more' : 'editorStarts.preview.off')} {data.timezone}
      </Text>
      <StartsTable preview={firstOf(data)} label={label} />
      <StartsYear preview={data} />
    </>
  );
};
