// The backups that are in the folder of the schedule.
import { Alert, Text } from '@mantine/core';
import { IconAlertTriangle, IconDatabaseExport } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { BackupSummary } from '@nezuban/protocol/backup/backup';
import { useBackend } from '../../app/backend.tsx';
import { defineColumns } from '../../components/data-columns.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { Section } from '../../components/section.tsx';
import { Instant, RelativeTime } from '../../components/times.tsx';
import { useFormat } from '../../components/use-format.ts';

type Props = {
  readonly directory: string;
  /** Another one, and the list is read anew. */
  readonly lastRun: number;
};

export const BackupList = ({ directory, lastRun }: Props) => {
  const { t } = useTranslation();
  const format = useFormat();
  const { queries } = useBackend();
  const { data, error, refetch } = useQuery(queries.backups(directory, lastRun));
  const columns = useMemo(
    () =>
      defineColumns<BackupSummary>([
        {
          id: 'holds',
          header: t('backup.list.columns.holds'),
          cell: ({ holdsUntil }) => <Instant at={holdsUntil} />,
        },
        {
          id: 'age',
          header: t('backup.list.columns.age'),
          wide: true,
          cell: ({ endedAt }) => <RelativeTime at={endedAt} />,
        },
        {
          id: 'size',
          header: t('backup.list.columns.size'),
          numeric: true,
          cell: ({ bytes }) => format.size(bytes),
        },
        {
          id: 'verified',
          header: t('backup.list.columns.verified'),
          cell: ({ verifiedAt, verifiedHow }) =>
            verifiedAt === null || verifiedHow === null ? (
              t('backup.list.notVerified')
            ) : (
              <>
                <RelativeTime at={verifiedAt} /> ({t(`backup.list.how.${verifiedHow}`)})
              </>
            ),
        },
        {
          id: 'log',
          header: t('backup.list.columns.log'),
          wide: true,
          cell: ({ logUntil }) => <Instant at={logUntil} />,
        },
        {
          id: 'name',
          header: t('backup.list.columns.name'),
          wide: true,
          cell: ({ name, sealed }) => (
            <>
              <span className="nz-break">{name}</span>
              {sealed && (
                <Text size="xs" c="dimmed">
                  {t('backup.list.sealed')}
                </Text>
              )}
            </>
          ),
        },
      ]),
    [t, format],
  );
  const title = t('backup.list.title', { directory });
  return (
    <Section title={title}>
      {data === undefined &&
        (error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />)}
      {data !== undefined && data.problem !== null && (
        <Alert
          color="yellow"
          icon={<IconAlertTriangle aria-hidden="true" />}
          title={t('backup.list.problem')}
          p="sm"
        >
          {data.problem}
        </Alert>
      )}
      {data !== undefined && data.items.length === 0 && data.problem === null && (
        <EmptyState
          icon={<IconDatabaseExport aria-hidden="true" />}
          title={t('backup.list.none.title')}
          text={t('backup.list.none.text')}
        />
      )}
      {data !== undefined && data.items.length > 0 && (
        <DataTable
          label={t('settings.backup.title')}
          items={data.items}
          columns={columns}
          keyOf={({ name }) => name}
        />
      )}
    </Section>
  );
};
